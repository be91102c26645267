"""`evaluate --boxes` on real films: its files, and its figures computed again from `predict`."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from typer.testing import CliRunner

from core.box_evaluation import evaluate as box_evaluation
from core.box_evaluation import figures as box_figures
from core.box_evaluation import files as box_files
from core.box_evaluation import sanity_checks
from core.checkpoints import store
from core.cli.app import app
from core.findings import NAMES
from core.maps import boxes as map_boxes
from core.maps import class_maps
from core.networks import registry
from core.nih.film_set import open_films
from core.nih.table import load_boxes
from core.paths import SAMPLES
from core.reading import batch

METHODS = list(class_maps.METHODS)


@pytest.fixture(scope="module")
def films():
    """Five test films at 128 px, as the starter set holds them: four with boxes, one without."""
    boxes = set(load_boxes()["image_index"])
    names = [path.name for path in sorted(SAMPLES.glob("*.png"))]
    boxed = [name for name in names if name in boxes][:4]
    test = open_films(None, "test")
    table = test.table["image_index"]
    other = table[~table.isin(boxes) & (test.table["n_findings"] > 0)].iloc[0]
    return test.select(table.isin([*boxed, other]).to_numpy())


@pytest.fixture(scope="module")
def written(films, tmp_path_factory):
    """A copy of the plain CNN's checkpoint with the three files of these films."""
    target = tmp_path_factory.mktemp("checkpoints")
    shutil.copytree(store.CHECKPOINTS / "cnn", target / "cnn")
    before = (target / "cnn" / "card.json").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "CHECKPOINTS", target)
        content = box_evaluation.evaluate("cnn", films)
        assert (target / "cnn" / "card.json").read_bytes() == before
        yield content, box_files.load_table("cnn"), box_files.load_maps("cnn")


def test_every_box_film_is_measured_by_every_method(films, written):
    content, table, maps = written
    boxes = load_boxes()
    boxes = boxes[boxes["image_index"].isin(films.table["image_index"])]
    assert content["n_pairs"] == len(boxes) and content["n_films"] == 4
    assert table["method"].value_counts().to_dict() == dict.fromkeys(METHODS, len(boxes))
    assert set(maps) == set(METHODS)
    for stored in maps.values():
        assert set(stored) == set(zip(boxes["image_index"], boxes["finding"], strict=True))
    assert json.loads(json.dumps(content)) == box_files.load_content("cnn")


def test_figures_are_those_of_predict_on_the_full_size_films(written, tmp_path):
    """Another way: the originals through `predict --maps`, measured against NIH's boxes by hand."""
    _, table, _ = written
    table = table[table["method"] == class_maps.EXACT]
    paths = sorted({SAMPLES / name for name in table["image_index"]})
    rows = batch.predict(paths, "cnn", tmp_path)
    probabilities = {path.name: row.probabilities for path, row in zip(paths, rows, strict=True)}
    for row in table.to_dict("records"):
        finding = NAMES.index(row["finding"])
        stored = np.load(tmp_path / row["image_index"].replace(".png", ".npz"))
        cells = stored["maps"][finding]
        hottest = np.unravel_index(cells.argmax(), cells.shape)
        y, x = (np.array(hottest) + 0.5) * 1024 / np.array(cells.shape)
        inside = row["x"] <= x < row["x"] + row["w"] and row["y"] <= y < row["y"] + row["h"]
        assert inside == row["pointing"]
        box = (row["x"], row["y"], row["w"], row["h"])
        again = map_boxes.measure(cells, box)
        for name in ("energy", "iou", "iobb", "region_iou"):
            assert row[name] == pytest.approx(again[name], abs=0.03), name  # stored as float16
        assert row["probability"] == pytest.approx(
            probabilities[row["image_index"]][finding], abs=1e-4
        )


