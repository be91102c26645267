"""Films that are on this machine: samples/, the folder HEAILTH_DATA, the starter set."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core.films.read import read_film
from core.films.resample import BASE_PX
from core.maps import colours
from core.nih.film_set import data_folder, nih_pngs
from core.paths import SAMPLES
from ui.shared import cache, drawing

SHOWN_PX = 300


@dataclass(frozen=True, eq=False)
class Shelf:
    """Where each film is, by its NIH name; `paths` (as NIH ships them) before 128 px.

    prepared: row in `pixels` (uint8, N x 128 x 128) of a folder that `prepare` wrote.
    """

    paths: Mapping[str, Path]
    prepared: Mapping[str, int]
    pixels: np.ndarray
    starter: frozenset[str]

    def __contains__(self, name: object) -> bool:
        return name in self.paths or name in self.prepared or name in self.starter

    @property
    def names(self) -> frozenset[str]:
        """Every film that can be shown."""
        return self.starter.union(self.paths, self.prepared)


def shelf() -> Shelf:
    """The films at hand; raises what `dataset.data_folder` raises for a wrong HEAILTH_DATA."""
    return _shelf(data_folder(None))


@st.cache_resource(show_spinner="Looking for films ...", max_entries=2)
def _shelf(folder: Path | None) -> Shelf:
    paths, prepared, pixels = {}, {}, np.empty((0, BASE_PX, BASE_PX), np.uint8)
    if folder is not None and (folder / "films.npy").exists():
        names = pd.read_csv(folder / "index.csv")["image_index"]
        prepared = {name: row for row, name in enumerate(names)}
        pixels = np.load(folder / "films.npy", mmap_mode="r")
    elif folder is not None:
        paths = nih_pngs(folder)
    paths |= {path.name: path for path in SAMPLES.glob("*.png")}
    return Shelf(paths, prepared, pixels, frozenset(cache.starter_index()["image_index"]))


def read(name: str) -> bytes:
    """A film's PNG, at full size where there is one, else at 128 px.

    Raises FileNotFoundError for a film that is not on this machine.
    """
    at = shelf()
    if name in at.paths:
        return at.paths[name].read_bytes()
    if name in at.prepared:
        target = io.BytesIO()
        Image.fromarray(at.pixels[at.prepared[name]]).save(target, "PNG")
        return target.getvalue()
    if name in at.starter:
        return cache.starter_pngs((name,))[name]
    raise FileNotFoundError(
        "That film is not on this machine: set HEAILTH_DATA to the folder of the NIH films, or "
        "choose one of the starter set."
    )


def pictures(names: tuple[str, ...], finding: str | None) -> dict[str, bytes]:
    """JPEG by name, at `SHOWN_PX`, with the radiologists' boxes of a finding or of all."""
    return _pictures(names, finding, data_folder(None))


@st.cache_data(show_spinner=False, max_entries=128)
def _pictures(names: tuple[str, ...], finding: str | None, folder: Path | None) -> dict[str, bytes]:
    at = shelf()
    small = [n for n in names if n not in at.paths and n not in at.prepared]
    pngs = cache.starter_pngs(tuple(small)) if small else {}
    shown = {}
    for name in names:
        film = read_film(pngs[name] if name in pngs else read(name), name)
        grey = colours.window(colours.shown(film.pixels, SHOWN_PX), 0, 1)
        large = Image.fromarray(grey).resize((SHOWN_PX, SHOWN_PX), Image.Resampling.BICUBIC)
        boxed = drawing.draw_boxes(np.asarray(large), cache.boxes_of(name, finding))
        shown[name] = drawing.jpeg(boxed)
    return shown
