"""One training loop for all networks: fit, follow, resume.

A run lives in a folder of its own: `history.csv` (a line an epoch, appended at once) and
`state.pt` (everything that the next epoch needs, replaced whole after each epoch). All randomness
of an epoch comes from (seed, epoch): a run that was killed and resumed ends as an unbroken one.
"""

import math
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from core.checkpoints.recipe import Recipe
from core.evaluation.auroc import VOTING_POSITIVES
from core.files import atomic
from core.findings import HEADLINE, NAMES
from core.networks import registry
from core.networks.augmentation import augment
from core.networks.film_network import FilmNetwork
from core.networks.scoring import score
from core.networks.weights import start_from
from core.nih.film_set import FilmSet
from core.nih.patient_split import some_patients, split_by_patient
from core.training.optimisation import (
    keep_freed_memory,
    parameter_groups,
    warm_average,
    warmup_cosine,
)
from core.training.soft_labels import Targets, targets


@dataclass(frozen=True)
class Fitted:
    """What a finished run leaves: the weights of the best epoch and how it was reached."""

    weights: dict[str, Tensor]
    best_epoch: int
    history: pd.DataFrame
    train: FilmSet
    validation: FilmSet


def fit(recipe: Recipe, films: FilmSet, run: Path, resume: bool = False) -> Fitted:
    """Train by the recipe on the films of the official train_val list; returns the best epoch.

    run: folder of history.csv and state.pt; with `resume` it goes on after the last whole epoch.
    Raises ValueError where the films leave nothing to train or to validate on, FileNotFoundError
    where there is nothing to resume.
    """
    keep_freed_memory()
    train_rows, validation_rows = split_by_patient(films, recipe.validation_share, 0)
    train, validation = films.select(train_rows), films.select(validation_rows)
    train = some_patients(train, recipe.patients)
    _refuse_empty(train, validation)
    loop = _Loop(recipe, train, validation)
    rows = _start(loop, run, resume)
    while not loop.finished():
        began = time.perf_counter()
        row = {"epoch": loop.epoch + 1, **loop.run_epoch()}
        row["seconds"] = round(time.perf_counter() - began, 1)
        rows.append(row)
        loop.keep_best(row)
        _save_state(loop, rows, run)
        write_history(rows, run)
        print(_line(row, recipe.epochs), flush=True)
    return Fitted(loop.best, loop.best_epoch, pd.DataFrame(rows), train, validation)


