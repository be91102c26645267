"""Whether a film can be a frontal chest radiograph at all: cheap checks of the picture as such.

They stop photographs, blank pictures and lateral views, not other body parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.films import Film

MIN_SIDE = 100  # px; the networks see 128 px, and a picture much below has lost its lung markings
MIN_ASPECT, MAX_ASPECT = 0.6, 1.7  # width / height; detectors are 0.8 to 1.25, cropping adds some
MAX_SATURATION = 0.15  # 14 colour pictures had 0.18 to 0.71, X-ray JPEGs stored as RGB up to 0.03
MIN_SPREAD = 0.03  # standard deviation of grey [0, 1]; the palest of 9,433 NIH films has 0.042
MAX_ONE_GREY = 0.95  # share of one of 256 greys; the emptiest of 9,433 NIH films has 0.57
SIDE_VIEWS = ("LATERAL", "LAT", "LL", "RL", "LLO", "RLO")  # DICOM PS3.3 C.8.1.1.1, oblique too


@dataclass(frozen=True)
class Verdict:
    """What the gate says; the reason is one sentence, "" when accepted."""

    accepted: bool
    reason: str = ""


def check(film: Film) -> Verdict:
    """The first objection that applies, in the order of what a user can do about it."""
    for objection in _OBJECTIONS:
        reason = objection(film)
        if reason:
            return Verdict(False, reason)
    return Verdict(True)


def _side_view(film: Film) -> str:
    if film.view not in SIDE_VIEWS:
        return ""
    return (
        f"The file says that this is a side view ({film.view}), and only frontal films (PA or AP)"
        " were learnt: upload the frontal one."
    )


def _too_small(film: Film) -> str:
    if min(film.height, film.width) >= MIN_SIDE:
        return ""
    return (
        f"This picture has only {film.width} x {film.height} px, and at least {MIN_SIDE} px a side"
        " are needed: upload the film at its full size."
    )


def _odd_shape(film: Film) -> str:
    aspect = film.width / film.height
    if MIN_ASPECT <= aspect <= MAX_ASPECT:
        return ""
    return (
        f"This picture is {aspect:.2f} times as wide as high, and chest films lie between"
        f" {MIN_ASPECT} and {MAX_ASPECT}: upload one whole film, neither a strip nor a montage."
    )


def _colourful(film: Film) -> str:
    if film.saturation <= MAX_SATURATION:
        return ""
    return (
        f"This is a colour picture (mean saturation {film.saturation:.2f}, films stay below"
        f" {MAX_SATURATION}): upload the exported film, not a photograph."
    )


def _flat(film: Film) -> str:
    spread = float(film.pixels.std())
    if spread >= MIN_SPREAD:
        return ""
    return (
        f"This picture has hardly any contrast (standard deviation {spread:.3f}, films have at"
        f" least {MIN_SPREAD}): check that the export is not blank."
    )


def _one_grey(film: Film) -> str:
    greys = np.bincount(np.rint(film.pixels.ravel() * 255).astype(np.uint8), minlength=256)
    share = greys.max() / film.pixels.size
    if share <= MAX_ONE_GREY:
        return ""
    return (
        f"One single grey fills {share:.0%} of this picture, which no chest film does: check that"
        " the export shows the film."
    )


_OBJECTIONS: tuple[Callable[[Film], str], ...] = (
    _side_view,
    _too_small,
    _odd_shape,
    _colourful,
    _flat,
    _one_grey,
)
