"""How weights are moved: groups, learning rate and moving average."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR


def parameter_groups(network: nn.Module, rate: float, decay: float) -> list[dict[str, Any]]:
    """No weight decay on norms and biases."""
    decayed = [p for p in network.parameters() if p.ndim > 1]
    plain = [p for p in network.parameters() if p.ndim <= 1]
    return [
        {"params": decayed, "lr": rate, "weight_decay": decay},
        {"params": plain, "lr": rate, "weight_decay": 0.0},
    ]


def warmup_cosine(optimiser: Optimizer, warm: int, total: int) -> SequentialLR:
    """Peak learning rate after `warm` steps of a straight line, then a cosine down to 0 at `total`.

    The first step takes 1 / (warm + 1) of the peak.
    """
    rise = LinearLR(optimiser, 1 / (warm + 1), total_iters=warm)
    fall = CosineAnnealingLR(optimiser, max(1, total - warm))
    return SequentialLR(optimiser, [rise, fall], [warm])


def warm_average(decay: float) -> Callable[..., None]:
    """Exponential moving average that starts fast, so that the first epochs do not lag.

    After n updates the average keeps min(decay, (1 + n) / (10 + n)) of itself, as TensorFlow's
    ExponentialMovingAverage does with num_updates. torch's own `get_ema_multi_avg_fn` takes one
    decay for all updates and passes over the count, so it cannot express this.
    """

    @torch.no_grad()
    def update(averaged: Any, current: Any, count: Any) -> None:
        keep = min(decay, (1 + int(count)) / (10 + int(count)))
        if torch.is_floating_point(averaged[0]):
            torch._foreach_lerp_(averaged, current, 1 - keep)
        else:
            for old, new in zip(averaged, current, strict=True):
                old.copy_(new)

    return update
