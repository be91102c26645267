"""Read a film: choose or upload one, all networks read it and show where their evidence lies."""

import streamlit as st

from core.films import plain_name
from core.findings import TITLES
from ui import cache, mend, neighbours, reading, reading_charts, results, viewer
from ui import reading_text as text
from ui.film_choice import Choice, choose
from ui.frame import frame, one_sentence
from ui.reading import Examined, Opinion
from ui.reading_downloads import downloads
from ui.style import network_colour

VIEWS = ("Heat map", "Film only")


def main() -> None:
    """Draw the page."""
    frame("predict")
    choice = choose()
    if choice is None:
        return
    about = st.empty()
    about.text(plain_name(choice.name))
    with one_sentence():
        examined = mend.as_mended(reading.examine(choice.data, choice.name))
    about.text(text.facts(examined.film))
    mend.notes(examined)
    if not examined.verdict.accepted:
        st.warning(f"Not read: {examined.verdict.reason}", icon=":material/block:")
        st.image(viewer.jpeg(viewer.window(examined.shown, 0, 1)), width=320, alt="Your picture")
        return
    with st.spinner("The networks read the film ..."):
        opinions, problems = results.usable(lambda name: reading.read(name, examined))
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    if opinions:
        report(examined, list(opinions.values()), choice)


def report(examined: Examined, opinions: list[Opinion], choice: Choice) -> None:
    """The reading of an accepted film, from the sentence to the download."""
    st.subheader(text.first_places(opinions), anchor=False)
    if agreement := text.agreement(opinions):
        st.markdown(agreement)
    view(examined, opinions, choice.name if choice.labels and not examined.mends else "")
    st.subheader("Findings, farthest above their operating point first", anchor=False)
    st.caption(text.what_the_numbers_are(opinions))
    st.caption(text.how_to_read(opinions, choice.labels))
    span = reading_charts.span([opinion.findings for opinion in opinions])
    for column, opinion in zip(st.columns(len(opinions)), opinions, strict=True):
        with column:
            card = opinion.card
            st.markdown(
                f"**{opinion.title}** in {opinion.reading.milliseconds:.0f} ms, `{card.id}`"
            )
            figure = reading_charts.reading_chart(
                opinion.findings, network_colour(card.network), choice.labels or [], span
            )
            st.plotly_chart(figure, width="stretch", key=card.name, alt="Findings by probability")
    neighbours.show(opinions)
    downloads(examined, opinions, choice)


@st.fragment
def view(examined: Examined, opinions: list[Opinion], sample: str) -> None:
    """Film and heat maps; nothing here runs a network again."""
    table = text.together(opinions)
    columns = st.columns([4, 3, 3, 3], vertical_alignment="bottom")
    finding = columns[0].selectbox(
        "Finding",
        list(table.index),
        format_func=lambda name: text.called(table.loc[name], len(opinions)),
        key=f"finding-{examined.key}",
    )
    shows = columns[1].segmented_control("Show", VIEWS, default=VIEWS[0], required=True)
    opacity = columns[2].slider("Strength of the colours", 0, 100, 60, format="%d%%") / 100
    with columns[3].popover("Window and map", icon=":material/tune:", width="stretch"):
        low, high = st.slider("Window, from black to white", 0, 100, (0, 100), format="%d%%")
        grey = viewer.window(examined.shown, low / 100, high / 100)
        grey = viewer.invert(grey) if st.toggle("Invert the film") else grey
        smooth = not st.toggle("Show the network's own grid")
        method = st.selectbox("Map by", reading.methods())
    boxes = cache.boxes_of(sample, finding)
    if boxes and not st.toggle(f"Radiologist's box: {TITLES[finding]}", value=True):
        boxes = []
    if shows == VIEWS[1]:
        st.image(viewer.jpeg(viewer.draw_boxes(grey, boxes)), width=760, alt="The film")
        return
    for column, opinion in zip(st.columns(len(opinions)), opinions, strict=True):
        cells = reading.cells(opinion, examined, finding, method)
        picture = viewer.draw_boxes(viewer.overlay(grey, cells, opacity, smooth), boxes)
        title = opinion.title
        column.markdown(f"**{title}**")
        alt = f"{title}: evidence for {TITLES[finding]} over the film"
        column.image(viewer.jpeg(picture), width="stretch", alt=alt)
        column.caption(text.map_says(opinion, finding, cells))
    st.image(viewer.jpeg(viewer.colour_bar(opacity)), width="stretch", alt="Colour bar")
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.caption("no evidence", width="content")
        st.caption("strongest", width="content")
    st.caption(text.map_is(opinions, exact=method == reading.methods()[0]))


main()
