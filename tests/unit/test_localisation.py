"""Localisation by hand-made maps with known answers, and the published floors."""

import numpy as np
import pandas as pd
import pytest
import torch

from core.box_evaluation import figures as box_figures
from core.box_evaluation import floors as box_floors
from core.box_evaluation.files import load_published
from core.box_evaluation.floors import LocationPrior
from core.films.film import Film
from core.maps import boxes as map_boxes
from core.networks.inputs import to_input
from core.nih.table import load_boxes, load_table


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


@pytest.fixture(scope="module")
def boxes():
    return load_boxes()


@pytest.fixture(scope="module")
def floors(boxes):
    return box_floors.floors(boxes, boxes)


def test_patients_are_those_of_the_nih_table(boxes):
    table = load_table().set_index("image_index")["patient"]
    assert (box_floors.patients(boxes["image_index"]) == table[boxes["image_index"]].values).all()


def test_floors_over_all_984_boxes_are_the_known_ones(floors):
    assert len(floors) == 984
    assert floors["random_pointing"].mean() == pytest.approx(0.075, abs=0.001)
    assert floors["centre_pointing"].mean() == pytest.approx(0.215, abs=0.001)
    assert floors["prior_pointing"].mean() == pytest.approx(0.401, abs=0.001)
    assert floors["prior_energy"].mean() == pytest.approx(0.229, abs=0.001)
    for at, expected in ((0.1, 0.642), (0.3, 0.274), (0.5, 0.129)):
        assert (floors["prior_region_iou"] > at).mean() == pytest.approx(expected, abs=0.007)
    for at, expected in ((0.1, 0.666), (0.25, 0.438)):
        assert (floors["prior_region_iobb"] > at).mean() == pytest.approx(expected, abs=0.003)


def test_the_prior_reaches_its_published_figures_finding_by_finding(boxes, floors):
    published = load_published()
    rows = published[published["work"].str.startswith("Location prior")]
    names = {"pointing": "prior_pointing", "IoU": "prior_region_iou", "IoBB": "prior_region_iobb"}
    assert len(rows) == 6
    for row in rows.to_dict("records"):
        value = floors[names[row["measure"]]]
        hits = value if row["measure"] == "pointing" else value > row["threshold"]
        ours = hits.astype(float).groupby(boxes["finding"]).mean()
        for finding in ours.index:
            assert ours[finding] == pytest.approx(row[finding], abs=0.015), (row, finding)


def test_the_prior_leaves_the_patients_own_boxes_out():
    mine = pd.DataFrame(
        [
            ("00000001_000.png", "Mass", 0, 0, 80, 80),
            ("00000001_001.png", "Mass", 0, 0, 80, 80),
            ("00000002_000.png", "Mass", 512, 512, 80, 80),
        ],
        columns=["image_index", "finding", "x", "y", "w", "h"],
    )
    prior = LocationPrior(mine)
    first, third = prior.map("Mass", 1), prior.map("Mass", 3)
    assert first.sum() == 100 and first[64:74, 64:74].all()
    assert third.sum() == 300 and third[0, 0] == 2
    assert box_floors.floors(mine, mine)["prior_pointing"].tolist() == [False] * 3


def test_centre_map_is_hottest_in_the_middle_and_its_box_is_the_middle_half():
    found = map_boxes.boxes(map_boxes.region(box_floors.centre_map()))
    assert found.tolist() == [[256, 256, 512, 512]]


def table_of(hits, findings, patients):
    """A localisation table with nothing but pointing to tell rows apart."""
    rows = pd.DataFrame({"finding": findings, "patient": patients, "pointing": hits})
    rows["image_index"] = [f"{p:08d}_{n:03d}.png" for n, p in enumerate(patients)]
    rows[["x", "y", "w", "h"]] = (0, 0, 80, 80)
    for prefix in box_figures.PREFIXES.values():
        rows[prefix + "map_boxes"] = "0 0 80 80; 500 500 80 80"
        for name in ("energy", "iou", "iobb", "region_iou", "region_iobb"):
            rows[prefix + name] = 0.3
        rows[prefix + "degenerate"] = False
        rows[prefix + "pointing"] = rows["pointing"]
    return rows.assign(method="Grad-CAM", above="True")


