"""Localisation by hand-made maps with known answers, and the published floors."""

import numpy as np
import pytest
import torch

from core.films.film import Film
from core.maps import boxes as map_boxes
from core.networks.inputs import to_input


def flat(rows, columns, box):
    """A map (rows x columns) that is 1 in a box of cells (top, left, bottom, right), else 0."""
    cells = np.zeros((rows, columns), np.float32)
    top, left, bottom, right = box
    cells[top:bottom, left:right] = 1
    return cells


def test_boxes_of_a_fine_map_are_exact_in_film_px():
    found = map_boxes.boxes(flat(128, 128, (10, 20, 30, 60)) > 0)
    assert found.tolist() == [[160, 80, 320, 160]]


def test_components_touch_at_corners_and_the_largest_comes_first():
    cells = flat(128, 128, (0, 0, 4, 4)) + flat(128, 128, (4, 4, 6, 6))
    cells += flat(128, 128, (60, 60, 80, 80))
    found = map_boxes.boxes(cells > 0)
    assert found.tolist() == [[480, 480, 160, 160], [0, 0, 48, 48]]


@pytest.mark.parametrize("size", [128, 192])
@pytest.mark.parametrize("rectangle", [(160, 80, 320, 160), (512, 256, 384, 640), (0, 0, 128, 96)])
def test_a_rectangle_on_a_film_comes_back_through_the_real_transform(size, rectangle):
    """Brightness stands in for evidence: film -> network input -> map -> box in film px."""
    x, y, w, h = rectangle
    pixels = np.zeros((1024, 1024), np.float32)
    pixels[y : y + h, x : x + w] = 1
    inputs = to_input(Film(pixels, "film.png", "PNG", 8, 0.0), size)
    cells = ((inputs + 1) / 2)[0, 0].numpy()
    heat = map_boxes.raster(cells)
    found = map_boxes.boxes(map_boxes.region(heat))
    assert len(found) == 1
    assert found[0] == pytest.approx([x, y, w, h], abs=0 if size == 128 else 8)
    assert map_boxes.measure(cells, rectangle)["iou"] > (0.999 if size == 128 else 0.9)


@pytest.mark.parametrize("side", [8, 12])
def test_a_coarse_map_finds_the_place_of_its_cell(side):
    """Pooled to a network's grid, the rectangle is found again within half a cell."""
    cell = 1024 / side
    box = np.array([2 * cell, 3 * cell, 3 * cell, 2 * cell])
    cells = flat(side, side, (3, 2, 5, 5))
    found = map_boxes.boxes(map_boxes.region(map_boxes.raster(cells)))
    assert len(found) == 1
    assert np.abs(found[0] - box).max() <= cell / 2
    ends = found[0][:2] + found[0][2:]
    assert ends + found[0][:2] == pytest.approx(2 * box[:2] + box[2:], abs=8)  # same centre


@pytest.mark.parametrize("share", [0.5, 0.75])
def test_outlines_close_around_the_region_that_is_boxed(share):
    cells = np.array([[0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0], [0, 0, 0, 2]], np.float32)
    rings = map_boxes.outlines(cells, share)
    assert len(rings) == 2
    found = map_boxes.boxes(map_boxes.region(map_boxes.raster(cells), share)) / 1024
    spans = sorted((*ring.min(0), *np.ptp(ring, axis=0)) for ring in rings)
    assert np.allclose(spans, sorted(map(tuple, found)), atol=1.5 / 128)
    assert all((ring[0] == ring[-1]).all() for ring in rings)


def test_outlines_follow_the_level_of_a_ramp():
    """Cells 0 and 1 side by side: half-way lies on the border between them."""
    cells = np.array([[0, 1], [0, 1]], np.float32)
    (ring,) = map_boxes.outlines(cells, 0.5)
    assert ring[:, 0].min() == pytest.approx(0.5, abs=1e-3)
    assert ring.max() == 1


def test_a_map_without_evidence_has_no_outline():
    assert map_boxes.outlines(np.full((8, 8), -1.0)) == []


def test_the_peak_is_the_centre_of_the_strongest_cell():
    cells = np.full((8, 8), -1.0)
    cells[2, 5] = 0.1
    assert map_boxes.peak(cells) == (5.5 * 128, 2.5 * 128)
    cells = np.zeros((12, 12))
    cells[11, 0] = 3
    assert map_boxes.peak(cells) == pytest.approx((0.5 * 1024 / 12, 11.5 * 1024 / 12))


def test_iou_and_iobb_by_hand_with_the_detected_area_below():
    found = np.array([[0.0, 0, 100, 100], [50, 50, 100, 100], [500, 500, 10, 10]])
    iou, iobb = map_boxes.overlaps(found, (50, 50, 200, 100))
    assert iou == pytest.approx([2500 / (10_000 + 20_000 - 2500), 10_000 / 20_000, 0])
    assert iobb == pytest.approx([0.25, 1.0, 0])


