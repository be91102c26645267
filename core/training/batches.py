"""The training films of an epoch, batch by batch: shuffled, changed at random and mixed."""

import random
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from core.checkpoints.recipe import Recipe
from core.networks.augmentation import augment
from core.training.soft_labels import Targets


def seed_epoch(seed: int, epoch: int) -> torch.Generator:
    """The generator of all that is random in an epoch; seeds those of torch and Python too."""
    mixed = int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0])
    random.seed(mixed)
    torch.manual_seed(mixed)
    return torch.Generator().manual_seed(mixed)


def epoch_batches(
    pixels: np.ndarray, known: Targets, recipe: Recipe, generator: torch.Generator
) -> Iterator[tuple[Tensor, Targets]]:
    """Films (float32, N x 1 x size x size in [-1, 1]) and their targets, each film once.

    pixels: uint8, films x 128 x 128. N is the recipe's batch; the last batch may be smaller.
    """
    order = torch.randperm(len(pixels), generator=generator)
    for batch in order.split(recipe.batch):
        rows = batch.sort().values
        base = torch.from_numpy(pixels[rows.numpy()])
        films = augment(base, recipe.size, recipe.augmentation, generator)
        target = Targets(known.labels[rows], known.offsets[rows])
        yield _mix(films, target, recipe.mixup, generator) if recipe.mixup else (films, target)


def _mix(
    films: Tensor, target: Targets, alpha: float, generator: torch.Generator
) -> tuple[Tensor, Targets]:
    """Mixup (Zhang et al. 2018): blend each film and its target with another of the batch."""
    seed = int(torch.randint(2**31, (1,), generator=generator))
    share = float(np.random.default_rng(seed).beta(alpha, alpha))
    other = torch.randperm(len(films), generator=generator)

    def blend(values: Tensor) -> Tensor:
        return values.lerp(values[other], 1 - share)

    return blend(films), Targets(blend(target.labels), blend(target.offsets))
