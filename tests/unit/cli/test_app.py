"""`predict` and `evaluate` as other programs call them."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pydicom
import pytest
from PIL import Image
from typer.testing import CliRunner

from core.checkpoints import store
from core.cli.app import app
from core.findings import NAMES
from core.paths import ROOT, SAMPLES

FILMS = sorted(SAMPLES.glob("*.png"))


def predict(*arguments):
    result = CliRunner().invoke(app, ["predict", *map(str, arguments)])
    assert "Traceback" not in result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two films, a colour photograph, a broken film and a text file."""
    folder = tmp_path_factory.mktemp("films")
    for film in FILMS[:2]:
        shutil.copy(film, folder)
    red = np.zeros((300, 300, 3), np.uint8)
    red[:, :, 0] = np.linspace(0, 255, 300)
    Image.fromarray(red).save(folder / "photo.jpg")
    (folder / "broken.png").write_bytes(FILMS[0].read_bytes()[:20_000])
    (folder / "notes.txt").write_text("hello")
    return folder


@pytest.fixture(scope="module", params=["cnn", "mobilenet_v2"])
def answers(request, folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    result = predict(
        folder, "--model", request.param, "--out", out / "s.csv", "--maps", out / "maps"
    )
    assert result.exit_code == 0
    return request.param, pd.read_csv(out / "s.csv", keep_default_na=False), out / "maps"


def test_every_file_is_answered_with_one_of_three_statuses(answers):
    _, table, _ = answers
    assert list(table.columns) == ["file", "status", "reason", *NAMES]
    by_name = {file.rsplit("/", 1)[-1]: row for file, row in table.set_index("file").iterrows()}
    assert {name: row["status"] for name, row in by_name.items()} == {
        FILMS[0].name: "ok",
        FILMS[1].name: "ok",
        "photo.jpg": "refused",
        "broken.png": "error",
        "notes.txt": "error",
    }
    for row in by_name.values():
        if row["status"] == "ok":
            assert row["reason"] == ""
            assert all(0 <= float(row[name]) <= 1 for name in NAMES)
        else:
            assert len(row["reason"]) > 20
            assert all(row[name] == "" for name in NAMES)


def test_probabilities_are_the_calibrated_logits_of_scores_csv(answers):
    name, table, _ = answers
    card = store.load_card(name)
    scores = store.load_scores(name).set_index("image_index")
    for film in FILMS[:2]:
        row = table[table["file"].str.endswith(film.name)].iloc[0]
        for finding in NAMES:
            fit = card.calibration[finding]
            logit = scores.loc[film.name, f"logit_{finding}"] * fit.slope + fit.offset
            assert float(row[finding]) == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-4)


def test_maps_are_raw_and_add_up(answers):
    name, _, maps = answers
    assert sorted(path.stem for path in maps.glob("*.npz")) == [path.stem for path in FILMS[:2]]
    scores = store.load_scores(name).set_index("image_index")
    network, _ = store.load_network(name)
    bias = network.head.bias.detach().numpy()
    stored = np.load(maps / f"{FILMS[0].stem}.npz")
    assert list(stored["findings"]) == list(NAMES)
    assert stored["maps"].dtype == np.float32
    assert stored["maps"].shape[0] == 14
    expected = scores.loc[FILMS[0].name, [f"logit_{n}" for n in NAMES]].to_numpy(float)
    assert stored["maps"].mean((1, 2)) + bias == pytest.approx(expected, abs=1e-3)


def test_json_carries_a_schema_and_the_same_numbers(folder):
    result = predict(FILMS[0], folder / "notes.txt", "--json")
    content = json.loads(result.stdout)
    assert content["schema"] == 2
    assert [film["status"] for film in content["films"]] == ["ok", "error"]
    assert set(content["films"][0]["probabilities"]) == set(NAMES)
    assert content["films"][1]["probabilities"] == {}


def test_films_of_one_stem_keep_their_own_maps(tmp_path):
    for number, name in enumerate(("a", "b")):
        (tmp_path / name).mkdir()
        shutil.copy(FILMS[number], tmp_path / name / "film.png")
    assert predict(tmp_path, "--maps", tmp_path / "m", "--model", "cnn").exit_code == 0
    first, second = (np.load(tmp_path / "m" / f"{s}.npz")["maps"] for s in ("film", "film-2"))
    assert not np.allclose(first, second)


def test_dicom_results_are_written_for_dicom_films_alone(tmp_path):
    dicom = ROOT / "tests" / "files" / "rsna_jpeg_baseline.dcm"
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shutil.copy(dicom, tmp_path / name / "film.dcm")
    unlinked = pydicom.dcmread(dicom)
    del unlinked.StudyInstanceUID
    unlinked.save_as(tmp_path / "a" / "loose.dcm")
    shutil.copy(FILMS[0], tmp_path / "a")
    out = tmp_path / "out"
    result = predict(tmp_path / "a", tmp_path / "b", "--dicom", out, "--model", "cnn", "--json")
    assert result.exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "film-2-heatmaps.dcm",
        "film-2-report.dcm",
        "film-heatmaps.dcm",
        "film-report.dcm",
    ]
    assert pydicom.dcmread(out / "film-report.dcm").Modality == "SR"
    rows = {row["file"].rsplit("/", 1)[-1]: row for row in json.loads(result.stdout)["films"]}
    assert rows["loose.dcm"]["status"] == "ok"
    assert "StudyInstanceUID is missing" in rows["loose.dcm"]["reason"]


def test_paths_and_models_that_are_not_there_are_named(tmp_path):
    missing = predict(tmp_path / "none.png")
    assert missing.exit_code == 2
    assert "There is no file or folder" in missing.output
    unknown = predict(FILMS[0], "--model", "resnet")
    assert unknown.exit_code == 2
    assert "There is no checkpoint 'resnet'" in unknown.output
    assert predict(tmp_path).exit_code == 2


def test_a_failed_call_leaves_the_old_table(tmp_path):
    out = tmp_path / "scores.csv"
    out.write_text("precious")
    assert predict(FILMS[0], "--model", "resnet", "--out", out).exit_code == 2
    assert out.read_text() == "precious"


def test_evaluate_repeats_the_shipped_figures(tmp_path, monkeypatch):
    shutil.copytree(store.CHECKPOINTS / "cnn", tmp_path / "cnn")
    expected = store.load_card("cnn").figures
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    result = CliRunner().invoke(app, ["evaluate", "cnn"])
    assert result.exit_code == 0
    again = store.load_card("cnn").figures
    assert again.macro_auroc_13.value == pytest.approx(expected.macro_auroc_13.value, abs=1e-3)
    assert "mean of 13" in result.output


def test_module_runs_from_the_shell():
    done = subprocess.run(
        [sys.executable, "-m", "core", "predict", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert "calibrated probability" in done.stdout
