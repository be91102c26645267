"""How far training films are changed at random; apart from `augmentation`, which brings torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AugmentationRanges:
    """Ranges of the random changes to a training film; no flip, since the heart has a side."""

    rotation_deg: float = 10.0
    shift: float = 0.06
    scale: float = 0.10
    stretch: float = 0.05
    contrast: float = 0.25
    brightness: float = 0.12
    gamma: float = 0.25
