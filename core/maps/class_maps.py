"""Where the evidence lies: class maps of a film.

For global average pooling and one linear layer, Grad-CAM (Selvaraju et al. 2017) is the class
activation map (Zhou et al. 2016), so all 14 come out of the forward pass that predicts, exactly and
without gradients. pytorch-grad-cam serves the methods that need gradients.
"""

import threading
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from core.findings import NAMES
from core.networks.film_network import FilmNetwork

EXACT = "Grad-CAM"
METHODS = (EXACT, "Grad-CAM++", "HiResCAM", "LayerCAM")
"""Methods that depend on the class; those that ignore it (EigenCAM ...) explain nothing here."""

_gradients = threading.Lock()
"""pytorch-grad-cam hooks the network that all sessions share: one at a time."""


def class_maps(network: FilmNetwork, grid: Tensor) -> Tensor:
    """Evidence of each finding in each cell, N x 14 x h x w, in logit units and signed.

    The mean of a map plus the head's bias is that finding's logit. grid: N x C x h x w.
    """
    return torch.einsum("kc,nchw->nkhw", network.head.weight, grid)


def gradient_map(network: FilmNetwork, film: Tensor, finding: int, method: str) -> np.ndarray:
    """One map by pytorch-grad-cam, as `gradient_maps`; film: 1 x 1 x size x size."""
    return np.asarray(gradient_maps(network, film, [finding], method)[0])


def gradient_maps(
    network: FilmNetwork, films: Tensor, findings: Sequence[int], method: str
) -> np.ndarray:
    """Maps by pytorch-grad-cam on the network's own grid, float32 N x h x w in [0, 1].

    Each has its own maximum scaled to 1. films: N x 1 x size x size in [-1, 1], a finding each.
    Raises ValueError for an unknown method or finding.
    """
    if method not in METHODS or not all(0 <= finding < len(NAMES) for finding in findings):
        raise ValueError(
            f"No map of '{method}' for finding {', '.join(map(str, findings))}: choose "
            f"{', '.join(METHODS)}."
        )
    if len(findings) != len(films):
        raise ValueError(f"{len(findings)} findings for {len(films)} films: give one for each.")
    import pytorch_grad_cam as library
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    kind = getattr(library, {"Grad-CAM++": "GradCAMPlusPlus"}.get(method, method.replace("-", "")))
    targets = [ClassifierOutputTarget(finding) for finding in findings]
    with _gradients, torch.enable_grad(), kind(network, [network.features]) as cam:
        cam.get_target_width_height = lambda _: None  # no enlarging: its resizing is not ours
        maps = cam(films.clone().requires_grad_(), targets)
    return np.asarray(maps)
