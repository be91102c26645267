"""Logits of many films at once."""

import platform
import statistics
import time

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


@torch.inference_mode()
def speed(network: nn.Module, size: int, films: int = 50) -> dict[str, float | str]:
    """{milliseconds, milliseconds_on}: median of one film at a time through the network."""
    network.eval().to(memory_format=torch.channels_last)
    film = torch.zeros(1, 1, size, size)
    took = []
    for _ in range(films + 5):
        began = time.perf_counter()
        network(film)
        took.append(1000 * (time.perf_counter() - began))
    threads = torch.get_num_threads()
    return {
        "milliseconds": round(statistics.median(took[5:]), 1),
        "milliseconds_on": f"{threads} threads of a {platform.machine()} CPU, one film at a time",
    }
