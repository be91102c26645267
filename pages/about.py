"""What this is for and what not, model cards, data terms, citation, versions."""

from importlib.metadata import version

import streamlit as st

from core.checkpoints.card import Card
from core.checkpoints.card_json import as_json
from core.findings import FINDINGS
from ui.about import text
from ui.shared import cache
from ui.shared.frame import PAGES, frame
from ui.shared.limits import LIMITS
from ui.shared.networks import network_title, usable
from ui.shared.tables import show_table

PACKAGES = ("streamlit", "torch", "torchvision", "grad-cam", "pandas", "plotly", "pydicom")
POINTS = (
    "Operating point: the calibrated probability where sensitivity plus specificity is highest on "
    "validation (Youden's point); the two figures beside it are from validation as well."
)
GROUPS = (
    "Mean over the findings that have enough positive films in the group, so that groups are not "
    "over the same findings: read it as a description, not as a ranking."
)


def main() -> None:
    """Draw the page."""
    frame("about")
    left, right = st.columns(2, gap="large")
    left.subheader("What it is for", anchor=False)
    left.markdown(text.INTENDED)
    right.subheader("What it is not", anchor=False)
    right.markdown(LIMITS)
    st.subheader("Model cards", anchor=False)
    cards, problems = usable(cache.card)
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    if cards:
        titles = [network_title(card) for card in cards.values()]
        for tab, card in zip(st.tabs(titles), cards.values(), strict=True):
            with tab:
                model_card(card)
    st.subheader("The 14 findings", anchor=False)
    meanings = [{"Finding": f.title, "What it is": f.meaning} for f in FINDINGS]
    with st.expander("What each of them is"):
        st.dataframe(meanings, hide_index=True, height="content")
    left, right = st.columns(2, gap="large")
    left.subheader("Data and terms", anchor=False)
    left.markdown(text.DATA_TERMS)
    with right:
        sources(list(cards.values()))


def model_card(card: Card) -> None:
    """A card in words and figures, all from card.json."""
    left, right = st.columns(2, gap="large")
    left.markdown(text.made(card))
    right.markdown(text.tested(card))
    st.markdown("**By finding**")
    show_table(text.by_finding(card), pinned=140)
    st.caption(POINTS + text.without_point(card))
    groups = text.by_group(card)
    if not groups.empty:
        st.markdown("**By group of the test films**")
        show_table(groups, pinned=140)
        st.caption(GROUPS)
    with st.expander("The whole card (JSON)"):
        st.json(as_json(card), expanded=1)


def sources(cards: list[Card]) -> None:
    """How to cite this, the critics, the software."""
    st.subheader("Cite this version", anchor=False)
    st.code(text.citation(cards), language=None, wrap_lines=True)
    st.markdown("Cite the data as well, as NIH asks.")
    st.subheader("What critics say", anchor=False)
    st.markdown("Known criticisms of the data set and of such systems, with their sources:")
    related = PAGES["related_work"]
    st.page_link(related.file, label=related.title, icon=related.icon)
    st.subheader("Software", anchor=False)
    st.markdown(text.SOFTWARE)
    st.caption("Running now: " + ", ".join(f"{name} {version(name)}" for name in PACKAGES))


main()
