"""The frame of every page: browser title, sidebar, heading, the quiet line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core import NOT_A_DIAGNOSIS

PRODUCT = "HeAilth"
ICON = Path(__file__).with_name("icon.png")
"""A file of ours: a Material icon here would be fetched from the internet by every browser."""


@dataclass(frozen=True)
class Page:
    """One entry of the sidebar."""

    file: str
    title: str
    icon: str
    lead: str


PAGES = {
    "home": Page("dashboard.py", "Home", ":material/home:", "Chest X-rays, read and explained"),
    "dataset": Page(
        "pages/dataset.py",
        "Data set",
        ":material/database:",
        "What is in NIH ChestX-ray14: case counts, patients, films to look at.",
    ),
    "compare": Page(
        "pages/compare.py",
        "Compare networks",
        ":material/monitoring:",
        "A plain CNN beside a MobileNet: how they learned, and how good they are on new patients.",
    ),
    "predict": Page(
        "pages/predict.py",
        "Read a film",
        ":material/radiology:",
        "Choose or upload a frontal chest film: both networks read it and show where their "
        "evidence lies.",
    ),
    "batch": Page(
        "pages/batch.py",
        "Read many films",
        ":material/stacks:",
        "Give a pile of films, or a ZIP of them: both networks read each, and all readings come as "
        "one table.",
    ),
    "localisation": Page(
        "pages/localisation.py",
        "Heat maps checked",
        ":material/target:",
        "Do the heat maps point at the disease? Held against the boxes that NIH's radiologists "
        "drew, and against maps that never look at the film.",
    ),
    "related_work": Page(
        "pages/related_work.py",
        "Related work",
        ":material/menu_book:",
        "What others report on these films, how they were tested, and what critics say.",
    ),
    "about": Page(
        "pages/about.py",
        "About",
        ":material/info:",
        "What this is for, what it is not for, and where everything comes from.",
    ),
}


def frame(key: str, heading: str | None = None) -> None:
    """Draw a page's frame; the first call of every page."""
    page = PAGES[key]
    st.set_page_config(
        page_title=f"{page.title} · {PRODUCT}",
        page_icon=ICON,
        layout="wide",
        initial_sidebar_state="auto",
    )
    with st.sidebar:
        st.markdown(f"### {PRODUCT}")
        for entry in PAGES.values():
            st.page_link(entry.file, label=entry.title, icon=entry.icon)
    st.title(heading or page.title, anchor=False)
    st.markdown(page.lead)
    st.caption(NOT_A_DIAGNOSIS)


@contextmanager
def one_sentence() -> Iterator[None]:
    """Show what `core` refuses as one sentence and end the page there."""
    try:
        yield
    except (ValueError, OSError) as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
