"""What a threshold does: the confusion matrix, and what a positive call is worth elsewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.statistics import measures
from core.statistics.bootstrap import interval


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


@dataclass(frozen=True)
class Rate:
    """A share in [0, 1], NaN where no film can tell it, with its 95 % interval."""

    value: float
    interval: list[float] | None


def rates(
    labels: np.ndarray, called: np.ndarray, weights: np.ndarray, prevalence: float
) -> dict[str, Rate]:
    """sensitivity, specificity, and ppv and npv at a prevalence, each with its interval.

    labels, called: bool, N. weights: as `bootstrap.patient_draws`, the first row ones.
    """
    drawn = measures.rates(labels, called, weights)
    sensitivity, specificity = drawn["sensitivity"], drawn["specificity"]
    ppv, npv = predictive_values(sensitivity, specificity, prevalence)
    named = {"sensitivity": sensitivity, "specificity": specificity, "ppv": ppv, "npv": npv}
    return {name: Rate(float(draws[0]), interval(draws[1:])) for name, draws in named.items()}


def predictive_values(
    sensitivity: ArrayLike, specificity: ArrayLike, prevalence: float
) -> tuple[np.ndarray, np.ndarray]:
    """PPV and NPV at a prevalence in (0, 1), by Bayes' rule; NaN where nobody is called (or all).

    Sensitivity and specificity are taken to stay what they are at another prevalence.
    """
    sensitivity, specificity = np.asarray(sensitivity), np.asarray(specificity)
    hit, miss = sensitivity * prevalence, (1 - sensitivity) * prevalence
    false_alarm = (1 - specificity) * (1 - prevalence)
    rejected = specificity * (1 - prevalence)
    with np.errstate(invalid="ignore"):
        return hit / (hit + false_alarm), rejected / (rejected + miss)
