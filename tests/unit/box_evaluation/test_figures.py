"""Groups, intervals and paired differences by hand."""

import pandas as pd
import pytest

from core.box_evaluation import figures as box_figures


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
    return rows.assign(method="Grad-CAM", above=pd.array([True] * len(rows), dtype="boolean"))


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
