"""Film and heat maps with the choice of finding and method; no network runs again here."""

import pandas as pd
import streamlit as st

from ui.reading import film_view, score_check, session, text
from ui.reading.session import Examined, Opinion
from ui.shared import cache
from ui.shared.rows import row_of


@st.fragment
def view(examined: Examined, opinions: list[Opinion], sample: str) -> None:
    """The viewer. sample: the NIH film whose radiologists' boxes may be drawn, or ""."""
    finding = _finding(examined, opinions)
    if finding is None:
        film_view.show(examined, None, [], cache.boxes_of(sample))
        return
    method = st.session_state.get("method", session.methods()[0])
    maps = [(o, session.cells(o, examined, finding, method)) for o in opinions]
    film_view.show(examined, finding, maps, cache.boxes_of(sample, finding))
    left, right = st.columns([1, 3], vertical_alignment="top")
    left.selectbox("Map by", session.methods(), key="method")
    exact = method == session.methods()[0]
    right.caption(f"{text.map_is(opinions, exact)} {text.sides(examined)}")
    score_check.show(opinions, finding)


def _finding(examined: Examined, opinions: list[Opinion]) -> str | None:
    """The finding whose maps to draw: those above their operating point, others when asked for."""
    table = text.together(opinions)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    asked = right.toggle("Also findings below their operating point", key=f"below-{examined.key}")
    offered = table if asked else table[table["above"].map(len) > 0]
    if offered.empty:
        left.info(_silent(opinions), icon=":material/visibility_off:")
        return None
    return _chosen(left, offered, len(opinions), examined.key)


def _chosen(place: st.delta_generator.DeltaGenerator, table: pd.DataFrame, n: int, key: str) -> str:
    return place.selectbox(
        "Finding",
        list(table.index),
        format_func=lambda name: text.called(row_of(table, name), n),
        key=f"finding-{key}",
    )


def _silent(opinions: list[Opinion]) -> str:
    """Why no map is drawn."""
    if not any(o.findings["threshold"].notna().any() for o in opinions):
        return "No finding has an operating point, so no map is drawn unless you ask for one."
    return (
        "No finding lies above its operating point, so no map is drawn unless you ask for one. "
        "That does not make the film normal."
    )
