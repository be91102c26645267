"""Do the heat maps point at the disease? Maps against the radiologists' boxes and floors."""

from contextlib import suppress
from functools import partial

import streamlit as st

from core.findings import NAMES
from core.maps.boxes import OUTCOMES, SHARE
from ui.localisation import charts, gallery, results, text
from ui.localisation.results import Checked
from ui.shared.downloads import save_table
from ui.shared.frame import frame
from ui.shared.networks import usable
from ui.shared.tables import show_table

SHOWN = 8
ANY = "any"


def main() -> None:
    """Draw the page."""
    frame("localisation")
    checked, problems = usable(results.load)
    for problem in problems:
        st.info(problem, icon=":material/terminal:")
    if not checked:
        return
    answer(checked)
    findings(checked)
    films(checked)
    sanity(list(checked.values()))


def answer(checked: dict[str, Checked]) -> None:
    """The answer in one line; behind it hits, floors and the difference between the networks."""
    st.subheader(text.headline(list(checked.values())), anchor=False)
    said = [text.sentence(network) for network in checked.values()]
    names = list(checked)
    if len(names) > 1:
        try:
            said.append(text.between(names[1], names[0], checked))
        except (ValueError, OSError) as error:
            st.warning(str(error), icon=":material/warning:")
    for about in dict.fromkeys(text.about(network) for network in checked.values()):
        st.caption(about)
    with st.expander("The figures behind this"):
        for words in said:
            st.markdown(words)


def findings(checked: dict[str, Checked]) -> None:
    """A measure by finding, beside prior, chance and what was published."""
    networks = list(checked.values())
    st.subheader("Finding by finding, beside maps that never look at the film", anchor=False)
    left, right = st.columns([3, 1])
    measure = left.selectbox(
        "Measure", list(results.MEASURES), format_func=results.MEASURES.__getitem__
    )
    method = right.selectbox("Map by", results.methods(networks[0]), key="chart-method")
    figure = charts.by_finding(networks, measure, method)
    st.plotly_chart(
        figure, width="stretch", key="findings", alt="Localisation by finding",
        config={"displayModeBar": False},
    )  # fmt: skip
    st.caption(f"In brackets: pairs. Bars: 95 % intervals. {text.RULES} {text.FLOORS_ARE}")
    with st.expander("The figures as a table, other thresholds and other methods"):
        st.markdown(text.threshold_says(networks, method))
        table = results.shown_table(networks, measure, method)
        if len(networks) > 1:
            with suppress(ValueError, OSError):  # `answer` has said why
                table = table.join(results.differences(checked, measure, method))
        show_table(table)
        for network in networks:
            st.markdown(text.methods_say(network))
            save_table(
                f"localisation_{network.card.name}.csv",
                partial(getattr, network, "figures"),
                f"Download all figures of {network.title} (CSV)",
            )


def finding_name(name: str) -> str:
    """A finding in the filter."""
    return "Any finding" if name == ANY else results.title(name)


@st.fragment
def films(checked: dict[str, Checked]) -> None:
    """Hits, near misses and misses to look at; redrawn from stored maps at any threshold."""
    st.subheader("Look for yourself", anchor=False)
    row = st.columns(5, vertical_alignment="bottom")
    name = row[0].selectbox(
        "Network", list(checked), index=len(checked) - 1, format_func=lambda n: checked[n].title
    )
    method = row[1].selectbox("Map by", results.methods(checked[name]), key="gallery-method")
    present = [n for n in results.groups(checked[name]) if n in NAMES]
    finding = row[2].selectbox(
        "Finding",
        [ANY, *present],
        format_func=finding_name,
    )
    outcome = row[3].selectbox("Outcome", [ANY, *OUTCOMES], format_func=str.capitalize)
    chosen = st.session_state.get("chosen", False)
    asked = row[4].slider("Box where the map reaches", 0.1, 0.9, SHARE, 0.05, disabled=chosen)
    st.toggle("Box at the threshold that was chosen on the other patients", key="chosen")
    share = None if chosen else asked
    try:
        every = gallery.measured(name, method, share)
    except (ValueError, OSError) as error:
        st.error(str(error), icon=":material/error:")
        return
    kept = every[(every["finding"] == finding) | (finding == ANY)]
    kept = kept[(kept["outcome"] == outcome) | (outcome == ANY)]
    st.markdown(gallery.LEGEND)
    if kept.empty:
        st.info("No pair is of this kind: choose another outcome or finding.")
        return
    st.caption(gallery.counted(kept, share))
    pages = -(-len(kept) // SHOWN)
    page = st.pagination(pages) if pages > 1 else 1
    gallery.show(gallery.page_of(kept, page, SHOWN), name, method)


def sanity(checked: list[Checked]) -> None:
    """Do maps depend on what was learned, do scores depend on what maps mark, and how sure?"""
    st.subheader("Can the maps be trusted at all?", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(text.randomisation_says(checked))
        figure = charts.randomisation(checked)
        st.plotly_chart(figure, width="stretch", key="randomisation", alt="Randomisation cascade")
    with right:
        st.markdown(text.deletion_says(checked))
        figure = charts.deletion(checked)
        st.plotly_chart(figure, width="stretch", key="deletion", alt="Deletion and insertion")
    st.markdown(text.by_probability(checked))


main()
