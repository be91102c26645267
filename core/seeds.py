"""How much the seed of training moves the test figure: runs of one recipe from the log."""

import pandas as pd

from core.checkpoints import Card
from core.summary import decimal

SAME = (
    "network",
    "size",
    "output_stride",
    "learning_rate",
    "mixup",
    "teacher",
    "source_offset",
    "films",
)
"""Columns of the log in which runs of one recipe agree."""


def alike(card: Card, log: pd.DataFrame) -> pd.DataFrame:
    """Runs of the card's recipe that were scored on the test films, a row a seed; its own included.

    log: as `core.experiments.load`.
    """
    own = log[log["run"] == card.id]
    if own.empty:
        return own
    settings = log[list(SAME)].astype(object).fillna("")
    same = (settings == settings.loc[own.index[0]]).all(axis=1)
    return log[same & log["test_auroc"].notna()].drop_duplicates("seed", keep="last")


def in_words(card: Card, log: pd.DataFrame) -> str:
    """Each seed's test figure, their mean and standard deviation; "" for a single seed."""
    figures = alike(card, log).sort_values("seed")["test_auroc"]
    if len(figures) < 2:
        return ""
    return (
        f"{card.title}, {len(figures)} seeds of one recipe: mean of 13 "
        f"{', '.join(map(decimal, figures))} (mean {decimal(figures.mean())}, standard deviation "
        f"{decimal(figures.std())})."
    )
