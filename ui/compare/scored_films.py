"""Test films as a network scored them: what the detailed sections of the compare page need."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.checkpoints.card import Card
from core.evaluation import comparison, metadata_floor
from core.evaluation.scores import labels_of, logits_of
from core.findings import NAMES
from core.statistics import calibration
from ui.shared import cache
from ui.shared.file_cache import until_changed
from ui.shared.networks import network_title, usable


@dataclass(frozen=True)
class ScoredFilms:
    """A network on its test films; labels (bool) and calibrated probabilities are N x 14."""

    card: Card
    films: pd.DataFrame
    labels: np.ndarray
    chances: np.ndarray

    def of(self, finding: str) -> tuple[np.ndarray, np.ndarray]:
        """Labels and probabilities of one finding, N each."""
        column = NAMES.index(finding)
        return self.labels[:, column], self.chances[:, column]


def load(name: str) -> ScoredFilms:
    """A network's test films; raises what `load_card` and `load_scores` raise."""
    card, scores = cache.card(name), cache.scores(name)
    chances = calibration.probabilities(card.calibration, logits_of(scores))
    films = scores[["image_index", "patient", "source", "view"]]
    return ScoredFilms(card, films, labels_of(scores), chances)


def load_all(cards: dict[str, Card]) -> dict[str, ScoredFilms]:
    """Every network whose test films can be read; ValueError where none can.

    What is missing of some is said at the top of the page.
    """
    found, problems = usable(load, cards)
    if not found:
        raise ValueError(" ".join(problems))
    return found


def draws(name: str) -> np.ndarray:
    """`cache.draws` of a network's test films."""
    return cache.draws(cache.scores(name)["patient"].to_numpy())


@until_changed(
    "scores.csv", networks=2, show_spinner="Comparing the networks finding by finding ..."
)
def differences(first: str, second: str) -> pd.DataFrame:
    """`comparison.by_finding` of two networks' test scores, computed once per file."""
    return comparison.by_finding(cache.scores(first), cache.scores(second))


def floor_chances(name: str, finding: str) -> np.ndarray:
    """The metadata floor's score (log-odds, N) of one finding for the films of `load`."""
    return _floor(name)[f"logit_{finding}"].to_numpy()


@until_changed("scores.csv")
def _floor(name: str) -> pd.DataFrame:
    return metadata_floor.on(cache.scores(name))


def choose(
    column: st.delta_generator.DeltaGenerator,
    label: str,
    networks: dict[str, ScoredFilms],
    key: str,
) -> str:
    """Which of the networks, the first by default."""
    return column.segmented_control(
        label,
        list(networks),
        format_func=lambda name: network_title(networks[name].card),
        default=next(iter(networks)),
        required=True,
        key=key,
    )
