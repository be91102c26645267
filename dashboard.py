"""HeAilth: the home page and entry point. Start it with `streamlit run dashboard.py`."""

from pathlib import Path

import streamlit as st

from core.checkpoints import store
from core.checkpoints.card import Card
from core.findings import TITLES
from core.maps import colours
from core.paths import SAMPLES
from core.wording import bracket, decimal
from ui.home import map as home_map
from ui.home.map import FILM, FINDING, HomeMap
from ui.shared import cache, drawing
from ui.shared.file_cache import stamp
from ui.shared.frame import PAGES, frame, one_sentence
from ui.shared.networks import AUROC_IS, by_auroc, load_tested, network_title, tested_on, usable

DOORS = {
    "dataset": "**Browse.** How common is each finding, and in whom? Filter the cases and look at "
    "the films.",
    "compare": "**Compare.** How did a plain CNN and a MobileNetV2 learn, and is one really "
    "better?",
    "predict": "**Predict.** Take a sample or your own film: see what both networks say and where "
    "they see it.",
}


def main() -> None:
    """Draw the page."""
    frame("home", "HeAilth")
    with one_sentence():
        cards, problems = usable(load_tested)
        text, film = st.columns([2, 3], gap="large", vertical_alignment="center")
        with text:
            introduction()
        with film:
            show_film(cards)
        for problem in problems:
            st.warning(problem, icon=":material/warning:")
        figures(cards)
    doors()


def introduction() -> None:
    """What this is, in three sentences."""
    table = cache.nih_table()
    st.markdown(
        "#### What can a small network read from a chest film, and where does it look?\n"
        f"NIH ChestX-ray14: {len(table):,} frontal films of {table['patient'].nunique():,} "
        "patients, labelled with 14 findings. Two networks learned from it here: a plain CNN and a "
        "MobileNetV2. For every film they give a probability for each finding and a heat map of "
        "the evidence, which you can hold against radiologists' boxes and published work."
    )
    if st.button("Try it on a film", icon=":material/radiology:"):
        st.switch_page(PAGES["predict"].file)


def show_film(cards: dict[str, Card]) -> None:
    """A test film with the radiologist's box and a network's heat map beside it."""
    path = SAMPLES / FILM
    if not path.is_file():
        st.info("The sample films are missing: get them back with `git checkout -- samples`.")
        return
    found = home_map.load(cards)
    name = Path(FILM).stem
    caption = f"Film {name} of the official test list, never trained on. Box: {TITLES[FINDING]}, "
    caption += "as NIH's radiologist drew it."
    alt = f"Chest film with a radiologist's box: {TITLES[FINDING]}"
    if found:
        card = cards[found.name]
        alt += f"; beside it the heat map of {network_title(card)}"
        caption += f" Right: where {network_title(card)} finds its evidence. {score(card, found)}"
    elif cards:
        caption += f" Its heat map is of older weights: run `{home_map.COMMAND}`."
    st.image(picture(path, stamp(path), found), width="stretch", alt=alt)
    st.caption(caption)


def score(card: Card, found: HomeMap) -> str:
    """The probability behind the map, with the finding's operating point where it has one."""
    point = card.operating_point(FINDING)
    against = f", operating point {100 * point.threshold:.1f} %" if point else ""
    return f"Calibrated probability {100 * found.probability:.1f} %{against} (`{card.id}`)."


@st.cache_data(show_spinner=False)
def picture(path: Path, changed: tuple[int, int, int], found: HomeMap | None) -> bytes:
    """JPEG of a full-size film with its boxes and the map."""
    from core.films.read import read_path

    grey = colours.window(colours.shown(read_path(path).pixels, 640), 0, 1)
    return drawing.jpeg(home_map.pictures(grey, found, cache.boxes_of(path.name, FINDING)))


def figures(cards: dict[str, Card]) -> None:
    """Four figures that are read from the cards."""
    if not cards:
        if not store.names():
            st.info("No network is trained yet: run `python -m core train mobilenet_v2`.")
        return
    order = by_auroc(cards)
    best = cards[order[0]]
    shown: list[tuple[str, str, str, str | None]] = []
    for name in order[:2]:
        macro = cards[name].figures.macro_auroc_13
        title = f"{network_title(cards[name])}: mean test AUROC"
        under = f"95 % interval {bracket(macro.interval)}"
        shown.append((title, decimal(macro.value), under, AUROC_IS))
    test, train = best.figures, best.data.train
    shown += [
        ("Films tested on", f"{test.n_films:,}", f"{test.n_patients:,} other patients", None),
        ("Films trained on", f"{train.n_films:,}", f"{train.n_patients:,} patients", None),
    ]
    with st.container(horizontal=True):
        for title, value, under, tip in shown:
            st.metric(
                title, value, under, delta_color="off", delta_arrow="off", help=tip, border=True
            )
    st.caption(f"Means over 13 findings, without Pneumonia. {tested_on(cards)}")


def doors() -> None:
    """Three doors, and links to all other pages."""
    for column, (key, words) in zip(st.columns(len(DOORS)), DOORS.items(), strict=True):
        with column.container(border=True, height="stretch"):
            entry = PAGES[key]
            st.page_link(entry.file, label=f"**{entry.title}**", icon=entry.icon, width="stretch")
            st.markdown(words)
    st.markdown("**Also here**")
    for key in [key for key in PAGES if key not in ("home", *DOORS)]:
        entry = PAGES[key]
        link, lead = st.columns([1, 4], vertical_alignment="center")
        link.page_link(entry.file, label=entry.title, icon=entry.icon)
        lead.markdown(entry.lead)


main()
