"""NIH's labels against the panel: by hand, by scikit-learn, and on the published files."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score, precision_score, recall_score

from core.findings import NAMES
from core.nih import census
from core.nih.panel import ANSWERS, MEASURES, agreement, nih_against_panel, panel_on_silent
from core.nih.table import load_adjudicated, load_table


@pytest.fixture(scope="module")
def nih():
    return load_table()


@pytest.fixture(scope="module")
def panel():
    return load_adjudicated()


def test_measures_by_hand():
    ppv, sensitivity, specificity, kappa = agreement(np.array([[20, 5, 10, 15]]))[0]
    assert (ppv, sensitivity, specificity) == (20 / 25, 20 / 30, 15 / 20)
    assert kappa == pytest.approx((0.7 - 0.5) / (1 - 0.5))


def test_test_films_agree_with_the_published_notes_and_with_scikit_learn(nih, panel):
    test = panel[panel["set"] == "test"]
    rows = nih_against_panel(nih, test)
    assert list(rows.index) == ["pneumothorax", "nodule_or_mass", "airspace_opacity"]
    assert (rows["films"] == 1962).all()
    assert (rows["patients"] == 860).all()
    figures = rows[["ppv", "sensitivity"]].round(3).to_numpy().tolist()
    assert figures == [[0.485, 0.497], [0.565, 0.454], [0.810, 0.431]]
    read = test.merge(nih, on="image_index")
    for answer, row in rows.iterrows():
        said = read[list(row["labels"])].any(axis=1)
        assert row["ppv"] == pytest.approx(precision_score(read[answer], said))
        assert row["sensitivity"] == pytest.approx(recall_score(read[answer], said))
        assert row["specificity"] == pytest.approx(recall_score(~read[answer], ~said))
        assert row["kappa"] == pytest.approx(cohen_kappa_score(read[answer], said))
        for measure in MEASURES:
            assert row[f"{measure}_low"] < row[measure] < row[f"{measure}_high"]


def test_intervals_grow_where_films_repeat_a_patient(nih, panel):
    test = panel[panel["set"] == "test"]
    alone = nih.assign(patient=np.arange(len(nih)))
    wide, narrow = (
        nih_against_panel(table, test).loc["airspace_opacity"] for table in (nih, alone)
    )
    assert wide["ppv"] == narrow["ppv"]
    assert wide["ppv_high"] - wide["ppv_low"] > narrow["ppv_high"] - narrow["ppv_low"]


def test_only_films_in_both_tables_are_counted_and_none_gives_no_figure(nih, panel):
    apart = nih_against_panel(nih[nih["view"] == "AP"], panel)
    films = panel["image_index"].isin(nih.loc[nih["view"] == "AP", "image_index"]).sum()
    assert (apart["films"] == films).all()
    nothing = nih_against_panel(nih.iloc[:0], panel)
    assert (nothing["films"] == 0).all()
    assert nothing[list(MEASURES)].isna().all(axis=None)


def test_no_finding_films_and_those_ill_by_a_fracture_alone(nih, panel):
    silent = panel_on_silent(nih, panel[panel["set"] == "test"])
    assert (silent["read"], silent["ill"]) == census.panel_on_no_finding(nih, panel) == (770, 353)
    assert silent["only_fracture"] == 20


def test_fracture_alone_by_hand():
    table = pd.DataFrame(False, index=range(3), columns=[*NAMES, "No Finding"])
    table["No Finding"] = [True, True, False]
    table["image_index"] = ["a", "b", "c"]
    panel = pd.DataFrame(False, index=range(3), columns=list(ANSWERS))
    panel["image_index"] = ["a", "b", "c"]
    panel["fracture"] = True
    panel.loc[1, "pneumothorax"] = True
    silent = panel_on_silent(table, panel)
    assert silent == {
        "read": 2,
        "ill": 2,
        "only_fracture": 1,
        "pneumothorax": 1,
        "nodule_or_mass": 0,
        "airspace_opacity": 0,
        "fracture": 2,
    }
