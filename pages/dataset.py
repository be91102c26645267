"""The data set: case counts, who is in it, what its labels are worth, films to look at."""

import pandas as pd
import streamlit as st

from core.findings import NO_FINDING, title_of
from core.nih import census
from ui.dataset import case_sections, film_filter, input_steps, label_quality, lists, patients, text
from ui.dataset.case_sections import EVERY, draw
from ui.dataset.film_filter import Chosen
from ui.shared.downloads import save_table
from ui.shared.frame import frame, one_sentence


def main() -> None:
    """Draw the page: four counts, the filters, and the one section that is open."""
    frame("dataset")
    counts = st.container()
    with one_sentence():
        chosen = film_filter.choose()
        films = chosen.films()
    with counts:
        numbers(films)
    what_is_kept(chosen, films)
    if films.empty:
        st.info("No film fits all of these filters: take one of them back.")
        return
    if chosen.filter.patient is not None:
        st.subheader(text.patient(films), anchor=False)
        draw(patients.timeline(films), "timeline", "Findings by follow-up number")
    sections = {
        "Cases": case_sections.cases,
        "Combinations": case_sections.combinations,
        "Patients": people,
        "Lists and views": lists_and_views,
        "Label quality": label_quality.section,
        "What a network sees": lambda _: input_steps.section(),
    }
    tabs = st.tabs(list(sections), key="section", on_change="rerun", bind="query-params")
    for tab, section in zip(tabs, sections.values(), strict=True):
        if tab.open:
            with tab, one_sentence():
                section(films)


def numbers(films: pd.DataFrame) -> None:
    """Four counts of the filtered films."""
    silent = census.count(films, NO_FINDING)
    with st.container(horizontal=True, gap="small"):
        st.metric("Films", f"{len(films):,}", border=True)
        st.metric("Patients", f"{films['patient'].nunique():,}", border=True)
        st.metric("Films with a finding", f"{len(films) - silent:,}", border=True)
        st.metric(
            NO_FINDING,
            f"{silent:,}",
            border=True,
            help="None of the 14 was found in the report's text. It does not mean a normal film.",
        )


def what_is_kept(chosen: Chosen, films: pd.DataFrame) -> None:
    """The filters in words, and the films that fit as a list."""
    left, right = st.columns([11, 6], vertical_alignment="center")
    left.markdown(text.kept(chosen, len(films), len(chosen.table())))
    left.caption(text.about_the_set(chosen.is_starter))
    with right.container(horizontal=True, horizontal_alignment="right", gap="small"):
        st.button("Clear filters", icon=":material/filter_alt_off:", on_click=film_filter.take_back)
        save_table("films.csv", lambda: census.film_list(films), "Film list (CSV)")


@st.fragment
def people(films: pd.DataFrame) -> None:
    """Age, sex, films per patient and follow-up."""
    profile = census.profile(films)
    carried = [EVERY, *(name for name in profile.index if profile["films"][name])]
    finding = st.selectbox("Ages of films with", carried, format_func=title_of, width=320)
    one = None if finding == EVERY else finding
    some = films if one is None else films[films[one]]
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(text.who(some, films, one), anchor=False)
        every = None if one is None else census.ages_by_sex(films)
        figure = patients.age_pyramid(census.ages_by_sex(some), every)
        draw(figure, "ages", "Films by age and sex")
    with right:
        overall = census.share(films, "sex", "F")
        st.subheader(text.women(profile, overall), anchor=False)
        draw(patients.shares(profile, "women", overall), "women", "Share of women by finding")
    left, right = st.columns(2, gap="large")
    with left:
        each = census.per_patient(films)
        st.subheader(text.per_patient(each), anchor=False)
        draw(patients.per_patient(each), "each", "Films per patient")
        st.caption(text.PER_PATIENT_REASON)
    with right:
        later = census.by_follow_up(films)
        st.subheader(text.follow_up(later), anchor=False)
        draw(patients.by_follow_up(later), "later", "Films with a finding by follow-up number")


def lists_and_views(films: pd.DataFrame) -> None:
    """Prevalence in the two official lists; view by finding, the shortcut."""
    profile = census.profile(films)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(text.lists_differ(films), anchor=False)
        shares = census.prevalence_by_split(films)
        draw(lists.prevalence_by_split(shares), "lists", "Prevalence by official list")
        st.caption(text.WHY_LISTS_MATTER)
        save_table("prevalence_by_list.csv", lambda: shares, "Prevalence (CSV)", index=True)
    with right:
        st.subheader(text.shortcut(films), anchor=False)
        overall = census.share(films, "view", "AP")
        draw(patients.shares(profile, "ap", overall), "views", "AP share by finding")
        st.caption(text.WHY_SHORTCUTS_MATTER)


main()
