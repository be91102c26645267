"""Probabilities and operating points: hand-worked values and known distortions."""

import numpy as np
import pytest
from scipy.special import logit

from core.evaluation.scores import labels_of, logits_of
from core.findings import NAMES
from core.statistics import calibration
from core.statistics.points import OperatingPoints
from tests.unit.made_scores import made_scores


def test_calibration_recovers_a_known_distortion():
    random = np.random.default_rng(3)
    true = random.normal(-1, 1.5, (20_000, len(NAMES)))
    labels = random.random(true.shape) < 1 / (1 + np.exp(-true))
    fitted = calibration.calibrate(labels, (true + 0.7) / 2)
    for row in fitted.values():
        assert row.slope == pytest.approx(2, abs=0.12)
        assert row.offset == pytest.approx(-0.7, abs=0.12)
    probabilities = calibration.probabilities(fitted, (true + 0.7) / 2)
    assert probabilities.mean(0) == pytest.approx(labels.mean(0), abs=1e-3)


def test_few_positives_get_no_point_and_no_slope_of_their_own():
    scores = made_scores()
    labels = labels_of(scores)
    labels[:, 0] = False
    labels[:19, 0] = True
    logits = logits_of(scores)
    fitted = calibration.calibrate(labels, logits)
    mean = calibration.probabilities(fitted, logits)[:, 0].mean()
    assert mean == pytest.approx(19.5 / 401, abs=1e-6)
    assert "19 positives are too few" in fitted["Atelectasis"].fitted_on
    points = calibration.operating_points(labels, calibration.probabilities(fitted, logits))
    assert points["Atelectasis"] == OperatingPoints(reason="only 19 positive validation films")
    assert points["Cardiomegaly"].youden


def test_youden_point_by_hand():
    labels = np.zeros((60, len(NAMES)), bool)
    labels[:30] = True
    probabilities = np.tile(np.linspace(0.99, 0.01, 60)[:, None], (1, len(NAMES)))
    probabilities[[0, 59]] = probabilities[[59, 0]]  # one missed, one false alarm
    point = calibration.operating_points(labels, probabilities)["Mass"].youden
    assert point.threshold == pytest.approx(np.linspace(0.99, 0.01, 60)[29])
    assert point.sensitivity == pytest.approx(29 / 30, abs=1e-4)
    assert point.specificity == pytest.approx(29 / 30, abs=1e-4)


def test_a_finding_without_skill_gets_no_point():
    labels = np.zeros((60, len(NAMES)), bool)
    labels[:30] = True
    backwards = np.tile(np.linspace(0.01, 0.99, 60)[:, None], (1, len(NAMES)))
    points = calibration.operating_points(labels, backwards)
    assert points["Mass"].reason == "no better than chance on the validation films"


def test_the_other_two_points_by_hand():
    labels = np.zeros((100, len(NAMES)), bool)
    labels[:20] = True  # scores fall with the row: 18 of 20 positives lie above all negatives
    order = np.r_[0:18, 60, 99, 18:60, 61:99]
    ranks = np.empty(100)
    ranks[order] = np.arange(100)
    probabilities = np.tile((1 - ranks / 100)[:, None], (1, len(NAMES)))
    labels[[60, 99]] = True
    labels[[18, 19]] = False
    points = calibration.operating_points(labels, probabilities)["Mass"]
    assert points.sensitivity_90.sensitivity == 0.9
    assert points.sensitivity_90.specificity == 1.0
    # the lowest threshold that keeps 72 of 80 negatives below it lets 8 of them through
    assert points.specificity_90.specificity == 0.9
    assert points.specificity_90.sensitivity == 1.0
    assert points.specificity_90.threshold < points.sensitivity_90.threshold


def test_another_prevalence_by_bayes():
    # 1,000 films, 100 ill; a score of .5 means 1 ill to 1 well. Ten times fewer ill: 1 to 11.
    found = calibration.at_prevalence(np.array([0.5, 0.0, 1.0]), 0.1, 0.01)
    assert found[0] == pytest.approx(1 / (1 + (0.99 / 0.01) / (0.9 / 0.1)))
    assert found[1] == 0
    assert found[2] == 1
    same = np.array([0.2, 0.7])
    assert calibration.at_prevalence(same, 0.3, 0.3) == pytest.approx(same)
    assert logit(calibration.at_prevalence(same, 0.1, 0.4)) - logit(same) == pytest.approx(
        logit(0.4) - logit(0.1)
    )


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1])
def test_an_impossible_prevalence_is_refused(prevalence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibration.at_prevalence(np.array([0.5]), 0.1, prevalence)
