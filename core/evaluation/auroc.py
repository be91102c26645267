"""AUROC of every finding and its mean, under every draw of the bootstrap."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.checkpoints.figures import Macro
from core.evaluation.scores import labels_of, logits_of
from core.findings import NAMES
from core.statistics import measures
from core.statistics.bootstrap import figure

VOTING_POSITIVES = 10
"""Findings with fewer positives in validation do not count there: not for the best epoch either."""


def auroc_draws(scores: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """AUROC of every finding under every draw: (1 + draws) x 14; the first row is the estimate."""
    labels, logits = labels_of(scores), logits_of(scores)
    columns = [
        measures.weighted_auroc(labels[:, k], logits[:, k], weights) for k in range(len(NAMES))
    ]
    return np.stack(columns, axis=1)


def macro_draws(aurocs: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Plain mean over findings under every draw, from `auroc_draws`; NaN where one is missing."""
    return aurocs[:, [NAMES.index(name) for name in names]].mean(1)


def macro(draws: np.ndarray, names: Sequence[str]) -> Macro:
    """Mean over the findings that the films can measure, naming those they cannot."""
    usable = [name for name in names if not np.isnan(draws[0, NAMES.index(name)])]
    if not usable:
        return Macro(None, None, list(names))
    means = np.nanmean(draws[:, [NAMES.index(name) for name in usable]], axis=1)
    found = figure(means)
    return Macro(found.value, found.interval, [name for name in names if name not in usable])
