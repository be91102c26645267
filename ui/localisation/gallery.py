"""Films with the radiologist's box and the map's boxes, drawn from stored maps."""

import io
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image, ImageDraw

from core.films.resample import FULL_PX
from core.findings import TITLES
from core.maps import boxes as map_boxes
from core.maps import colours
from core.wording import decimal
from ui.localisation import results
from ui.localisation.text import shares
from ui.shared import cache, drawing
from ui.shared.rows import dicts

SHOWN_PX = 384
MAP_COLOUR = (255, 166, 0)
"""Amber: the map's own boxes, beside the radiologist's cyan."""

LEGEND = (
    "Cyan: the radiologist's box. Amber: the map's boxes. White cross: the map's hottest point. A "
    "hit has the cross in the cyan box; a near miss has not, but an amber box with IoU > .1."
)


Box = tuple[float, float, float, float]


def measured(name: str, method: str, share: float | None) -> pd.DataFrame:
    """Every pair of a network and method, measured again at a threshold from the stored maps.

    share: one for all; None: each pair's own, chosen on the other patients. Used: column share.
    """
    table = results.table(name)
    rows = table[table["method"] == method].reset_index(drop=True)
    maps = results.maps(name)[method]
    keys = list(zip(rows["image_index"], rows["finding"], strict=True))
    numbers = rows[["x", "y", "w", "h"]].to_numpy(float)
    rows = rows if share is None else rows.assign(share=share)
    again = [
        map_boxes.measure(maps[key], box, at)
        for key, box, at in zip(keys, numbers, rows["share"], strict=True)
    ]
    return rows.assign(
        outcome=[map_boxes.outcome(found) for found in again],
        iou=[found["iou"] for found in again],
        iobb=[found["iobb"] for found in again],
    )


def counted(rows: pd.DataFrame, share: float | None) -> str:
    """Pairs by outcome, and what this threshold does to the overlap; share: as in `measured`."""
    counts = rows["outcome"].value_counts()
    told = ", ".join(f"{counts.get(kind, 0)} {kind}" for kind in map_boxes.OUTCOMES)
    at = f"{shares(rows['share'])} of the maximum; "
    if share is None:
        at += "chosen for each patient on all the others"
    elif share == map_boxes.SHARE:
        at += "the threshold fixed beforehand"
    else:
        at += (
            f"the figures above keep {decimal(map_boxes.SHARE, 1)}, since to choose a "
            "threshold here is to look at the answers"
        )
    return (
        f"{len(rows)} pairs: {told}. IoU > .1 in {(rows['iou'] > 0.1).sum()}, IoBB > .1 in "
        f"{(rows['iobb'] > 0.1).sum()} at {at}."
    )


def page_of(rows: pd.DataFrame, page: int, size: int) -> pd.DataFrame:
    """The rows of a page; pages are counted from 1."""
    return rows.iloc[(page - 1) * size : page * size]


def show(rows: pd.DataFrame, name: str, method: str) -> None:
    """A grid of films with what was measured on each."""
    pngs = cache.starter_pngs(tuple(sorted(set(rows["image_index"]))))
    maps = results.maps(name)[method]
    with st.container(horizontal=True):
        for row in dicts(rows):
            with st.container(width=225):
                png = pngs.get(row["image_index"])
                if png is None:
                    st.caption(f"{row['image_index']} is not in the starter set.")
                    continue
                cells = maps[row["image_index"], row["finding"]]
                box = (row["x"], row["y"], row["w"], row["h"])
                picture = draw(png, cells, box, row["share"])
                st.image(drawing.jpeg(picture), width="stretch", alt=_alt(row))
                st.caption(_caption(row))


def draw(png: bytes, cells: np.ndarray, box: Box, share: float) -> np.ndarray:
    """A film (uint8 RGB) with its map, the map's boxes, its hottest point and the radiologist's."""
    film = Image.open(io.BytesIO(png)).resize((SHOWN_PX, SHOWN_PX), Image.Resampling.BICUBIC)
    grey = np.asarray(film.convert("L"))
    top = float(cells.max())
    if top > 0:
        grey = colours.overlay(grey, np.maximum(cells, 0) / top, 0.5)
    hot = map_boxes.region(map_boxes.raster(cells), share)
    own = [(x, y, w, h) for x, y, w, h in map_boxes.boxes(hot)]
    picture = drawing.draw_boxes(grey, own, colour=MAP_COLOUR)
    picture = drawing.draw_boxes(picture, [box])
    return _cross(picture, cells)


def _cross(picture: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """A white cross at the hottest point."""
    place = map_boxes.peak(cells)
    if place is None:
        return picture
    image = Image.fromarray(picture)
    x, y = (part * SHOWN_PX / FULL_PX for part in place)
    for line in ((x - 9, y, x + 9, y), (x, y - 9, x, y + 9)):
        ImageDraw.Draw(image).line(line, fill=(0, 0, 0), width=5)
    for line in ((x - 8, y, x + 8, y), (x, y - 8, x, y + 8)):
        ImageDraw.Draw(image).line(line, fill=(255, 255, 255), width=2)
    return np.asarray(image)


def _caption(row: dict[str, Any]) -> str:
    return (
        f"**{TITLES[row['finding']]}**: {row['outcome']}  \n"
        f"IoU {decimal(row['iou'], 2)}, IoBB {decimal(row['iobb'], 2)}, "
        f"probability {100 * row['probability']:.1f} %  \n{row['image_index']}"
    )


def _alt(row: dict[str, Any]) -> str:
    return f"Chest film with {TITLES[row['finding']]}, the map's and the radiologist's box"
