"""Checkpoints: what ships is whole and true; what is broken is named, never replaced by noise."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from core.checkpoints import store
from core.evaluation import groups, metadata_floor, summary
from core.evaluation.scores import labels_of, logits_of
from core.findings import HEADLINE, NAMES
from core.networks import scoring
from core.nih.film_set import open_films
from core.nih.patient_split import split_by_patient
from core.nih.table import load_table
from core.statistics import calibration
from core.training import recipes
from core.training import run as training_run
from tests.unit.kills import killed_before_step

SHIPPED = ("cnn", "mobilenet_v2")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scores_come_from_the_shipped_weights(name):
    network, card = store.load_network(name)
    scores = store.load_scores(name)
    films = open_films(split="test")
    assert list(scores["image_index"]) == list(films.table["image_index"])
    some = slice(None, None, 6)
    logits = scoring.score(network, films.pixels[some], card.input_px)
    assert np.abs(logits - logits_of(scores)[some]).max() < 1e-4
    assert np.array_equal(labels_of(scores), films.labels > 0.5)


@pytest.mark.parametrize("name", SHIPPED)
def test_card_figures_come_from_the_scores(name):
    card, scores = store.load_card(name), store.load_scores(name)
    aurocs = {
        finding: roc_auc_score(scores[f"label_{finding}"], scores[f"logit_{finding}"])
        for finding in NAMES
    }
    for finding, row in card.figures.findings.items():
        assert row.auroc == pytest.approx(aurocs[finding], abs=1e-4)
    expected = np.mean([aurocs[finding] for finding in HEADLINE])
    assert card.figures.macro_auroc_13.value == pytest.approx(expected, abs=1e-4)
    assert card.test == replace(
        summary.summarise(
            scores,
            card.calibration,
            card.operating_points,
            card.figures.split,
            card.figures.origin,
        ),
        **vars(groups.by_patient_groups(scores)),
        floor=metadata_floor.beside(scores),
        panel=groups.against_panel(scores, card.calibration),
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_history_is_of_the_shipped_run(name):
    card, history = store.load_card(name), store.load_history(name)
    assert list(history["epoch"]) == list(range(1, card.training.epochs + 1))
    best = history.loc[history["val_auroc"].idxmax()]
    assert best["epoch"] == card.training.best_epoch
    assert best["val_auroc"] == pytest.approx(card.training.val_auroc, abs=1e-4)


@pytest.mark.parametrize("name", SHIPPED)
def test_train_without_options_repeats_the_shipped_run(name):
    assert store.load_card(name).recipe == recipes.recipe(name)


@pytest.mark.parametrize("name", SHIPPED)
def test_training_films_are_those_of_the_card_and_no_test_film(name):
    card = store.load_card(name)
    known = open_films(split="train_val")
    rows = split_by_patient(known, card.recipe.validation_share, 0)
    train, validation = (known.select(mask) for mask in rows)
    assert training_run.fingerprint(train, validation) == card.data.fingerprint
    assert card.data.train.n_films == len(train)
    test = set(load_table().query("split == 'test'")["patient"])
    assert not test & {*train.table["patient"], *validation.table["patient"]}


@pytest.mark.parametrize("name", SHIPPED)
def test_calibration_and_operating_points_come_from_the_validation_scores(name):
    card = store.load_card(name)
    scores = store.load_validation_scores(name)
    labels, logits = labels_of(scores), logits_of(scores)
    fitted = calibration.calibrate(labels, logits)
    for finding in NAMES:
        for key in ("slope", "offset"):
            found = getattr(card.calibration[finding], key)
            assert found == pytest.approx(getattr(fitted[finding], key), abs=1e-3)
        enough = labels[:, NAMES.index(finding)].sum() >= calibration.MIN_POSITIVES
        assert (card.operating_point(finding) is not None) == enough


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_is_written_as_it_was_read(name, tmp_path):
    store.write_card(tmp_path, store.load_card(name))
    shipped = store.CHECKPOINTS / name / "card.json"
    assert (tmp_path / "card.json").read_bytes() == shipped.read_bytes()


@pytest.fixture
def copy(tmp_path, monkeypatch):
    shutil.copytree(store.CHECKPOINTS / "cnn", tmp_path / "cnn")
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    return tmp_path / "cnn"


def test_a_missing_checkpoint_is_named_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    assert store.names() == []
    with pytest.raises(FileNotFoundError, match="python -m core train mobilenet_v2"):
        store.load_network("mobilenet_v2")


def test_other_weights_under_the_same_card_are_refused(copy):
    path = copy / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not those of its card"):
        store.load_network("cnn")
    path.unlink()
    with pytest.raises(FileNotFoundError, match="weights of 'cnn' are missing"):
        store.load_network("cnn")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda card: card["findings"].reverse(), "14 NIH findings in NIH order"),
        (lambda card: card.update(card_version=99), "version 99"),
        (lambda card: card.pop("calibration"), "lacks or adds calibration"),
        (lambda card: card.update(network="densenet121"), "do not fit densenet121"),
        (lambda card: card["data"]["train"].update(n_films="many"), "data.train.n_films"),
        (lambda card: card["calibration"]["Mass"].pop("slope"), "calibration.Mass.slope"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(copy, change, complaint):
    path = copy / "card.json"
    card = json.loads(path.read_text())
    change(card)
    path.write_text(json.dumps(card))
    with pytest.raises(ValueError, match=complaint):
        store.load_network("cnn")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b'"text"', b"null"])
def test_a_broken_card_is_one_sentence(copy, content):
    (copy / "card.json").write_bytes(content)
    with pytest.raises(ValueError, match="The card of 'cnn'"):
        store.load_card("cnn")


def test_missing_tables_are_named_with_their_command(copy):
    (copy / "scores.csv").unlink()
    with pytest.raises(FileNotFoundError, match="python -m core evaluate cnn"):
        store.load_scores("cnn")
    (copy / "history.csv").write_bytes(b"")
    with pytest.raises(ValueError, match="not a readable table"):
        store.load_history("cnn")


def test_a_network_loads_wherever_the_last_save_of_a_run_is_killed(tmp_path, monkeypatch):
    """Old or new, and never the card of one with the weights of the other."""
    card = store.load_card("cnn")
    history, scores = store.load_history("cnn"), store.load_validation_scores("cnn")
    weights = [store.load_network("cnn")[0].state_dict() for _ in range(2)]
    weights[1]["head.bias"] += 1
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path / "checkpoints")
    target, met, number = tmp_path / "checkpoints" / "cnn", set(), 0
    killed = True
    while killed:
        number += 1
        old = store.save(target, card, weights[0], history, scores)
        new = replace(old, weights_sha256="")

        def save(new=new, kept=tmp_path / "runs" / "replaced"):
            store.save(target, new, weights[1], history, scores, kept)

        killed = killed_before_step(number, save, tmp_path)
        network, found = store.load_network("cnn")
        assert store.names() == ["cnn"]
        is_new = found.id != old.id
        assert torch.equal(network.head.bias, weights[is_new]["head.bias"]), number
        met.add(is_new)
    assert met == {False, True}
