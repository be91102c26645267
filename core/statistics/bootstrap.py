"""Bootstrap over patients (Efron), since films of one patient are alike.

A draw is a row of film weights; the first row is all ones, so that row 0 of every figure below is
the estimate itself. All networks are drawn with the same patients, so differences can be paired.
"""

from dataclasses import dataclass

import numpy as np

DRAWS = 1000


@dataclass(frozen=True)
class Figure:
    """A figure, None where the films cannot tell it, and its 95 % interval."""

    value: float | None
    interval: list[float] | None


def times(count: int, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """How often each of `count` patients is drawn: (1 + draws) x count, the first row ones."""
    random = np.random.default_rng(seed)
    drawn = random.multinomial(count, np.full(count, 1 / max(count, 1)), size=draws)
    return np.vstack([np.ones((1, count)), drawn])


def patient_draws(patients: np.ndarray, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """Film weights of a bootstrap over patients, float32 (1 + draws) x N; the first row is ones."""
    _, group = np.unique(patients, return_inverse=True)
    return times(group.max() + 1, draws, seed)[:, group].astype(np.float32)


def interval(draws: np.ndarray) -> list[float] | None:
    """95 % percentile interval of bootstrap draws; None where too few could be computed."""
    usable = draws[~np.isnan(draws)]
    if len(usable) < 0.8 * len(draws):
        return None
    low, high = np.percentile(usable, [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]


def rounded(value: float) -> float | None:
    """Four decimals for a file; None for NaN."""
    return None if np.isnan(value) else round(float(value), 4)


def figure(draws: np.ndarray) -> Figure:
    """A figure from its values under every draw, the estimate first."""
    return Figure(rounded(draws[0]), interval(draws[1:]))
