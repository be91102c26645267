"""The one way from a film to a network, for training and serving alike, and the augmentation.

Film -> 128 x 128 uint8 (the route the starter films took) -> the network's input size.
Nothing is cropped: a point at (x, y) of the 1,024-px film is at the same fraction of the input.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from core.films.film import Film
from core.films.resample import BASE_PX, to_base


def to_input(film: Film, size: int) -> Tensor:
    """A network's input for one film: float32, 1 x 1 x size x size, in [-1, 1]."""
    return from_base(torch.from_numpy(to_base(film))[None], size)


def from_base(base: Tensor, size: int) -> Tensor:
    """Films at 128 px (uint8, N x 128 x 128) as network input (float32, N x 1 x size x size)."""
    grey = base[:, None].float() / 255
    if size != BASE_PX:
        grey = F.interpolate(grey, (size, size), mode="bilinear", align_corners=False)
    return to_network_range(grey)


def to_network_range(grey: Tensor) -> Tensor:
    """Grey in [0, 1] -> [-1, 1], the range that all our networks take."""
    return grey * 2 - 1


@dataclass(frozen=True)
class Augmentation:
    """Ranges of the random changes to a training film; no flip, since the heart has a side."""

    rotation_deg: float = 10.0
    shift: float = 0.06
    scale: float = 0.10
    stretch: float = 0.05
    contrast: float = 0.25
    brightness: float = 0.12
    gamma: float = 0.25


def augment(base: Tensor, size: int, ranges: Augmentation, generator: torch.Generator) -> Tensor:
    """A batch (uint8, N x 128 x 128), each film changed at random, as float32 N x 1 x size x size.

    One affine resampling per film straight to the input size; what comes in from outside is black.
    """
    grey = base[:, None].float() / 255
    moved = _move(grey, size, ranges, generator)
    return to_network_range(_recolour(moved, ranges, generator))


def _uniform(n: int, spread: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(n, generator=generator) * 2 - 1) * spread


def _move(grey: Tensor, size: int, ranges: Augmentation, generator: torch.Generator) -> Tensor:
    n = len(grey)
    angle = torch.deg2rad(_uniform(n, ranges.rotation_deg, generator))
    zoom = 1 + _uniform(n, ranges.scale, generator)
    stretch = 1 + _uniform(n, ranges.stretch, generator)
    shift_x, shift_y = (2 * _uniform(n, ranges.shift, generator) for _ in range(2))
    cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    top = torch.stack([cos * stretch, -sin, shift_x], 1)
    bottom = torch.stack([sin, cos / stretch, shift_y], 1)
    grid = F.affine_grid(torch.stack([top, bottom], 1), [n, 1, size, size], align_corners=False)
    return F.grid_sample(grey, grid, mode="bilinear", align_corners=False)


def _recolour(grey: Tensor, ranges: Augmentation, generator: torch.Generator) -> Tensor:
    n = len(grey)
    contrast, brightness, gamma = (
        _uniform(n, spread, generator).view(n, 1, 1, 1)
        for spread in (ranges.contrast, ranges.brightness, ranges.gamma)
    )
    mean = grey.mean((2, 3), keepdim=True)
    grey = ((grey - mean) * (1 + contrast) + mean + brightness).clamp(1e-4, 1)
    return grey ** torch.exp(gamma)
