"""How the shipped networks were trained: the defaults of `python -m core train`."""

from core.checkpoints.recipe import Recipe
from core.networks import registry

SHIPPED = {
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
    return SHIPPED.get(network, Recipe(network, init=architecture.init, learning_rate=3e-4))
