"""What a threshold does, by hand."""

import math

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from core.statistics import thresholds
from core.statistics.bootstrap import patient_draws


def test_counts_by_hand():
    labels = np.array([1, 1, 1, 0, 0], bool)
    found = thresholds.confusion(labels, np.array([0.9, 0.5, 0.1, 0.5, 0.2]), 0.5)
    assert found == thresholds.Confusion(2, 1, 1, 1)
    assert found.sensitivity == pytest.approx(2 / 3)
    assert found.specificity == pytest.approx(1 / 2)


def test_predictive_values_by_hand():
    # of 1,000 patients 100 are ill: 90 are called; of 900 well ones 180 are
    ppv, npv = thresholds.predictive_values(0.9, 0.8, 0.1)
    assert ppv == pytest.approx(90 / 270)
    assert npv == pytest.approx(720 / 730)


def test_nobody_called_has_no_ppv():
    ppv, npv = thresholds.predictive_values(0.0, 1.0, 0.2)
    assert math.isnan(ppv)
    assert npv == pytest.approx(0.8)
    assert math.isnan(thresholds.confusion(np.zeros(3, bool), np.ones(3), 0.5).sensitivity)


def test_rates_come_with_intervals_around_them():
    random = np.random.default_rng(0)
    labels = random.random(400) < 0.3
    called = random.random(400) < np.where(labels, 0.8, 0.3)
    weights = patient_draws(np.arange(400), draws=300)
    found = thresholds.rates(labels, called, weights, 0.3)
    (rejected, false_alarms), (misses, hits) = confusion_matrix(labels, called)
    assert found["sensitivity"].value == pytest.approx(hits / (hits + misses))
    assert found["specificity"].value == pytest.approx(rejected / (rejected + false_alarms))
    at_its_own = thresholds.rates(labels, called, weights, labels.mean())
    assert at_its_own["ppv"].value == pytest.approx(hits / (hits + false_alarms))
    assert at_its_own["npv"].value == pytest.approx(rejected / (rejected + misses))
    for rate in found.values():
        low, high = rate.interval
        assert low < rate.value < high


def test_films_of_one_kind_have_half_of_the_rates():
    found = thresholds.rates(np.zeros(4, bool), np.ones(4, bool), np.ones((3, 4)), 0.1)
    assert math.isnan(found["sensitivity"].value)
    assert found["sensitivity"].interval is None
    assert found["specificity"].value == 0
