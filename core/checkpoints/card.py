"""The card of a network: what its weights are, how they came about, how good they are."""

from dataclasses import dataclass

from core.checkpoints.figures import Shortcuts, TestFigures
from core.checkpoints.recipe import Recipe
from core.statistics.points import Calibration, OperatingPoint, OperatingPoints

CARD_VERSION = 1
INPUT = (
    "grey film, square, no crop, by the starter films' route to 128 px, enlarged to size, [-1, 1]"
)


@dataclass(frozen=True)
class FilmCounts:
    """Films, patients, films by source, and positive films by finding."""

    n_films: int
    n_patients: int
    sources: dict[str, int]
    n_positive: dict[str, int]


@dataclass(frozen=True)
class DataFacts:
    """What a network was trained and chosen on; fingerprint: of the film names of both parts."""

    origin: str
    split: str
    fingerprint: str
    train: FilmCounts
    validation: FilmCounts


@dataclass(frozen=True)
class TrainingFacts:
    """How training went; val_auroc: None where validation had too few films for one."""

    best_epoch: int
    epochs: int
    minutes: float
    val_auroc: float | None
    val_auroc_is: str


@dataclass(frozen=True)
class Cost:
    """Size, and the time of one film through the network, once it was measured."""

    parameters: int
    megabytes: float
    milliseconds: float | None = None
    milliseconds_on: str | None = None


@dataclass(frozen=True)
class Card:
    """A model card. Loading refuses one whose findings or weights are not these.

    calibration, operating_points: by finding; thresholds are calibrated probabilities. test,
    shortcuts: written by `evaluate`, None before.
    """

    name: str
    network: str
    title: str
    arguments: dict[str, int]
    findings: list[str]
    input_px: int
    input: str
    recipe: Recipe
    data: DataFacts
    training: TrainingFacts
    cost: Cost
    calibration: dict[str, Calibration]
    operating_points: dict[str, OperatingPoints]
    weights_sha256: str
    versions: dict[str, str]
    date: str
    test: TestFigures | None = None
    shortcuts: Shortcuts | None = None
    card_version: int = CARD_VERSION

    @property
    def id(self) -> str:
        """Name and the first eight digits of the weights' hash: which weights gave a number."""
        return f"{self.name}@{self.weights_sha256[:8]}"

    @property
    def kind_of_number(self) -> str:
        """One sentence on what this network's probabilities are."""
        return (
            f"Probabilities are calibrated on {self.data.validation.n_films:,} validation films "
            f"from the {self.data.origin}: they say how often such a score goes with the label "
            "there, not how likely your patient has the disease."
        )

    @property
    def figures(self) -> TestFigures:
        """The test figures; raises what `refuse_untested` raises."""
        self.refuse_untested()
        assert self.test is not None
        return self.test

    def refuse_untested(self) -> None:
        """ValueError, naming the command, where there are no test figures."""
        if self.test is None:
            raise ValueError(
                f"'{self.name}' has no test figures: run `python -m core evaluate {self.name}`."
            )

    def operating_point(self, finding: str) -> OperatingPoint | None:
        """The point that a finding is called by; None where validation could not hold one."""
        return self.operating_points[finding].youden
