"""How networks are trained: the defaults of `python -m core train`."""

from dataclasses import replace

from core.checkpoints.recipe import Recipe
from core.networks import registry

_MOBILENET_V2 = Recipe(
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
)

RECIPES = {
    "cnn": Recipe(
        "cnn",
        epochs=40,
        learning_rate=2e-3,
        ema=0.998,
        mixup=0.2,
        teacher="shipped",
        source_offset=True,
    ),
    "mobilenet_v2": _MOBILENET_V2,
    "resnet18": replace(_MOBILENET_V2, network="resnet18", arguments={}, init="imagenet"),
    "efficientnet_b0": replace(
        _MOBILENET_V2, network="efficientnet_b0", arguments={}, init="imagenet"
    ),
}
"""cnn and mobilenet_v2 are how the shipped networks were trained; the others take over what suited
mobilenet_v2 and have not been tuned."""


def recipe(network: str) -> Recipe:
    """The recipe of a network; one that has none of its own trains by the common defaults.

    Raises ValueError for a network that is not registered.
    """
    architecture = registry.architecture(network)
    return RECIPES.get(network, Recipe(network, init=architecture.init, learning_rate=3e-4))
