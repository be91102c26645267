"""A film that lies turned or is a negative, put right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.films.film import Film

CORRECTIONS = {
    "invert": "Invert it",
    "rotate 90": "Turn it clockwise by 90°",
    "rotate 180": "Turn it by 180°",
    "rotate 270": "Turn it anticlockwise by 90°",
}
"""What `correct` can do, in the words of a button; rotations are clockwise."""


_OPPOSITE = dict(zip("LRHFAP", "RLFHPA", strict=True))


def correct(film: Film, how: str) -> Film:
    """The film inverted or turned clockwise, by a key of CORRECTIONS.

    Raises ValueError for any other word.
    """
    if how not in CORRECTIONS:
        raise ValueError(
            f"A film cannot be corrected by '{how}': choose one of {', '.join(CORRECTIONS)}."
        )
    pixels = corrected_pixels(film.pixels, how, 1)
    return replace(film, pixels=pixels, directions=_turned(film.directions, how))


def corrected_pixels(picture: np.ndarray, how: str, white: int) -> np.ndarray:
    """As `correct`, of grey values whose white is `white`."""
    if how == "invert":
        return white - picture
    return np.ascontiguousarray(np.rot90(picture, -_quarters(how)))


def _quarters(how: str) -> int:
    """Clockwise quarter turns of a key of CORRECTIONS."""
    return 0 if how == "invert" else int(how.removeprefix("rotate ")) // 90


def _turned(directions: tuple[str, str] | None, how: str) -> tuple[str, str] | None:
    """Where rows and columns run afterwards: a quarter turn makes rows of upward columns."""
    if directions is None:
        return None
    for _ in range(_quarters(how)):
        directions = (_OPPOSITE[directions[1]], directions[0])
    return directions
