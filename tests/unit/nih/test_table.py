"""NIH's table, boxes and the panel's labels against what their authors publish."""

import csv
import gzip

import pytest

from core.films.resample import FULL_PX
from core.findings import NAMES, NO_FINDING
from core.nih.table import load_adjudicated, load_boxes, load_table
from core.paths import NIH

# Images per finding in the v2020 table, as the NIH Clinical Center publishes them.
PUBLISHED = {
    "Infiltration": 19894,
    "Effusion": 13317,
    "Atelectasis": 11559,
    "Nodule": 6331,
    "Mass": 5782,
    "Pneumothorax": 5302,
    "Consolidation": 4667,
    "Pleural_Thickening": 3385,
    "Cardiomegaly": 2776,
    "Emphysema": 2516,
    "Edema": 2303,
    "Fibrosis": 1686,
    "Pneumonia": 1431,
    "Hernia": 227,
}


@pytest.fixture(scope="module")
def table():
    return load_table()


def test_table_has_the_published_case_counts(table):
    assert len(table) == 112_120
    assert table["patient"].nunique() == 30_805
    assert table[list(NAMES)].sum().to_dict() == PUBLISHED
    assert table[NO_FINDING].sum() == 60_361
    assert (table[NO_FINDING] == (table["n_findings"] == 0)).all()


def test_official_split_shares_no_patient(table):
    assert table["split"].value_counts().to_dict() == {"train_val": 86_524, "test": 25_596}
    patients = table.groupby("split", observed=True)["patient"].agg(set)
    assert not patients["train_val"] & patients["test"]


def test_rows_agree_with_the_raw_file(table):
    with gzip.open(NIH / "Data_Entry_2017_v2020.csv.gz", "rt") as file:
        raw = list(csv.reader(file))[1:]
    for number in (0, 1, 777, 55_555, 112_119):
        row, line = table.iloc[number], raw[number]
        assert row["image_index"] == line[0]
        assert {n for n in (*NAMES, NO_FINDING) if row[n]} == set(line[1].split("|"))
        assert (row["follow_up"], row["patient"], row["age"]) == tuple(map(int, line[2:5]))
        assert (row["sex"], row["view"]) == (line[5], line[6])
        assert (row["width"], row["height"]) == (int(line[7]), int(line[8]))


def test_boxes_are_984_on_880_test_films(table):
    boxes = load_boxes()
    assert len(boxes) == 984
    assert boxes["image_index"].nunique() == 880
    assert (boxes["finding"] == "Infiltration").sum() == 123
    assert set(boxes["finding"]) <= set(NAMES)
    assert (boxes[["x", "y"]] >= 0).all().all()
    assert ((boxes["x"] + boxes["w"]) <= FULL_PX).all()
    assert ((boxes["y"] + boxes["h"]) <= FULL_PX).all()
    split = table.set_index("image_index")["split"]
    assert (split[boxes["image_index"]] == "test").all()


def test_adjudicated_labels_are_those_of_4376_nih_films(table):
    panel = load_adjudicated()
    assert panel["set"].value_counts().to_dict() == {"validation": 2414, "test": 1962}
    assert panel["image_index"].isin(table["image_index"]).all()
    answers = ["fracture", "pneumothorax", "airspace_opacity", "nodule_or_mass"]
    assert panel[answers].sum().tolist() == [186, 238, 2166, 605]
