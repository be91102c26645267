"""Films as small pictures, a page at a time, with boxes and a way to have each one read."""

import zlib
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.findings import NAMES, NO_FINDING, TITLES
from core.paths import SAMPLES
from ui.shared import cache, film_shelf
from ui.shared.rows import dicts

FILM_WIDTH = 124
"""CSS px: three abreast in half a page, two on a phone."""


def order(films: pd.DataFrame, finding: str | None) -> pd.DataFrame:
    """The order of looking: random but always the same.

    Films with a box (of the finding, or any) first, and a film of every patient before the second
    one of any.
    """
    boxes = cache.boxes()
    boxed = boxes if finding is None else boxes[boxes["finding"] == finding]
    films = films.sample(frac=1, random_state=0)
    has_box = films["image_index"].isin(boxed["image_index"])
    films = films.iloc[np.argsort(~has_box, kind="stable")]
    return films.iloc[np.argsort(films.groupby("patient").cumcount(), kind="stable")]


def show(films: pd.DataFrame, finding: str | None, key: str, count: int = 9) -> None:
    """Those of `films` that are on this machine, `count` a page.

    finding: whose boxes are drawn, None for every box; key: of the pager, one a gallery.
    """
    if films.empty:
        st.info("No film that fits the filters carries this finding.")
        return
    try:
        here = films[films["image_index"].isin(film_shelf.shelf().names)]
    except (ValueError, OSError) as error:  # the counts around the gallery need no films
        st.error(str(error), icon=":material/error:")
        return
    if here.empty:
        st.info(
            f"None of these {len(films):,} films is on this machine. The starter set holds 9,433; "
            "for the others, set HEAILTH_DATA to the folder of the NIH films."
        )
        return
    ordered = order(here, finding)
    first = _pager(ordered, len(films), key, count)
    rows = dicts(ordered.iloc[first : first + count])
    pictures = film_shelf.pictures(tuple(row["image_index"] for row in rows), finding)
    with st.container(horizontal=True, gap="small"):
        for row in rows:
            with st.container(width=FILM_WIDTH, gap=None):
                _film(row, pictures[row["image_index"]])


def _pager(ordered: pd.DataFrame, all_films: int, key: str, count: int) -> int:
    """Page numbers, from 1 whenever the films are others; the row that the page begins with."""
    films = zlib.crc32(" ".join(ordered["image_index"]).encode())
    here = f"{len(ordered):,} of {all_films:,} films are on this machine"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        page = st.pagination(
            -(-len(ordered) // count), max_visible_pages=3, key=f"{key}-page-{films}"
        )
        st.caption(here, width="content")
    return (page - 1) * count


def _film(row: dict[str, Any], picture: bytes) -> None:
    name = str(row["image_index"])
    st.image(picture, width="stretch", alt=f"Chest film labelled {labels(row)}")
    st.caption(
        f"{labels(row)}  \n{row['view']}, {row['sex']}, {row['age']} years  \n"
        f"patient {row['patient']}"
    )
    is_sample = (SAMPLES / name).is_file()
    st.page_link(
        "pages/predict.py",
        label="Read this film",
        icon=":material/radiology:",
        query_params={"sample" if is_sample else "film": name},
        help=f"Both networks read {name}.",
    )


def labels(row: dict[str, Any]) -> str:
    """The findings of a row of the table, in words."""
    return ", ".join(TITLES[name] for name in NAMES if row[name]) or NO_FINDING
