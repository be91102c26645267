"""The networks that can be trained: a trunk each, under global average pooling and a linear head.

To add a network: write a function that returns (trunk, channels) and decorate it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torchvision
from torch import nn

from core.networks.film_network import Trunk


@dataclass(frozen=True)
class Architecture:
    """A registered network: how people call it, how its trunk is built, where it starts from."""

    name: str
    title: str
    trunk: Callable[..., Trunk]
    init: str
    torchvision_weights: str | None = None


REGISTRY: dict[str, Architecture] = {}


def register(
    title: str, init: str = "none", torchvision_weights: str | None = None
) -> Callable[[Callable[..., Trunk]], Callable[..., Trunk]]:
    """Add a trunk to the registry under its function's name.

    init: where `train` starts by default: none, shipped (core/data/imagenet) or imagenet.
    torchvision_weights: the name of torchvision's weights for `--init imagenet`.
    """

    def add(trunk: Callable[..., Trunk]) -> Callable[..., Trunk]:
        name = trunk.__name__
        REGISTRY[name] = Architecture(name, title, trunk, init, torchvision_weights)
        return trunk

    return add


@register("Plain CNN")
def cnn(width: int = 32) -> Trunk:
    """3x3 convolutions with batch norm: stride-2 stem, four stages of two, output stride 16."""
    stages = (width, 2 * width, 4 * width, 8 * width)
    layers = [_conv(1, width, stride=2)]
    channels = width
    for stage, wider in enumerate(stages):
        layers += [_conv(channels, wider, stride=2 if stage else 1), _conv(wider, wider)]
        channels = wider
    return nn.Sequential(*layers), channels


def _conv(channels: int, out: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(channels, out, 3, stride, padding=1, bias=False)
    nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
    return nn.Sequential(convolution, nn.BatchNorm2d(out), nn.ReLU())


@register("MobileNetV2", init="shipped", torchvision_weights="MobileNet_V2_Weights.IMAGENET1K_V2")
def mobilenet_v2(output_stride: int = 32) -> Trunk:
    """torchvision's MobileNetV2 for one grey channel; output stride 32 or 16 (dilated)."""
    trunk = torchvision.models.mobilenet_v2().features
    trunk[0][0] = nn.Conv2d(1, 32, 3, stride=2, padding=1, bias=False)
    if output_stride == 16:
        _dilate_from(trunk, block=14)
    elif output_stride != 32:
        raise ValueError(f"output_stride is {output_stride}: choose 16 or 32.")
    return trunk, 1280


def _dilate_from(trunk: nn.Sequential, block: int) -> None:
    """Keep the grid of the stage before: stride 1 in its first block, dilation 2 in the others."""
    for number, part in enumerate(trunk[block:]):
        for layer in part.modules():
            if isinstance(layer, nn.Conv2d) and layer.kernel_size == (3, 3):
                layer.stride = (1, 1)
                if number:
                    layer.dilation = layer.padding = (2, 2)


@register("DenseNet-121", init="imagenet", torchvision_weights="DenseNet121_Weights.IMAGENET1K_V1")
def densenet121() -> Trunk:
    """CheXNet's network (Rajpurkar et al. 2017) for one grey channel; output stride 32."""
    trunk = torchvision.models.densenet121().features
    trunk.conv0 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
    return nn.Sequential(trunk, nn.ReLU()), 1024
