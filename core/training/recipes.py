"""How the shipped networks were trained: the defaults of `python -m core train`."""

from dataclasses import dataclass, field

from core.networks import registry
from core.networks.augmentation import Augmentation


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; every value is kept in the model card."""

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
    augmentation: Augmentation = field(default_factory=Augmentation)


_CHOSEN = {
    "cnn": Recipe(
        "cnn",
        epochs=40,
        learning_rate=2e-3,
        ema=0.998,
        mixup=0.2,
        teacher="shipped",
        source_offset=True,
    ),
    "mobilenet_v2": Recipe(
        "mobilenet_v2",
        arguments={"output_stride": 16},
        init="shipped",
        size=192,
        epochs=6,
        learning_rate=5e-4,
        ema=0.998,
        mixup=0.3,
        teacher="shipped",
        source_offset=True,
    ),
}


def recipe(network: str) -> Recipe:
    """The recipe of a network; one that has none of its own trains by the common defaults.

    Raises ValueError for a network that is not registered.
    """
    architecture = registry.architecture(network)
    return _CHOSEN.get(network, Recipe(network, init=architecture.init, learning_rate=3e-4))
