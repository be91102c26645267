"""Measures of one finding against scikit-learn and hand-worked values."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from core.statistics import bootstrap, measures


def test_auroc_by_hand_with_a_tie():
    labels = np.array([1, 1, 0, 0], bool)
    scores = np.array([0.9, 0.5, 0.5, 0.1])
    # pairs: .9 beats .5 and .1; .5 ties with .5 and beats .1 -> 3.5 of 4
    found = measures.weighted_auroc(labels, scores, np.ones((1, 4)))
    assert found == pytest.approx([3.5 / 4])


def test_weighted_auroc_is_scikit_learns():
    random = np.random.default_rng(0)
    labels = random.random(300) < 0.2
    scores = random.normal(size=300).round(1) + labels
    weights = random.integers(0, 4, (20, 300)).astype(float)
    found = measures.weighted_auroc(labels, scores, weights)
    expected = [roc_auc_score(labels, scores, sample_weight=row) for row in weights]
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_draw_without_positives_is_no_number():
    labels = np.array([True, False, False])
    weights = np.array([[0, 1, 1], [1, 0, 0], [1, 1, 1]], float)
    found = measures.weighted_auroc(labels, np.array([2.0, 1, 0]), weights)
    assert np.isnan(found[:2]).all()
    assert found[2] == 1


def test_patients_are_drawn_whole():
    patients = np.repeat(np.arange(50), np.arange(1, 51))
    weights = bootstrap.patient_draws(patients, draws=30, seed=1)
    assert (weights[0] == 1).all()
    for row in weights[1:]:
        per_patient = pd.Series(row).groupby(patients)
        assert (per_patient.nunique() == 1).all()
        assert per_patient.first().sum() == 50


def test_weighted_precision_and_brier_are_scikit_learns():
    random = np.random.default_rng(1)
    labels = random.random(300) < 0.2
    chances = (random.random(300) * 0.6 + 0.3 * labels).round(2)
    weights = random.integers(0, 4, (20, 300)).astype(float)
    found = measures.average_precision(labels, chances, weights)
    expected = [average_precision_score(labels, chances, sample_weight=row) for row in weights]
    assert found == pytest.approx(expected, abs=1e-9)
    found = measures.brier(labels, chances, weights)
    expected = [brier_score_loss(labels, chances, sample_weight=row) for row in weights]
    assert found == pytest.approx(expected, abs=1e-9)


def test_calibration_error_by_hand():
    chances = np.repeat(np.arange(0.05, 1, 0.1), 10)
    labels = np.zeros(100, bool)
    for number in range(10):  # bin k: k of 10 ill where .05 + .1 k was said
        labels[10 * number : 10 * number + number] = True
    found = measures.calibration_error(labels, chances, np.ones((1, 100)))
    assert found == pytest.approx([0.05])
    perfect = measures.calibration_error(labels, labels.astype(float), np.ones((1, 100)))
    assert perfect == [0]


def test_rates_by_hand():
    labels = np.array([1, 1, 1, 0, 0, 0, 0, 0], bool)
    called = np.array([1, 1, 0, 1, 0, 0, 0, 0], bool)
    found = measures.rates(labels, called, np.ones((1, 8)))
    assert found["sensitivity"] == pytest.approx([2 / 3])
    assert found["specificity"] == pytest.approx([4 / 5])
    assert found["ppv"] == pytest.approx([2 / 3])
    assert found["npv"] == pytest.approx([4 / 5])
    assert found["f1"] == pytest.approx([2 / 3])
    nobody = measures.rates(labels, np.zeros(8, bool), np.ones((1, 8)))
    assert np.isnan(nobody["ppv"]).all()
    assert nobody["sensitivity"] == [0]
