"""Which films to count: the filters of the data set page, kept in the address."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.findings import NAMES, NO_FINDING, TITLES
from core.nih.census import Filter
from ui.shared import cache

SETS = {"nih": "All NIH films", "starter": "Starter films"}
MATCHES = {"any": "any of", "all": "all of", "exactly": "exactly"}
SPLITS = {"both": "both lists", "train_val": "training list", "test": "test list"}
VIEWS = {"both": "both views", "PA": "PA", "AP": "AP"}
SEXES = {"both": "both sexes", "F": "women", "M": "men"}
AGES, FOLLOW_UPS, PATIENTS = (0, 95), (0, 183), (1, 30_805)
"""What the NIH table holds, both ends in."""

UNFILTERED: dict[str, Any] = {
    "set": "nih",
    "findings": [],
    "match": "any",
    "list": "both",
    "view": "both",
    "sex": "both",
    "ages": AGES,
    "followup": FOLLOW_UPS,
    "patient": None,
}
"""Every widget of the bar by its key, which is its name in the address, and what it starts with."""


@dataclass(frozen=True)
class Chosen:
    """What the bar says: one of `SETS`, and the filter on it."""

    which: str
    filter: Filter

    @property
    def is_starter(self) -> bool:
        """Whether the films that ship are counted instead of all."""
        return self.which == "starter"

    def table(self) -> pd.DataFrame:
        """All films of the set; shared by all sessions, so never to be changed."""
        return cache.starter_index() if self.is_starter else _nih_table()

    def films(self) -> pd.DataFrame:
        """Those that fit; shared by all sessions, so never to be changed."""
        return _films(self)


@st.cache_resource(show_spinner=False)
def _nih_table() -> pd.DataFrame:
    return cache.nih_table()  # as a resource: a copy for every rerun would cost more than counting


@st.cache_resource(show_spinner=False, max_entries=16)
def _films(chosen: Chosen) -> pd.DataFrame:
    return chosen.filter.apply(chosen.table())


def choose() -> Chosen:
    """The filter bar; what it says is kept in the address."""
    with st.container(border=True):
        row = st.columns([9, 11, 8])
        which = _segments(row[0], "Films", SETS, "set")
        carried = row[1].multiselect(
            "Findings",
            [*NAMES, NO_FINDING],
            format_func=lambda name: TITLES.get(name, name),
            key="findings",
            bind="query-params",
            placeholder="any or none",
        )
        match = _segments(row[2], "Films carry", MATCHES, "match")
        row = st.columns([4, 4, 4, 5, 5, 4])
        split = _select(row[0], "Official list", SPLITS, "list")
        view = _select(row[1], "View", VIEWS, "view")
        sex = _select(row[2], "Sex", SEXES, "sex")
        ages = _range(row[3], "Age, years", AGES, "ages")
        follow_ups = _range(row[4], "Follow-up number", FOLLOW_UPS, "followup")
        patient = row[5].number_input(
            "Patient",
            *PATIENTS,
            value=None,
            step=1,
            key="patient",
            bind="query-params",
            placeholder="number",
            help=f"NIH's patient number, {PATIENTS[0]} to {PATIENTS[1]:,}: one person's films.",
        )
    return Chosen(which, Filter(split, view, sex, ages, tuple(carried), match, follow_ups, patient))


def take_back() -> None:
    """Set every filter to where it started."""
    for key, value in UNFILTERED.items():
        st.session_state[key] = value


def _segments(place: DeltaGenerator, label: str, options: dict[str, str], key: str) -> str:
    chosen: str = place.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=UNFILTERED[key],
        required=True,
        key=key,
        bind="query-params",
    )
    return chosen


def _select(place: DeltaGenerator, label: str, options: dict[str, str], key: str) -> str | None:
    chosen = place.selectbox(
        label, list(options), format_func=options.__getitem__, key=key, bind="query-params"
    )
    return None if chosen == "both" else chosen


def _range(
    place: DeltaGenerator, label: str, ends: tuple[int, int], key: str
) -> tuple[int, int] | None:
    """Both ends in order, since an address may give them the wrong way round; None for all."""
    low, high = sorted(place.slider(label, *ends, ends, key=key, bind="query-params"))
    return None if (low, high) == ends else (low, high)
