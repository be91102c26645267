"""A film on its way to a network, step by step, for the page that shows it. Brings torch."""

from dataclasses import dataclass

import cv2
import numpy as np
import torch

from core.films.film import Film
from core.films.resample import FULL_PX, HALF_PX, to_base
from core.networks.augmentation import augment
from core.networks.augmentation_ranges import AugmentationRanges
from core.networks.inputs import from_base


@dataclass(frozen=True, eq=False)
class Steps:
    """What `core.networks.inputs` makes of one film; every picture uint8, grey, square.

    full: 1,024 px; half: 256 px; base: 128 px; seen: the network's input at its size; augmented:
    the input as it may look in training, one picture a draw.
    """

    full: np.ndarray
    half: np.ndarray
    base: np.ndarray
    seen: np.ndarray
    augmented: list[np.ndarray]


def walk(film: Film, size: int, ranges: AugmentationRanges, seed: int, draws: int = 3) -> Steps:
    """Take an NIH film (1,024 x 1,024 px) to a network's input of `size` px.

    Raises ValueError for a film of another size: the first steps would not be the ones shown.
    """
    full = np.rint(film.pixels * 255).astype(np.uint8)
    if full.shape != (FULL_PX, FULL_PX):
        raise ValueError(
            f"The steps are shown on films of 1,024 x 1,024 px, but this one has {full.shape[1]} x "
            f"{full.shape[0]}: choose one of the samples."
        )
    half = cv2.resize(full, (HALF_PX, HALF_PX), interpolation=cv2.INTER_LINEAR)
    base = to_base(film)
    batch = torch.from_numpy(base)[None]
    random = torch.Generator().manual_seed(seed)
    changed = augment(batch.expand(draws, -1, -1), size, ranges, random)
    return Steps(
        full,
        np.asarray(half),
        base,
        _shown(from_base(batch, size)[0, 0]),
        [_shown(picture[0]) for picture in changed],
    )


def _shown(seen: torch.Tensor) -> np.ndarray:
    """[-1, 1] as uint8."""
    return ((seen + 1) * 127.5).round().clamp(0, 255).byte().numpy()
