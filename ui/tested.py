"""Test films as a network scored them: what the detailed sections of the compare page need."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.checkpoints import store
from core.checkpoints.card import Card
from core.evaluation import comparison, metadata_floor
from core.evaluation.scores import labels_of, logits_of
from core.findings import NAMES
from core.statistics import calibration
from ui import cache
from ui.results import called, usable


@dataclass(frozen=True)
class Tested:
    """A network on its test films; labels (bool) and calibrated probabilities are N x 14."""

    card: Card
    films: pd.DataFrame
    labels: np.ndarray
    chances: np.ndarray

    def of(self, finding: str) -> tuple[np.ndarray, np.ndarray]:
        """Labels and probabilities of one finding, N each."""
        column = NAMES.index(finding)
        return self.labels[:, column], self.chances[:, column]


def tested(name: str) -> Tested:
    """A network's test films; raises what `load_card` and `load_scores` raise."""
    card, scores = cache.card(name), cache.scores(name)
    chances = calibration.probabilities(card.calibration, logits_of(scores))
    films = scores[["image_index", "patient", "source", "view"]]
    return Tested(card, films, labels_of(scores), chances)


def all_tested(cards: dict[str, Card]) -> dict[str, Tested]:
    """Every network whose test films can be read; ValueError where none can.

    What is missing of some is said at the top of the page.
    """
    found, problems = usable(tested, cards)
    if not found:
        raise ValueError(" ".join(problems))
    return found


def draws(name: str) -> np.ndarray:
    """`cache.draws` of a network's test films."""
    return cache.draws(cache.scores(name)["patient"].to_numpy())


def differences(first: str, second: str) -> pd.DataFrame:
    """`comparison.by_finding` of two networks' test scores, computed once per file."""
    files = [store.CHECKPOINTS / name / "scores.csv" for name in (first, second)]
    return _differences(first, second, *map(cache.changed, files))


@st.cache_data(show_spinner="Comparing the networks finding by finding ...")
def _differences(first: str, second: str, first_stamp: float, second_stamp: float) -> pd.DataFrame:
    return comparison.by_finding(cache.scores(first), cache.scores(second))


def floor_chances(name: str, finding: str) -> np.ndarray:
    """The metadata floor's score (log-odds, N) of one finding for the films of `tested`."""
    stamp = cache.changed(store.CHECKPOINTS / name / "scores.csv")
    return _floor(name, stamp)[f"logit_{finding}"].to_numpy()


@st.cache_data(show_spinner=False)
def _floor(name: str, stamp: float) -> pd.DataFrame:
    return metadata_floor.on(cache.scores(name))


def choose(
    column: st.delta_generator.DeltaGenerator, label: str, networks: dict[str, Tested], key: str
) -> str:
    """Which of the networks, the first by default."""
    return column.segmented_control(
        label,
        list(networks),
        format_func=lambda name: called(networks[name].card),
        default=next(iter(networks)),
        required=True,
        key=key,
    )
