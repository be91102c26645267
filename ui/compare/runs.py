"""Histories to draw, of finished runs and of those in progress, and what they say in words."""

import time
from dataclasses import dataclass

import pandas as pd

from core.checkpoints import store
from core.checkpoints.card import Card, FilmCounts
from core.wording import decimal
from ui.shared import cache
from ui.shared.networks import network_title, said_once

TAUGHT = (
    " Training loss and accuracy are measured against labels softened by a teacher, so do not "
    "compare them with those of validation."
)
GOING = "training now"
PATIENCE = 1800
"""Seconds without a new epoch after which a run counts as stopped, or three epochs if longer."""


@dataclass(frozen=True)
class Run:
    """One history to draw: a checkpoint's, or (without a card) that of a run in progress."""

    network: str
    title: str
    history: pd.DataFrame
    card: Card | None = None


def load_run(name: str) -> Run:
    """A checkpoint's history; raises what `load_card` and `load_history` raise."""
    card = cache.card(name)
    return Run(card.network, network_title(card), store.load_history(name), card)


def live_runs() -> list[Run]:
    """Runs that have finished an epoch and left no checkpoint yet: in progress, or stopped."""
    try:
        found = store.running()
    except (ValueError, OSError):  # read while it was being written: the next look will do
        return []
    return [
        Run(name, f"{name}, {_state(name, runs)}", runs)
        for name, runs in found.items()
        if len(runs)
    ]


def _state(name: str, history: pd.DataFrame) -> str:
    """Whether a run without a checkpoint goes on: an epoch has ended not too long ago."""
    silent = time.time() - (store.RUNS / name / "history.csv").stat().st_mtime
    going = silent < max(PATIENCE, 3 * history["seconds"].max())
    return GOING if going else f"stopped after epoch {history['epoch'].iloc[-1]}"


def accuracy_says(runs: list[Run]) -> str:
    """What accuracy is worth here, with the figure that predicting nothing reaches."""
    floor = max(run.history["val_all_negative_accuracy"].iloc[-1] for run in runs)
    return f"Accuracy is uninformative here: predicting nothing reaches {decimal(floor)}."


def best_epochs(runs: list[Run]) -> str:
    """Where each run's mean validation AUROC was highest."""
    parts = []
    for run in runs:
        values = run.history["val_auroc"]
        if values.notna().any():
            best = int(values.argmax())
            epoch = run.history["epoch"].iloc[best]
            parts.append(f"{run.title} in epoch {epoch} ({decimal(values.iloc[best])})")
    return f"Highest mean validation AUROC: {' and '.join(parts)}." if parts else ""


def learned_on(runs: list[Run]) -> str:
    """Training and validation films of the curves, once where all networks had the same."""
    return said_once("Films", [run.card for run in runs if run.card], _learned)


def _learned(card: Card) -> str:
    train, validation = _films(card.data.train), _films(card.data.validation)
    taught = TAUGHT if card.recipe.teacher else ""
    return (
        f"training on {train}; validation on {validation}; {card.data.split}. Validation "
        f"AUROC: {card.training.val_auroc_is}.{taught}"
    )


def _films(part: FilmCounts) -> str:
    positive = sum(part.n_positive.values())
    return f"{part.n_films:,} films of {part.n_patients:,} patients ({positive:,} positive labels)"
