"""Seeds of one recipe: figures against scikit-learn, what seeds add to an interval, refusals."""

import json
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from core.checkpoints import store
from core.cli.app import app
from core.evaluation import seeds
from core.findings import HEADLINE, NAMES
from core.paths import ROOT

CARDS = [store.load_card(name) for name in store.names()]
RECIPE, DATA = asdict(CARDS[0].recipe), asdict(CARDS[0].data)


@pytest.fixture(scope="module")
def scores():
    return seeds.load_scores()


def every_run():
    return [run for one in seeds.load()["networks"].values() for run in one["runs"]]


def test_figures_come_from_the_scores_beside_them(scores):
    content = seeds.load()
    assert seeds.measure(every_run(), scores) == content
    for run in every_run():
        rows = scores[scores["run"] == run["run"]]
        assert len(rows) == content["test"]["n_films"]
        expected = [roc_auc_score(rows[f"label_{n}"], rows[f"logit_{n}"]) for n in HEADLINE]
        assert run["value"] == pytest.approx(np.mean(expected), abs=6e-5)
    for one in content["networks"].values():
        values = [run["value"] for run in one["runs"]]
        assert one["mean"]["value"] == pytest.approx(np.mean(values), abs=1e-4)
        assert one["deviation"] == pytest.approx(np.std(values, ddof=1), abs=1e-4)
    (pair,) = content["differences"]
    means = [content["networks"][pair[side]]["mean"]["value"] for side in ("first", "second")]
    assert pair["value"] == pytest.approx(means[0] - means[1], abs=1.1e-4)


def test_three_seeds_of_each_shipped_network_whose_own_figures_are_the_cards():
    content = seeds.of_these(CARDS)
    found = {run["run"]: run["value"] for run in every_run()}
    for card in CARDS:
        assert [run["seed"] for run in content["networks"][card.network]["runs"]] == [0, 1, 2]
        macro = card.figures.macro_auroc_13.value
        assert found[card.id] == pytest.approx(macro, abs=2e-4)


def made(runs, films):
    """Scores that rank every film right ("best"), or every one wrong."""
    tables = []
    for run, sign in runs.items():
        logits = sign * films[[f"label_{n}" for n in NAMES]].to_numpy().astype(float)
        table = films[["image_index", "patient", *(f"label_{n}" for n in NAMES)]].assign(run=run)
        tables.append(table.assign(**{f"logit_{n}": logits[:, k] for k, n in enumerate(NAMES)}))
    return pd.concat(tables)


def facts(run, network, seed):
    return {"run": run, "network": network, "title": network, "seed": seed}


def test_intervals_hold_the_chance_of_the_seed(scores):
    """One run always right, one always wrong: patients change nothing, seeds everything."""
    films = scores[scores["run"] == every_run()[0]["run"]]
    table = made({"a0": 1, "a1": -1, "b0": 1, "b1": 1}, films)
    runs = [facts("a0", "a", 0), facts("a1", "a", 1), facts("b0", "b", 0), facts("b1", "b", 1)]
    found = seeds.measure(runs, table)
    assert found["networks"]["a"]["mean"] == {"value": 0.5, "interval": [0, 1]}
    assert found["networks"]["a"]["deviation"] == pytest.approx(np.sqrt(0.5), abs=1e-4)
    assert found["networks"]["b"]["mean"] == {"value": 1, "interval": [1, 1]}
    assert found["differences"] == [{"first": "b", "second": "a", "value": 0.5, "interval": [0, 1]}]
    words = seeds.differences_in_words(found)[0]
    assert "over 2 training seeds each: .500 [.000, 1.000]" in words
    assert "over 2 training seeds each: " in words


def test_a_network_with_one_run_is_not_spoken_of(scores):
    films = scores[scores["run"] == every_run()[0]["run"]]
    table = made({"a0": 1, "a1": 1, "b0": 1}, films)
    runs = [facts("a0", "a", 0), facts("a1", "a", 1), facts("b0", "b", 0)]
    found = seeds.measure(runs, table)
    assert found["networks"]["b"]["deviation"] is None
    assert seeds.differences_in_words(found) == []
    assert seeds.in_words(found, "b") == ""
    assert seeds.in_words(found, "a") == (
        "a, 2 seeds, same recipe: 1.000, 1.000; mean 1.000 [1.000, 1.000], standard deviation .000."
    )


