"""Related work: published results beside ours, what each work did, and what critics say."""

import pandas as pd
import streamlit as st

from core.checkpoints.card import Card
from core.literature import published
from core.literature.published import BOXED
from ui.related_work import charts, results, text, upload
from ui.shared import cache
from ui.shared.downloads import save_table
from ui.shared.frame import PAGES, frame, one_sentence
from ui.shared.networks import load_tested, tested_on, usable
from ui.shared.tables import RIGHT


def main() -> None:
    """Draw the page."""
    frame("related_work")
    cards, problems = usable(load_tested)
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    with one_sentence():
        works = results.works(cards)
    st.subheader(text.headline(works, cards), anchor=False)
    st.markdown(text.SPLIT_MATTERS)
    chosen = by_work(works, cards)
    by_finding(works, cards)
    if not chosen.empty:
        tables(chosen)
    upload.offer()
    with one_sentence():
        localisation()
    critics()


def by_work(works: pd.DataFrame, cards: dict[str, Card]) -> pd.DataFrame:
    """Filters and the chart of works; returns the works of the chosen splits."""
    left, right = st.columns([2, 3])
    measure = left.selectbox(
        "AUROC of", list(results.MEASURES), format_func=results.MEASURES.__getitem__
    )
    splits = right.pills(
        "Split",
        list(results.SPLITS),
        selection_mode="multi",
        default=list(results.SPLITS),
        format_func=results.SPLITS.__getitem__,
        help=text.SPLIT_HELP,
        wrap=True,
    )
    chosen = works[works["split"].isin(splits)]
    if chosen[measure].notna().any():
        figure = charts.by_work(chosen, cards, measure)
        alt = f"AUROC of each work: {results.MEASURES[measure]}"
        st.plotly_chart(figure, width="stretch", key="works", alt=alt)
    else:
        st.info("No work of these splits reports this: choose another split or finding.")
    if cards:
        st.markdown(text.not_a_race(cards, cache.nih_table()["split"].value_counts()))
        counts = text.positives(cards, measure)
        st.caption(f"Lines: 95 % intervals of ours. {tested_on(cards)}{counts}")
    return chosen


def by_finding(works: pd.DataFrame, cards: dict[str, Card]) -> None:
    """All findings at once, official split."""
    st.subheader(text.gaps(works, cards), anchor=False)
    figure = charts.by_finding(works, cards)
    alt = "AUROC by finding: works on the official split, and ours"
    st.plotly_chart(figure, width="stretch", key="by-finding", alt=alt)
    st.caption("Published: official split, all its test films. Ours: as above, 95 % intervals.")


def tables(chosen: pd.DataFrame) -> None:
    """What each work did, how it was made, and all figures."""
    st.subheader("What each work did, and how far its figures were checked", anchor=False)
    did, made, figures = st.tabs(["What it did", "How it was made", "All figures"])
    with did:
        show(results.did(chosen), chosen)
    with made:
        show(results.making(chosen), chosen, ("Input, px", "Training films", "Test films"))
        st.caption(
            "Films of the official lists as NIH gives them, those for validation counted as "
            "training. A dash: not known."
        )
    with figures:
        page = results.figures(chosen)
        show(page, chosen, tuple(page.columns[3:-1]))
        st.caption("AUROC; a dash: not reported.")
    save_table("published_auroc.csv", lambda: chosen)


def show(page: pd.DataFrame, works: pd.DataFrame, numbers: tuple[str, ...] = ()) -> None:
    """A table of works: figures to the right, our rows tinted, the first column in place."""
    settings = dict.fromkeys(numbers, RIGHT)
    settings["Work"] = st.column_config.TextColumn(pinned=True, width=180)
    settings["Split"] = st.column_config.TextColumn(help=text.SPLIT_HELP)
    settings["Checked"] = st.column_config.TextColumn(help=text.CHECKED_HELP)
    settings["Link"] = st.column_config.LinkColumn(display_text="open", width=60)
    marked = results.marked(page, works)
    st.dataframe(marked, hide_index=True, height=430, column_config=settings)


def localisation() -> None:
    """Published results on the radiologists' boxes."""
    measures = results.localisation_measures()
    title = st.container()
    wanted = st.selectbox("Measure", list(measures), help=text.MEASURES_HELP, width=320)
    rows = results.localisation(*measures[wanted])
    title.subheader(text.localisation_says(rows, BOXED), anchor=False)
    st.plotly_chart(
        charts.boxes_found(rows), width="stretch", key="boxes", alt="Boxes found by finding"
    )
    st.caption(text.LOCALISATION_NOTE)
    if "localisation" in PAGES:
        entry = PAGES["localisation"]
        st.page_link(entry.file, label="How our heat maps do", icon=entry.icon)
    save_table(
        "published_localisation.csv", published.load_localisation, "Download all measures (CSV)"
    )


def critics() -> None:
    """Known criticisms, with sources."""
    left, right = st.columns(2, gap="large")
    left.subheader("What critics say of the data set", anchor=False)
    counted = cache.panel_on_no_finding()
    left.markdown(text.critics_of_the_data(*counted, cache.nih_table()))
    right.subheader("What critics say of such systems", anchor=False)
    right.markdown(text.CRITICS_OF_SYSTEMS)
    st.caption("Read in sources that report these works, except where counted here.")


main()
