"""The feature space of the gate: how far a film lies from the training films, and what it is like.

Features come from the ImageNet trunk that ships with the project, not from a network trained on
chest films: that one has never seen anything else and takes all for a chest. `core.gate.fit` wrote
core/data/gate.npz.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.files import settle_files
from core.paths import DATA

if TYPE_CHECKING:
    from torch import nn

GATE = "gate"
"""Name of the set of the two files, for `core.files.atomic_files`."""

ARRAYS = DATA / "gate.npz"
FACTS = DATA / "gate.json"
LAYERS = 14
"""Blocks of MobileNetV2 that are used: 96 channels at stride 16, where parts become visible."""
CELLS = 4
"""The film is pooled to 4 x 4 cells, so that the features say where something lies."""
KINDS = ("frontal", "turned 90", "turned 180", "turned 270", "negative", "side", "crop", "other")
"""Turned anticlockwise by so many degrees; negative: black bones; other: no chest film."""


@dataclass(frozen=True)
class Position:
    """Where a picture lies: distance (training films: about 1), probability of each of KINDS."""

    distance: float
    kinds: dict[str, float]

    @property
    def kind(self) -> str:
        """The likeliest of KINDS."""
        return max(self.kinds, key=self.kinds.__getitem__)


@dataclass(frozen=True)
class Space:
    """What was fitted. whiten (d x F), offset (d): features -> coordinates in which training films
    have unit variance in every direction; weights (k x d), bias (k): linear scores of KINDS.
    """

    whiten: np.ndarray
    offset: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def distances(self, features: np.ndarray) -> np.ndarray:
        """Mahalanobis distance to the training films over the root of the dimension; N."""
        coordinates = self._coordinates(features)
        return np.asarray(np.sqrt((coordinates**2).mean(axis=1)))

    def kinds(self, features: np.ndarray) -> np.ndarray:
        """Probabilities of KINDS, N x k."""
        from scipy.special import softmax

        scores = self._coordinates(features) @ self.weights.T + self.bias
        return np.asarray(softmax(scores, axis=1))

    def _coordinates(self, features: np.ndarray) -> np.ndarray:
        return np.asarray(features @ self.whiten.T + self.offset)


def locate(base: np.ndarray) -> Position:
    """Where one film lies. base: uint8, 128 x 128 (`preprocess.to_base`)."""
    fitted, features = space(), extract(base[None])
    kinds = fitted.kinds(features)[0]
    return Position(
        float(fitted.distances(features)[0]), dict(zip(KINDS, map(float, kinds), strict=True))
    )


def extract(bases: np.ndarray) -> np.ndarray:
    """Features (float32, N x F) of films at 128 px (uint8, N x 128 x 128)."""
    import torch
    from torch.nn import functional as F

    from core.networks.inputs import from_base

    with torch.inference_mode():
        inputs = from_base(torch.from_numpy(np.ascontiguousarray(bases)), bases.shape[1])
        grid = _trunk()(inputs.contiguous(memory_format=torch.channels_last))
        return np.asarray(F.adaptive_avg_pool2d(grid, CELLS).flatten(1).numpy())


@cache
def _trunk() -> "nn.Module":
    import torch

    from core.networks import registry
    from core.networks.weights import start_from

    network = registry.build("mobilenet_v2")
    start_from(network, "mobilenet_v2", "shipped")
    blocks = list(network.eval().features.children())[:LAYERS]
    return torch.nn.Sequential(*blocks).to(memory_format=torch.channels_last)


@cache
def space() -> Space:
    """The fitted space; raises FileNotFoundError where its file is missing."""
    _refuse_missing(ARRAYS)
    with np.load(ARRAYS, allow_pickle=False) as stored:
        return Space(**{key: stored[key].astype(np.float32) for key in stored.files})


@cache
def facts() -> dict[str, Any]:
    """How the space was fitted, and its thresholds; raises FileNotFoundError."""
    _refuse_missing(FACTS)
    content: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return content


def _refuse_missing(path: Path) -> None:
    settle_files(path.parent, GATE)
    if not path.is_file():
        raise FileNotFoundError(
            f"The gate's file {path.name} is missing from core/data: get it back with "
            f"`git checkout -- core/data/{path.name}`, or fit it anew with `python -m core gate`."
        )
