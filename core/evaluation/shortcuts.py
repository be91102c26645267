"""Can a film's source be told from it? What can be told can be learnt in place of a disease.

Among No Finding films alone, a logistic regression tells source A (or B, or D and E) from C, once
from five plain numbers of the picture and once from the network's pooled features; folds are by
patient, AUROC .5 means that it cannot be told.
"""

import cv2
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.checkpoints.figures import SourceTold, WithinSource
from core.findings import NAMES, NO_FINDING
from core.networks import scoring
from core.networks.film_network import FilmNetwork
from core.nih.film_set import FilmSet
from core.statistics import measures
from core.statistics.bootstrap import figure, patient_draws

PAIRS = {"A": ("A",), "B": ("B",), "D, E": ("D", "E")}
AGAINST = "C"
MOST = 400
"""No Finding films of a source that are looked at: enough for AUROC to .03."""


def source_told(network: FilmNetwork, size: int, films: FilmSet) -> dict[str, SourceTold]:
    """By pair of sources: AUROC of telling the source; {} where there is one source."""
    table = films.table
    silent = table[table[NO_FINDING] & table["source"].isin(list("ABCDE"))]
    some = np.sort(
        np.concatenate(
            [
                np.random.default_rng(0).permutation(rows)[:MOST]
                for rows in silent.groupby("source", observed=True).groups.values()
            ]
            or [np.array([], int)]
        )
    )
    chosen = films.select(np.isin(np.arange(len(films)), some))
    source = chosen.table["source"].to_numpy(str)
    if len(set(source)) < 2:
        return {}
    seen = {
        "picture": plain_numbers(chosen.pixels),
        "features": scoring.features(network, chosen.pixels, size).astype(np.float64),
    }
    return {
        f"{pair} from {AGAINST}": _told(chosen, np.isin(source, sources), source == AGAINST, seen)
        for pair, sources in PAIRS.items()
        if np.isin(source, sources).sum() >= 20
    }


def _told(
    films: FilmSet, one: np.ndarray, other: np.ndarray, seen: dict[str, np.ndarray]
) -> SourceTold:
    rows = one | other
    patients = films.table["patient"].to_numpy()[rows]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=2000))
    told = {
        kind: cross_val_predict(
            model,
            values[rows],
            one[rows],
            groups=patients,
            cv=GroupKFold(5),
            method="decision_function",
        )
        for kind, values in seen.items()
    }
    aurocs = {kind: round(float(roc_auc_score(one[rows], t)), 3) for kind, t in told.items()}
    return SourceTold([int(one.sum()), int(other.sum())], **aurocs)


def plain_numbers(pixels: np.ndarray) -> np.ndarray:
    """N x 5: mean, spread and 90th percentile of the Laplacian's size, mean and spread of grey."""
    rows = []
    for film in pixels:
        edges = np.abs(cv2.Laplacian(film.astype(np.float32), cv2.CV_32F))
        rows.append([edges.mean(), edges.std(), np.percentile(edges, 90), film.mean(), film.std()])
    return np.array(rows, np.float64)


def pneumonia_within(
    network: FilmNetwork, size: int, films: FilmSet, source: str = "A"
) -> WithinSource:
    """Pneumonia's AUROC among films of one source: its looks cannot give the label away there."""
    part = films.select((films.table["source"] == source).to_numpy())
    labels = part.table["Pneumonia"].to_numpy(bool) if len(part) else np.array([], bool)
    counts = (source, len(part), int(labels.sum()))
    if min(labels.sum(), (~labels).sum()) < 2:
        return WithinSource(*counts, None, None)
    logits = scoring.score(network, part.pixels, size)[:, NAMES.index("Pneumonia")]
    weights = patient_draws(part.table["patient"].to_numpy())
    found = figure(measures.weighted_auroc(labels, logits, weights))
    return WithinSource(*counts, found.value, found.interval)
