"""Starter films as small pictures, with the radiologists' boxes drawn in."""

import io

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core.findings import NAMES, NO_FINDING, TITLES
from ui import cache, viewer

SHOWN_PX = 300


def pick(films: pd.DataFrame, finding: str, count: int, turn: int) -> pd.DataFrame:
    """The `turn`-th handful of up to `count` films; the turns go round through all of them.

    The order is random but always the same: films with a box of the finding first, and a film of
    every patient before the second one of any.
    """
    boxes = cache.boxes()
    boxed = boxes.loc[boxes["finding"] == finding, "image_index"]
    order = films.sample(frac=1, random_state=0)
    order = order.iloc[np.argsort(~order["image_index"].isin(boxed), kind="stable")]
    order = order.iloc[np.argsort(order.groupby("patient").cumcount(), kind="stable")]
    first = turn * count % (-(-len(order) // count) * count)
    return order.iloc[first : first + count]


def show(films: pd.DataFrame, finding: str) -> None:
    """A grid of films with what is known of them; boxes of the finding are drawn."""
    pngs = cache.starter_pngs(tuple(films["image_index"]))
    boxed = None if finding == NO_FINDING else finding
    with st.container(horizontal=True):
        for row in films.to_dict("records"):
            name = row["image_index"]
            with st.container(width=150):
                picture = _picture(pngs[name], cache.boxes_of(name, boxed))
                st.image(viewer.jpeg(picture), width="stretch", alt=_alt(row))
                st.caption(_caption(row))


def _picture(png: bytes, boxes: list[tuple[float, float, float, float]]) -> np.ndarray:
    film = Image.open(io.BytesIO(png)).resize((SHOWN_PX, SHOWN_PX), Image.Resampling.BICUBIC)
    return viewer.draw_boxes(np.asarray(film), boxes)


def _labels(row: dict[str, object]) -> str:
    carried = [TITLES[name] for name in NAMES if row[name]]
    return ", ".join(carried) or NO_FINDING


def _caption(row: dict[str, object]) -> str:
    return f"{_labels(row)}  \n{row['view']}, {row['sex']}, {row['age']} years"


def _alt(row: dict[str, object]) -> str:
    return f"Chest film labelled {_labels(row)}"
