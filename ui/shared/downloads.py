"""Buttons that save what a page shows. Their content is made on the click, not at every redraw."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

ICON = ":material/download:"


def save(
    label: str,
    file: str,
    content: Callable[[], bytes | str],
    mime: str | None = None,
    icon: str = ICON,
    **options: Any,
) -> None:
    """A button that saves `content()` as `file`; options: as `st.download_button`."""
    st.download_button(label, content, file, mime, icon=icon, on_click="ignore", **options)


def save_table(
    file: str,
    table: Callable[[], pd.DataFrame],
    label: str = "Download the table (CSV)",
    index: bool = False,
) -> None:
    """A button that saves a table as CSV."""
    save(label, file, lambda: table().to_csv(index=index).encode(), "text/csv")
