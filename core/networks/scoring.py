"""Logits of many films at once."""

import platform
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from core.networks.film_network import FilmNetwork
from core.networks.inputs import from_base

BATCH = 64


def inputs(pixels: np.ndarray, size: int) -> Tensor:
    """Films at 128 px (uint8, N x 128 x 128) as network input, channels last."""
    base = torch.from_numpy(np.ascontiguousarray(pixels))
    return from_base(base, size).contiguous(memory_format=torch.channels_last)


def score(network: nn.Module, pixels: np.ndarray, size: int) -> np.ndarray:
    """Logits, float32 N x 14, of films at 128 px (uint8, N x 128 x 128)."""
    network.eval()
    return _in_batches(network, pixels, size)


def features(network: FilmNetwork, pixels: np.ndarray, size: int) -> np.ndarray:
    """Pooled features, float32 N x C, of films at 128 px (uint8, N x 128 x 128)."""
    network.eval()
    return _in_batches(lambda films: network.grid(films).mean((2, 3)), pixels, size)


@torch.inference_mode()
def _in_batches(work: Callable[[Tensor], Tensor], pixels: np.ndarray, size: int) -> np.ndarray:
    starts = tqdm(range(0, len(pixels), BATCH), "films", leave=False, disable=None)
    return torch.cat([work(inputs(pixels[n : n + BATCH], size)) for n in starts]).numpy()


@torch.inference_mode()
def speed(network: nn.Module, size: int, films: int = 50) -> tuple[float, str]:
    """Milliseconds of one film through the network (median), and on what they were measured."""
    network.eval().to(memory_format=torch.channels_last)
    film = torch.zeros(1, 1, size, size)
    took = []
    for _ in range(films + 5):
        began = time.perf_counter()
        network(film)
        took.append(1000 * (time.perf_counter() - began))
    threads = torch.get_num_threads()
    where = f"{threads} threads of a {platform.machine()} CPU, one film at a time"
    return round(statistics.median(took[5:]), 1), where