def test_hires_cam_equals_grad_cam_for_a_linear_head(written):
    _, table, _ = written
    keyed = table.set_index(["image_index", "finding"])
    rows = {method: part for method, part in keyed.groupby("method")}
    assert rows["HiResCAM"]["outcome"].equals(rows[class_maps.EXACT]["outcome"])


def test_json_figures_are_the_tables(written):
    content, table, _ = written
    figures = box_figures.as_table(content["figures"])
    exact = table[table["method"] == class_maps.EXACT]
    chosen = figures[(figures["method"] == class_maps.EXACT) & (figures["group"] == "all pairs")]
    values = chosen.set_index("measure")
    assert values.loc["pointing", "value"] == pytest.approx(exact["pointing"].mean(), abs=1e-4)
    prior = (exact["prior_iou"] > 0.1).mean()
    assert values.loc["IoU > .1", "prior"] == pytest.approx(prior, abs=1e-4)
    assert (values["patients"] == exact["patient"].nunique()).all()
    expected = (exact["chosen_iou"] > 0.1).mean()
    assert values.loc["IoU > .1", "chosen"] == pytest.approx(expected, abs=1e-4)
    counted = {float(share): n for share, n in content["chosen_shares"][class_maps.EXACT].items()}
    assert counted == exact["share"].value_counts().to_dict()


def test_a_pair_is_measured_at_the_threshold_of_the_other_patients(written):
    """Again from the stored maps, leaving each patient out by hand."""
    _, table, maps = written
    exact = table[table["method"] == class_maps.EXACT].reset_index(drop=True)
    for pair in exact.itertuples():
        others = exact[exact["patient"] != pair.patient]
        means = [
            np.mean(
                [
                    map_boxes.measure(
                        maps[class_maps.EXACT][o.image_index, o.finding],
                        (o.x, o.y, o.w, o.h),
                        share,
                    )["iou"]
                    for o in others.itertuples()
                ]
            )
            for share in map_boxes.SHARES
        ]
        assert pair.share == map_boxes.SHARES[int(np.argmax(means))]
        own = maps[class_maps.EXACT][pair.image_index, pair.finding]
        again = map_boxes.measure(own, (pair.x, pair.y, pair.w, pair.h), pair.share)
        assert pair.chosen_iou == pytest.approx(again["iou"], abs=1e-4)
        assert pair.chosen_pointing == pair.pointing


def test_files_of_an_older_version_are_refused(tmp_path, monkeypatch, written):
    content, _, _ = written
    shutil.copytree(store.folder("cnn"), tmp_path / "cnn")
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    path = tmp_path / "cnn" / "localisation.json"
    path.write_text(json.dumps(content | {"version": 1}))
    with pytest.raises(ValueError, match=r"of version 1, .*evaluate cnn --boxes"):
        box_files.load_content("cnn")


def test_films_without_boxes_are_refused_in_a_sentence(films):
    none = films.select(~films.table["image_index"].isin(load_boxes()["image_index"]))
    with pytest.raises(ValueError, match="None of the 1 films has a radiologist's box"):
        box_evaluation.evaluate("cnn", none)


def test_train_val_has_no_boxes_and_the_command_says_so():
    result = CliRunner().invoke(app, ["evaluate", "cnn", "--boxes", "--split", "train_val"])
    assert result.exit_code == 2
    assert "has a radiologist's box" in result.output and "Traceback" not in result.output


def test_files_of_other_weights_and_broken_files_are_refused(tmp_path, monkeypatch, written):
    shutil.copytree(store.folder("cnn"), tmp_path / "cnn")
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    path = tmp_path / "cnn" / "localisation.json"
    path.write_text(path.read_text().replace("cnn@", "cnn@0", 1))
    with pytest.raises(ValueError, match="evaluate cnn --boxes"):
        box_files.load_content("cnn")
    for ending, load in (
        ("json", box_files.load_content),
        ("npz", box_files.load_maps),
    ):
        (tmp_path / "cnn" / f"localisation.{ending}").write_bytes(b"{broken")
        with pytest.raises(ValueError, match="evaluate cnn --boxes"):
            load("cnn")
        (tmp_path / "cnn" / f"localisation.{ending}").unlink()
        with pytest.raises(FileNotFoundError, match="evaluate cnn --boxes"):
            load("cnn")


