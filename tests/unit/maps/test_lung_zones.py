"""Lung zones from maps made by hand."""

import numpy as np
import pytest

from core.films.film import Film
from core.gate.corrections import correct
from core.maps import lung_zones


def one_cell(row: int, column: int, size: int = 8, value: float = 1) -> np.ndarray:
    cells = np.zeros((size, size), np.float32)
    cells[row, column] = value
    return cells


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (0, 0, "right upper zone"),
        (7, 1, "right lower zone"),
        (4, 7, "left mid zone"),
        (7, 5, "left lower zone"),  # .69 of the width: a heart reaches there
        (1, 3, "central upper zone"),  # .44 of the width
        (4, 4, "central mid zone"),
    ],
)
def test_the_zone_of_the_strongest_cell(row: int, column: int, words: str):
    assert lung_zones.strongest_zone(one_cell(row, column)) == words


def test_a_film_that_is_not_square_has_the_same_zones():
    wide = np.zeros((3, 10))
    wide[2, 9] = 1
    assert lung_zones.strongest_zone(wide) == "left lower zone"


def test_edges_of_the_film_and_of_the_central_band():
    assert lung_zones.zone(1, 1) == "left lower zone"
    assert lung_zones.zone(0, 0) == "right upper zone"
    assert lung_zones.zone(0.4, 0.5) == lung_zones.zone(0.6, 0.5) == "central mid zone"
    assert lung_zones.zone(0.39, 0.5) == "right mid zone"
    assert lung_zones.zone(0.61, 0.5) == "left mid zone"


def test_where_sides_are_unknown_only_the_height_is_told():
    assert (
        lung_zones.strongest_zone(one_cell(7, 0), sides_known=False) == "lower zone, side unknown"
    )
    assert lung_zones.strongest_zone(one_cell(0, 4), sides_known=False) == "central upper zone"


def test_faint_or_missing_evidence_has_no_place():
    assert lung_zones.strongest_zone(np.zeros((4, 4))) == ""
    assert lung_zones.strongest_zone(one_cell(2, 2, value=0.09)) == ""
    assert lung_zones.strongest_zone(one_cell(2, 2, value=0.11)) != ""


def film(directions: tuple[str, str] | None) -> Film:
    return Film(np.zeros((40, 40), np.float32), "x", "DICOM", 8, 0.0, directions=directions)


def test_sides_are_known_by_custom_unless_the_header_objects():
    assert film(None).sides_known
    assert film(("L", "F")).sides_known
    assert not film(("R", "F")).sides_known
    assert not film(("R", "H")).sides_known


def test_turning_a_film_turns_its_directions():
    assert correct(film(("R", "H")), "rotate 180").directions == ("L", "F")
    # Head to the right: rows run to the head, columns to the patient's left.
    assert correct(film(("H", "L")), "rotate 270").directions == ("L", "F")
    assert correct(film(("F", "R")), "rotate 90").directions == ("L", "F")
    assert not correct(film(("L", "H")), "rotate 180").sides_known, "a mirrored film stays mirrored"
    assert correct(film(("L", "F")), "invert").directions == ("L", "F")
    assert correct(film(None), "rotate 90").directions is None
