"""Tables as all pages show them."""

import pandas as pd
import streamlit as st

RIGHT = st.column_config.TextColumn(alignment="right")


def show_table(table: pd.DataFrame, pinned: int | None = None) -> None:
    """A small table: its first column names the row, figures stand to the right.

    pinned: width in px of a first column that stays in place while the others scroll.
    """
    settings = dict.fromkeys(table.columns[1:], RIGHT)
    if pinned is not None:
        settings[table.columns[0]] = st.column_config.TextColumn(pinned=True, width=pinned)
    st.dataframe(table, hide_index=True, height="content", column_config=settings)