def test_another_patients_map_is_never_the_same_patients():
    pairs = pd.DataFrame(
        {"finding": ["Mass", "Mass", "Mass", "Nodule"], "patient": [1, 1, 2, 1]},
    )
    assert box_evaluation.another_patient(pairs) == [2, 2, 0, None]


def test_spearman_by_scipy_and_zero_for_flat_maps():
    from scipy.stats import spearmanr

    first, second = np.random.default_rng(0).random((2, 5, 64))
    expected = [spearmanr(a, b).statistic for a, b in zip(first, second, strict=True)]
    assert sanity_checks.spearman(first, second) == pytest.approx(expected)
    assert sanity_checks.spearman(first, np.ones((5, 64))).tolist() == [0] * 5


def test_randomisation_changes_the_maps_and_leaves_the_network_alone(films):
    network, card = store.load_network("cnn")
    pairs = box_evaluation.box_pairs(films, load_boxes())
    before = {key: value.clone() for key, value in network.state_dict().items()}
    random = torch.random.get_rng_state()
    found = sanity_checks.randomisation(network, card.input_px, films, pairs)
    assert next(iter(found["parts"])) == "classifier" and len(found["parts"]) == 6
    assert max(map(abs, found["correlation"])) < 0.7
    assert all(torch.equal(before[k], v) for k, v in network.state_dict().items())
    assert torch.equal(random, torch.random.get_rng_state())


@pytest.mark.parametrize("name", ["cnn", "mobilenet_v2", "densenet121"])
def test_the_cascade_reaches_every_weight(name):
    network = registry.build(name)
    parts = sanity_checks.blocks(network)
    reached = {id(p) for part in parts.values() for layer in part for p in layer.parameters()}
    assert reached == {id(p) for p in network.parameters()}


def test_deletion_blurs_the_hottest_places_first():
    start, end = np.full((128, 128), 9, np.uint8), np.zeros((128, 128), np.uint8)
    cells = np.zeros((8, 8), np.float32)
    cells[:4] = 1
    frames = sanity_checks.replaced(start, end, cells)
    assert len(frames) == sanity_checks.STEPS + 1
    assert (frames[0] == 9).all() and (frames[-1] == 0).all()
    half = frames[sanity_checks.STEPS // 2]
    assert (half[:60] == 0).all() and (half[68:] == 9).all()


def test_curves_begin_at_the_intact_and_end_at_the_blurred_film(films):
    network, card = store.load_network("cnn")
    found = sanity_checks.deletion(network, card.input_px, films, count=3)
    assert found["n"] == 3
    assert found["deletion"]["map"][0] == found["deletion"]["random"][0] == 0
    assert found["insertion"]["map"][-1] == pytest.approx(0, abs=1e-4)
    assert found["deletion"]["map"][-1] == pytest.approx(found["insertion"]["random"][0], abs=1e-4)


def test_a_kill_while_the_three_files_take_their_place_is_made_good_by_the_next_reader(
    tmp_path, monkeypatch, written
):
    shutil.copytree(store.folder("cnn"), tmp_path / "cnn")
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    rest = tmp_path / "cnn" / ".localisation.new"  # whole, as `atomic_files` leaves it
    rest.mkdir()
    for ending in ("json", "npz"):  # the table has taken its place
        (tmp_path / "cnn" / f"localisation.{ending}").rename(rest / f"localisation.{ending}")
    assert box_files.load_content("cnn")["checkpoint"] == store.load_card("cnn").id
    assert box_files.load_maps("cnn").keys() >= {class_maps.EXACT}
    assert not rest.exists()
