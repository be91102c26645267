"""Where a network starts from: ImageNet weights of its trunk."""

from pathlib import Path

import torch
import torchvision
from safetensors.torch import load_file
from torch import Tensor

from core.networks.architectures import Architecture, stem_of
from core.networks.film_network import FilmNetwork
from core.networks.registry import architecture
from core.paths import DATA

SHIPPED_TRUNKS = DATA / "imagenet"

OWN_PREFIX = "features."
"""Of the trunk's tensors in a checkpoint of ours: `FilmNetwork.features`."""

COUNTER = "num_batches_tracked"
"""Of batch norm's buffers; files may lack it, and nothing uses it."""

MEAN = torch.tensor([0.485, 0.456, 0.406])
STD = torch.tensor([0.229, 0.224, 0.225])
"""By which torchvision's ImageNet networks standardise red, green and blue in [0, 1]."""


def start_from(network: FilmNetwork, name: str, init: str) -> None:
    """Load trunk weights in place: none, shipped, imagenet (torchvision) or a safetensors path.

    A file is taken in torchvision's layout or as one of our checkpoints, for input in [-1, 1]; its
    classifier is passed over. Raises FileNotFoundError or ValueError for a file that is missing or
    does not fit.
    """
    if init == "none":
        return
    known = architecture(name)
    stem = stem_of(network.features)[0]
    tensors = _from_torchvision(known) if init == "imagenet" else _from_file(_path(name, init))
    expected = network.features.state_dict()
    trunk = _as_trunk(tensors, [key for key in expected if not key.endswith(COUNTER)], known)
    kernel = f"{stem}.weight"
    if kernel in trunk and trunk[kernel].ndim == 4:
        if init == "imagenet":
            _standardise(trunk, kernel, f"{stem}.bias")
        trunk[kernel] = trunk[kernel].sum(1, keepdim=True)
    _refuse_misfit(expected, trunk, name, init)
    network.features.load_state_dict(trunk, strict=False)  # without batch counters


def _as_trunk(
    tensors: dict[str, Tensor], wanted: list[str], known: Architecture
) -> dict[str, Tensor]:
    """The tensors that the trunk wants, found by torchvision's names or by our checkpoints'."""
    theirs, ours = known.torchvision_prefix, known.trunk_prefix
    layouts = (
        {key: theirs + key.removeprefix(ours) for key in wanted},
        {key: OWN_PREFIX + key for key in wanted},
    )
    found = (
        {key: tensors[there] for key, there in layout.items() if there in tensors}
        for layout in layouts
    )
    return max(found, key=len)


def _standardise(trunk: dict[str, Tensor], kernel: str, bias: str) -> None:
    """Build torchvision's mean and standard deviation into the stem, in place.

    Grey x in [-1, 1] is ((x + 1) / 2 - mean) / std in each colour: the kernel is divided by 2 std,
    and each output channel gets a constant. A stem's bias takes it up; behind a stem without one,
    batch norm removes it, so it is left out.
    """
    if bias in trunk:
        grey = ((0.5 - MEAN) / STD).view(1, 3, 1, 1)
        trunk[bias] = trunk[bias] + (trunk[kernel] * grey).sum((1, 2, 3))
    trunk[kernel] = trunk[kernel] / (2 * STD.view(1, 3, 1, 1))


def _refuse_misfit(
    expected: dict[str, Tensor], trunk: dict[str, Tensor], name: str, init: str
) -> None:
    needed = [key for key in expected if not key.endswith(COUNTER)]
    wrong = [key for key in needed if key not in trunk or trunk[key].shape != expected[key].shape]
    if wrong:
        raise ValueError(
            f"The weights of --init {init} do not fit {name}: {len(wrong)} of {len(needed)} "
            f"tensors are missing or of another shape, first '{wrong[0]}'. Use a file in "
            "torchvision's layout."
        )


def _path(name: str, init: str) -> Path:
    path = SHIPPED_TRUNKS / f"{name}.safetensors" if init == "shipped" else Path(init)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no weights file {path}: give --init a safetensors file, `imagenet` (through "
            "torchvision, needs the network once) or `none`."
        )
    return path


def _from_file(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except Exception as error:  # safetensors raises its own kind for every malformed file
        raise ValueError(f"{path} is no readable safetensors file ({error}).") from error


def _from_torchvision(known: Architecture) -> dict[str, Tensor]:
    chosen = known.torchvision_weights
    if chosen is None:
        raise ValueError(f"torchvision has no ImageNet weights for {known.name}: use --init none.")
    try:
        weights: dict[str, Tensor] = torchvision.models.get_weight(chosen).get_state_dict(
            progress=False
        )
    except OSError as error:
        raise ValueError(
            f"torchvision could not fetch the ImageNet weights of {known.name} ({error}): connect "
            "to the network once, or use --init PATH or --init none."
        ) from error
    return weights
