"""Cached loaders: tables as data, networks as resources."""

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
from ui.shared.file_cache import until_changed

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


@until_changed("card.json")
def card(name: str) -> Card:
    """A model card; raises what `store.load_card` raises."""
    return store.load_card(name)


@until_changed("scores.csv")
def scores(name: str) -> pd.DataFrame:
    """Test scores of a network; raises what `store.load_scores` raises."""
    return store.load_scores(name)


@until_changed("validation_scores.csv")
def validation_scores(name: str) -> pd.DataFrame:
    """As `scores`, of the validation films."""
    return store.load_validation_scores(name)


@st.cache_resource(show_spinner=False, max_entries=8)
def draws(patients: np.ndarray) -> np.ndarray:
    """`bootstrap.patient_draws`, one for all sessions: do not change."""
    return patient_draws(patients)


@until_changed(
    "card.json",
    "model.safetensors",
    cache=st.cache_resource,
    show_spinner="Loading the network ...",
    max_entries=8,
)
def predictor(name: str) -> "Predictor":
    """A network ready to read films, one for all sessions."""
    from core.reading.predictor import Predictor  # brings torch: only pages that read films do

    return Predictor(name)
