"""What a threshold does: the confusion matrix, and what a positive call is worth elsewhere."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Confusion:
    """Counts of films: called or not, with the finding or without."""

    hits: int
    false_alarms: int
    misses: int
    correct_rejections: int

    @property
    def sensitivity(self) -> float:
        """Share of the films with the finding that are called; NaN where there is none."""
        ill = self.hits + self.misses
        return self.hits / ill if ill else float("nan")

    @property
    def specificity(self) -> float:
        """Share of the films without the finding that are not called; NaN where there is none."""
        well = self.false_alarms + self.correct_rejections
        return self.correct_rejections / well if well else float("nan")


def confusion(labels: np.ndarray, probabilities: np.ndarray, threshold: float) -> Confusion:
    """Films at or above the threshold are called. labels: bool, N; probabilities: N."""
    called = probabilities >= threshold
    return Confusion(
        int((labels & called).sum()),
        int((~labels & called).sum()),
        int((labels & ~called).sum()),
        int((~labels & ~called).sum()),
    )


def predictive_values(
    sensitivity: float, specificity: float, prevalence: float
) -> tuple[float, float]:
    """PPV and NPV at a prevalence in (0, 1), by Bayes' rule; NaN where nobody is called (or all).

    Sensitivity and specificity are taken to stay what they are at another prevalence.
    """
    hit, miss = sensitivity * prevalence, (1 - sensitivity) * prevalence
    false_alarm = (1 - specificity) * (1 - prevalence)
    rejected = specificity * (1 - prevalence)
    ppv = hit / (hit + false_alarm) if hit + false_alarm else float("nan")
    npv = rejected / (rejected + miss) if rejected + miss else float("nan")
    return ppv, npv
