"""Measures of one finding under every row of film weights, vectorised.

Everywhere: labels are bool, N; scores or probabilities float, N; weights draws x N, not negative;
returned are floats, one a draw, NaN where a draw cannot measure it. With weights of one they equal
scikit-learn's.
"""

import numpy as np

BINS = 10
RATES = ("sensitivity", "specificity", "ppv", "npv", "f1")


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def weighted_auroc(labels: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """AUROC: the Mann-Whitney statistic, ties counting one half."""
    well = np.flatnonzero(~labels)
    well = well[np.argsort(scores[well], kind="stable")]
    below = np.zeros((len(weights), len(well) + 1))
    np.cumsum(weights[:, well], axis=1, out=below[:, 1:])
    beaten = [
        below[:, np.searchsorted(scores[well], scores[labels], side)] for side in ("left", "right")
    ]
    positive = weights[:, labels].astype(np.float64)
    wins = (positive * (beaten[0] + beaten[1])).sum(1) / 2
    return _ratio(wins, positive.sum(1) * below[:, -1])


def average_precision(labels: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean precision over the positives, each at its own threshold; guessing reaches prevalence."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.diff(scores[order]) != 0, True)  # tied films share one threshold
    hits = np.cumsum(weights[:, order] * labels[order], axis=1, dtype=np.float64)[:, last]
    shown = np.cumsum(weights[:, order], axis=1, dtype=np.float64)[:, last]
    gained = np.diff(hits, axis=1, prepend=0)
    precision = np.divide(hits, shown, out=np.zeros_like(hits), where=shown > 0)
    return _ratio((gained * precision).sum(1), hits[:, -1])


def brier(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean squared error of the probability (Brier 1950); 0 is perfect."""
    return _ratio(weights @ (probabilities - labels) ** 2, weights.sum(1))


def calibration_error(
    labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Expected calibration error over ten bins of equal count: mean |probability - frequency|.

    The bins are those of the films as they are; a draw changes what is in them, not their edges.
    """
    error = np.zeros(len(weights))
    for rows in equal_bins(probabilities):
        error += np.abs(weights[:, rows] @ (probabilities[rows] - labels[rows]))
    return _ratio(error, weights.sum(1))


def equal_bins(probabilities: np.ndarray) -> list[np.ndarray]:
    """Rows of ten bins with (nearly) the same number of films, lowest probability first."""
    return np.array_split(np.argsort(probabilities, kind="stable"), min(BINS, len(probabilities)))


def rates(labels: np.ndarray, called: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Sensitivity, specificity, PPV, NPV and F1 of calling the films in `called` (bool, N) ill."""
    hit, false_alarm = weights @ (labels & called), weights @ (~labels & called)
    miss, rejected = weights @ (labels & ~called), weights @ (~labels & ~called)
    return {
        "sensitivity": _ratio(hit, hit + miss),
        "specificity": _ratio(rejected, rejected + false_alarm),
        "ppv": _ratio(hit, hit + false_alarm),
        "npv": _ratio(rejected, rejected + miss),
        "f1": _ratio(2 * hit, 2 * hit + false_alarm + miss),
    }
