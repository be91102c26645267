"""Logits of many films at once."""

import numpy as np
import torch
from torch import nn

from core import preprocess


@torch.inference_mode()
def score(network: nn.Module, pixels: np.ndarray, size: int, batch: int = 64) -> np.ndarray:
    """Logits, float32 N x 14, of films at 128 px (uint8, N x 128 x 128)."""
    network.eval()
    logits = []
    for start in range(0, len(pixels), batch):
        base = torch.from_numpy(np.ascontiguousarray(pixels[start : start + batch]))
        films = preprocess.from_base(base, size).contiguous(memory_format=torch.channels_last)
        logits.append(network(films))
    return torch.cat(logits).numpy()
