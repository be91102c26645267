"""The one route: bit-equal to the starter films, uncropped, the same for training and serving."""

import io

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from core.films.film import Film
from core.films.read import read_film, read_path
from core.films.resample import to_base
from core.networks.augmentation import Augmentation, augment
from core.networks.inputs import from_base, to_input
from core.nih.film_set import load_starter_pngs, open_films
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


def test_serving_and_validation_give_the_same_input():
    path = FILMS[0]
    film = read_path(path)
    base = load_starter_pngs([path.name])[path.name]
    small = read_film(base, path.name)
    batch = torch.from_numpy(np.stack([to_base(film)] * 3))
    for size in (128, 192):
        one = to_input(film, size)
        assert one.shape == (1, 1, size, size)
        assert one.min() >= -1 and one.max() <= 1
        assert torch.equal(one, to_input(small, size))
        assert torch.equal(one[0], from_base(batch, size)[2])


@pytest.mark.parametrize("shape", [(1024, 1024), (2048, 2048), (900, 1300), (3000, 2000)])
def test_a_rectangle_keeps_its_place_and_size(shape):
    height, width = shape
    grey = np.zeros(shape, np.float32)
    top, bottom, left, right = 0.25, 0.75, 0.125, 0.5
    grey[
        round(top * height) : round(bottom * height), round(left * width) : round(right * width)
    ] = 1
    base = to_base(_film(grey)) / 255
    rows, columns = base.sum(1), base.sum(0)
    assert rows.max() == pytest.approx(128 * (right - left), abs=0.6)
    assert columns.max() == pytest.approx(128 * (bottom - top), abs=0.6)
    centre = ((np.arange(128) + 0.5) / 128 * rows).sum() / rows.sum()
    assert centre == pytest.approx((top + bottom) / 2, abs=0.004)
    across = ((np.arange(128) + 0.5) / 128 * columns).sum() / columns.sum()
    assert across == pytest.approx((left + right) / 2, abs=0.004)


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


def test_augmentation_of_nothing_is_the_plain_input():
    base = torch.from_numpy(open_films(split="test").pixels[:4])
    none = Augmentation(*[0.0] * 7)
    generator = torch.Generator().manual_seed(0)
    moved = augment(base, 128, none, generator)
    assert torch.allclose(moved, from_base(base, 128), atol=1e-3)


def test_augmentation_changes_each_film_by_itself_and_repeats_with_its_seed():
    base = torch.from_numpy(np.stack([open_films(split="test").pixels[0]] * 3))
    first, again = (
        augment(base, 96, Augmentation(), torch.Generator().manual_seed(7)) for _ in range(2)
    )
    assert first.shape == (3, 1, 96, 96)
    assert torch.equal(first, again)
    assert (first[0] - first[1]).abs().mean() > 0.01
    assert first.min() >= -1 and first.max() <= 1


def test_augmentation_never_mirrors():
    """A bright left half stays brighter than the right half whatever the draw."""
    base = torch.zeros(64, 128, 128, dtype=torch.uint8)
    base[:, 24:104, 20:60] = 200
    moved = augment(base, 128, Augmentation(), torch.Generator().manual_seed(1))
    assert (moved[..., :64].mean((1, 2, 3)) > moved[..., 64:].mean((1, 2, 3))).all()
