"""Random changes to training films."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.networks.augmentation_ranges import AugmentationRanges
from core.networks.inputs import to_network_range


def augment(
    base: Tensor, size: int, ranges: AugmentationRanges, generator: torch.Generator
) -> Tensor:
    """A batch (uint8, N x 128 x 128), each film changed at random, as float32 N x 1 x size x size.

    One affine resampling per film straight to the input size; what comes in from outside is black.
    """
    grey = base[:, None].float() / 255
    moved = _move(grey, size, ranges, generator)
    return to_network_range(_recolour(moved, ranges, generator))


def _uniform(n: int, spread: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(n, generator=generator) * 2 - 1) * spread


def _move(
    grey: Tensor, size: int, ranges: AugmentationRanges, generator: torch.Generator
) -> Tensor:
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


def _recolour(grey: Tensor, ranges: AugmentationRanges, generator: torch.Generator) -> Tensor:
    n = len(grey)
    contrast, brightness, gamma = (
        _uniform(n, spread, generator).view(n, 1, 1, 1)
        for spread in (ranges.contrast, ranges.brightness, ranges.gamma)
    )
    mean = grey.mean((2, 3), keepdim=True)
    grey = ((grey - mean) * (1 + contrast) + mean + brightness).clamp(1e-4, 1)
    return grey ** torch.exp(gamma)
