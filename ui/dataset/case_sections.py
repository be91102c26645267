"""Sections of the data set page whose charts are clicked to see films, and how charts are drawn."""

from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.findings import NAMES, NO_FINDING, title_of
from core.nih import census
from ui.dataset import charts, text
from ui.shared import gallery
from ui.shared.downloads import save_table

EVERY = "every finding"
UNITS = {"images": "Films", "patients": "Patients"}
PAIRS = {"lift": "times chance", "films": "films", "share": "share of the row"}


def draw(figure: go.Figure, key: str, alt: str, clicked: str | None = None) -> None:
    """A chart across its column; a click on a bar puts its customdata into the widget `clicked`."""
    chart = partial(
        st.plotly_chart,
        figure,
        width="stretch",
        key=f"chart-{key}",
        alt=alt,
        config={"displayModeBar": False},
    )
    if clicked is None:
        chart()
    else:
        chart(on_select=partial(_choose, f"chart-{key}", clicked), selection_mode="points")


def _choose(chart: str, widget: str) -> None:
    points = st.session_state[chart]["selection"]["points"]
    if points and "customdata" in points[0]:  # a second click on a bar takes the choice back
        st.session_state[widget] = points[0]["customdata"]


@st.fragment
def cases(films: pd.DataFrame) -> None:
    """Case counts beside the films of the finding that was clicked; the cost of single labels."""
    counts = census.case_counts(films)
    left, right = st.columns([6, 5], gap="large")
    with right:
        finding = st.selectbox(
            "Show films with",
            [EVERY, *NAMES, NO_FINDING],
            format_func=title_of,
            key="show",
            bind="query-params",
            help="Or click a bar of the chart.",
        )
        one = None if finding == EVERY else finding
        gallery.show(films if one is None else films[films[one]], one, "cases")
    with left:
        st.subheader(text.most_frequent(counts), anchor=False)
        unit = st.segmented_control(
            "Count",
            list(UNITS),
            format_func=UNITS.__getitem__,
            default="images",
            required=True,
            key="unit",
        )
        draw(charts.case_counts(counts, unit, one), "cases", "Cases per finding", "show")
        st.caption("Click a bar to see its films. A film with several findings counts under each.")
        save_table("case_counts.csv", lambda: counts, "Case counts (CSV)", index=True)
    left, right = st.columns([6, 5], gap="large")
    with left:
        st.subheader(text.single_label_cost(films), anchor=False)
        st.markdown(text.SINGLE_LABEL_REASON)
        draw(charts.single_label_cost(counts), "cost", "Share of films lost per finding")
    with right:
        st.subheader(text.labels_per_film(films), anchor=False)
        figure = charts.labels_per_film(census.labels_per_film(films))
        draw(figure, "labels", "Labels per film")


@st.fragment
def combinations(films: pd.DataFrame) -> None:
    """Exact label combinations with their films, then pairs of findings."""
    counts = census.combinations(films)
    st.subheader(text.combinations(counts, census.n_combinations(films)), anchor=False)
    if counts.empty:
        return
    left, right = st.columns([6, 5], gap="large")
    with right:
        row = st.selectbox(
            "Show films with exactly",
            range(len(counts)),
            format_func=lambda row: text.joined(counts["findings"][row]),
            key="combination",
            help="Or click a bar of the chart.",
        )
        exactly = census.Filter(findings=counts["findings"][row], match="exactly")
        gallery.show(exactly.apply(films), None, "combinations", 6)
    with left:
        figure = charts.combinations(counts, row)
        draw(figure, "upset", "Label combinations", "combination")
        st.caption(
            f"The {len(counts)} most frequent of two findings or more. Click a bar for its films."
        )
    pairs(films)


def pairs(films: pd.DataFrame) -> None:
    """Which two findings share films, against chance or in numbers."""
    both = census.together(films)
    lift = census.lift(both, len(films))
    st.subheader(text.pairs(both, lift), anchor=False)
    kind = st.segmented_control(
        "Show",
        list(PAIRS),
        format_func=PAIRS.__getitem__,
        default="lift",
        required=True,
        key="pairs",
    )
    st.caption(text.PAIRS[kind])
    cells = {"lift": lift, "films": census.apart(both), "share": census.share_of_row(both)}[kind]
    draw(charts.together(cells, both, kind), "together", "Findings on one film")