def test_groups_are_averaged_as_they_say():
    findings = ["Cardiomegaly"] * 3 + ["Mass"]
    table = table_of([True, True, True, False], findings, [1, 2, 3, 4])
    figures = box_figures.as_table(box_figures.figures(table))
    pointing = figures[figures["measure"] == "pointing"].set_index("group")["value"]
    assert pointing.to_dict() == {
        "Cardiomegaly": 1,
        "Mass": 0,
        "all pairs": 0.75,
        "class mean": 0.5,
        "without Cardiomegaly": 0,
    }
    over = figures.set_index(["measure", "group"])["value"]
    assert over["IoU > .2", "all pairs"] == 1 and over["IoU > .3", "all pairs"] == 0
    assert over["false positives at IoBB .1", "all pairs"] == 1
    assert over["boxes a film", "all pairs"] == 2


def test_the_chosen_threshold_stands_beside_the_fixed_one():
    table = table_of([True] * 4, ["Mass"] * 4, [1, 2, 3, 4])
    table["chosen_iou"] = [0.3, 0.3, 0.5, 0.7]
    table["chosen_prior_iou"] = 0.5
    table["chosen_map_boxes"] = "0 0 80 80"
    rows = box_figures.as_table(box_figures.figures(table))
    rows = rows[rows["group"] == "all pairs"].set_index("measure")
    columns = ["value", "chosen", "chosen_prior", "chosen_over_prior", "chosen_over_fixed"]
    assert rows.loc["IoU > .4", columns].tolist() == [0, 0.5, 1, -0.5, 0.5]
    assert rows.loc["mean IoU", columns].tolist() == pytest.approx([0.3, 0.45, 0.5, -0.05, 0.15])
    assert rows.loc["boxes a film", columns].tolist() == [2, 1, 2, -1, -1]
    assert rows.loc["IoU > .4", ["chosen_low", "chosen_high"]].tolist() == [0, 1]


def test_methods_are_paired_with_the_first():
    first = table_of([True, True, False, False], ["Mass"] * 4, [1, 2, 3, 4])
    second = table_of([True, False, False, False], ["Mass"] * 4, [1, 2, 3, 4])
    table = pd.concat([first, second.assign(method="LayerCAM")], ignore_index=True)
    rows = box_figures.as_table(box_figures.figures(table))
    rows = rows[(rows["measure"] == "pointing") & (rows["group"] == "all pairs")]
    assert rows["over_first"].tolist() == [0, -0.25]
    assert rows["over_first_high"].tolist() == [0, 0]  # no draw makes the second better


def test_intervals_draw_patients_not_films():
    """A hundred films of one patient and one of another: resampling films would hide the spread."""
    hits = [True] * 100 + [False] * 10
    table = table_of(hits, ["Mass"] * 110, [1] * 100 + list(range(2, 12)))
    rows = box_figures.as_table(box_figures.figures(table))
    row = rows[(rows["measure"] == "pointing") & (rows["group"] == "all pairs")].iloc[0]
    assert row["value"] == pytest.approx(100 / 110, abs=1e-4)
    assert row["low"] == 0


def test_networks_are_paired_on_the_same_pairs():
    findings = ["Mass"] * 3 + ["Cardiomegaly"]
    first = table_of([True, True, False, False], findings, [1, 2, 3, 4])
    second = table_of([True, False, False, False], findings, [1, 2, 3, 4])
    found = box_figures.paired(first, second.iloc[::-1], "pointing")
    assert {group: row["difference"] for group, row in found.items()} == {
        "Mass": 0.3333,
        "Cardiomegaly": 0,
        "all pairs": 0.25,
        "class mean": 0.1667,
        "without Cardiomegaly": 0.3333,
    }
    assert found["all pairs"]["interval"][0] == 0  # no draw makes the second better
    assert (found["Mass"]["n"], found["Mass"]["patients"]) == (3, 3)
    same = box_figures.paired(first, first, "pointing")["all pairs"]
    assert same["difference"] == 0 and same["interval"] == [0, 0]
    with pytest.raises(ValueError, match="different pairs"):
        box_figures.paired(first, second.iloc[:2], "pointing")


def test_raster_is_torchs_half_pixel_enlarging():
    cells = np.random.default_rng(0).random((12, 12)).astype(np.float32)
    expected = torch.nn.functional.interpolate(
        torch.from_numpy(cells)[None, None], (128, 128), mode="bilinear", align_corners=False
    )[0, 0]
    assert map_boxes.raster(cells) == pytest.approx(expected.numpy(), abs=1e-5)
