"""What the gate warns of, and the buttons that mend a film for the time of a session."""

import streamlit as st

from core.gate import corrections
from ui import reading
from ui.reading import Examined

DONE = {
    "invert": "inverted",
    "rotate 90": "turned clockwise by 90°",
    "rotate 180": "turned by 180°",
    "rotate 270": "turned anticlockwise by 90°",
}


def as_mended(examined: Examined) -> Examined:
    """The film with the mends that were asked for in this session, and its own verdict."""
    for how in _asked(examined.digest):
        examined = reading.mended(examined, how)
    return examined


def notes(examined: Examined) -> None:
    """Warnings on the film as shown, each with its button, and what was mended so far."""
    if examined.mends:
        with st.container(horizontal=True, vertical_alignment="center"):
            words = " and ".join(DONE[how] for how in examined.mends)
            st.info(f"The film is shown and read {words}.", icon=":material/build:")
            st.button("Undo", key="undo", on_click=_undo, args=(examined.digest,))
    for number, caution in enumerate(examined.verdict.warnings):
        st.warning(caution.sentence, icon=":material/warning:")
        if caution.correction:
            st.button(
                corrections.CORRECTIONS[caution.correction],
                key=f"mend-{number}",
                icon=":material/build:",
                on_click=_ask,
                args=(examined.digest, caution.correction),
            )


def _asked(digest: str) -> tuple[str, ...]:
    return st.session_state.get("mends", {}).get(digest, ())


def _ask(digest: str, how: str) -> None:
    mends = st.session_state.setdefault("mends", {})
    mends[digest] = (*_asked(digest), how)


def _undo(digest: str) -> None:
    st.session_state["mends"].pop(digest, None)
