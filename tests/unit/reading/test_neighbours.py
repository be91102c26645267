"""`core.reading.neighbours`: the nearest training films, and no index that does not fit."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.checkpoints import store
from core.films.film import Film
from core.nih.film_set import open_starter
from core.reading import neighbours
from core.reading.predictor import Predictor


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of one checkpoint that a test may change."""
    shutil.copytree(store.CHECKPOINTS / "cnn", tmp_path / "cnn")
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    return tmp_path / "cnn"


def test_nearest_is_one_a_patient_in_units_of_strangers():
    places = np.array([[0.0, 0], [1, 0], [3, 0], [3.5, 0]], np.float32)
    features = places @ np.array([[0, 1, 0], [1, 0, 0]], np.float32) + np.array([5, 5, 5])
    names = np.array(["a", "b", "c", "d"])
    index = neighbours.fit(features, names, np.array([1, 2, 3, 3]))
    assert index.unit == pytest.approx(1.5)  # of 1, 1, 2, 2.5 to another patient
    found = index.nearest(features[3], 3)
    assert found["image_index"].tolist() == ["d", "b", "a"]
    assert found["distance"].tolist() == pytest.approx([0, 2.5 / 1.5, 3.5 / 1.5], abs=1e-5)


def test_distances_are_those_of_the_features_where_all_directions_are_kept():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(50, 8))
    index = neighbours.fit(features, np.arange(50).astype(str), np.arange(50))
    asked = rng.normal(size=8)
    expected = np.linalg.norm(features - asked, axis=1)
    found = index.nearest(asked, 5)
    assert found["image_index"].astype(int).tolist() == np.argsort(expected)[:5].tolist()
    assert found["distance"].to_numpy() * index.unit == pytest.approx(np.sort(expected)[:5])


def test_an_index_is_written_read_and_finds_a_film_itself(folder: Path):
    films = open_starter("train_val")
    films = films.select(np.arange(len(films)) < 120)
    path = neighbours.write("cnn", films)
    assert path == folder / "neighbours.npz"
    film = Film(films.pixels[7].astype(np.float32) / 255, "x", "PNG", 8, 0.0)
    found = neighbours.load("cnn").nearest(Predictor("cnn").read(film).features, 3)
    assert found["image_index"][0] == films.table["image_index"][7]
    assert found["distance"][0] < 0.05
    patients = films.table.set_index("image_index").loc[found["image_index"], "patient"]
    assert patients.is_unique


def test_test_films_are_not_taken_as_examples(folder: Path):
    films = open_starter("test")
    with pytest.raises(ValueError, match="must not be shown"):
        neighbours.write("cnn", films)


def test_a_missing_a_stale_and_a_damaged_index_name_the_command(folder: Path):
    (folder / "neighbours.npz").unlink(missing_ok=True)
    with pytest.raises(FileNotFoundError, match="python -m core index cnn"):
        neighbours.load("cnn")
    films = open_starter("train_val")
    neighbours.write("cnn", films.select(np.arange(len(films)) < 40))
    card = folder / "card.json"
    sha = store.load_card("cnn").weights_sha256
    card.write_text(card.read_text().replace(sha, "0" * 64))
    with pytest.raises(ValueError, match=r"other weights .*python -m core index cnn"):
        neighbours.load("cnn")
    (folder / "neighbours.npz").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match=r"not readable.*python -m core index cnn"):
        neighbours.load("cnn")
