"""Many files in one session: what was read stays, what is new is read, a film at a time.

Kept of a film are its readings and a small picture; its bytes and pixels go as soon as the next one
comes.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.films.film import Film
from core.films.zip_archive import Source
from core.maps import colours, lung_zones
from core.paths import SAMPLES
from core.reading import batch
from core.reading.batch import Answer
from core.reading.by_margin import ranked
from ui.reading.session import Opinion
from ui.shared import cache, drawing
from ui.shared.networks import usable

if TYPE_CHECKING:
    from core.reading.predictor import Predictor

MAX_FILMS = 500
MAX_BYTES = 2**30
PICTURE_PX = 320
KEPT = "many-films"


@dataclass(frozen=True)
class Upload:
    """Something that was handed in: a file, an archive of many, or the samples; `key` names it."""

    key: str
    size: int
    sources: Callable[[], list[Source]]


@dataclass(frozen=True)
class Entry:
    """What is kept of a file: the answer, what networks say, the small picture as JPEG.

    view: DICOM's, "" where the file does not say. sides_known, upright: as of `zones.place`.
    milliseconds: from the bytes to all readings.
    """

    answer: Answer
    opinions: tuple[Opinion, ...]
    picture: bytes
    view: str
    sides_known: bool
    upright: bool
    milliseconds: float

    def place(self, cells: np.ndarray) -> str:
        """The lung zone where a map (h x w in [0, 1]) is strongest, "" where none can be named."""
        return lung_zones.strongest_zone(cells, self.sides_known, self.upright)


@dataclass
class Pile:
    """The files of one upload: how many there are, and the entries of those read so far."""

    total: int
    entries: list[Entry] = field(default_factory=list)


def samples() -> Upload:
    """The films in samples/, as if they had been uploaded."""
    return Upload("samples", 0, _sample_sources)


def _sample_sources() -> list[Source]:
    paths = sorted(SAMPLES.glob("*.png"))
    return [Source(path.name, path.read_bytes) for path in paths]


def _sources(file: UploadedFile) -> list[Source]:
    return batch.from_bytes(file.name, file.getvalue())


def uploaded(files: list[UploadedFile]) -> list[Upload]:
    """Streamlit's uploads, each known by the id that Streamlit gave it."""
    return [Upload(file.file_id, file.size, partial(_sources, file)) for file in files]


def piles(uploads: list[Upload], networks: dict[str, "Predictor"]) -> dict[str, Pile]:
    """The session's piles, a pile an upload; those of removed files are forgotten.

    They begin anew when the networks are other ones than those that read them.
    """
    ids = [predictor.card.id for predictor in networks.values()]
    kept = st.session_state.get(KEPT, {})
    old = kept.get("piles", {}) if kept.get("networks") == ids else {}
    now = {upload.key: old[upload.key] for upload in uploads if upload.key in old}
    for upload in uploads:
        if upload.key not in now:
            now[upload.key] = Pile(len(upload.sources()))
    st.session_state[KEPT] = {"networks": ids, "piles": now}
    return now


def unread(piles: dict[str, Pile]) -> int:
    """How many films are still to be read, within MAX_FILMS."""
    return min(total(piles), MAX_FILMS) - sum(len(pile.entries) for pile in piles.values())


def total(piles: dict[str, Pile]) -> int:
    """How many files all uploads hold."""
    return sum(pile.total for pile in piles.values())


def read(
    uploads: list[Upload], piles: dict[str, Pile], networks: dict[str, "Predictor"]
) -> Iterator[str]:
    """Read what is unread, up to MAX_FILMS in all; gives the file's name before each is read.

    Every entry is in its pile before the next name comes, so that a stop loses nothing.
    """
    for upload in uploads:
        pile = piles[upload.key]
        if len(pile.entries) == pile.total:
            continue
        for source in upload.sources()[len(pile.entries) :]:
            if unread(piles) <= 0:
                return
            yield source.name
            pile.entries.append(_entry(source, networks))


def _entry(source: Source, networks: dict[str, "Predictor"]) -> Entry:
    began = time.perf_counter()
    said, film = batch.answer(source, networks)
    took = 1000 * (time.perf_counter() - began)
    opinions = tuple(
        Opinion(networks[name].card, reading, ranked(reading.probabilities, networks[name].card))
        for name, reading in said.readings.items()
    )
    picture = _small(film) if film else b""
    return Entry(
        said,
        opinions,
        picture,
        view=(film.view or "") if film else "",
        sides_known=film is None or film.sides_known,
        upright=said.upright,
        milliseconds=took,
    )


def _small(film: Film) -> bytes:
    return drawing.jpeg(colours.window(colours.shown(film.pixels, PICTURE_PX), 0, 1))


def networks() -> tuple[dict[str, "Predictor"], list[str]]:
    """All usable networks, and a sentence for each that is not."""
    return usable(cache.predictor)
