"""Scores tables: a row a film, its labels and its logits."""

import numpy as np
import pandas as pd

from core.findings import NAMES


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
