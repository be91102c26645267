"""From a logit to a probability, and from a probability to a call: all fitted on validation."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_curve

from core.findings import NAMES
from core.statistics.points import POINTS, Calibration, OperatingPoint, OperatingPoints

MIN_POSITIVES = 20
"""Validation positives below which a finding gets no operating point and no slope of its own."""


def calibrate(labels: np.ndarray, logits: np.ndarray) -> dict[str, Calibration]:
    """Platt scaling per finding on validation (Platt 1999): slope and offset of the logit.

    labels: bool, N x 14. logits: N x 14. Findings with fewer than 20 positives share one slope
    fitted over all findings (temperature scaling, Guo et al. 2017); their offset makes the mean
    probability the finding's prevalence, (positives + .5) / (films + 1), so that a network which
    learned another prevalence does not carry it over.
    """
    shared = LogisticRegression(C=1e6, fit_intercept=False)
    shared.fit(logits.reshape(-1, 1), labels.reshape(-1))
    fitted: dict[str, Calibration] = {}
    for k, name in enumerate(NAMES):
        positives = int(labels[:, k].sum())
        if positives < MIN_POSITIVES:
            slope = float(shared.coef_[0, 0])
            offset = _offset(slope * logits[:, k], fitted_prevalence(positives, len(labels)))
            source = f"slope of all findings ({positives} positives are too few for one)"
        else:
            own = LogisticRegression(C=1e6).fit(logits[:, [k]], labels[:, k])
            slope, offset = float(own.coef_[0, 0]), float(own.intercept_[0])
            source = f"its {positives} validation positives"
        fitted[name] = Calibration(slope, offset, source)
    return fitted


def fitted_prevalence(positives: int, films: int) -> float:
    """The mean probability of a finding after `calibrate`, which is the prevalence it stands for.

    (positives + .5) / (films + 1) below 20 positives, else the share that is positive: a logistic
    fit with a free offset reproduces it.
    """
    return (positives + 0.5) / (films + 1) if positives < MIN_POSITIVES else positives / films


def _offset(logits: np.ndarray, prevalence: float) -> float:
    """What to add to the logits so that the mean probability is the prevalence."""
    return float(brentq(lambda offset: expit(logits + offset).mean() - prevalence, -50, 50))


def probabilities(calibration: dict[str, Calibration], logits: np.ndarray) -> np.ndarray:
    """Calibrated probabilities, [0, 1], of logits (... x 14): sigmoid(slope * logit + offset)."""
    slope = np.array([calibration[name].slope for name in NAMES], logits.dtype)
    offset = np.array([calibration[name].offset for name in NAMES], logits.dtype)
    return expit(logits * slope + offset)


def at_prevalence(probabilities: ArrayLike, fitted: float, wanted: float) -> np.ndarray:
    """Probabilities where the finding is as frequent as `wanted` instead of as `fitted`.

    Bayes' rule for a change of prior alone (Saerens et al. 2002): the log odds move by the
    difference of the prevalences' log odds. Raises ValueError for a prevalence outside (0, 1).
    """
    for prevalence in (fitted, wanted):
        if not 0 < prevalence < 1:
            raise ValueError(f"A prevalence of {prevalence} is none: give one between 0 and 1.")
    with np.errstate(divide="ignore"):  # a probability of 0 or 1 stays what it is
        return np.asarray(expit(logit(probabilities) + logit(wanted) - logit(fitted)))


def operating_points(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, OperatingPoints]:
    """Thresholds per finding on validation, candidates being the scores themselves.

    labels: bool, N x 14. probabilities: calibrated, N x 14. Per finding the three `POINTS`: the
    highest sensitivity + specificity (Youden 1950), the highest threshold with a sensitivity of at
    least .90, the lowest with a specificity of at least .90. A finding with fewer than 20
    positives, or without any skill, has a reason in their place.
    """
    points: dict[str, OperatingPoints] = {}
    for k, name in enumerate(NAMES):
        positives = int(labels[:, k].sum())
        if positives < MIN_POSITIVES:
            points[name] = OperatingPoints(reason=f"only {positives} positive validation films")
        else:
            points[name] = _points(labels[:, k], probabilities[:, k])
    return points


def _points(labels: np.ndarray, probabilities: np.ndarray) -> OperatingPoints:
    false_rate, sensitivity, thresholds = roc_curve(labels, probabilities, drop_intermediate=False)
    specificity = 1 - false_rate
    best = int(np.argmax(sensitivity + specificity))
    if not np.isfinite(thresholds[best]):
        return OperatingPoints(reason="no better than chance on the validation films")
    enough = int(np.argmax(sensitivity >= 0.9))
    strict = len(specificity) - 1 - int(np.argmax(specificity[::-1] >= 0.9))
    chosen = dict(zip(POINTS, (best, enough, strict), strict=True))
    found = {
        point: OperatingPoint(
            float(thresholds[row]),
            round(float(sensitivity[row]), 4),
            round(float(specificity[row]), 4),
            int(labels.sum()),
        )
        for point, row in chosen.items()
        if np.isfinite(thresholds[row])
    }
    return OperatingPoints(
        found.get("youden"), found.get("sensitivity_90"), found.get("specificity_90")
    )


def from_validation(
    labels: np.ndarray, logits: np.ndarray
) -> tuple[dict[str, Calibration], dict[str, OperatingPoints]]:
    """Calibration and operating points by finding, as a card keeps them."""
    fitted = calibrate(labels, logits)
    return fitted, operating_points(labels, probabilities(fitted, logits))
