"""The card of a network: what its weights are, how they came about, how good they are."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass


CARD_VERSION = 1
INPUT = (
    "grey film, square, no crop, by the starter films' route to 128 px, enlarged to size, [-1, 1]"
)


@dataclass(frozen=True)
class Card:
    """A model card. Loading refuses one whose findings or weights are not these.

    calibration: per finding {slope, offset, fitted_on}; probability = sigmoid(slope*logit+offset).
    operating_points: per finding {point: {threshold, sensitivity, specificity}} of
    `calibration.POINTS`, or {reason}; thresholds are calibrated probabilities. test, shortcuts:
    written by `evaluate`.
    """

    name: str
    network: str
    title: str
    arguments: dict[str, int]
    findings: list[str]
    input_px: int
    input: str
    recipe: dict[str, Any]
    data: dict[str, Any]
    training: dict[str, Any]
    cost: dict[str, Any]
    calibration: dict[str, dict[str, Any]]
    operating_points: dict[str, dict[str, Any]]
    weights_sha256: str
    versions: dict[str, str]
    date: str
    test: dict[str, Any] = field(default_factory=dict)
    shortcuts: dict[str, Any] = field(default_factory=dict)
    card_version: int = CARD_VERSION

    @property
    def id(self) -> str:
        """Name and the first eight digits of the weights' hash: which weights gave a number."""
        return f"{self.name}@{self.weights_sha256[:8]}"

    @property
    def kind_of_number(self) -> str:
        """One sentence on what this network's probabilities are."""
        return (
            f"Probabilities are calibrated on {self.data['validation']['n_films']:,} validation "
            f"films from the {self.data['origin']}: they say how often such a score goes with the "
            "label there, not how likely your patient has the disease."
        )
