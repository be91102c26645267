"""Which films to count: the filters of the data set page, kept in the address."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.census import Filter
from core.findings import NAMES, TITLES
from ui import cache

SETS = {"nih": "All NIH films", "starter": "Starter films"}
SPLITS = {"both": "both lists", "train_val": "training list", "test": "test list"}
VIEWS = {"both": "both views", "PA": "PA", "AP": "AP"}
SEXES = {"both": "women and men", "F": "women", "M": "men"}


def choose() -> tuple[pd.DataFrame, Filter, bool]:
    """The filters, kept in the address, and the table that they apply to."""
    with st.container(border=True):
        row = st.columns([3, 2, 3, 2])
        which = row[0].segmented_control(
            "Films",
            list(SETS),
            format_func=SETS.get,
            default="nih",
            required=True,
            key="set",
            bind="query-params",
        )
        split = _select(row[1], "Official list", SPLITS, "list")
        view = _select(row[2], "View", VIEWS, "view")
        sex = _select(row[3], "Sex", SEXES, "sex")
        row = st.columns([3, 7])
        ages = row[0].slider("Age, years", 0, 95, (0, 95), key="ages", bind="query-params")
        carried = row[1].multiselect(
            "Only films that carry all of",
            list(NAMES),
            format_func=TITLES.get,
            key="findings",
            bind="query-params",
            placeholder="any finding",
        )
    is_starter = which == "starter"
    table = cache.starter_index() if is_starter else cache.nih_table()
    return table, Filter(split, view, sex, tuple(sorted(ages)), tuple(carried)), is_starter


def _select(place: DeltaGenerator, label: str, options: dict[str, str], key: str):
    chosen = place.selectbox(
        label, list(options), format_func=options.get, key=key, bind="query-params"
    )
    return None if chosen == "both" else chosen
