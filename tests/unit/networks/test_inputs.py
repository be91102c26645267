"""The one route: bit-equal to the starter films, uncropped, the same for training and serving."""

import numpy as np
import pytest
import torch

from core.films.read import read_film, read_path
from core.films.resample import to_base
from core.networks.inputs import from_base, to_input
from core.nih.film_set import load_starter_pngs
from tests.unit.films.test_resample import FILMS, _film


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
