"""How good a network is, with intervals; operating points and calibration from validation only.

AUROC intervals come from a bootstrap over patients (Efron), since films of one patient are alike;
all networks are drawn with the same patients, so that differences can be paired.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_curve

from core.findings import HEADLINE, NAMES

DRAWS = 1000
MIN_POSITIVES = 20
"""Validation positives below which a finding gets no operating point and no slope of its own."""

SOURCE_POSITIVES = 10
"""Films with and without a finding that a source must hold for its AUROC to be given."""


def labels_of(scores: pd.DataFrame) -> np.ndarray:
    """Labels (bool, N x 14) of a scores table."""
    return scores[[f"label_{name}" for name in NAMES]].to_numpy() > 0.5


def logits_of(scores: pd.DataFrame) -> np.ndarray:
    """Logits (float64, N x 14) of a scores table."""
    return scores[[f"logit_{name}" for name in NAMES]].to_numpy(np.float64)


def scores_table(films: pd.DataFrame, logits: np.ndarray) -> pd.DataFrame:
    """A row a film: image_index, patient, source, view, then label_* and logit_* per finding."""
    table = films[["image_index", "patient", "source", "view"]].reset_index(drop=True)
    labels = films[list(NAMES)].astype(int).add_prefix("label_").reset_index(drop=True)
    columns = [f"logit_{name}" for name in NAMES]
    return pd.concat([table, labels, pd.DataFrame(logits, columns=columns)], axis=1)


def weighted_auroc(labels: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """AUROC under each row of weights: the Mann-Whitney statistic, ties counting one half.

    labels: bool, N. scores: N. weights: draws x N, not negative. Returns float, draws; NaN where a
    draw has no positive or no negative film.
    """
    values, group = np.unique(scores, return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(len(values)))
    positive = np.add.reduceat((weights * labels)[:, order], starts, axis=1, dtype=np.float64)
    negative = np.add.reduceat((weights * ~labels)[:, order], starts, axis=1, dtype=np.float64)
    below = np.cumsum(negative, axis=1) - negative
    wins = (positive * (below + negative / 2)).sum(1)
    pairs = positive.sum(1) * negative.sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(pairs > 0, wins / pairs, np.nan)


def patient_draws(patients: np.ndarray, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """Film weights of a bootstrap over patients, float32 draws x N; the first row is all ones."""
    _, group = np.unique(patients, return_inverse=True)
    count = group.max() + 1
    random = np.random.default_rng(seed)
    times = random.multinomial(count, np.full(count, 1 / count), size=draws)
    return np.vstack([np.ones(len(patients)), times[:, group]]).astype(np.float32)


def auroc_draws(scores: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """AUROC of every finding under every draw: (1 + draws) x 14; the first row is the estimate."""
    labels, logits = labels_of(scores), logits_of(scores)
    columns = [weighted_auroc(labels[:, k], logits[:, k], weights) for k in range(len(NAMES))]
    return np.stack(columns, axis=1)


def interval(draws: np.ndarray) -> list[float] | None:
    """95 % percentile interval of bootstrap draws; None where too few could be computed."""
    usable = draws[~np.isnan(draws)]
    if len(usable) < 0.8 * len(draws):
        return None
    low, high = np.percentile(usable, [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]


def summarise(scores: pd.DataFrame, draws: int = DRAWS, seed: int = 0) -> dict[str, Any]:
    """The figures of a model card from a scores table: overall, per finding, per source."""
    weights = patient_draws(scores["patient"].to_numpy(), draws, seed)
    aurocs = auroc_draws(scores, weights)
    labels, logits = labels_of(scores), logits_of(scores)
    findings = {}
    for k, name in enumerate(NAMES):
        positives = int(labels[:, k].sum())
        findings[name] = {
            "n_positive": positives,
            "prevalence": round(positives / len(scores), 4),
            "auroc": _rounded(aurocs[0, k]),
            "interval": interval(aurocs[1:, k]),
            "average_precision": (
                _rounded(average_precision_score(labels[:, k], logits[:, k])) if positives else None
            ),
        }
    return {
        "n_films": len(scores),
        "n_patients": int(scores["patient"].nunique()),
        "bootstrap": f"{draws} draws over patients, seed {seed}",
        "macro_auroc_13": _macro(aurocs, HEADLINE),
        "macro_auroc_14": _macro(aurocs, NAMES),
        "accuracy": _rounded(((logits > 0) == labels).mean()),
        "all_negative_accuracy": _rounded((~labels).mean()),
        "findings": findings,
        "sources": _by_source(scores, draws, seed),
    }


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def macro_draws(aurocs: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Plain mean over findings under every draw, from `auroc_draws`; NaN where one is missing."""
    return aurocs[:, [NAMES.index(name) for name in names]].mean(1)


def _macro(aurocs: np.ndarray, names: Sequence[str]) -> dict[str, Any]:
    """Mean over the findings that the films can measure, naming those they cannot."""
    usable = [name for name in names if not np.isnan(aurocs[0, NAMES.index(name)])]
    if not usable:
        return {"value": None, "interval": None, "without": list(names)}
    means = np.nanmean(aurocs[:, [NAMES.index(name) for name in usable]], axis=1)
    missing = [name for name in names if name not in usable]
    return {"value": _rounded(means[0]), "interval": interval(means[1:]), "without": missing}


