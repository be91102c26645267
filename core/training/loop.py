"""One training loop for all networks: fit, follow, resume.

A run lives in a folder of its own: `history.csv` (a line an epoch, appended at once) and
`state.pt` (everything that the next epoch needs, replaced whole after each epoch). All randomness
of an epoch comes from (seed, epoch): a run that was killed and resumed ends as an unbroken one.
"""

import math
import time
from dataclasses import dataclass
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
from core.findings import HEADLINE, NAMES
from core.networks import registry
from core.networks.film_network import FilmNetwork
from core.networks.scoring import score
from core.networks.weights import start_from
from core.nih.film_set import FilmSet
from core.nih.patient_split import some_patients, split_by_patient
from core.training import history, state
from core.training.batches import epoch_batches, seed_epoch
from core.training.optimisation import parameter_groups, warm_average, warmup_cosine
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
    train_rows, validation_rows = split_by_patient(films, recipe.validation_share, 0)
    train, validation = films.select(train_rows), films.select(validation_rows)
    train = some_patients(train, recipe.patients)
    _refuse_empty(train, validation)
    loop = Loop(recipe, train, validation)
    run.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, float]] = []
    if resume:
        known, rows = state.load(run, recipe)
        loop.load_state_dict(known)
    history.write(rows, run)
    while not loop.finished():
        began = time.perf_counter()
        row = {"epoch": loop.epoch + 1, **loop.run_epoch()}
        row["seconds"] = round(time.perf_counter() - began, 1)
        rows.append(row)
        loop.keep_best(row)
        state.save(run, recipe, loop.state_dict(), rows)
        history.write(rows, run)
        print(history.line(row, recipe.epochs), flush=True)
    return Fitted(loop.best, loop.best_epoch, pd.DataFrame(rows), train, validation)


class Loop:
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
        self.schedule = warmup_cosine(
            self.optimiser, round(recipe.warmup_epochs * self.steps), recipe.epochs * self.steps
        )
        self.epoch, self.best_epoch, self.best_merit = 0, 0, -math.inf
        self.best: dict[str, Tensor] = {}

    def run_epoch(self) -> dict[str, float]:
        """One pass over the training films and a look at the validation films."""
        generator = seed_epoch(self.recipe.seed, self.epoch)
        self.network.train()
        losses, right, seen = 0.0, 0.0, 0
        batches = epoch_batches(self.train.pixels, self.targets, self.recipe, generator)
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
            **self.validate(),
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

    def validate(self) -> dict[str, float]:
        """Loss, accuracies and AUROC of the averaged weights on the validation films."""
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


def validation_auroc(labels: np.ndarray, logits: np.ndarray) -> float:
    """Mean AUROC of the headline findings that have at least 10 positives; NaN if none has."""
    values = [
        roc_auc_score(labels[:, k], logits[:, k])
        for k in map(NAMES.index, HEADLINE)
        if labels[:, k].sum() >= VOTING_POSITIVES
    ]
    return float(np.mean(values)) if values else float("nan")
