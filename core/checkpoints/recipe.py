"""How a network is trained; every value is kept in its card."""

from dataclasses import dataclass, field

from core.networks.augmentation_ranges import AugmentationRanges


@dataclass(frozen=True)
class Recipe:
    """The settings of a training run.

    network, arguments: of the registry. init: where the trunk starts (`core.networks.weights`).
    size: input side in px. learning_rate: the peak. teacher: a checkpoint that softens the labels,
    by teacher_share; "" for none. patients: share of the training patients. validation_share: of
    all patients. patience: epochs without a better one before the run ends.
    """

    network: str
    arguments: dict[str, int] = field(default_factory=dict)
    init: str = "none"
    size: int = 128
    epochs: int = 30
    batch: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup_epochs: float = 1.0
    ema: float = 0.999
    dropout: float = 0.2
    mixup: float = 0.0
    bfloat16: bool = False
    teacher: str = ""
    teacher_share: float = 0.5
    source_offset: bool = False
    patients: float = 1.0
    patience: int = 5
    seed: int = 0
    validation_share: float = 0.15
    augmentation: AugmentationRanges = field(default_factory=AugmentationRanges)