def test_other_weights_are_no_run_of_these_seeds(tmp_path, monkeypatch):
    assert seeds.of_these(CARDS) == seeds.load() != {}
    other = replace(CARDS[0], weights_sha256="0" * 64)
    assert seeds.of_these([*CARDS, other]) == {}
    elsewhere = replace(CARDS[0], test=replace(CARDS[0].figures, n_films=25_596))
    assert seeds.of_these([elsewhere, *CARDS[1:]]) == {}
    monkeypatch.setattr(seeds, "RESULT", tmp_path / "none.json")
    assert seeds.of_these(CARDS) == {}
    assert seeds.sentences({}) == []


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The shipped cnn's card and scores, and a second seed of it."""
    for name, seed in (("cnn", 0), ("cnn_seed1", 1)):
        target = tmp_path / name
        target.mkdir()
        card = replace(CARDS[0], name=name, recipe=replace(CARDS[0].recipe, seed=seed))
        store.write_card(target, card)
        content = (store.CHECKPOINTS / "cnn" / "scores.csv").read_bytes()
        (target / "scores.csv").write_bytes(content)
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    monkeypatch.setattr(seeds, "RESULT", tmp_path / "docs" / "seeds.json")
    monkeypatch.setattr(seeds, "SCORES", tmp_path / "docs" / "seeds.csv.gz")
    return tmp_path


def run(*names):
    return CliRunner().invoke(app, ["seeds", *names])


def test_the_command_writes_what_can_be_measured_again(folder):
    answer = run("cnn", "cnn_seed1")
    assert answer.exit_code == 0
    assert "Plain CNN, 2 seeds, same recipe: .720, .720; mean" in answer.output
    assert "1,437 films of 236 patients" in answer.output
    assert seeds.measure(every_run(), seeds.load_scores()) == seeds.load()
    before = seeds.SCORES.read_bytes()
    assert run("cnn", "cnn_seed1").exit_code == 0
    assert seeds.SCORES.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"recipe": {**RECIPE, "mixup": 0.9}}, "differ in more than their seed"),
        (
            {"data": {**asdict(CARDS[0].data), "fingerprint": "other"}},
            "differ in more than their seed",
        ),
        ({"recipe": {**RECIPE, "seed": 0}}, "Seed 0 of cnn is there twice"),
    ],
)
def test_runs_that_are_no_seeds_of_each_other_are_refused(folder, change, words):
    card = json.loads((folder / "cnn_seed1" / "card.json").read_text())
    (folder / "cnn_seed1" / "card.json").write_text(json.dumps({**card, **change}))
    answer = run("cnn", "cnn_seed1")
    assert answer.exit_code == 2
    assert words in " ".join(answer.output.split())
    assert not seeds.RESULT.exists()


def test_runs_on_other_test_films_are_refused(folder):
    path = folder / "cnn_seed1" / "scores.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))
    answer = run("cnn", "cnn_seed1")
    assert answer.exit_code == 2
    assert "scored on different films" in " ".join(answer.output.split())
    path.unlink()
    answer = run("cnn", "cnn_seed1")
    assert "python -m core evaluate cnn_seed1" in " ".join(answer.output.split())


def test_networks_that_are_not_named_keep_their_runs(folder):
    """A new cnn needs no mobilenet anew: its runs stay, and so do its figures."""
    before = json.loads((ROOT / "docs" / "seeds.json").read_text())
    for name in ("seeds.json", "seeds.csv.gz"):
        seeds.RESULT.parent.mkdir(exist_ok=True)
        (seeds.RESULT.parent / name).write_bytes((ROOT / "docs" / name).read_bytes())
    assert run("cnn", "cnn_seed1").exit_code == 0
    after = seeds.load()["networks"]
    assert [one["run"] for one in after["cnn"]["runs"]] == [
        f"{name}@{CARDS[0].weights_sha256[:8]}" for name in ("cnn", "cnn_seed1")
    ]
    assert after["mobilenet_v2"]["runs"] == before["networks"]["mobilenet_v2"]["runs"]
