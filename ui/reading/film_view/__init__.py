"""The film viewer: film and heat maps in the browser, where window and zoom cost no rerun.

A component of Streamlit's second kind: its HTML, CSS and JavaScript lie beside this file and are
sent with the page; nothing is fetched from elsewhere. It gets pictures as data URLs and answers
nothing. Data: key (of the film), film, ratio (width / height), alt, maps (a dict a network: title,
caption, alt, smooth and own as pictures, lines and boxes in fractions of the film), truth (label
and boxes), ramp (the colour bar), legend (a sentence for each way to draw).

The film goes out at 8 bits and at most 1,024 px: a screen shows no more, but a narrow window of a
deep DICOM film has fewer greys here than in a PACS.
"""

from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.films.resample import FULL_PX
from core.findings import TITLES
from core.maps import boxes as map_boxes
from core.maps import colours
from ui.reading import text
from ui.reading.session import Examined, Opinion
from ui.shared import drawing

LINES = {"thick": 0.5, "thin": 0.75}
"""Outlines: at which shares of the map's strongest cell."""

LEGEND = {
    "colour": "",
    "contour": "Outlines: where the map reaches half (thick) and three quarters (thin) of its "
    "strongest cell. They say where, not how strongly.",
    "box": "Boxes: around each connected region above half of the map's strongest cell, as they "
    "are scored under 'Heat maps checked'. They say where, not how strongly.",
}
SMOOTH_PX = 256
"""Longest side of the smooth map as sent; the browser enlarges it to the film."""

FILM_QUALITY = 96
"""Of the JPEG: a narrow window would make coarser steps visible."""

Boxes = list[tuple[float, float, float, float]]

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "heailth_film_view",
    html=(_HERE / "view.html").read_text(encoding="utf-8"),
    css=(_HERE / "view.css").read_text(encoding="utf-8"),
    js=(_HERE / "view.js").read_text(encoding="utf-8"),
)


def show(
    examined: Examined,
    finding: str | None,
    maps: list[tuple[Opinion, np.ndarray]],
    boxes: Boxes,
) -> None:
    """The film, with each network's map (h x w in [0, 1]) of a finding where there is one.

    boxes: the radiologist's, in px of the square film.
    """
    _component(key="film-view", data=content(examined, finding, maps, boxes))


def content(
    examined: Examined,
    finding: str | None,
    maps: list[tuple[Opinion, np.ndarray]],
    boxes: Boxes,
) -> dict[str, Any]:
    """What the browser gets; see the module."""
    height, width = examined.shown.shape
    grey = colours.window(examined.shown, 0, 1)
    label = f"Radiologist's box: {TITLES[finding]}" if finding else "Radiologist's boxes"
    return {
        "key": examined.key,
        "film": _url("jpeg", drawing.jpeg(grey, FILM_QUALITY)),
        "ratio": round(width / height, 4),
        "alt": "The film",
        "maps": [_map(o, str(finding), cells, examined) for o, cells in maps],
        "truth": {"label": label, "boxes": _shares(boxes)},
        "ramp": _url("png", drawing.png(colours.layer(np.linspace(0, 1, 256)[None]))),
        "legend": LEGEND,
    }


def _map(opinion: Opinion, finding: str, cells: np.ndarray, examined: Examined) -> dict[str, Any]:
    height, width = examined.shown.shape
    share = SMOOTH_PX / max(height, width)
    smooth = colours.enlarge(cells, round(height * share), round(width * share), smooth=True)
    found = map_boxes.boxes(map_boxes.region(map_boxes.raster(cells)))
    return {
        "title": opinion.title,
        "caption": text.map_says(opinion, finding, cells, examined.zone(cells)),
        "alt": f"{opinion.title}: evidence for {TITLES[finding]} over the film",
        "smooth": _url("png", drawing.png(colours.layer(smooth))),
        "own": _url("png", drawing.png(colours.layer(cells))),
        "lines": [
            [kind, ring.round(4).ravel().tolist()]
            for kind, part in LINES.items()
            for ring in map_boxes.outlines(cells, part)
        ],
        "boxes": _shares(found),
    }


def _shares(boxes: Boxes | np.ndarray) -> list[list[float]]:
    """Boxes in fractions of the film."""
    return [[round(float(value) / FULL_PX, 5) for value in box] for box in boxes]


def _url(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{b64encode(data).decode()}"
