"""NIH's labels against the panel of radiologists."""

import pandas as pd
import streamlit as st

from core.nih.panel import OPACITY_WIDELY, nih_against_panel, panel_on_silent
from ui.dataset import lists, text
from ui.dataset.case_sections import draw
from ui.shared import cache

PANEL_SETS = {"test": "official test list", "validation": "official training list"}


@st.fragment
def section(films: pd.DataFrame) -> None:
    """The labels held against the panel, for the films that pass the filters."""
    which = st.segmented_control(
        "Films that the panel read, by list",
        list(PANEL_SETS),
        format_func=PANEL_SETS.__getitem__,
        default="test",
        required=True,
        key="panel",
    )
    panel = cache.panel()
    panel = panel[panel["set"] == which]
    rows = nih_against_panel(films, panel)
    silent = panel_on_silent(films, panel)
    st.subheader(text.label_noise(silent, PANEL_SETS[which]), anchor=False)
    if not rows["films"].iloc[0]:
        st.info("The panel read none of these films: take a filter back, or choose the other list.")
        return
    st.markdown(text.silent_in_detail(silent))
    st.subheader(text.agreement(rows), anchor=False)
    draw(lists.agreement(rows), "agreement", "NIH's labels against the panel's answers")
    st.dataframe(lists.agreement_table(rows), hide_index=True, width="stretch")
    widely = {"airspace_opacity": OPACITY_WIDELY}
    st.markdown(text.opacity_widely(nih_against_panel(films, panel, widely)))
    st.caption(text.ABOUT_THE_PANEL)
