"""From a recipe to a checkpoint folder, without losing what was there before."""

import hashlib
import math
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from core.checkpoints import store
from core.checkpoints.card import INPUT, Card, Cost, DataFacts, FilmCounts, TrainingFacts
from core.checkpoints.recipe import Recipe
from core.evaluation.auroc import VOTING_POSITIVES
from core.evaluation.scores import scores_table
from core.findings import NAMES
from core.networks import registry, scoring
from core.nih.film_set import FilmSet
from core.statistics.calibration import from_validation
from core.training import loop as training_loop
from core.training import run_log, state
from core.training.loop import Fitted

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
    `resume` nor `restart` was asked for. A run that is killed while the checkpoint is saved is
    still unfinished: with `resume`, it is saved again.
    """
    run = store.RUNS / name
    unfinished = state.path(run)
    if unfinished.exists() and not (resume or restart):
        raise ValueError(
            f"runs/{name} holds an unfinished run: go on with it by --resume, or drop it by "
            "--restart."
        )
    if restart:
        unfinished.unlink(missing_ok=True)
    fitted = training_loop.fit(recipe, films, run, resume)
    logits = _validation_logits(recipe, fitted)
    card = _card(recipe, films, fitted, logits, name)
    table = scores_table(fitted.validation.table, logits)
    replaced = run / f"replaced-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    target = store.CHECKPOINTS / name
    card = store.save(target, card, fitted.weights, fitted.history, table, replaced)
    run_log.remember(run, card, note)
    unfinished.unlink()
    return card


def _validation_logits(recipe: Recipe, fitted: Fitted) -> np.ndarray:
    network = registry.build(recipe.network, recipe.arguments)
    network.load_state_dict(fitted.weights)
    return scoring.score(network, fitted.validation.pixels, recipe.size)


def _card(recipe: Recipe, films: FilmSet, fitted: Fitted, logits: np.ndarray, name: str) -> Card:
    parameters = sum(v.numel() for k, v in fitted.weights.items() if "running_" not in k)
    auroc = fitted.history["val_auroc"][fitted.history["epoch"] == fitted.best_epoch].item()
    calibration, points = from_validation(fitted.validation.labels > 0.5, logits)
    return Card(
        name=name,
        network=recipe.network,
        title=registry.architecture(recipe.network).title,
        arguments=recipe.arguments,
        findings=list(NAMES),
        input_px=recipe.size,
        input=INPUT,
        recipe=recipe,
        data=DataFacts(
            origin=films.origin,
            split="official train_val list; validation by patient, sources C, D and E only",
            fingerprint=fingerprint(fitted.train, fitted.validation),
            train=_count(fitted.train),
            validation=_count(fitted.validation),
        ),
        training=TrainingFacts(
            best_epoch=fitted.best_epoch,
            epochs=len(fitted.history),
            minutes=round(float(fitted.history["seconds"].sum()) / 60, 1),
            val_auroc=None if math.isnan(auroc) else round(auroc, 4),
            val_auroc_is="mean over the headline findings with at least "
            f"{VOTING_POSITIVES} validation positives",
        ),
        cost=Cost(
            parameters=int(parameters),
            megabytes=round(sum(v.nbytes for v in fitted.weights.values()) / 1e6, 2),
        ),
        calibration=calibration,
        operating_points=points,
        weights_sha256="",
        versions={package: version(package) for package in PACKAGES},
        date=f"{datetime.now(UTC):%Y-%m-%d}",
    )


def _count(films: FilmSet) -> FilmCounts:
    sources = films.table["source"].value_counts()
    return FilmCounts(
        n_films=len(films),
        n_patients=int(films.table["patient"].nunique()),
        sources={str(source): int(count) for source, count in sources.items()},
        n_positive={name: int(films.table[name].sum()) for name in NAMES},
    )


def fingerprint(train_films: FilmSet, validation: FilmSet) -> str:
    """First 16 hex digits of the SHA-256 over the film names of both parts, in sorted order."""
    parts = ("\n".join(sorted(part.table["image_index"])) for part in (train_films, validation))
    return hashlib.sha256("\n\n".join(parts).encode()).hexdigest()[:16]
