"""`evaluate NAME`: films are scored, and the figures go into the card."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from core.checkpoints import store
from core.checkpoints.card import Card
from core.checkpoints.figures import Shortcuts
from core.evaluation import groups, metadata_floor, shortcuts, summary
from core.evaluation.scores import labels_of, logits_of, scores_table
from core.files import atomic
from core.networks import scoring
from core.networks.film_network import FilmNetwork
from core.nih.film_set import open_films
from core.nih.patient_split import split_by_patient
from core.statistics.calibration import from_validation

DECIMALS = 6
"""Of logits in scores.csv; the card's figures are computed from what the file says."""


def evaluate(name: str, data: Path | None, split: str) -> Card:
    """Score the films, write the table beside the checkpoint and, for test, the card's figures.

    train_val films are written to train_val_scores.csv and leave the card as it is. Calibration
    and operating points are taken anew from validation_scores.csv, never from these films.
    """
    network, card = store.load_network(name)
    films = open_films(data, split)
    logits = scoring.score(network, films.pixels, card.input_px)
    table = scores_table(films.table, logits).round(DECIMALS)
    folder = store.folder(name)
    if split != "test":
        _write(table, folder / f"{split}_scores.csv")
        return card
    validation = store.load_validation_scores(name)
    fitted, points = from_validation(labels_of(validation), logits_of(validation))
    card = replace(card, calibration=fitted, operating_points=points)
    by_patient = groups.by_patient_groups(table)
    test = replace(
        summary.summarise(table, fitted, points, "official test list", films.origin),
        views=by_patient.views,
        sexes=by_patient.sexes,
        ages=by_patient.ages,
        floor=metadata_floor.beside(table),
        panel=groups.against_panel(table, fitted),
    )
    milliseconds, where = scoring.speed(network, card.input_px)
    cost = replace(card.cost, milliseconds=milliseconds, milliseconds_on=where)
    card = replace(card, test=test, cost=cost, shortcuts=_shortcuts(network, card, data))
    _write(table, folder / "scores.csv")
    store.write_card(folder, card)
    return card


def _shortcuts(network: FilmNetwork, card: Card, data: Path | None) -> Shortcuts | None:
    """What the source gives away, on train_val films; Pneumonia on patients held out of training.

    None where the folder holds no train_val films.
    """
    try:
        films = open_films(data, "train_val")
    except FileNotFoundError:
        return None
    train, validation = split_by_patient(films, card.recipe.validation_share, 0)
    unseen = films.select(~train & ~validation)
    return Shortcuts(
        films="No Finding films of the official train_val list",
        source_told=shortcuts.source_told(network, card.input_px, films),
        pneumonia_within_source=shortcuts.pneumonia_within(network, card.input_px, unseen),
    )


def _write(table: pd.DataFrame, path: Path) -> None:
    with atomic(path) as part:
        table.to_csv(part, index=False, float_format=f"%.{DECIMALS}f")
