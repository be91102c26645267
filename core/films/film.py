"""A film as a file shows it, and the bounds that every file is held to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MAX_BYTES = 64 * 2**20  # a 16-bit film of 4,300 x 3,500 px, uncompressed, is half of this
MAX_PIXELS = 50_000_000  # three times the largest detector sold; 200 MB as float32
MIN_SIDE = 32  # px; smaller pictures are icons
BIT_DEPTHS = (8, 10, 12, 14, 16)  # what detectors and viewers write
HUNG = ("L", "F")
"""Directions of a film as it is shown: rows run to the patient's left, columns to the feet."""
ACCEPTED = "upload the film as PNG, JPEG or DICOM"


class FilmError(ValueError):
    """Bytes that are no readable film; the message is one sentence for the person who sent them."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare by
class Film:
    """A film as the file shows it. Of a DICOM header only these five facts are kept.

    notes: sentences on how it was read where that is not as a matter of course: what the header
    lacks or gets wrong, what was corrected by it. `gate.checks` makes them warnings.
    """

    pixels: np.ndarray  # float32 [0, 1], H x W, grey, bright = dense; read-only
    name: str  # the file's name: plain text without path; a page must not render it as markup
    format: str  # "PNG", "JPEG", "DICOM"
    bits: int  # bits that the grey values use: 8, 10, 12, 14 or 16
    saturation: float  # mean colour saturation [0, 1] of the picture as stored; 0 for grey files
    view: str | None = None  # DICOM ViewPosition: "PA", "AP", "LATERAL"...
    laterality: str | None = None  # "L", "R", "B", "U"
    age: int | None = None  # years
    sex: str | None = None  # "M", "F", "O"
    directions: tuple[str, str] | None = None  # where its rows and columns run, by the header
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)  # caches hand one film to many threads

    @property
    def sides_known(self) -> bool:
        """Whether the patient's right is on the picture's left: by custom, if no header objects."""
        return self.directions in (None, HUNG)

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


def check_length(length: int) -> None:
    """Refuse empty files and those over MAX_BYTES."""
    if length == 0:
        raise FilmError("This file is empty (0 bytes): export the film again and upload that file.")
    if length > MAX_BYTES:
        raise FilmError(
            f"This file has {length / 2**20:.0f} MB, more than the {MAX_BYTES / 2**20:.0f} MB that"
            " are read: export the film at a smaller size."
        )


def check_size(height: int, width: int) -> None:
    """Refuse pictures of too many or too few pixels; called with the header's size."""
    if height * width > MAX_PIXELS:
        raise FilmError(
            f"This picture has {width:,} x {height:,} px, more than the {MAX_PIXELS // 10**6}"
            " million pixels that are read: export the film at a smaller size."
        )
    if min(height, width) < MIN_SIDE:
        raise FilmError(
            f"This picture has only {width} x {height} px, too small for a film (at least"
            f" {MIN_SIDE} px a side): upload the film itself, not its thumbnail."
        )


def bit_depth(largest: float) -> int:
    """The smallest of BIT_DEPTHS that holds this value."""
    return next((bits for bits in BIT_DEPTHS if largest < 2**bits), BIT_DEPTHS[-1])


def plain_name(name: str) -> str:
    """The last part of a path, without control characters and angle brackets, 120 at most."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return "".join(c if c.isprintable() and c not in "<>" else "_" for c in last)[-120:]
