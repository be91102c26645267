"""The networks that can be trained: a trunk each, under global average pooling and a linear head.

To add a network: write a function that returns (trunk, channels) and decorate it. CONTRIBUTING.md
has an example.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torchvision
from torch import nn

from core.networks.film_network import Trunk


@dataclass(frozen=True)
class Architecture:
    """A registered network: how people call it, how its trunk is built, where it starts from.

    The tensor that torchvision calls `torchvision_prefix` + x is `trunk_prefix` + x of the trunk.
    """

    name: str
    title: str
    trunk: Callable[..., Trunk]
    init: str
    torchvision_weights: str | None
    torchvision_prefix: str
    trunk_prefix: str


REGISTRY: dict[str, Architecture] = {}


def register(
    title: str,
    init: str = "none",
    torchvision_weights: str | None = None,
    torchvision_prefix: str = "",
    trunk_prefix: str = "",
) -> Callable[[Callable[..., Trunk]], Callable[..., Trunk]]:
    """Add a trunk to the registry under its function's name.

    init: where `train` starts by default: none, shipped (core/data/imagenet) or imagenet.
    torchvision_weights: the name of torchvision's weights for `--init imagenet`.
    torchvision_prefix: what torchvision's names of the trunk's tensors begin with, such as
    "features."; trunk_prefix: what the same names begin with in the trunk that is returned.
    """

    def add(trunk: Callable[..., Trunk]) -> Callable[..., Trunk]:
        name = trunk.__name__
        REGISTRY[name] = Architecture(
            name, title, trunk, init, torchvision_weights, torchvision_prefix, trunk_prefix
        )
        return trunk

    return add


def stem_of(trunk: nn.Module) -> tuple[str, nn.Conv2d]:
    """Name and module of the first convolution, which sees the film.

    Raises ValueError for a trunk without one.
    """
    for name, part in trunk.named_modules():
        if isinstance(part, nn.Conv2d):
            return name, part
    raise ValueError("This trunk has no convolution that could be its stem.")


def for_grey(trunk: nn.Module) -> nn.Module:
    """The same trunk, its stem made anew for one channel instead of three."""
    stem = stem_of(trunk)[1]
    stem.in_channels = 1
    stem.weight = nn.Parameter(torch.empty(stem.out_channels, 1, *stem.kernel_size))
    stem.reset_parameters()
    return trunk


def without_last(model: nn.Module, layers: int) -> nn.Sequential:
    """A model that calls its layers in order, less the last ones, under the names they have."""
    return nn.Sequential(OrderedDict(list(model.named_children())[:-layers]))


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


@register(
    "MobileNetV2",
    init="shipped",
    torchvision_weights="MobileNet_V2_Weights.IMAGENET1K_V2",
    torchvision_prefix="features.",
)
def mobilenet_v2(output_stride: int = 32) -> Trunk:
    """torchvision's MobileNetV2 for one grey channel; output stride 32 or 16 (dilated)."""
    trunk = torchvision.models.mobilenet_v2().features
    if output_stride == 16:
        _dilate_from(trunk, block=14)
    elif output_stride != 32:
        raise ValueError(f"output_stride is {output_stride}: choose 16 or 32.")
    return for_grey(trunk), 1280


def _dilate_from(trunk: nn.Sequential, block: int) -> None:
    """Keep the grid of the stage before: stride 1 in its first block, dilation 2 in the others."""
    for number, part in enumerate(trunk[block:]):
        for layer in part.modules():
            if isinstance(layer, nn.Conv2d) and layer.kernel_size == (3, 3):
                layer.stride = (1, 1)
                if number:
                    layer.dilation = layer.padding = (2, 2)


@register(
    "DenseNet-121",
    init="imagenet",
    torchvision_weights="DenseNet121_Weights.IMAGENET1K_V1",
    torchvision_prefix="features.",
    trunk_prefix="0.",
)
def densenet121() -> Trunk:
    """CheXNet's network (Rajpurkar et al. 2017) for one grey channel; output stride 32."""
    trunk = for_grey(torchvision.models.densenet121().features)
    return nn.Sequential(trunk, nn.ReLU()), 1024


@register("ResNet-18", init="imagenet", torchvision_weights="ResNet18_Weights.IMAGENET1K_V1")
def resnet18() -> Trunk:
    """The smallest network of He et al. 2016 for one grey channel; output stride 32."""
    trunk = without_last(torchvision.models.resnet18(), 2)  # average pooling, classifier
    return for_grey(trunk), 512


@register(
    "EfficientNet-B0",
    init="imagenet",
    torchvision_weights="EfficientNet_B0_Weights.IMAGENET1K_V1",
    torchvision_prefix="features.",
)
def efficientnet_b0() -> Trunk:
    """The smallest network of Tan and Le 2019 for one grey channel; output stride 32."""
    return for_grey(torchvision.models.efficientnet_b0().features), 1280
