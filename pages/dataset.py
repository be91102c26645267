"""The data set: case counts, who is in it, what its labels are worth, films to look at."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core import census
from core.census import Filter
from core.findings import NAMES, NO_FINDING, TITLES
from ui import cache, data_charts, data_text, film_filter, gallery
from ui.frame import frame, one_sentence

UNITS = {"images": "Films", "patients": "Patients"}
SHOWN = 12


def main() -> None:
    """Draw the page."""
    frame("dataset")
    with one_sentence():
        table, chosen, is_starter = film_filter.choose()
    films = chosen.apply(table)
    st.caption(data_text.about_the_set(is_starter))
    if films.empty:
        st.info("No film fits all of these filters: take one of them back.")
        return
    numbers(films)
    findings(films)
    people(films)
    shortcuts(films)
    pictures(chosen)


def numbers(films: pd.DataFrame) -> None:
    """Four counts of the filtered films."""
    silent = int(films[NO_FINDING].sum())
    with st.container(horizontal=True):
        st.metric("Films", f"{len(films):,}", border=True)
        st.metric("Patients", f"{films['patient'].nunique():,}", border=True)
        st.metric("Films with a finding", f"{len(films) - silent:,}", border=True)
        st.metric(
            NO_FINDING,
            f"{silent:,}",
            border=True,
            help="None of the 14 was found in the report's text. It does not mean a normal film.",
        )


def findings(films: pd.DataFrame) -> None:
    """Case counts, how findings come together, and the two official lists."""
    counts = census.case_counts(films)
    st.subheader(data_text.most_frequent(counts), anchor=False)
    unit = st.segmented_control(
        "Count", list(UNITS), format_func=UNITS.get, default="images", required=True, key="unit"
    )
    draw(data_charts.case_counts(counts, unit), "cases", "Cases per finding")
    st.caption(data_text.what_single_labels_cost(films))
    st.download_button(
        "Download the counts (CSV)",
        counts.to_csv().encode(),
        "case_counts.csv",
        "text/csv",
        icon=":material/download:",
    )
    lists(films)


def lists(films: pd.DataFrame) -> None:
    """Labels per film, and the two official lists side by side."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{data_text.labels_per_film(films)}**")
        figure = data_charts.labels_per_film(census.labels_per_film(films))
        draw(figure, "labels", "Labels per film")
    with right:
        st.markdown(f"**{data_text.lists_differ(films)}**")
        figure = data_charts.prevalence_by_split(census.prevalence_by_split(films))
        draw(figure, "lists", "Prevalence by official list")


def people(films: pd.DataFrame) -> None:
    """Which findings come together, and in whom."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Which findings come together**")
        st.caption("Of the films with the row's finding, how many also carry the column's.")
        draw(data_charts.together(census.together(films)), "together", "Findings on one film")
    with right:
        st.markdown(f"**{data_text.who(films)}**")
        draw(data_charts.ages_by_sex(census.ages_by_sex(films)), "ages", "Films by age and sex")
        st.markdown("**What the labels are worth**")
        st.markdown(data_text.label_noise(*cache.panel_on_no_finding()))


def shortcuts(films: pd.DataFrame) -> None:
    """View by finding: what a network could learn instead of the disease."""
    st.subheader(data_text.shortcut(films), anchor=False)
    st.markdown(data_text.WHY_SHORTCUTS_MATTER)
    overall = (films["view"] == "AP").mean()
    draw(data_charts.ap_share(census.ap_share(films), overall), "views", "AP share by finding")


@st.fragment
def pictures(chosen: Filter) -> None:
    """Films that fit the filters, a finding at a time."""
    st.subheader("Films to look at", anchor=False)
    row = st.columns([3, 2, 5], vertical_alignment="bottom")
    finding = row[0].selectbox(
        "Finding", [*NAMES, NO_FINDING], format_func=lambda name: TITLES.get(name, name)
    )
    turn = st.session_state.setdefault("gallery_turn", 0)
    if row[1].button("Show others", icon=":material/refresh:", width="stretch"):
        turn = st.session_state["gallery_turn"] = turn + 1
    films = chosen.apply(cache.starter_index())
    films = films[films[finding]]
    if films.empty:
        st.info("The starter set has no such film that fits the filters.")
        return
    st.caption(data_text.pictures(films, finding))
    gallery.show(gallery.pick(films, finding, SHOWN, turn), finding)


def draw(figure: go.Figure, key: str, alt: str) -> None:
    """A chart across its column."""
    st.plotly_chart(
        figure, width="stretch", key=f"chart-{key}", alt=alt, config={"displayModeBar": False}
    )


main()
