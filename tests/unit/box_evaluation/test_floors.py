"""Maps that never look at a film, over all 984 boxes."""

import pandas as pd
import pytest

from core.box_evaluation import floors as box_floors
from core.box_evaluation.floors import LocationPrior
from core.literature.published import load_localisation
from core.maps import boxes as map_boxes
from core.nih.table import load_boxes, load_table


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
    published = load_localisation()
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
