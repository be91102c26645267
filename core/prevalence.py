"""What a score and a call are worth where a finding is more or less common than in validation.

Bayes' rule for a change of prevalence alone: it holds only as long as the finding, and its absence,
look the same as in validation (same patients, machines, stage of disease).
"""

from dataclasses import dataclass

from core import calibration
from core.checkpoints import Card
from core.thresholds import predictive_values


@dataclass(frozen=True)
class Worth:
    """One network's score and operating point for one finding at a prevalence; shares in [0, 1].

    probability, threshold: moved to the prevalence; above stays what it was, as both move alike.
    sensitivity, specificity: measured on n_positive and n_negative validation films; ppv, npv:
    from them at the prevalence. All five but the probability are None without an operating point.
    """

    probability: float
    threshold: float | None
    ppv: float | None
    npv: float | None
    sensitivity: float | None
    specificity: float | None
    n_positive: int
    n_negative: int


def of_validation(card: Card, finding: str) -> float:
    """The prevalence that a card's probabilities of a finding stand for, in (0, 1)."""
    seen = card.data["validation"]
    return calibration.fitted_prevalence(seen["n_positive"][finding], seen["n_films"])


def worth(card: Card, finding: str, probability: float, prevalence: float) -> Worth:
    """A calibrated probability and its operating point at another prevalence.

    Raises ValueError for a prevalence outside (0, 1).
    """
    fitted = of_validation(card, finding)

    def moved(value: float) -> float:
        return float(calibration.at_prevalence(value, fitted, prevalence))

    seen = card.data["validation"]
    positives = seen["n_positive"][finding]
    point = card.operating_points[finding].get("youden")
    counts = (positives, seen["n_films"] - positives)
    if point is None:
        return Worth(moved(probability), None, None, None, None, None, *counts)
    sensitivity, specificity = point["sensitivity"], point["specificity"]
    ppv, npv = map(float, predictive_values(sensitivity, specificity, prevalence))
    threshold = moved(point["threshold"])
    return Worth(moved(probability), threshold, ppv, npv, sensitivity, specificity, *counts)
