"""Starter films as small pictures, with the radiologists' boxes drawn in."""

import io

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core.findings import NAMES, NO_FINDING, TITLES
from ui import cache, viewer

SHOWN_PX = 300


def pick(films: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """Up to `count` films at random, no two of one patient."""
    shuffled = films.sample(frac=1, random_state=seed).drop_duplicates("patient")
    return shuffled.head(count)


def show(films: pd.DataFrame, finding: str) -> None:
    """A grid of films with what is known of them; boxes of the finding are drawn."""
    pngs = cache.starter_pngs(tuple(films["image_index"]))
    boxes = cache.boxes()
    with st.container(horizontal=True):
        for row in films.to_dict("records"):
            own = boxes[(boxes["image_index"] == row["image_index"])]
            if finding != NO_FINDING:
                own = own[own["finding"] == finding]
            with st.container(width=150):
                picture = _picture(pngs[row["image_index"]], own)
                st.image(viewer.jpeg(picture), width="stretch", alt=_alt(row))
                st.caption(_caption(row))


def _picture(png: bytes, boxes: pd.DataFrame) -> np.ndarray:
    film = Image.open(io.BytesIO(png)).resize((SHOWN_PX, SHOWN_PX), Image.Resampling.BICUBIC)
    corners = list(boxes[["x", "y", "w", "h"]].itertuples(index=False, name=None))
    return viewer.draw_boxes(np.asarray(film), corners)


def _labels(row: dict[str, object]) -> str:
    carried = [TITLES[name] for name in NAMES if row[name]]
    return ", ".join(carried) or NO_FINDING


def _caption(row: dict[str, object]) -> str:
    return f"{_labels(row)}  \n{row['view']}, {row['sex']}, {row['age']} years"


def _alt(row: dict[str, object]) -> str:
    return f"Chest film labelled {_labels(row)}"
