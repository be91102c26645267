"""Random changes to training films: repeatable, each film by itself, never a mirror."""

import numpy as np
import torch

from core.networks.augmentation import augment
from core.networks.augmentation_ranges import AugmentationRanges
from core.networks.inputs import from_base
from core.nih.film_set import open_films


def test_augmentation_of_nothing_is_the_plain_input():
    base = torch.from_numpy(open_films(split="test").pixels[:4])
    none = AugmentationRanges(*[0.0] * 7)
    generator = torch.Generator().manual_seed(0)
    moved = augment(base, 128, none, generator)
    assert torch.allclose(moved, from_base(base, 128), atol=1e-3)


def test_augmentation_changes_each_film_by_itself_and_repeats_with_its_seed():
    base = torch.from_numpy(np.stack([open_films(split="test").pixels[0]] * 3))
    first, again = (
        augment(base, 96, AugmentationRanges(), torch.Generator().manual_seed(7)) for _ in range(2)
    )
    assert first.shape == (3, 1, 96, 96)
    assert torch.equal(first, again)
    assert (first[0] - first[1]).abs().mean() > 0.01
    assert first.min() >= -1 and first.max() <= 1


def test_augmentation_never_mirrors():
    """A bright left half stays brighter than the right half whatever the draw."""
    base = torch.zeros(64, 128, 128, dtype=torch.uint8)
    base[:, 24:104, 20:60] = 200
    moved = augment(base, 128, AugmentationRanges(), torch.Generator().manual_seed(1))
    assert (moved[..., :64].mean((1, 2, 3)) > moved[..., 64:].mean((1, 2, 3))).all()
