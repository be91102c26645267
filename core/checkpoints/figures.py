"""What `evaluate` writes into a card: the figures of a network on the test films."""

from dataclasses import dataclass, field

from core.statistics.bootstrap import Figure


@dataclass(frozen=True)
class Macro:
    """A mean over findings, and the findings that the films could not measure."""

    value: float | None
    interval: list[float] | None
    without: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rates:
    """What a threshold (calibrated probability) gives on the test films, at their prevalence."""

    threshold: float
    sensitivity: Figure
    specificity: Figure
    ppv: Figure
    npv: Figure
    f1: Figure


@dataclass(frozen=True)
class FindingFigures:
    """One finding. interval: of the AUROC. operating_points: by name, as in `statistics.points`."""

    n_positive: int
    prevalence: float
    auroc: float | None
    interval: list[float] | None
    average_precision: float | None
    average_precision_interval: list[float] | None
    brier: Figure
    calibration_error: Figure
    operating_points: dict[str, Rates]


@dataclass(frozen=True)
class GroupFigures:
    """A group of films: mean AUROC of the findings that it can measure, and Pneumonia's alone."""

    n_films: int
    n_patients: int
    findings_with_10_positives: list[str]
    mean_auroc: float | None
    interval: list[float] | None
    n_pneumonia: int
    pneumonia_auroc: float | None
    pneumonia_interval: list[float] | None


@dataclass(frozen=True)
class FloorOfFinding:
    """AUROC of the metadata alone, and how far the network is ahead of it."""

    auroc: float | None
    interval: list[float] | None
    ahead: float | None
    ahead_interval: list[float] | None


@dataclass(frozen=True)
class FloorOfList:
    """The floor on the whole official test list; plain AUROCs without interval."""

    n_films: int
    macro_auroc_13: float | None
    macro_auroc_14: float | None
    findings: dict[str, float | None]


@dataclass(frozen=True)
class Floor:
    """What the metadata predict without a look at the film; made_by: in words."""

    made_by: str
    macro_auroc_13: Macro
    macro_auroc_14: Macro
    ahead_13: Figure
    findings: dict[str, FloorOfFinding]
    whole_test_list: FloorOfList


@dataclass(frozen=True)
class PanelAnswer:
    """An answer of the 2019 panel: AUROC against it, and against NIH's labels on the same films."""

    findings: list[str]
    n_positive: int
    n_positive_nih: int
    auroc: Figure
    auroc_nih: Figure


@dataclass(frozen=True)
class PanelFigures:
    """The test films that the panel read."""

    n_films: int
    n_patients: int
    answers: dict[str, PanelAnswer]


@dataclass(frozen=True)
class TestFigures:
    """All figures on the test films; the fields are in the order of card.json.

    split, origin: which films these were. sources, views, sexes, ages: a group each.
    """

    split: str
    origin: str
    n_films: int
    n_patients: int
    bootstrap: str
    macro_auroc_13: Macro
    macro_auroc_14: Macro
    macro_average_precision_13: Macro
    accuracy: float | None
    all_negative_accuracy: float | None
    findings: dict[str, FindingFigures]
    sources: dict[str, GroupFigures] = field(default_factory=dict)
    views: dict[str, GroupFigures] = field(default_factory=dict)
    sexes: dict[str, GroupFigures] = field(default_factory=dict)
    ages: dict[str, GroupFigures] = field(default_factory=dict)
    floor: Floor | None = None
    panel: PanelFigures | None = None

    def groups(self, kind: str) -> dict[str, GroupFigures]:
        """The groups of a kind: sources, views, sexes or ages."""
        return {
            "sources": self.sources,
            "views": self.views,
            "sexes": self.sexes,
            "ages": self.ages,
        }[kind]


@dataclass(frozen=True)
class SourceTold:
    """AUROC of telling one source from another by plain numbers and by the network's features."""

    n: list[int]
    picture: float
    features: float


@dataclass(frozen=True)
class WithinSource:
    """AUROC of Pneumonia among the films of one source."""

    source: str
    n_films: int
    n_positive: int
    value: float | None
    interval: list[float] | None


@dataclass(frozen=True)
class Shortcuts:
    """What the source of a film gives away."""

    films: str
    source_told: dict[str, SourceTold]
    pneumonia_within_source: WithinSource
