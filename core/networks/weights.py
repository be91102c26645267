"""Where a network starts from: ImageNet weights of its trunk."""

from pathlib import Path

import torch
import torchvision
from safetensors.torch import load_file
from torch import Tensor

from core.networks.film_network import FilmNetwork
from core.networks.registry import architecture
from core.paths import DATA

SHIPPED_TRUNKS = DATA / "imagenet"


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
