"""Where the evidence lies: class maps of a film.

For global average pooling and one linear layer, Grad-CAM (Selvaraju et al. 2017) is the class
activation map (Zhou et al. 2016), so all 14 come out of the forward pass that predicts, exactly and
without gradients. pytorch-grad-cam serves the methods that need gradients.
"""

import threading

import numpy as np
import torch
from torch import Tensor

from core.findings import NAMES
from core.networks import FilmNetwork

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
    """One map by pytorch-grad-cam, float32 h x w in [0, 1], its own maximum scaled to 1.

    film: 1 x 1 x size x size in [-1, 1]. Raises ValueError for an unknown method or finding.
    """
    if method not in METHODS or not 0 <= finding < len(NAMES):
        raise ValueError(
            f"No map of '{method}' for finding {finding}: choose {', '.join(METHODS)}."
        )
    import pytorch_grad_cam as library
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    kind = getattr(library, {"Grad-CAM++": "GradCAMPlusPlus"}.get(method, method.replace("-", "")))
    with _gradients, torch.enable_grad(), kind(network, [network.features]) as cam:
        maps = cam(film.clone().requires_grad_(), [ClassifierOutputTarget(finding)])
    return np.asarray(maps[0])
