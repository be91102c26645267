"""What a threshold does, by hand."""

import math

import numpy as np
import pytest

from core import thresholds


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
