"""What the gate warns of, and the buttons that correct a film for the time of a session."""

import streamlit as st

from core.gate import corrections
from ui.reading import session
from ui.reading.session import Examined

DONE = {
    "invert": "inverted",
    "rotate 90": "turned clockwise by 90°",
    "rotate 180": "turned by 180°",
    "rotate 270": "turned anticlockwise by 90°",
}


def as_corrected(examined: Examined) -> Examined:
    """The film with the corrections that were asked for in this session, and its own verdict."""
    for how in _asked(examined.digest):
        examined = session.corrected(examined, how)
    return examined


def notes(examined: Examined) -> None:
    """Warnings on the film as shown, each with its button, and what was corrected so far."""
    if examined.corrections:
        with st.container(horizontal=True, vertical_alignment="center"):
            words = " and ".join(DONE[how] for how in examined.corrections)
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
    return st.session_state.get("corrections", {}).get(digest, ())


def _ask(digest: str, how: str) -> None:
    asked = st.session_state.setdefault("corrections", {})
    asked[digest] = (*_asked(digest), how)


def _undo(digest: str) -> None:
    st.session_state["corrections"].pop(digest, None)
