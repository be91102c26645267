"""Two networks on the same films: paired differences, DeLong's test, Holm's correction."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata
from statsmodels.stats.multitest import multipletests

from core.evaluation.auroc import auroc_draws, macro_draws
from core.evaluation.scores import labels_of, logits_of
from core.findings import HEADLINE, NAMES
from core.statistics.bootstrap import figure, interval, patient_draws


def aligned(first: pd.DataFrame, second: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both scores tables in the order of their films.

    Raises ValueError when the two are not of the same films.
    """
    one, other = (table.sort_values("image_index") for table in (first, second))
    if list(one["image_index"]) != list(other["image_index"]):
        raise ValueError(
            f"The two networks were scored on different films ({len(one)} and {len(other)}): "
            "run `python -m core evaluate` for both on the same --data."
        )
    return one, other


def paired_difference(
    first: pd.DataFrame, second: pd.DataFrame, names: Sequence[str] = HEADLINE, seed: int = 0
) -> dict[str, Any]:
    """Mean AUROC of `first` minus `second` on the same films, with its interval."""
    first, second = aligned(first, second)
    weights = patient_draws(first["patient"].to_numpy(), seed=seed)
    means = [macro_draws(auroc_draws(table, weights), names) for table in (first, second)]
    found = figure(means[0] - means[1])
    return {"difference": found.value, "interval": found.interval}


def by_finding(first: pd.DataFrame, second: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """A row a finding, NIH order: n, n_positive, first, second, difference, low, high, p, p_holm.

    Difference is first minus second with its bootstrap interval over patients. p: DeLong's test,
    which takes films for independent, so that it is too small where patients have several films;
    p_holm: corrected for the number of findings that can be tested.
    """
    first, second = aligned(first, second)
    weights = patient_draws(first["patient"].to_numpy(), seed=seed)
    aurocs = [auroc_draws(table, weights) for table in (first, second)]
    draws = aurocs[0] - aurocs[1]
    labels, scores = labels_of(first), [logits_of(table) for table in (first, second)]
    ends = [interval(draws[1:, k]) or (np.nan, np.nan) for k in range(len(NAMES))]
    table = pd.DataFrame(
        {
            "finding": NAMES,
            "n": len(first),
            "n_positive": labels.sum(0),
            "first": aurocs[0][0],
            "second": aurocs[1][0],
            "difference": draws[0],
            "low": [end[0] for end in ends],
            "high": [end[1] for end in ends],
            "p": [
                delong(labels[:, k], scores[0][:, k], scores[1][:, k]) for k in range(len(NAMES))
            ],
        }
    )
    return table.assign(p_holm=holm(table["p"].to_numpy()))


def delong(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """Two-sided p of equal AUROC of two scores on the same films (DeLong et al. 1988).

    By midranks, as Sun and Xu 2014 showed. labels: bool, N. NaN with fewer than two films of a
    kind; 1 where the two rank every pair alike.
    """
    if min(labels.sum(), (~labels).sum()) < 2:
        return float("nan")
    parts = [_placements(labels, scores) for scores in (first, second)]
    ill, well = (np.stack([part[side] for part in parts]) for side in (0, 1))
    covariance = np.cov(ill) / ill.shape[1] + np.cov(well) / well.shape[1]
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    difference = ill[0].mean() - ill[1].mean()
    if variance <= 1e-12:
        return 1.0 if abs(difference) < 1e-12 else 0.0
    return float(2 * norm.sf(abs(difference) / np.sqrt(variance)))


def _placements(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of negatives below each positive, and of positives above each negative."""
    ill, well = scores[labels], scores[~labels]
    overall = rankdata(np.concatenate([ill, well]))
    above = (overall[: len(ill)] - rankdata(ill)) / len(well)
    below = 1 - (overall[len(ill) :] - rankdata(well)) / len(ill)
    return above, below


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down correction (Holm 1979); NaN stays NaN and is not counted."""
    corrected = np.full(len(p_values), np.nan)
    usable = ~np.isnan(p_values)
    if usable.any():
        corrected[usable] = multipletests(p_values[usable], method="holm")[1]
    return corrected
