"""From a film of any size to the base size: bit for bit the starter film's way."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from core.films.film import Film
from core.films.read import read_path
from core.films.resample import to_base
from core.nih.film_set import load_starter_pngs
from core.paths import SAMPLES

FILMS = sorted(SAMPLES.glob("*.png"))


@pytest.fixture(scope="module")
def starter():
    names = [path.name for path in FILMS]
    pngs = load_starter_pngs(names)
    return {name: np.asarray(Image.open(io.BytesIO(png))) for name, png in pngs.items()}


@pytest.mark.parametrize("path", FILMS, ids=lambda path: path.stem)
def test_full_size_film_becomes_its_starter_film_bit_for_bit(path, starter):
    assert np.array_equal(to_base(read_path(path)), starter[path.name])


def _film(grey):
    return Film(np.asarray(grey, np.float32), "made.png", "PNG", 8, 0.0)


def test_larger_films_are_antialiased():
    fine = np.indices((4096, 4096)).sum(0) % 2
    base = to_base(_film(fine))
    assert np.ptp(base) <= 1


def test_enlarging_first_and_the_route_agree_with_the_original(starter):
    """A film exported at twice the size reads nearly as the original does."""
    path = FILMS[3]
    original = read_path(path)
    large = cv2.resize(original.pixels, (2048, 2048), interpolation=cv2.INTER_LINEAR)
    difference = to_base(_film(large)).astype(int) - starter[path.name]
    assert np.abs(difference).mean() < 0.5
