"""What the loss compares a network with: labels, softened by a teacher, and each source's own mix.

Both keep a network from learning what it should not: the noise of text-mined labels, and which
collection a film came from.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import expit, logit
from torch import Tensor

from core.checkpoints import store
from core.networks import scoring
from core.nih.film_set import FilmSet
from core.paths import DATA

SHIPPED_TEACHER = DATA / "teacher"
"""`--teacher shipped`: a MobileNetV2 that was trained on the labels alone."""

PRIOR_FILMS = 10.0
"""Films of average prevalence that are added to a source before its own prevalence is taken."""


@dataclass(frozen=True)
class Targets:
    """Per training film: labels in [0, 1] and what is added to the logits in the loss, N x 14."""

    labels: Tensor
    offsets: Tensor


def targets(films: FilmSet, teacher: str, share: float, source_offset: bool) -> Targets:
    """Targets of the films; `teacher` is shipped, a checkpoint or "" for none, weighed by `share`.

    Raises what `checkpoints.load_network` raises for a teacher that is not there.
    """
    labels = films.labels
    if teacher:
        labels = (1 - share) * labels + share * _taught(films, teacher)
    offsets = source_offsets(films) if source_offset else np.zeros_like(films.labels)
    return Targets(torch.from_numpy(labels.astype(np.float32)), torch.from_numpy(offsets))


def _taught(films: FilmSet, teacher: str) -> np.ndarray:
    """What the teacher thinks of each film as it is (distillation, Hinton et al. 2015)."""
    where = str(SHIPPED_TEACHER) if teacher == "shipped" else teacher
    network, card = store.load_network(where)
    return expit(scoring.score(network, films.pixels, card.input_px))


def source_offsets(films: FilmSet) -> np.ndarray:
    """Log odds of each finding in a film's source minus its log odds in all, float32 N x 14.

    Added to the logits in the loss (logit adjustment, Menon et al. 2021), it explains the mix of
    each source, so that nothing is won by telling sources apart. At prediction nothing is added.
    """
    overall = films.labels.mean(0, dtype=np.float64).clip(1e-4, 1 - 1e-4)
    offsets = np.zeros(films.labels.shape, np.float32)
    for rows in films.table.groupby("source", observed=True).indices.values():
        positives = films.labels[rows].sum(0, dtype=np.float64)
        prevalence = (positives + PRIOR_FILMS * overall) / (len(rows) + PRIOR_FILMS)
        offsets[rows] = logit(prevalence) - logit(overall)
    return offsets
