"""`core.gate`: what cannot be a frontal chest film is turned away, and films pass."""

from pathlib import Path

import numpy as np
import pytest

from core import films, gate
from core.films import Film

ROOT = Path(__file__).parents[2]


def film(
    pixels: np.ndarray | None = None, saturation: float = 0.0, view: str | None = None
) -> Film:
    if pixels is None:
        pixels = np.tile(np.linspace(0, 1, 128, dtype=np.float32), (128, 1))
    return Film(pixels.astype(np.float32), "x.png", "PNG", 8, saturation, view)


def gradient(height: int, width: int) -> np.ndarray:
    return np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1))


def refused(picture: Film) -> str:
    verdict = gate.check(picture)
    assert not verdict.accepted
    assert verdict.reason.endswith(".")
    return verdict.reason


def test_accepted_film_has_no_reason():
    assert gate.check(film()) == gate.Verdict(True, "")


@pytest.mark.parametrize("path", sorted((ROOT / "samples").glob("*.png")), ids=lambda p: p.name)
def test_real_samples_pass(path):
    assert gate.check(films.read_path(path)).accepted


def test_real_dicom_film_passes():
    assert gate.check(films.read_path(ROOT / "tests/files/rsna_jpeg_baseline.dcm")).accepted


def test_photograph_is_refused_for_its_colour():
    assert "colour picture" in refused(film(saturation=0.3))


def test_slight_tint_passes():
    assert gate.check(film(saturation=0.05)).accepted


@pytest.mark.parametrize("view", ["LATERAL", "LL", "RL", "LLO"])
def test_side_view_is_refused_by_name(view):
    assert f"side view ({view})" in refused(film(view=view))


@pytest.mark.parametrize("view", [None, "PA", "AP"])
def test_frontal_or_unnamed_view_passes(view):
    assert gate.check(film(view=view)).accepted


def test_small_picture_is_refused_and_starter_size_passes():
    assert "99 px" in refused(film(gradient(99, 120)))
    assert gate.check(film(gradient(128, 128))).accepted


@pytest.mark.parametrize(("height", "width", "accepted"), [(600, 340, False), (600, 370, True)])
def test_strip_is_refused_and_portrait_passes(height, width, accepted):
    assert gate.check(film(gradient(height, width))).accepted is accepted


def test_panorama_is_refused():
    assert "as wide as high" in refused(film(gradient(200, 400)))


@pytest.mark.parametrize("shade", [0.0, 0.5, 1.0])
def test_blank_picture_is_refused(shade):
    assert "contrast" in refused(film(np.full((200, 200), shade)))


def test_picture_of_one_grey_with_a_mark_is_refused():
    page = np.ones((200, 200))
    page[:40, :40] = 0
    assert "One single grey fills 96%" in refused(film(page))
