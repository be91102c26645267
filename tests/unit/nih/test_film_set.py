"""NIH table, boxes, adjudicated labels and films, against published counts and raw files."""

import shutil

import numpy as np
import pytest

from core.findings import NAMES, NO_FINDING
from core.nih.film_set import DATA_VARIABLE, draw_patients, load_starter_pngs, open_films
from core.nih.table import load_boxes, load_table
from core.paths import SAMPLES


@pytest.fixture(scope="module")
def table():
    return load_table()


def test_starter_set_holds_the_films_its_readme_counts():
    films = open_films()
    assert films.pixels.shape == (9433, 128, 128)
    assert films.pixels.dtype == np.uint8
    assert films.table["image_index"].is_unique
    split = films.table["split"].value_counts().to_dict()
    assert split == {"train_val": 7996, "test": 1437}
    test = films.select((films.table["split"] == "test").to_numpy())
    counted = dict(zip(NAMES, test.labels.sum(0).astype(int), strict=True))
    assert counted["Atelectasis"] == 172
    assert counted["Hernia"] == 15
    assert counted["Infiltration"] == 372


def test_split_argument_gives_only_that_list():
    films = open_films(split="test")
    assert set(films.table["split"]) == {"test"}
    assert len(films) == len(films.pixels) == 1437
    with pytest.raises(ValueError, match="choose train_val or test"):
        open_films(split="validation")


def test_starter_pngs_are_given_by_name_and_strangers_left_out():
    pngs = load_starter_pngs(["00000001_000.png", "../../etc/passwd"])
    assert list(pngs) == ["00000001_000.png"]
    assert pngs["00000001_000.png"].startswith(b"\x89PNG")


def test_samples_cover_all_findings_and_are_test_films(table):
    names = sorted(path.name for path in SAMPLES.glob("*.png"))
    rows = table[table["image_index"].isin(names)]
    assert len(rows) == len(names) >= 40
    assert (rows["split"] == "test").all()
    assert rows[list(NAMES)].any().all()
    assert rows[NO_FINDING].any()
    assert load_boxes()["image_index"].isin(names).sum() >= 20


def _nih_folder(folder, nested):
    films = sorted(SAMPLES.glob("*.png"))[:4]
    target = folder / "images_001" / "images" if nested else folder
    target.mkdir(parents=True, exist_ok=True)
    for film in films:
        shutil.copy(film, target)
    (target / "holiday.png").write_bytes(b"not in the table")
    return [film.name for film in films]


@pytest.mark.parametrize("nested", [True, False])
def test_nih_folder_gives_the_films_of_the_starter_set(tmp_path, nested, monkeypatch):
    names = _nih_folder(tmp_path, nested)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    films = open_films()
    assert list(films.table["image_index"]) == names
    monkeypatch.delenv(DATA_VARIABLE)
    known = open_films()
    rows = [known.table.index[known.table["image_index"] == name][0] for name in names]
    assert np.array_equal(films.pixels, known.pixels[rows])


def test_folders_without_films_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="No NIH film was found"):
        open_films(tmp_path)
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        open_films(tmp_path / "nowhere")


def test_drawing_films_takes_whole_patients():
    films = open_films(split="test")
    drawn = draw_patients(films, 100, seed=3)
    rest = set(films.table["image_index"]) - set(drawn.table["image_index"])
    kept = set(drawn.table["patient"])
    assert len(drawn) >= 100
    assert not films.table[films.table["image_index"].isin(rest)]["patient"].isin(kept).any()
    assert len(draw_patients(films, 99_999, seed=3)) == len(films)
