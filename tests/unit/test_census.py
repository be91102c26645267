"""Counts by hand on a small table, and on the NIH table by another route."""

import pandas as pd
import pytest

from core import census, dataset
from core.census import Filter
from core.findings import NAMES


@pytest.fixture(scope="module")
def nih():
    return dataset.load_table()


@pytest.fixture
def small():
    """Four films of three patients: Mass; Mass + Edema; nothing; Edema."""
    table = pd.DataFrame(False, index=range(4), columns=list(NAMES))
    table.loc[[0, 1], "Mass"] = True
    table.loc[[1, 3], "Edema"] = True
    table["n_findings"] = [1, 2, 0, 1]
    table["patient"] = [7, 7, 8, 9]
    table["view"] = ["PA", "AP", "PA", "AP"]
    table["sex"] = ["F", "F", "M", "M"]
    table["age"] = [40, 41, 5, 94]
    table["split"] = ["test", "test", "train_val", "train_val"]
    return table


def test_case_counts_by_hand(small):
    counts = census.case_counts(small)
    assert counts.loc["Mass"].to_dict() == {
        "images": 2,
        "single_label": 1,
        "patients": 1,
        "prevalence": 0.5,
    }
    assert counts.loc["Edema", "patients"] == 2
    assert counts.loc["Hernia", "images"] == 0
    assert counts["images"].is_monotonic_decreasing


def test_other_counts_by_hand(small):
    assert census.labels_per_film(small).to_dict() == {0: 1, 1: 2, 2: 1}
    assert census.ap_share(small)["Mass"] == 0.5
    assert census.ap_share(small)["Edema"] == 1
    assert census.prevalence_by_split(small).loc["Mass"].to_dict() == {"train_val": 0, "test": 1}
    assert census.together(small).loc["Mass", "Edema"] == 1
    assert census.together(small).loc["Mass", "Mass"] == 2
    ages = census.ages_by_sex(small)
    assert ages.loc[40].to_dict() == {"F": 2, "M": 0}
    assert ages.loc[90].to_dict() == {"F": 0, "M": 1}


def test_filters_combine(small):
    assert list(Filter(view="AP", sex="M").apply(small).index) == [3]
    assert list(Filter(findings=("Mass", "Edema")).apply(small).index) == [1]
    assert list(Filter(ages=(5, 41), split="test").apply(small).index) == [0, 1]
    assert Filter(findings=("Hernia",)).apply(small).empty
    assert len(Filter().apply(small)) == 4


def test_empty_selection_counts_zero(small):
    nothing = small.iloc[:0]
    assert census.case_counts(nothing)["images"].sum() == 0
    assert census.labels_per_film(nothing).empty
    assert census.ages_by_sex(nothing).empty


def test_edema_is_mostly_a_bedside_film(nih):
    """Literature: 88 % of the Edema films and 35 % of No Finding are AP."""
    assert census.ap_share(nih)["Edema"] == pytest.approx(0.88, abs=0.005)
    silent = nih[nih["No Finding"]]
    assert (silent["view"] == "AP").mean() == pytest.approx(0.35, abs=0.005)


def test_panel_finds_something_on_46_percent_of_no_finding_test_films(nih):
    assert census.panel_on_no_finding(nih, dataset.load_adjudicated()) == (770, 353)


def test_nih_counts_by_text_search(nih):
    raw = pd.read_csv(dataset.NIH / "Data_Entry_2017_v2020.csv.gz")
    labels = raw["Finding Labels"].str.split("|").explode()
    counts = census.case_counts(nih)
    assert counts["images"].to_dict() == labels[labels != "No Finding"].value_counts().to_dict()
    alone = raw["Finding Labels"].value_counts()
    assert counts.loc["Hernia", "single_label"] == alone["Hernia"]
