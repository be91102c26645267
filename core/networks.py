"""The registry of networks. Each is a trunk, global average pooling and one linear layer.

Because the head is linear, the score of a finding is the mean of its map plus a bias
(Zhou et al., Learning deep features for discriminative localization, CVPR 2016).
To add a network: write a function that returns (trunk, channels) and decorate it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from pathlib import Path

import torch
import torchvision
from safetensors.torch import load_file
from torch import Tensor, nn

from core.findings import NAMES

SHIPPED_TRUNKS = Path(__file__).resolve().parent / "data" / "imagenet"
Trunk = tuple[nn.Module, int]


class FilmNetwork(nn.Module):
    """Grey films in, 14 logits out; `grid` gives the last feature maps as well."""

    def __init__(self, trunk: nn.Module, channels: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.features = trunk
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(channels, len(NAMES))

    def grid(self, films: Tensor) -> Tensor:
        """Feature maps, N x C x h x w, of films (N x 1 x size x size in [-1, 1])."""
        return self.features(films)

    def classify(self, grid: Tensor) -> Tensor:
        """Logits, N x 14, of feature maps."""
        return self.head(self.dropout(grid.mean((2, 3))))

    def forward(self, films: Tensor) -> Tensor:
        return self.classify(self.grid(films))


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


def architecture(name: str) -> Architecture:
    """Look a network up; raises ValueError that lists the known ones."""
    if name not in REGISTRY:
        raise ValueError(f"There is no network '{name}': choose one of {', '.join(REGISTRY)}.")
    return REGISTRY[name]


def build(name: str, arguments: dict[str, int] | None = None, dropout: float = 0.2) -> FilmNetwork:
    """A network with fresh weights; `arguments` go to its trunk (kept in the model card).

    Raises ValueError for an argument that this network does not have.
    """
    build_trunk = architecture(name).trunk
    known = signature(build_trunk).parameters
    if odd := sorted(set(arguments or {}) - set(known)):
        raise ValueError(
            f"{name} has no {', '.join(odd)}: it takes {', '.join(known) or 'no arguments'}."
        )
    trunk, channels = build_trunk(**(arguments or {}))
    return FilmNetwork(trunk, channels, dropout)


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


def start_from(network: FilmNetwork, name: str, init: str) -> None:
    """Load trunk weights in place: none, shipped, imagenet (torchvision) or a safetensors path.

    Classifier weights in the file are passed over. Raises FileNotFoundError or ValueError for a
    file that is missing or does not fit.
    """
    if init == "none":
        return
    if init == "imagenet":
        weights = _torchvision_trunk(name)
    else:
        weights = _trunk_file(_trunk_path(name, init))
    expected = network.features.state_dict()
    stem = next(key for key, value in expected.items() if value.ndim == 4)
    prefix = "0." if name == "densenet121" else ""
    trunk = {prefix + key: value for key, value in weights.items()}
    if stem in trunk:
        trunk[stem] = trunk[stem].sum(1, keepdim=True)
    _refuse_misfit(expected, trunk, name, init)
    network.features.load_state_dict(trunk, strict=False)  # without batch counters


def _refuse_misfit(
    expected: dict[str, Tensor], trunk: dict[str, Tensor], name: str, init: str
) -> None:
    needed = [key for key in expected if not key.endswith("num_batches_tracked")]
    wrong = [key for key in needed if key not in trunk or trunk[key].shape != expected[key].shape]
    if wrong:
        raise ValueError(
            f"The weights of --init {init} do not fit {name}: {len(wrong)} of {len(needed)} "
            f"tensors are missing or of another shape, first '{wrong[0]}'. Use a file in "
            "torchvision's layout."
        )


def _trunk_path(name: str, init: str) -> Path:
    path = SHIPPED_TRUNKS / f"{name}.safetensors" if init == "shipped" else Path(init)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no weights file {path}: give --init a safetensors file, `imagenet` (through "
            "torchvision, needs the network once) or `none`."
        )
    return path


def _trunk_file(path: Path) -> dict[str, Tensor]:
    try:
        tensors = load_file(path)
    except Exception as error:  # safetensors raises its own kind for every malformed file
        raise ValueError(f"{path} is no readable safetensors file ({error}).") from error
    return _only_features(tensors)


def _torchvision_trunk(name: str) -> dict[str, Tensor]:
    """torchvision's ImageNet trunk, its stem rescaled from mean/std inputs to our [-1, 1].

    The constant that the other mean adds is left out: the batch norm behind the stem removes it.
    """
    chosen = architecture(name).torchvision_weights
    if chosen is None:
        raise ValueError(f"torchvision has no ImageNet weights for {name}: use --init none.")
    try:
        tensors = torchvision.models.get_weight(chosen).get_state_dict(progress=False)
    except OSError as error:
        raise ValueError(
            f"torchvision could not fetch the ImageNet weights of {name} ({error}): connect to the "
            "network once, or use --init PATH or --init none."
        ) from error
    trunk = _only_features(tensors)
    first = next(key for key, value in trunk.items() if value.ndim == 4)
    spread = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    trunk[first] = trunk[first] / (2 * spread)
    return trunk


def _only_features(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    prefix = "features."
    return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}