class _Loop:
    """Model, optimiser, schedule and averaged weights of one run."""

    def __init__(self, recipe: Recipe, train: FilmSet, validation: FilmSet) -> None:
        self.recipe, self.train, self.validation = recipe, train, validation
        self.targets = targets(train, recipe.teacher, recipe.teacher_share, recipe.source_offset)
        torch.manual_seed(recipe.seed)
        self.network = registry.build(recipe.network, recipe.arguments, recipe.dropout)
        start_from(self.network, recipe.network, recipe.init)
        _start_at_prevalence(self.network, train.labels)
        self.network.to(memory_format=torch.channels_last)
        self.average = AveragedModel(
            self.network, multi_avg_fn=warm_average(recipe.ema), use_buffers=True
        )
        self.optimiser = torch.optim.AdamW(
            parameter_groups(self.network, recipe.learning_rate, recipe.weight_decay)
        )
        self.steps = math.ceil(len(train) / recipe.batch)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser,
            warmup_cosine(recipe.warmup_epochs * self.steps, recipe.epochs * self.steps),
        )
        self.epoch, self.best_epoch, self.best_merit = 0, 0, -math.inf
        self.best: dict[str, Tensor] = {}

    def run_epoch(self) -> dict[str, float]:
        """One pass over the training films and a look at the validation films."""
        generator = _seed_epoch(self.recipe.seed, self.epoch)
        self.network.train()
        losses, right, seen = 0.0, 0.0, 0
        batches = _batches(self.train.pixels, self.targets, self.recipe, generator)
        label = f"epoch {self.epoch + 1}/{self.recipe.epochs}"
        for films, target in tqdm(batches, label, self.steps, leave=False, mininterval=2):
            loss, logits = self._step(films, target)
            losses += loss * len(films)
            right += ((logits > 0) == (target.labels > 0.5)).float().mean().item() * len(films)
            seen += len(films)
        self.epoch += 1
        return {
            "train_loss": losses / seen,
            "train_accuracy": right / seen,
            **self._validate(),
            "learning_rate": float(self.schedule.get_last_lr()[-1]),
        }

    def _step(self, films: Tensor, target: Targets) -> tuple[float, Tensor]:
        """One update; returns the loss and the logits that it compared with the labels."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
            logits = self.network(films.contiguous(memory_format=torch.channels_last))
        logits = logits.float() + target.offsets
        loss = F.binary_cross_entropy_with_logits(logits, target.labels)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.schedule.step()
        self.average.update_parameters(self.network)
        return loss.item(), logits.detach()

    def _validate(self) -> dict[str, float]:
        logits = score(self.average.module, self.validation.pixels, self.recipe.size)
        labels = self.validation.labels
        loss = F.binary_cross_entropy_with_logits(torch.tensor(logits), torch.tensor(labels))
        return {
            "val_loss": loss.item(),
            "val_accuracy": float(((logits > 0) == (labels > 0.5)).mean()),
            "val_all_negative_accuracy": float((labels < 0.5).mean()),
            "val_auroc": validation_auroc(labels, logits),
        }

    def keep_best(self, row: dict[str, float]) -> None:
        """Remember the averaged weights when this epoch is the best so far.

        By validation AUROC; by validation loss where the films are too few for any AUROC.
        """
        merit = -row["val_loss"] if math.isnan(row["val_auroc"]) else row["val_auroc"]
        if merit > self.best_merit:
            self.best_merit, self.best_epoch = merit, self.epoch
            self.best = {k: v.clone() for k, v in self.average.module.state_dict().items()}

    def finished(self) -> bool:
        """After all epochs, or as many without a better one as the recipe has patience for."""
        since_best = self.epoch - self.best_epoch if self.best else 0
        return self.epoch >= self.recipe.epochs or since_best >= self.recipe.patience

    def state_dict(self) -> dict[str, Any]:
        """Everything that the next epoch needs, as tensors and plain types."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "epoch": self.epoch,
            "best": self.best,
            "best_epoch": self.best_epoch,
            "best_merit": self.best_merit,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` returned."""
        for part in ("network", "average", "optimiser", "schedule"):
            getattr(self, part).load_state_dict(state[part])
        self.epoch, self.best = state["epoch"], state["best"]
        self.best_epoch, self.best_merit = state["best_epoch"], state["best_merit"]


def _refuse_empty(train: FilmSet, validation: FilmSet) -> None:
    if not len(train) or not len(validation):
        raise ValueError(
            f"{train.origin} gives {len(train)} films to train and {len(validation)} to validate "
            "on: training needs both, from the official train_val list and of several patients."
        )


def _start_at_prevalence(network: FilmNetwork, labels: np.ndarray) -> None:
    """Zero head whose bias predicts each finding's prevalence: the loss starts where it should."""
    prevalence = torch.tensor(labels.mean(0)).clamp(1e-4, 1 - 1e-4)
    nn.init.normal_(network.head.weight, std=0.01)
    network.head.bias.data.copy_(torch.logit(prevalence))


def _seed_epoch(seed: int, epoch: int) -> torch.Generator:
    mixed = int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0])
    random.seed(mixed)
    torch.manual_seed(mixed)
    return torch.Generator().manual_seed(mixed)


def _batches(
    pixels: np.ndarray, known: Targets, recipe: Recipe, generator: torch.Generator
) -> Iterator[tuple[Tensor, Targets]]:
    order = torch.randperm(len(pixels), generator=generator)
    for batch in order.split(recipe.batch):
        rows = batch.sort().values
        base = torch.from_numpy(pixels[rows.numpy()])
        films = augment(base, recipe.size, recipe.augmentation, generator)
        target = Targets(known.labels[rows], known.offsets[rows])
        yield _mix(films, target, recipe.mixup, generator) if recipe.mixup else (films, target)


def _mix(
    films: Tensor, target: Targets, alpha: float, generator: torch.Generator
) -> tuple[Tensor, Targets]:
    """Mixup (Zhang et al. 2018): blend each film and its target with another of the batch."""
    seed = int(torch.randint(2**31, (1,), generator=generator))
    share = float(np.random.default_rng(seed).beta(alpha, alpha))
    other = torch.randperm(len(films), generator=generator)

    def blend(values: Tensor) -> Tensor:
        return values.lerp(values[other], 1 - share)

    return blend(films), Targets(blend(target.labels), blend(target.offsets))


def validation_auroc(labels: np.ndarray, logits: np.ndarray) -> float:
    """Mean AUROC of the headline findings that have at least 10 positives; NaN if none has."""
    values = [
        roc_auc_score(labels[:, k], logits[:, k])
        for k in map(NAMES.index, HEADLINE)
        if labels[:, k].sum() >= VOTING_POSITIVES
    ]
    return float(np.mean(values)) if values else float("nan")


def _start(loop: _Loop, run: Path, resume: bool) -> list[dict[str, float]]:
    run.mkdir(parents=True, exist_ok=True)
    if not resume:
        write_history([], run)
        return []
    path = run / "state.pt"
    if not path.exists():
        raise FileNotFoundError(f"There is no {path} to resume: start the run without --resume.")
    state = torch.load(path, weights_only=True)
    if state["recipe"] != asdict(loop.recipe):
        differing = [k for k, v in asdict(loop.recipe).items() if state["recipe"].get(k) != v]
        raise ValueError(
            f"The run in {run} was started with another {', '.join(differing)}: resume it with the "
            "same options, or start anew with --restart."
        )
    loop.load_state_dict(state)
    rows: list[dict[str, float]] = state["history"]
    write_history(rows, run)
    return rows


def _save_state(loop: _Loop, rows: list[dict[str, float]], run: Path) -> None:
    state = {**loop.state_dict(), "recipe": asdict(loop.recipe), "history": rows}
    with atomic(run / "state.pt") as path:
        torch.save(state, path)


HISTORY = (
    "epoch",
    "train_loss",
    "val_loss",
    "train_accuracy",
    "val_accuracy",
    "val_all_negative_accuracy",
    "val_auroc",
    "learning_rate",
    "seconds",
)


def write_history(rows: list[dict[str, float]], run: Path) -> None:
    """history.csv: replaced whole, so that a page that follows the run never reads half a line."""
    with atomic(run / "history.csv") as path:
        pd.DataFrame(rows, columns=list(HISTORY)).to_csv(path, index=False, float_format="%.6g")


def _line(row: dict[str, float], epochs: int) -> str:
    return (
        f"epoch {row['epoch']:>3}/{epochs}  loss {row['train_loss']:.4f} / {row['val_loss']:.4f}  "
        f"accuracy {row['val_accuracy']:.4f} (all negative {row['val_all_negative_accuracy']:.4f})"
        f"  AUROC {row['val_auroc']:.4f}  {row['seconds']:.0f} s"
    )
