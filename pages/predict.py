"""Read a film: choose or upload one, all networks read it and show where their evidence lies."""

import streamlit as st

from core.films.film import plain_name
from core.maps import colours
from ui.reading import cautions, charts, map_section, neighbours, prevalence, session, text
from ui.reading.downloads import downloads
from ui.reading.film_choice import Choice, choose
from ui.reading.session import Examined, Opinion
from ui.shared import drawing
from ui.shared.frame import frame, one_sentence
from ui.shared.networks import usable
from ui.shared.style import network_colour


def main() -> None:
    """Draw the page."""
    frame("predict")
    choice = choose()
    if choice is None:
        return
    about = st.empty()
    about.text(plain_name(choice.name))
    with one_sentence():
        examined = cautions.as_corrected(session.examine(choice.data, choice.name))
    about.text(text.facts(examined.film))
    cautions.notes(examined)
    if not examined.verdict.accepted:
        st.warning(f"Not read: {examined.verdict.reason}", icon=":material/block:")
        st.image(drawing.jpeg(colours.window(examined.shown, 0, 1)), width=320, alt="Your picture")
        return
    with st.spinner("The networks read the film ..."):
        opinions, problems = usable(lambda name: session.read(name, examined))
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    if opinions:
        report(examined, list(opinions.values()), choice)


def report(examined: Examined, opinions: list[Opinion], choice: Choice) -> None:
    """The reading of an accepted film, from the sentence to the download."""
    st.subheader(text.first_places(opinions), anchor=False)
    if agreement := text.agreement(opinions):
        st.markdown(agreement)
    sample = choice.name if choice.labels and not examined.corrections else ""
    map_section.view(examined, opinions, sample)
    st.subheader("Findings, farthest above their operating point first", anchor=False)
    st.caption(text.what_the_numbers_are(opinions))
    st.caption(text.how_to_read(opinions, choice.labels))
    span = charts.span([opinion.findings for opinion in opinions])
    for column, opinion in zip(st.columns(len(opinions)), opinions, strict=True):
        with column:
            card = opinion.card
            st.markdown(
                f"**{opinion.title}** in {opinion.reading.milliseconds:.0f} ms, `{card.id}`"
            )
            figure = charts.reading_chart(
                opinion.findings, network_colour(card.network), choice.labels or [], span
            )
            st.plotly_chart(figure, width="stretch", key=card.name, alt="Findings by probability")
    prevalence.show(opinions, examined.key)
    neighbours.show(opinions)
    downloads(examined, opinions, choice)


main()
