"""Cached loaders: tables as data, networks as resources. Files are keyed by when they changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core.checkpoints import store
from core.checkpoints.card import Card
from core.nih import census
from core.nih.film_set import load_starter_index, load_starter_pngs
from core.nih.table import load_adjudicated, load_boxes, load_table
from core.statistics.bootstrap import patient_draws

if TYPE_CHECKING:
    from core.reading.predictor import Predictor


@st.cache_data(show_spinner="Reading the NIH table ...")
def nih_table() -> pd.DataFrame:
    """All 112,120 films; see `core.nih.table.load_table`."""
    return load_table()


@st.cache_data(show_spinner=False)
def boxes() -> pd.DataFrame:
    """The 984 radiologists' boxes."""
    return load_boxes()


def boxes_of(film: str, finding: str | None = None) -> list[tuple[float, float, float, float]]:
    """Boxes (x, y, w, h in px of the 1,024-px film) of an NIH film, of one finding or of all."""
    table = boxes()
    rows = table[table["image_index"] == film]
    if finding is not None:
        rows = rows[rows["finding"] == finding]
    return list(rows[["x", "y", "w", "h"]].itertuples(index=False, name=None))


@st.cache_data(show_spinner=False)
def panel() -> pd.DataFrame:
    """Answers of the 2019 panel of radiologists; see `core.nih.table.load_adjudicated`."""
    return load_adjudicated()


@st.cache_data(show_spinner=False)
def panel_on_no_finding() -> tuple[int, int]:
    """See `core.nih.census.panel_on_no_finding`."""
    return census.panel_on_no_finding(nih_table(), panel())


@st.cache_data(show_spinner="Reading the starter set ...")
def starter_index() -> pd.DataFrame:
    """The starter films' rows, without pictures."""
    return load_starter_index()


@st.cache_data(show_spinner=False, max_entries=64)
def starter_pngs(image_indices: tuple[str, ...]) -> dict[str, bytes]:
    """PNG bytes of starter films by name."""
    return load_starter_pngs(image_indices)


def changed(path: Path) -> float:
    """When a file last changed; 0 for one that is missing. Part of every key below."""
    return path.stat().st_mtime if path.exists() else 0.0


def card(name: str) -> Card:
    """A model card; raises what `checkpoints.load_card` raises."""
    return _card(name, changed(store.CHECKPOINTS / name / "card.json"))


@st.cache_data(show_spinner=False)
def _card(name: str, stamp: float) -> Card:
    return store.load_card(name)


def scores(name: str) -> pd.DataFrame:
    """Test scores of a network; raises what `checkpoints.load_scores` raises."""
    return _scores(name, changed(store.CHECKPOINTS / name / "scores.csv"))


@st.cache_data(show_spinner=False)
def _scores(name: str, stamp: float) -> pd.DataFrame:
    return store.load_scores(name)


def validation_scores(name: str) -> pd.DataFrame:
    """As `scores`, of the validation films."""
    return _validation(name, changed(store.CHECKPOINTS / name / "validation_scores.csv"))


@st.cache_data(show_spinner=False)
def _validation(name: str, stamp: float) -> pd.DataFrame:
    return store.load_validation_scores(name)


@st.cache_resource(show_spinner=False, max_entries=8)
def draws(patients: np.ndarray) -> np.ndarray:
    """`bootstrap.patient_draws`, one for all sessions: do not change."""
    return patient_draws(patients)


def predictor(name: str) -> "Predictor":
    """A network ready to read films, one for all sessions."""
    folder = store.CHECKPOINTS / name
    stamp = max(changed(folder / "card.json"), changed(folder / "model.safetensors"))
    return _predictor(name, stamp)


@st.cache_resource(show_spinner="Loading the network ...", max_entries=8)
def _predictor(name: str, stamp: float) -> "Predictor":
    from core.reading.predictor import (
        Predictor,  # torch is loaded only by the page that reads films
    )

    return Predictor(name)
