"""The film of the chosen row, with all networks' maps side by side."""

import streamlit as st

from core.findings import NAMES, TITLES
from core.maps import colours
from core.paths import SAMPLES
from ui.batch.reading import Entry, Upload
from ui.batch.table import STATUS, grey
from ui.reading import text
from ui.shared import drawing
from ui.shared.frame import PAGES

FIRST = "Each network's first finding"


def show(entry: Entry, finding: str, is_sample: bool) -> None:
    """What the networks say of one film, or why it was not read."""
    said = entry.answer
    st.text(said.file)
    if said.status != "ok":
        st.warning(f"{STATUS[said.status].capitalize()}: {said.reason}", icon=":material/block:")
        if entry.picture:
            st.image(entry.picture, width=240, alt="Your picture")
        return
    opinions = list(entry.opinions)
    words = (text.first_places(opinions), text.agreement(opinions))
    st.markdown(" ".join(words))
    for sentence in said.warnings:
        st.warning(sentence, icon=":material/warning:")
    shows = st.segmented_control(
        "Heat maps of", [FIRST, TITLES[finding]], default=FIRST, required=True
    )
    columns = st.columns(1 + len(opinions))
    columns[0].markdown("**The film**")
    columns[0].image(entry.picture, width="stretch", alt="The film")
    for column, opinion in zip(columns[1:], opinions, strict=True):
        mapped = str(opinion.findings["finding"].iloc[0]) if shows == FIRST else finding
        cells = colours.strength(opinion.reading.maps, NAMES.index(mapped))
        column.markdown(f"**{opinion.title}**")
        column.image(
            drawing.jpeg(colours.overlay(grey(entry), cells, 0.6)),
            width="stretch",
            alt=f"{opinion.title}: evidence for {TITLES[mapped]} over the film",
        )
        column.caption(text.map_says(opinion, mapped, cells, entry.place(cells)))
    st.caption(text.map_is(opinions, exact=True))
    if is_sample:
        st.page_link(
            PAGES["predict"].file,
            label="Read this film alone, at full size",
            icon=PAGES["predict"].icon,
            query_params={"sample": said.file},
        )


def from_samples(entry: Entry, uploads: list[Upload]) -> bool:
    """Whether an entry is one of our sample films."""
    chosen = any(upload.key == "samples" for upload in uploads)
    return chosen and (SAMPLES / entry.answer.file).is_file()