def test_energy_counts_cut_pixels_by_the_part_inside():
    even = np.ones((128, 128), np.float32)
    box = (3, 5, 101, 77)
    assert map_boxes.measure(even, box)["energy"] == pytest.approx(101 * 77 / 1024**2)
    assert map_boxes.inside_box(even, (0, 0, 4, 8)) == pytest.approx(0.5)


def test_a_perfect_map_and_one_beside_the_box():
    cells = flat(128, 128, (10, 20, 30, 60))
    perfect = map_boxes.measure(cells, (160, 80, 320, 160))
    assert perfect["pointing"] and perfect["energy"] == pytest.approx(1)
    for name in ("iou", "iobb", "region_iou", "region_iobb"):
        assert perfect[name] == pytest.approx(1)
    assert perfect["false_positives"] == 0 and map_boxes.outcome(perfect) == "hit"
    beside = map_boxes.measure(cells, (600, 600, 100, 100))
    assert not beside["pointing"] and beside["energy"] == beside["iou"] == 0
    assert beside["false_positives"] == 1 and map_boxes.outcome(beside) == "miss"


def test_many_boxes_do_not_help_the_region():
    """Two equal blobs, one on the box: the best box is perfect, the region half wrong."""
    cells = flat(128, 128, (10, 10, 20, 20)) + flat(128, 128, (80, 80, 90, 90))
    found = map_boxes.measure(cells, (80, 80, 80, 80))
    assert found["iou"] == found["iobb"] == pytest.approx(1)
    assert found["region_iou"] == found["region_iobb"] == pytest.approx(0.5)
    assert found["false_positives"] == 1


def test_a_near_miss_overlaps_though_its_peak_is_outside():
    cells = flat(128, 128, (10, 10, 30, 30))
    cells[10, 10] = 1.2
    measured = map_boxes.measure(cells, (160, 160, 80, 80))
    assert map_boxes.outcome(measured) == "near miss"


def test_maps_without_evidence_are_counted_by_themselves():
    measured = map_boxes.measure(-np.ones((8, 8)), (0, 0, 1024, 1024))
    assert measured["degenerate"] and map_boxes.outcome(measured) == "no evidence"
    assert not measured["pointing"] and len(measured["found"]) == 0
    assert [measured[n] for n in ("energy", "iou", "iobb", "region_iou", "region_iobb")] == [0] * 5


def test_the_threshold_is_a_share_of_the_maps_own_maximum():
    cells = flat(128, 128, (0, 0, 10, 10)) * 5
    cells[:10, 10:20] = 2
    assert map_boxes.boxes(map_boxes.region(cells, 0.5)).tolist() == [[0, 0, 80, 80]]
    assert map_boxes.boxes(map_boxes.region(cells, 0.4)).tolist() == [[0, 0, 160, 80]]


def steps(levels):
    """A fine map in columns of 16 px: each level fills as many of the first columns."""
    cells = np.zeros((128, 128), np.float32)
    for level, columns in levels:
        cells[:16, : 16 * columns] = np.maximum(cells[:16, : 16 * columns], level)
    return cells


def test_the_threshold_is_chosen_on_the_other_patients():
    """Maps of levels 1, .6 and .2; the boxes of patients 1 and 2 end with another level.

    By hand: the levels fill 1, 2 and 4 columns of 128 film px. Patient 1's box is 2 columns wide:
    IoU 1/2 above .6, 1 above .2, 2/4 below. Those of patients 2 and 3 are 4 wide: 1/4, 2/4, 1.
    """
    cells = steps([(1, 1), (0.6, 2), (0.2, 4)])
    drawn = np.array([(0, 0, 256, 128), (0, 0, 512, 128), (0, 0, 512, 128)])
    for share, wanted in ((0.9, (0.5, 0.25)), (0.5, (1, 0.5)), (0.15, (0.5, 1))):
        found = [map_boxes.measure(cells, box, share)["iou"] for box in drawn[:2]]
        assert found == pytest.approx(wanted)
    two = map_boxes.shares_of_others([cells] * 2, drawn[:2], np.array([1, 2]))
    assert two.tolist() == [0.1, 0.25]  # each by the other's box; the lowest of equal ones
    own = map_boxes.shares_of_others([cells] * 3, drawn, np.array([1, 2, 2]))
    assert own.tolist() == [0.1, 0.25, 0.25]  # patient 2's own second box says nothing
    assert map_boxes.shares_of_others([cells], drawn[:1], np.array([7])).tolist() == [0.5]


def test_raster_is_torchs_half_pixel_enlarging():
    cells = np.random.default_rng(0).random((12, 12)).astype(np.float32)
    expected = torch.nn.functional.interpolate(
        torch.from_numpy(cells)[None, None], (128, 128), mode="bilinear", align_corners=False
    )[0, 0]
    assert map_boxes.raster(cells) == pytest.approx(expected.numpy(), abs=1e-5)
