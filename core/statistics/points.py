"""What is fitted on validation and kept in a card: calibration and operating points."""

from dataclasses import dataclass

POINTS = ("youden", "sensitivity_90", "specificity_90")
"""Youden's point, and those with a sensitivity or a specificity of at least .90."""


@dataclass(frozen=True)
class Calibration:
    """Platt scaling of one finding: probability = sigmoid(slope * logit + offset)."""

    slope: float
    offset: float
    fitted_on: str


@dataclass(frozen=True)
class OperatingPoint:
    """A threshold (calibrated probability, [0, 1]) and what it gave on validation."""

    threshold: float
    sensitivity: float
    specificity: float
    n_positive: int


@dataclass(frozen=True)
class OperatingPoints:
    """The operating points of one finding; without any, the reason why."""

    youden: OperatingPoint | None = None
    sensitivity_90: OperatingPoint | None = None
    specificity_90: OperatingPoint | None = None
    reason: str = ""

    def by_name(self) -> dict[str, OperatingPoint]:
        """Those of `POINTS` that there are."""
        return {name: point for name in POINTS if (point := getattr(self, name)) is not None}
