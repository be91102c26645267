"""The film as it is shown, with values worked out by hand."""

import numpy as np
import pytest
from PIL import Image

from core.maps import colours


def one_cell(row: int, column: int, size: int = 4) -> np.ndarray:
    cells = np.zeros((size, size), np.float32)
    cells[row, column] = 1
    return cells


def test_window_maps_low_to_black_and_high_to_white():
    pixels = np.array([[0.0, 0.25, 0.5, 0.75, 1.0]], np.float32)
    assert colours.window(pixels, 0.25, 0.75).tolist() == [[0, 0, 128, 255, 255]]
    assert colours.window(pixels, 0, 1).tolist() == [[0, 64, 128, 191, 255]]


def test_a_window_of_no_width_is_a_threshold():
    assert colours.window(np.array([[0.2, 0.8]]), 0.5, 0.5).tolist() == [[0, 255]]


def test_a_large_film_is_shown_smaller_in_its_own_shape():
    small = colours.shown(np.full((3000, 1500), 0.5, np.float32))
    assert small.shape == (1024, 512)
    assert small.dtype == np.float32
    assert np.allclose(small, 0.5)


def test_a_small_film_is_not_enlarged():
    assert colours.shown(np.zeros((200, 300), np.float32)).shape == (200, 300)


def test_one_scale_serves_all_findings():
    maps = np.zeros((14, 2, 2), np.float32)
    maps[3, 0, 0], maps[5, 1, 1], maps[5, 0, 0] = 4.0, 1.0, -8.0
    assert colours.strength(maps, 3)[0, 0] == 1
    assert colours.strength(maps, 5).tolist() == [[0, 0], [0, 0.25]]


def test_maps_without_positive_evidence_have_no_strength():
    assert not colours.strength(np.full((14, 2, 2), -1, np.float32), 0).any()


@pytest.mark.parametrize(("height", "width"), [(80, 80), (80, 120)])
def test_one_cell_lights_exactly_its_area_of_the_film(height: int, width: int):
    grey = np.full((height, width), 100, np.uint8)
    picture = colours.overlay(grey, one_cell(1, 2), opacity=1, smooth=False)
    changed = (picture != 100).any(axis=2)
    expected = np.zeros((height, width), bool)
    expected[height // 4 : height // 2, width // 2 : 3 * width // 4] = True
    assert (changed == expected).all()


@pytest.mark.parametrize(("height", "width"), [(84, 84), (84, 132)])
def test_the_smooth_map_peaks_in_the_middle_of_the_cell(height: int, width: int):
    smooth = colours.enlarge(one_cell(1, 2), height, width, smooth=True)
    middle = (int(height * 1.5 / 4), int(width * 2.5 / 4))
    assert np.unravel_index(smooth.argmax(), smooth.shape) == middle
    mirrored = colours.enlarge(one_cell(2, 1), height, width, smooth=True)[::-1, ::-1]
    assert np.allclose(smooth, mirrored, atol=1e-6)


def test_a_smooth_map_is_half_way_at_the_border_of_two_cells():
    row = colours.enlarge(np.array([[0.0, 1.0]], np.float32), 1, 8, smooth=True)[0]
    assert row.tolist() == [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1]


def test_an_empty_map_changes_nothing():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    picture = colours.overlay(grey, np.zeros((4, 4), np.float32), opacity=1)
    assert (picture == grey[..., None]).all()


def test_no_opacity_is_the_plain_film():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert (colours.overlay(grey, one_cell(1, 1), opacity=0) == grey[..., None]).all()


def test_stronger_evidence_is_brighter_on_black():
    ramp = np.linspace(0, 1, 32, dtype=np.float32)[None]
    picture = colours.overlay(np.zeros((1, 32), np.uint8), ramp, opacity=1, smooth=False)
    assert (np.diff(picture.astype(int).sum(axis=2)[0]) > 0).all()


def test_the_colour_bar_runs_from_the_plain_film_to_the_strongest_colour():
    bar = colours.colour_bar(opacity=1, width=64, height=4)
    assert bar.shape == (4, 64, 3)
    assert (bar[:, 0] == 96).all()
    strongest = colours.overlay(np.zeros((1, 1), np.uint8), np.ones((1, 1)), opacity=1)
    assert (bar[:, -1] == strongest[0, 0]).all()


@pytest.mark.parametrize("opacity", [0.3, 1.0])
def test_a_layer_over_the_film_is_the_overlay(opacity: float):
    grey = np.arange(0, 256, dtype=np.uint8).reshape(16, 16)
    cells = np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4)
    layer = colours.layer(colours.enlarge(cells, 16, 16, smooth=True))
    film, top = Image.fromarray(grey).convert("RGB"), Image.fromarray(layer[..., :3])
    cover = Image.fromarray(np.rint(opacity * layer[..., 3]).astype(np.uint8))
    together = np.asarray(Image.composite(top, film, cover)).astype(int)
    assert abs(together - colours.overlay(grey, cells, opacity)).max() <= 2