def _by_source(scores: pd.DataFrame, draws: int, seed: int) -> dict[str, dict[str, Any]]:
    """Within a source its looks cannot give a label away: mean AUROC, and Pneumonia by itself."""
    rows = {}
    for source, part in scores.groupby("source", observed=True):
        weights = patient_draws(part["patient"].to_numpy(), draws, seed)
        aurocs = auroc_draws(part, weights)
        positives = labels_of(part).sum(0)
        enough = (np.minimum(positives, len(part) - positives) >= SOURCE_POSITIVES).tolist()
        measured = [name for name, usable in zip(NAMES, enough, strict=True) if usable]
        headline = [name for name in measured if name in HEADLINE]
        mean = _macro(aurocs, headline)
        alone = _macro(aurocs, ["Pneumonia"] if "Pneumonia" in measured else [])
        rows[str(source)] = {
            "n_films": len(part),
            "n_patients": int(part["patient"].nunique()),
            "findings_with_10_positives": headline,
            "mean_auroc": mean["value"],
            "interval": mean["interval"],
            "n_pneumonia": int(positives[NAMES.index("Pneumonia")]),
            "pneumonia_auroc": alone["value"],
            "pneumonia_interval": alone["interval"],
        }
    return rows


def paired_difference(
    first: pd.DataFrame, second: pd.DataFrame, names: Sequence[str] = HEADLINE, seed: int = 0
) -> dict[str, Any]:
    """Mean AUROC of `first` minus `second` on the same films, with its interval.

    Raises ValueError when the two tables are not of the same films.
    """
    first, second = (table.sort_values("image_index") for table in (first, second))
    if list(first["image_index"]) != list(second["image_index"]):
        raise ValueError(
            f"The two networks were scored on different films ({len(first)} and {len(second)}): "
            "run `python -m core evaluate` for both on the same --data."
        )
    weights = patient_draws(first["patient"].to_numpy(), seed=seed)
    means = [macro_draws(auroc_draws(table, weights), names) for table in (first, second)]
    difference = means[0] - means[1]
    return {"difference": _rounded(difference[0]), "interval": interval(difference[1:])}


def calibrate(labels: np.ndarray, logits: np.ndarray) -> dict[str, dict[str, Any]]:
    """Platt scaling per finding on validation (Platt 1999): slope and offset of the logit.

    labels: bool, N x 14. logits: N x 14. Findings with fewer than 20 positives share one slope
    fitted over all findings (temperature scaling, Guo et al. 2017); their offset makes the mean
    probability the finding's prevalence, (positives + .5) / (films + 1), so that a network which
    learned another prevalence does not carry it over.
    """
    shared = LogisticRegression(C=1e6, fit_intercept=False)
    shared.fit(logits.reshape(-1, 1), labels.reshape(-1))
    fitted: dict[str, dict[str, Any]] = {}
    for k, name in enumerate(NAMES):
        positives = int(labels[:, k].sum())
        if positives < MIN_POSITIVES:
            slope = float(shared.coef_[0, 0])
            offset = _offset(slope * logits[:, k], (positives + 0.5) / (len(labels) + 1))
            source = f"slope of all findings ({positives} positives are too few for one)"
        else:
            own = LogisticRegression(C=1e6).fit(logits[:, [k]], labels[:, k])
            slope, offset = float(own.coef_[0, 0]), float(own.intercept_[0])
            source = f"its {positives} validation positives"
        fitted[name] = {"slope": slope, "offset": offset, "fitted_on": source}
    return fitted


def _offset(logits: np.ndarray, prevalence: float) -> float:
    """What to add to the logits so that the mean probability is the prevalence."""
    return float(brentq(lambda offset: expit(logits + offset).mean() - prevalence, -50, 50))


def probabilities(calibration: dict[str, dict[str, Any]], logits: np.ndarray) -> np.ndarray:
    """Calibrated probabilities, [0, 1], of logits (... x 14): sigmoid(slope * logit + offset)."""
    slope = np.array([calibration[name]["slope"] for name in NAMES], logits.dtype)
    offset = np.array([calibration[name]["offset"] for name in NAMES], logits.dtype)
    return expit(logits * slope + offset)


def operating_points(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, dict[str, Any]]:
    """Youden's point per finding on validation (Youden 1950), candidates being the scores.

    labels: bool, N x 14. probabilities: calibrated, N x 14. A finding with fewer than 20 positives,
    or without any skill, gets {"reason": ...} in place of a point.
    """
    points: dict[str, dict[str, Any]] = {}
    for k, name in enumerate(NAMES):
        positives = int(labels[:, k].sum())
        if positives < MIN_POSITIVES:
            points[name] = {"reason": f"only {positives} positive validation films"}
            continue
        false_rate, true_rate, thresholds = roc_curve(labels[:, k], probabilities[:, k])
        best = int(np.argmax(true_rate - false_rate))
        if not np.isfinite(thresholds[best]):
            points[name] = {"reason": "no better than chance on the validation films"}
            continue
        points[name] = {
            "youden": {
                "threshold": float(thresholds[best]),
                "sensitivity": round(float(true_rate[best]), 4),
                "specificity": round(float(1 - false_rate[best]), 4),
                "n_positive": positives,
            }
        }
    return points
