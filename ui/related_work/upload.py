"""The reader's own rows: read, checked and kept for the session, never written to disk."""

import streamlit as st

from core.literature import published
from ui.related_work import results
from ui.related_work.text import OWN_NOTE
from ui.shared.downloads import save

KEY, PROBLEM = "own_works_file", "own_works_problem"


def offer() -> None:
    """The template, the uploader, and what came of the file."""
    with st.expander("Add works of your own (CSV)", icon=":material/add:"):
        st.markdown(OWN_NOTE)
        save("Download the template (CSV)", "works_template.csv", published.template, "text/csv")
        st.file_uploader("Your works", type=["csv"], key=KEY, on_change=_take)
        if problem := st.session_state.get(PROBLEM):
            st.error(problem, icon=":material/error:")
        rows = st.session_state.get(results.OWN)
        if rows is not None:
            held = len(rows)
            st.success(f"{held} row{'' if held == 1 else 's'} of yours in the chart and tables.")
            if st.session_state.get(KEY) is None:  # after a visit to another page
                st.button("Take them out", on_click=_forget, icon=":material/delete:")


def _take() -> None:
    _forget()
    file = st.session_state.get(KEY)
    if file is None:
        return
    try:
        st.session_state[results.OWN] = published.read_rows(file.getvalue())
    except ValueError as error:
        st.session_state[PROBLEM] = str(error)


def _forget() -> None:
    for key in (results.OWN, PROBLEM):
        st.session_state.pop(key, None)
