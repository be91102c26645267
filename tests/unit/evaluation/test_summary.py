"""Metrics against scikit-learn and hand-worked values."""

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    roc_auc_score,
)

from core.evaluation import summary
from core.findings import HEADLINE, NAMES
from core.statistics.points import Calibration, OperatingPoint, OperatingPoints
from tests.unit.made_scores import made_scores

PLAIN = {name: Calibration(1.0, 0.0, "nothing") for name in NAMES}
POINTS = {name: OperatingPoints(OperatingPoint(0.2, 0.8, 0.8, 20)) for name in NAMES}


def summarise(scores, draws):
    return summary.summarise(scores, PLAIN, POINTS, draws=draws)


def test_summary_agrees_with_scikit_learn():
    scores = made_scores()
    summary = summarise(scores, draws=50)
    aurocs = {n: roc_auc_score(scores[f"label_{n}"], scores[f"logit_{n}"]) for n in NAMES}
    for name in NAMES:
        row = summary.findings[name]
        assert row.auroc == pytest.approx(aurocs[name], abs=1e-4)
        assert row.interval[0] < row.auroc < row.interval[1]
        assert row.n_positive == scores[f"label_{name}"].sum()
    expected = np.mean([aurocs[name] for name in HEADLINE])
    assert summary.macro_auroc_13.value == pytest.approx(expected, abs=1e-4)
    assert summary.macro_auroc_14.value == pytest.approx(np.mean(list(aurocs.values())), abs=1e-4)
    assert summary.n_patients == 134
    assert set(summary.sources) == {"C", "D"}


def test_random_scores_have_half_inside_the_interval():
    summary = summarise(made_scores(films=900, skill=0.0), draws=200)
    low, high = summary.macro_auroc_13.interval
    assert low < 0.5 < high


def test_a_finding_without_positives_is_left_out_and_named():
    scores = made_scores()
    scores["label_Hernia"] = 0
    macro = summarise(scores, draws=20)
    assert macro.findings["Hernia"].auroc is None
    assert macro.macro_auroc_13.without == ["Hernia"]
    assert macro.macro_auroc_13.value is not None


def test_every_measure_of_a_finding_is_scikit_learns():
    scores = made_scores()
    found = summarise(scores, draws=100).findings["Mass"]
    labels, logits = scores["label_Mass"], scores["logit_Mass"]
    chances = 1 / (1 + np.exp(-logits))
    assert found.average_precision == pytest.approx(
        average_precision_score(labels, logits), abs=1e-4
    )
    assert found.brier.value == pytest.approx(brier_score_loss(labels, chances), abs=1e-4)
    (tn, fp), (fn, tp) = confusion_matrix(labels, chances >= 0.2)
    rates = found.operating_points["youden"]
    expected = {
        "sensitivity": tp / (tp + fn),
        "specificity": tn / (tn + fp),
        "ppv": tp / (tp + fp),
        "npv": tn / (tn + fn),
        "f1": 2 * tp / (2 * tp + fp + fn),
    }
    for name, value in expected.items():
        assert getattr(rates, name).value == pytest.approx(value, abs=1e-4)
        low, high = getattr(rates, name).interval
        assert low < value < high


def test_groups_are_measured_by_themselves():
    scores = made_scores()
    scores.loc[scores["source"] == "D", [f"logit_{n}" for n in NAMES]] = 0.0
    rows = summary.by_group(scores, scores["source"], draws=20)
    assert rows["D"].mean_auroc == 0.5
    assert rows["C"].mean_auroc > 0.6
    assert rows["C"].n_films + rows["D"].n_films == len(scores)
