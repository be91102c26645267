"""Figures by group and against the panel, from the shipped scores."""

import pytest
from sklearn.metrics import roc_auc_score

from core.checkpoints import store
from core.evaluation import groups
from core.evaluation.scores import logits_of
from core.findings import NAMES
from core.nih.table import load_adjudicated, load_table
from core.statistics import calibration

NAME = "mobilenet_v2"


def test_groups_share_the_films_out():
    scores = store.load_scores(NAME)
    found = groups.by_patient_groups(scores)
    assert set(found.views) == {"AP", "PA"}
    assert set(found.sexes) == {"F", "M"}
    assert set(found.ages) == set(groups.AGE_GROUPS)
    for rows in vars(found).values():
        assert sum(row.n_films for row in rows.values()) == len(scores)
    old = load_table().set_index("image_index").loc[scores["image_index"], "age"] >= 60
    assert found.ages["60 and older"].n_films == old.sum()


def test_panel_auroc_is_scikit_learns_on_the_films_it_read():
    scores, card = store.load_scores(NAME), store.load_card(NAME)
    panel = load_adjudicated().set_index("image_index")
    read = scores[scores["image_index"].isin(panel.index)]
    found = groups.against_panel(scores, card.calibration, draws=50)
    assert found.n_films == len(read)
    chances = calibration.probabilities(card.calibration, logits_of(read))
    score = 1 - (1 - chances[:, NAMES.index("Nodule")]) * (1 - chances[:, NAMES.index("Mass")])
    truth = panel.loc[read["image_index"], "nodule_or_mass"]
    row = found.answers["nodule_or_mass"]
    assert row.auroc.value == pytest.approx(roc_auc_score(truth, score), abs=1e-4)
    assert row.n_positive == truth.sum()
    assert row.n_positive_nih == (read["label_Nodule"] | read["label_Mass"]).sum()


def test_films_that_the_panel_did_not_read_are_none():
    scores = store.load_scores(NAME)
    panel = load_adjudicated()["image_index"]
    unread = scores[~scores["image_index"].isin(panel)]
    card = store.load_card(NAME)
    assert groups.against_panel(unread, card.calibration).n_films == 0
