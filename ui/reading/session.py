"""From a file to readings, and what the page says of them. torch comes with the networks."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core.checkpoints.card import Card
from core.films.film import Film
from core.films.read import read_film
from core.findings import NAMES
from core.gate import checks, corrections
from core.maps import colours, lung_zones
from core.reading.by_margin import ranked
from ui.shared import cache
from ui.shared.file_cache import until_changed
from ui.shared.networks import network_title

if TYPE_CHECKING:
    from core.reading.predictor import Reading


@dataclass(frozen=True)
class Examined:
    """A file that could be read: the film, how it is shown (float32, <= 1,024 px), the gate.

    digest: SHA-256 of the file. corrections: what was done to the film since (see
    `gate.corrections`).
    """

    digest: str
    film: Film
    shown: np.ndarray
    verdict: checks.Verdict
    corrections: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells this picture from all others."""
        return " ".join((self.digest, *self.corrections))

    def zone(self, cells: np.ndarray) -> str:
        """The lung zone where a map is strongest; "" for faint maps and for a film that is turned.

        cells: h x w in [0, 1].
        """
        return lung_zones.strongest_zone(cells, self.film.sides_known, self.verdict.upright)


@dataclass(frozen=True)
class Opinion:
    """One network's reading of a film, with its card and its findings in order (`ranked`)."""

    card: Card
    reading: "Reading"
    findings: pd.DataFrame

    @property
    def title(self) -> str:
        """What people call the network."""
        return network_title(self.card)


def examine(data: bytes, name: str) -> Examined:
    """Decode and check a file, once a session; raises what `films.read` raises."""
    return _examine(hashlib.sha256(data).hexdigest(), name, data)


@st.cache_resource(scope="session", max_entries=4, show_spinner="Opening the film ...")
def _examine(digest: str, name: str, _data: bytes) -> Examined:
    film = read_film(_data, name)
    return Examined(digest, film, colours.shown(film.pixels), checks.check(film))


def corrected(examined: Examined, how: str) -> Examined:
    """The film inverted or turned (see `gate.corrections`) and checked anew, once a session."""
    return _corrected(examined.key, how, examined)


@st.cache_resource(scope="session", max_entries=4, show_spinner=False)
def _corrected(key: str, how: str, _examined: Examined) -> Examined:
    film = corrections.correct(_examined.film, how)
    done = (*_examined.corrections, how)
    shown = colours.shown(film.pixels)
    return Examined(_examined.digest, film, shown, checks.check(film), done)


def read(name: str, examined: Examined) -> Opinion:
    """A network's opinion, computed once a session; raises what `cache.predictor` raises."""
    card = cache.predictor(name).card
    reading = _read(name, examined.key, examined.film)
    return Opinion(card, reading, ranked(reading.probabilities, card))


@until_changed("card.json", "model.safetensors", scope="session", max_entries=48)
def _read(name: str, key: str, _film: Film) -> "Reading":
    return cache.predictor(name).read(_film)


@st.cache_data(scope="session", max_entries=96, show_spinner="Computing the map ...")
def _gradient_map(
    key: str, checkpoint: str, finding: str, method: str, _name: str, _film: Film
) -> np.ndarray:
    return cache.predictor(_name).gradient_map(_film, NAMES.index(finding), method)


def methods() -> tuple[str, ...]:
    """Ways to draw a map; the first is exact."""
    from core.maps.class_maps import METHODS  # brings torch

    return METHODS


def cells(opinion: Opinion, examined: Examined, finding: str, method: str) -> np.ndarray:
    """The map to show, h x w in [0, 1]: exact maps on the film's one scale, others on their own."""
    if method == methods()[0]:
        return colours.strength(opinion.reading.maps, NAMES.index(finding))
    return _gradient_map(
        examined.key, opinion.card.id, finding, method, opinion.card.name, examined.film
    )
