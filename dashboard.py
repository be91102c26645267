"""HeAilth: the home page and entry point. Start it with `streamlit run dashboard.py`."""

from pathlib import Path

import streamlit as st

from core import checkpoints
from core.dataset import SAMPLES
from core.findings import NO_FINDING
from core.summary import bracket, decimal
from ui import cache, results, viewer
from ui.frame import PAGES, frame, one_sentence

SHOWN = "00013125_000.png"
DOORS = {
    "dataset": "How often is each finding, in whom, and on which films? Filter, count, look.",
    "compare": "How did the two networks learn, and is one of them really better?",
    "predict": "Take a sample or your own film, and see what both networks say, and where.",
}


def main() -> None:
    """Draw the page."""
    frame("home", "HeAilth")
    film, text = st.columns([2, 3], gap="large", vertical_alignment="center")
    with film:
        show_film()
    with text:
        st.markdown(
            "#### Fourteen findings, 112,120 chest films, two networks\n"
            "NIH ChestX-ray14 is a public collection of frontal chest films from one hospital. "
            "Here you can browse its cases, see how a plain CNN and a MobileNet learned from it, "
            "and let both read a film: a score for each finding, and a heat map that shows where "
            "the evidence lies."
        )
        with one_sentence():
            figures()
    for column, (key, words) in zip(st.columns(3), DOORS.items(), strict=True):
        with column.container(border=True, height="stretch"):
            entry = PAGES[key]
            st.page_link(entry.file, label=f"**{entry.title}**", icon=entry.icon)
            st.markdown(words)


def show_film() -> None:
    """A sample film with the radiologist's box, which is how heat maps are judged."""
    path = SAMPLES / SHOWN
    if not path.is_file():
        st.info("The sample films are missing: get them back with `git checkout -- samples`.")
        return
    st.image(
        framed_film(path, cache.changed(path)),
        width="stretch",
        alt="Chest film with a radiologist's box around an enlarged heart",
    )
    st.caption(
        f"A film of the official test list ({Path(SHOWN).stem}). Box: Cardiomegaly, as NIH's "
        "radiologist drew it."
    )


@st.cache_data(show_spinner=False)
def framed_film(path: Path, stamp: float) -> bytes:
    """JPEG of a full-size film with its boxes."""
    from core import films

    grey = viewer.window(viewer.shown(films.read_path(path).pixels, 720), 0, 1)
    return viewer.jpeg(viewer.draw_boxes(grey, cache.boxes_of(path.name)))


def figures() -> None:
    """Four figures that are read from the files."""
    table, starter = cache.nih_table(), cache.starter_index()
    counted = {
        "Films in the NIH table": f"{len(table):,}",
        "Patients": f"{table['patient'].nunique():,}",
        "Films with a finding": f"{1 - table[NO_FINDING].mean():.0%}",
        "Films that ship with this project": f"{len(starter):,}",
    }
    places = [*st.columns(2), *st.columns(2)]
    for place, (label, value) in zip(places, counted.items(), strict=True):
        place.metric(label, value, border=True)
    cards, problems = results.usable(results.load_tested)
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    if cards:
        best = cards[results.by_auroc(cards)[0]]
        macro = best.test["macro_auroc_13"]
        st.markdown(
            f"**{results.called(best)} reaches a mean test AUROC of {decimal(macro['value'])} "
            f"{bracket(macro['interval'])}** over 13 findings, trained on "
            f"{best.data['train']['n_films']:,} films. {results.tested_on(cards)}"
        )
    elif not checkpoints.names():
        st.info("No network is trained yet: run `python -m core train mobilenet_v2`.")


main()
