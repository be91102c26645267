"""What a score and a call are worth where a finding is more or less common than in validation.

Bayes' rule for a change of prevalence alone: it holds only as long as the finding, and its absence,
look the same as in validation (same patients, machines, stage of disease).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.checkpoints.card import Card
from core.evaluation.scores import labels_of, logits_of
from core.findings import NAMES
from core.statistics import calibration, thresholds
from core.statistics.thresholds import Rate


@dataclass(frozen=True)
class Worth:
    """One network's score and operating point for one finding at a prevalence; shares in [0, 1].

    probability, threshold: moved to the prevalence; above stays what it was, as both move alike.
    rates: sensitivity and specificity, measured on n_positive and n_negative validation films, and
    ppv and npv from them at the prevalence, each with its interval (bootstrap over patients).
    Without an operating point there is no threshold and there are no rates.
    """

    probability: float
    threshold: float | None
    rates: dict[str, Rate]
    n_positive: int
    n_negative: int


def of_validation(card: Card, finding: str) -> float:
    """The prevalence that a card's probabilities of a finding stand for, in (0, 1)."""
    seen = card.data.validation
    return calibration.fitted_prevalence(seen.n_positive[finding], seen.n_films)


def worth(
    card: Card,
    validation: pd.DataFrame,
    weights: np.ndarray,
    finding: str,
    probability: float,
    prevalence: float,
) -> Worth:
    """A calibrated probability and its operating point at another prevalence.

    validation: the card's scores of its validation films, as `checkpoints.load_validation_scores`.
    weights: `bootstrap.patient_draws` of their patients.
    Raises ValueError for a prevalence outside (0, 1).
    """
    fitted = of_validation(card, finding)

    def moved(value: float) -> float:
        return float(calibration.at_prevalence(value, fitted, prevalence))

    seen = card.data.validation
    positives = seen.n_positive[finding]
    counts = (positives, seen.n_films - positives)
    point = card.operating_point(finding)
    if point is None:
        return Worth(moved(probability), None, {}, *counts)
    column = NAMES.index(finding)
    chances = calibration.probabilities(card.calibration, logits_of(validation))
    rates = thresholds.rates(
        labels_of(validation)[:, column],
        chances[:, column] >= point.threshold,
        weights,
        prevalence,
    )
    return Worth(moved(probability), moved(point.threshold), rates, *counts)
