"""Findings of a reading, farthest above their operating point first."""

import numpy as np
import pandas as pd
from scipy.special import logit

from core.checkpoints.card import Card
from core.findings import NAMES, TITLES


def ranked(probabilities: np.ndarray, card: Card) -> pd.DataFrame:
    """A row a finding, first those farthest above their operating point, in log-odds.

    Columns: finding, title, probability, threshold, margin (log-odds above the threshold), above,
    sensitivity, specificity, reason. Findings without an operating point come last, by probability.
    """
    rows = []
    for name, probability in zip(NAMES, map(float, probabilities), strict=True):
        point = card.operating_point(name)
        threshold = point.threshold if point else np.nan
        rows.append(
            {
                "finding": name,
                "title": TITLES[name],
                "probability": probability,
                "threshold": threshold,
                "margin": logit(probability) - logit(threshold),
                "above": probability >= threshold,
                "sensitivity": point.sensitivity if point else np.nan,
                "specificity": point.specificity if point else np.nan,
                "reason": card.operating_points[name].reason,
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values(["margin", "probability"], ascending=False, ignore_index=True)
