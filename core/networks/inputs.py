"""The one way from a film to a network, for training and serving alike.

Film -> 128 x 128 uint8 (the route the starter films took) -> the network's input size.
Nothing is cropped: a point at (x, y) of the 1,024-px film is at the same fraction of the input.
"""

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
