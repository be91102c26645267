"""What more films bring: validation AUROC of runs on a share of the patients.

`python -m core learning-curve NAME...` reads the checkpoints of those runs and writes
docs/learning_curve.json, so that the runs' weights need not be kept.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from core.checkpoints import store
from core.checkpoints.card import Card
from core.evaluation.auroc import VOTING_POSITIVES, auroc_draws
from core.evaluation.scores import labels_of
from core.files import read_json, write_json
from core.findings import HEADLINE, NAMES
from core.paths import ROOT
from core.statistics.bootstrap import figure, patient_draws
from core.wording import decimal, with_interval

RESULT = ROOT / "docs" / "learning_curve.json"
OFFICIAL_FILMS = 86_524
"""Films of the official train_val list (Wang et al. 2017), of which a share is held out."""


def load() -> dict[str, Any]:
    """What `write` wrote; {} where no curve was measured yet, ValueError where it is damaged."""
    return read_json(RESULT, "python -m core learning-curve")


def write(names: Sequence[str]) -> dict[str, Any]:
    """Measure the curve of these checkpoints and keep it in docs/learning_curve.json.

    Raises ValueError where they are no curve: fewer than two sizes, several networks, or other
    validation films.
    """
    content = measure(names)
    RESULT.parent.mkdir(exist_ok=True)
    write_json(RESULT, content)
    return content


def measure(names: Sequence[str]) -> dict[str, Any]:
    """Points (films, AUROC), the gain with every doubling, and its straight line at full size.

    All runs are drawn with the same validation patients, so the intervals of the gain are paired;
    they hold the chance of the validation films, not that of the training seed. The line is least
    squares over the logarithm of the number of films.
    """
    cards = sorted(map(store.load_card, names), key=lambda card: _films(card))
    _refuse(cards)
    tables = [store.load_validation_scores(card.name) for card in cards]
    if any(list(t["image_index"]) != list(tables[0]["image_index"]) for t in tables):
        raise ValueError("These runs were validated on different films: train them on one folder.")
    weights = patient_draws(tables[0]["patient"].to_numpy())
    positives = labels_of(tables[0]).sum(0)
    voting = [k for k in map(NAMES.index, HEADLINE) if positives[k] >= VOTING_POSITIVES]
    draws = np.stack([auroc_draws(t, weights)[:, voting].mean(1) for t in tables], 1)
    doublings = np.log2([_films(card) for card in cards])
    slope, start = np.polyfit(doublings, draws.T, 1)
    full = round(OFFICIAL_FILMS * (1 - cards[0].recipe.validation_share))
    return {
        "network": cards[0].network,
        "title": cards[0].title,
        "input_px": cards[0].input_px,
        "validation": {"n_films": len(tables[0]), "n_patients": tables[0]["patient"].nunique()},
        "findings": [NAMES[k] for k in voting],
        "points": [
            {
                "run": card.id,
                "share": card.recipe.patients,
                "films": _films(card),
                "patients": card.data.train.n_patients,
                "epochs": card.training.epochs,
                **asdict(figure(draws[:, i])),
            }
            for i, card in enumerate(cards)
        ],
        "per_doubling": asdict(figure(slope)),
        "full": {"films": full, **asdict(figure(start + slope * np.log2(full)))},
    }


def _films(card: Card) -> int:
    count: int = card.data.train.n_films
    return count


def _refuse(cards: list[Card]) -> None:
    networks = sorted({card.network for card in cards})
    if len(networks) != 1:
        raise ValueError(f"A learning curve is of one network; these are {', '.join(networks)}.")
    if len({_films(card) for card in cards}) < 2:
        raise ValueError(
            "A learning curve needs runs on different numbers of films: train some with "
            "`--patients`, such as --patients .25."
        )
    if any(card.recipe.teacher for card in cards):
        raise ValueError(
            "A teacher has seen all patients, so its pupils show nothing about fewer: train the "
            "runs of a learning curve with `--teacher none`."
        )


def in_words(curve: dict[str, Any]) -> str:
    """What the curve says in sentences, with n, intervals and the assumption."""
    points, gain, full = curve["points"], curve["per_doubling"], curve["full"]
    doublings = np.log2(full["films"] / points[-1]["films"])
    gained = full["value"] - points[-1]["value"]
    there = with_interval(full["value"], full["interval"])
    brought = with_interval(gain["value"], gain["interval"])
    return (
        f"From {points[0]['films']:,} to {points[-1]['films']:,} training films, each doubling "
        f"raised the validation AUROC of {curve['title']} at {curve['input_px']} px by {brought} "
        f"({curve['validation']['n_films']:,} films of {curve['validation']['n_patients']} "
        f"patients, {len(curve['findings'])} findings; no teacher, one run per size). "
        f"The full data set has {full['films']:,} training films, {doublings:.1f} more doublings. "
        f"Extrapolated linearly, they would add {decimal(gained)} and reach {there}. This is a "
        "linear extrapolation, not a forecast: such curves flatten, and larger films would help "
        "too."
    )
