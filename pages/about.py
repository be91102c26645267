"""What this is for and what not, model cards, data terms, sources."""

from importlib.metadata import version

import streamlit as st

from core.checkpoints import Card
from core.findings import FINDINGS
from ui import about_text as text
from ui import cache, results
from ui.frame import frame

PACKAGES = ("streamlit", "torch", "torchvision", "grad-cam", "pandas", "plotly", "pydicom")


def main() -> None:
    """Draw the page."""
    frame("about")
    left, right = st.columns(2, gap="large")
    left.subheader("What it is for", anchor=False)
    left.markdown(text.INTENDED)
    right.subheader("What it is not", anchor=False)
    right.markdown(text.LIMITS)
    st.subheader("Model cards", anchor=False)
    cards, problems = results.usable(cache.card)
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    if cards:
        for tab, card in zip(
            st.tabs([results.called(c) for c in cards.values()]), cards.values(), strict=True
        ):
            with tab:
                model_card(card)
    with st.expander("The 14 findings"):
        st.dataframe(
            [{"Finding": f.title, "What it is": f.meaning} for f in FINDINGS],
            hide_index=True,
            height="content",
        )
    left, right = st.columns(2, gap="large")
    left.subheader("Data and terms", anchor=False)
    left.markdown(text.DATA_TERMS)
    right.subheader("What critics say of the data", anchor=False)
    right.markdown(text.criticisms(*cache.panel_on_no_finding()))
    st.subheader("Software", anchor=False)
    st.markdown(text.SOFTWARE)
    st.caption(", ".join(f"{package} {version(package)}" for package in PACKAGES))


def model_card(card: Card) -> None:
    """A card in words and figures, all from card.json."""
    left, right = st.columns(2, gap="large")
    left.markdown(text.made(card))
    right.markdown(text.tested(card))
    left.markdown("**Operating points** (validation, Youden's point; thresholds are probabilities)")
    figures = st.column_config.TextColumn(alignment="right")
    points = text.operating_points(card)
    if not points.empty:
        left.dataframe(
            points,
            hide_index=True,
            height="content",
            column_config=dict.fromkeys(text.POINT_FIGURES, figures),
        )
    left.caption(text.without_point(card))
    with right.expander("The whole card (JSON)"):
        st.json(text.as_dict(card), expanded=1)


main()
