"""From a recipe to a checkpoint folder, without losing what was there before."""

import hashlib
import math
import shutil
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import evaluation, experiments, floor, groups, shortcuts, training
from core.checkpoints import store
from core.checkpoints.card import INPUT, Card
from core.files import atomic
from core.findings import NAMES
from core.networks import registry, scoring
from core.networks.film_network import FilmNetwork
from core.nih.film_set import FilmSet, open_films
from core.nih.patient_split import split_by_patient
from core.statistics import calibration
from core.training import Fitted, Recipe

DECIMALS = 6
"""Of logits in scores.csv; the card's figures are computed from what the file says."""

PACKAGES = ("torch", "torchvision", "numpy", "opencv-python-headless", "scikit-learn")


def train(
    recipe: Recipe,
    films: FilmSet,
    name: str,
    resume: bool = False,
    restart: bool = False,
    note: str = "",
) -> Card:
    """Train in runs/<name>, then put the best epoch into checkpoints/<name>.

    note: why, for the log of experiments. A checkpoint that was there moves to
    runs/<name>/replaced-<time>. Raises ValueError when an unfinished run is there and neither
    `resume` nor `restart` was asked for.
    """
    run = store.RUNS / name
    if (run / "state.pt").exists() and not (resume or restart):
        raise ValueError(
            f"runs/{name} holds an unfinished run: go on with it by --resume, or drop it by "
            "--restart."
        )
    if restart:
        (run / "state.pt").unlink(missing_ok=True)
    fitted = training.fit(recipe, films, run, resume)
    logits = _validation_logits(recipe, fitted)
    card = _card(recipe, films, fitted, logits, name)
    table = evaluation.scores_table(fitted.validation.table, logits)
    target = store.CHECKPOINTS / name
    if target.exists():
        shutil.move(target, run / f"replaced-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    card = store.save(target, card, fitted.weights, fitted.history, table)
    experiments.remember(run, card, note)
    (run / "state.pt").unlink()
    return card


def _validation_logits(recipe: Recipe, fitted: Fitted) -> np.ndarray:
    network = registry.build(recipe.network, recipe.arguments)
    network.load_state_dict(fitted.weights)
    return scoring.score(network, fitted.validation.pixels, recipe.size)


def _card(recipe: Recipe, films: FilmSet, fitted: Fitted, logits: np.ndarray, name: str) -> Card:
    parameters = sum(v.numel() for k, v in fitted.weights.items() if "running_" not in k)
    auroc = fitted.history["val_auroc"][fitted.history["epoch"] == fitted.best_epoch].item()
    return Card(
        name=name,
        network=recipe.network,
        title=registry.architecture(recipe.network).title,
        arguments=recipe.arguments,
        findings=list(NAMES),
        input_px=recipe.size,
        input=INPUT,
        recipe=asdict(recipe),
        data={
            "origin": films.origin,
            "split": "official train_val list; validation by patient, sources C, D and E only",
            "fingerprint": fingerprint(fitted.train, fitted.validation),
            "train": _count(fitted.train),
            "validation": _count(fitted.validation),
        },
        training={
            "best_epoch": fitted.best_epoch,
            "epochs": len(fitted.history),
            "minutes": round(float(fitted.history["seconds"].sum()) / 60, 1),
            "val_auroc": None if math.isnan(auroc) else round(auroc, 4),
            "val_auroc_is": "mean over the headline findings with at least "
            f"{evaluation.VOTING_POSITIVES} validation positives",
        },
        cost={
            "parameters": int(parameters),
            "megabytes": round(sum(v.nbytes for v in fitted.weights.values()) / 1e6, 2),
        },
        **_from_validation(fitted.validation.labels > 0.5, logits),
        weights_sha256="",
        versions={package: version(package) for package in PACKAGES},
        date=f"{datetime.now(UTC):%Y-%m-%d}",
    )


def _count(films: FilmSet) -> dict[str, object]:
    positives = {name: int(films.table[name].sum()) for name in NAMES}
    return {
        "n_films": len(films),
        "n_patients": int(films.table["patient"].nunique()),
        "sources": {str(k): int(v) for k, v in films.table["source"].value_counts().items()},
        "n_positive": positives,
    }


def fingerprint(train_films: FilmSet, validation: FilmSet) -> str:
    """First 16 hex digits of the SHA-256 over the film names of both parts, in sorted order."""
    parts = ("\n".join(sorted(part.table["image_index"])) for part in (train_films, validation))
    return hashlib.sha256("\n\n".join(parts).encode()).hexdigest()[:16]


def _from_validation(labels: np.ndarray, logits: np.ndarray) -> dict[str, Any]:
    """Calibration and operating points of a card."""
    fitted = calibration.calibrate(labels, logits)
    chances = calibration.probabilities(fitted, logits)
    return {
        "calibration": fitted,
        "operating_points": calibration.operating_points(labels, chances),
    }


def evaluate(name: str, data: Path | None, split: str) -> Card:
    """Score the films, write the table beside the checkpoint and, for test, the card's figures.

    train_val films are written to train_val_scores.csv and leave the card as it is. Calibration
    and operating points are taken anew from validation_scores.csv, never from these films.
    """
    network, card = store.load_network(name)
    films = open_films(data, split)
    logits = scoring.score(network, films.pixels, card.input_px)
    table = evaluation.scores_table(films.table, logits).round(DECIMALS)
    folder = store.folder(name)
    if split != "test":
        _write(table, folder / f"{split}_scores.csv")
        return card
    validation = store.load_validation_scores(name)
    fitted = _from_validation(evaluation.labels_of(validation), evaluation.logits_of(validation))
    card = replace(card, **fitted)
    test = {
        "split": "official test list",
        "origin": films.origin,
        **evaluation.summarise(table, card.calibration, card.operating_points),
        **groups.by_patient_groups(table),
        "floor": floor.beside(table),
        "panel": groups.against_panel(table, card.calibration),
    }
    cost = {**card.cost, **scoring.speed(network, card.input_px)}
    card = replace(card, test=test, cost=cost, shortcuts=_shortcuts(network, card, data))
    _write(table, folder / "scores.csv")
    store.write_card(folder, card)
    return card


def _shortcuts(network: FilmNetwork, card: Card, data: Path | None) -> dict[str, Any]:
    """What the source gives away, on train_val films; Pneumonia on patients held out of training.

    {} where the folder holds no train_val films.
    """
    try:
        films = open_films(data, "train_val")
    except FileNotFoundError:
        return {}
    train, validation = split_by_patient(films, card.recipe["validation_share"], 0)
    unseen = films.select(~train & ~validation)
    return {
        "films": "No Finding films of the official train_val list",
        "source_told": shortcuts.source_told(network, card.input_px, films),
        "pneumonia_within_source": shortcuts.pneumonia_within(network, card.input_px, unseen),
    }


def _write(table: pd.DataFrame, path: Path) -> None:
    with atomic(path) as part:
        table.to_csv(part, index=False, float_format=f"%.{DECIMALS}f")
