"""Counts by hand on a small table, and on the NIH table by another route."""

import pandas as pd
import pytest

from core.findings import NAMES
from core.nih import census
from core.nih.census import Filter
from core.nih.table import load_adjudicated, load_table
from core.paths import NIH


@pytest.fixture(scope="module")
def nih():
    return load_table()


@pytest.fixture
def small():
    """Four films of three patients: Mass; Mass + Edema; nothing; Edema."""
    table = pd.DataFrame(False, index=range(4), columns=list(NAMES))
    table.loc[[0, 1], "Mass"] = True
    table.loc[[1, 3], "Edema"] = True
    table["n_findings"] = [1, 2, 0, 1]
    table["No Finding"] = [False, False, True, False]
    table["image_index"] = list("abcd")
    table["follow_up"] = [0, 1, 0, 12]
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
        "lost_share": 0.5,
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


def test_combinations_are_exact_and_counted_by_patient_too(small):
    assert census.combinations(small).to_dict("records") == [
        {"findings": ("Mass", "Edema"), "films": 1, "patients": 1}
    ]
    single = census.combinations(pd.concat([small, small]), least=1)
    assert single["films"].tolist() == [2, 2, 2]
    assert single.set_index("findings").loc[[("Edema",)], "patients"].item() == 1
    assert census.n_combinations(small) == 1


def test_lift_and_share_by_hand(small):
    both = census.together(small)
    lift = census.lift(both, len(small))
    assert lift.loc["Mass", "Edema"] == 1 / (2 * 2 / 4)
    assert pd.isna(lift.loc["Mass", "Mass"])
    assert pd.isna(lift.loc["Mass", "Hernia"])
    share = census.share_of_row(both)
    assert share.loc["Mass", "Edema"] == 0.5
    assert pd.isna(share.loc["Hernia", "Mass"])


def test_profile_patients_and_follow_up_by_hand(small):
    profile = census.profile(small)
    assert profile.loc["Mass"].to_dict() == {"films": 2, "women": 1, "ap": 0.5, "age": 40.5}
    assert profile.loc["No Finding", "films"] == 1
    assert profile.loc["Hernia"].isna().tolist() == [False, True, True, True]
    each = census.per_patient(small)
    assert each.loc["1"].to_dict() == {"patients": 2, "films": 2}
    assert each.loc["2"].to_dict() == {"patients": 1, "films": 2}
    assert list(each.index) == ["1", "2", "3-4", "5-9", "10-19", "20-49", "50+"]
    later = census.by_follow_up(small)
    assert later.loc["0"].to_dict() == {"films": 2, "ill": 0.5}
    assert later.loc["10-19", "ill"] == 1
    assert pd.isna(later.loc["50+", "ill"])


def test_film_list_writes_labels_as_nih_does(small):
    assert census.film_list(small)["labels"].tolist() == [
        "Mass",
        "Mass|Edema",
        "No Finding",
        "Edema",
    ]


def test_filters_combine(small):
    assert list(Filter(view="AP", sex="M").apply(small).index) == [3]
    assert list(Filter(ages=(5, 41), split="test").apply(small).index) == [0, 1]
    assert list(Filter(follow_ups=(1, 12)).apply(small).index) == [1, 3]
    assert list(Filter(patient=7, view="PA").apply(small).index) == [0]
    assert Filter(findings=("Hernia",)).apply(small).empty
    assert len(Filter().apply(small)) == 4


@pytest.mark.parametrize(
    "findings, match, rows",
    [
        (("Mass", "Edema"), "any", [0, 1, 3]),
        (("Mass", "Edema"), "all", [1]),
        (("Mass", "Edema"), "exactly", [1]),
        (("Mass",), "exactly", [0]),
        (("No Finding",), "exactly", [2]),
        (("Mass", "No Finding"), "any", [0, 1, 2]),
        (("Mass", "No Finding"), "all", []),
        ((), "exactly", [0, 1, 2, 3]),
    ],
)
def test_findings_match_any_all_or_exactly(small, findings, match, rows):
    assert list(Filter(findings=findings, match=match).apply(small).index) == rows


def test_an_unknown_way_to_match_is_refused(small):
    with pytest.raises(ValueError, match="'most': choose any, all or exactly"):
        Filter(match="most").apply(small)


def test_empty_selection_counts_zero(small):
    nothing = small.iloc[:0]
    assert census.case_counts(nothing)["images"].sum() == 0
    assert census.labels_per_film(nothing).empty
    assert census.ages_by_sex(nothing).empty
    assert census.combinations(nothing).empty
    assert census.lift(census.together(nothing), 0).isna().all(axis=None)
    assert census.per_patient(nothing)["films"].sum() == 0
    assert census.by_follow_up(nothing)["ill"].isna().all()
    assert census.film_list(nothing).empty


def test_edema_is_mostly_a_bedside_film(nih):
    """Literature: 88 % of the Edema films and 35 % of No Finding are AP."""
    assert census.ap_share(nih)["Edema"] == pytest.approx(0.88, abs=0.005)
    silent = nih[nih["No Finding"]]
    assert (silent["view"] == "AP").mean() == pytest.approx(0.35, abs=0.005)


def test_panel_finds_something_on_46_percent_of_no_finding_test_films(nih):
    assert census.panel_on_no_finding(nih, load_adjudicated()) == (770, 353)


def test_nih_counts_by_text_search(nih):
    raw = pd.read_csv(NIH / "Data_Entry_2017_v2020.csv.gz")
    labels = raw["Finding Labels"].str.split("|").explode()
    counts = census.case_counts(nih)
    assert counts["images"].to_dict() == labels[labels != "No Finding"].value_counts().to_dict()
    alone = raw["Finding Labels"].value_counts()
    assert counts.loc["Hernia", "single_label"] == alone["Hernia"]


def test_combinations_and_follow_up_of_nih_by_another_route(nih):
    raw = pd.read_csv(NIH / "Data_Entry_2017_v2020.csv.gz")
    labels = raw["Finding Labels"].str.split("|").map(sorted).str.join("|")
    several = labels[labels.str.contains("|", regex=False)]
    assert census.n_combinations(nih) == several.nunique()
    top = census.combinations(nih, most=5)
    found = ["|".join(sorted(names)) for names in top["findings"]]
    assert dict(zip(found, top["films"], strict=True)) == several.value_counts().head(5).to_dict()
    sizes = raw["Patient ID"].value_counts()
    assert census.per_patient(nih).loc["50+", "patients"] == (sizes >= 50).sum()
    first = raw[raw["Follow-up #"] == 0]
    assert census.by_follow_up(nih).loc["0", "ill"] == pytest.approx(
        (first["Finding Labels"] != "No Finding").mean()
    )
    assert (nih["n_findings"] > 1).sum() == len(several) == 20_796


def test_counts_and_shares_by_hand():
    films = pd.DataFrame({"Mass": [True, False, True], "view": ["AP", "PA", "AP"]})
    assert census.count(films, "Mass") == 2
    assert census.share(films, "view", "AP") == pytest.approx(2 / 3)
