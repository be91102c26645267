"""Whether a film can be a frontal chest radiograph: cheap checks first, then its distance.

The cheap checks stop blank pictures, colour photographs and views that the file itself names. Then
the film is placed in the gate's feature space: one that lies farther from the training films than
those of other hospitals do is refused; one that seems to be turned, a negative, a side view or cut
off is read, with a warning and, where it can be corrected, how to correct it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.films.film import Film
from core.gate import burned_in_marks, feature_space
from core.gate.corrections import corrected_pixels
from core.gate.feature_space import Position

MIN_SIDE = 100  # px; the networks see 128 px, and a picture much below has lost its lung markings
MIN_ASPECT, MAX_ASPECT = 0.6, 1.7  # width / height; detectors are 0.8 to 1.25, cropping adds some
MAX_SATURATION = 0.15  # 14 colour pictures had 0.18 to 0.71, X-ray JPEGs stored as RGB up to 0.03
TINT = 0.05  # saturation of X-ray JPEGs stored as RGB is up to 0.03; more are coloured marks
MIN_SPREAD = 0.03  # standard deviation of grey [0, 1]; the palest of 9,433 NIH films has 0.042
MAX_ONE_GREY = 0.95  # share of one of 256 greys; the emptiest of 9,433 NIH films has 0.57
SURELY = 0.8  # probability of a frontal film, cut off or not, that outweighs a distance just over
ADULT = 18  # years; 6 % of the training films are of younger patients, the youngest 2 years old
SIDE_VIEWS = ("LATERAL", "LAT", "LL", "RL", "LLO", "RLO")  # DICOM PS3.3 C.8.1.1.1, oblique too


_CORRECTED_BY = {
    "negative": ("invert", "This film seems to be a negative (black bones)"),
    "turned 90": ("rotate 90", "This film seems to lie on its side"),
    "turned 180": ("rotate 180", "This film seems to be upside down"),
    "turned 270": ("rotate 270", "This film seems to lie on its side"),
}


@dataclass(frozen=True)
class Caution:
    """A warning on a film that is read all the same; correction: a key of CORRECTIONS, or ""."""

    sentence: str
    correction: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the gate says; reason: one sentence and the film's notes, "" when accepted.

    distance: from the training films, in the gate's feature space (they have about 1); None where
    a cheap check had objected before.
    """

    accepted: bool
    reason: str = ""
    warnings: tuple[Caution, ...] = ()
    distance: float | None = None

    @property
    def upright(self) -> bool:
        """False where the film seems to be turned, and nobody has corrected it yet."""
        return not any(caution.correction.startswith("rotate") for caution in self.warnings)


def check(film: Film) -> Verdict:
    """The first objection that applies, in the order of what a user can do about it; or warnings.

    Raises FileNotFoundError where the files of the fitted gate are missing.
    """
    for objection in _OBJECTIONS:
        reason = objection(film)
        if reason:
            return Verdict(False, _with_notes(reason, film))
    from core.films.resample import to_base  # brings torch

    base = to_base(film)
    found = feature_space.locate(base)
    limits = feature_space.facts()
    correctable = _correctable(base, found, limits)
    if correctable is None and _is_strange(found, limits):
        return Verdict(False, _with_notes(_strange(found, limits), film), (), found.distance)
    doubts = (correctable or _doubt(found, limits), _marks(film), _young(film))
    warnings = (*map(Caution, film.notes), *filter(None, doubts))
    return Verdict(True, "", warnings, found.distance)


def _correctable(base: np.ndarray, found: Position, limits: dict[str, float]) -> Caution | None:
    """The correction that brings a film nearer to the training films, and well among them."""
    if found.kind not in _CORRECTED_BY:
        return None
    how, seems = _CORRECTED_BY[found.kind]
    corrected = feature_space.locate(corrected_pixels(base, how, 255))
    if (
        corrected.distance >= min(found.distance, limits["refused_from"])
        or corrected.kind != "frontal"
    ):
        return None
    sentence = (
        f"{seems}: corrected, it is nearer to the training films (distance {corrected.distance:.2f}"
        f" instead of {found.distance:.2f}), so correct it before you rely on its scores."
    )
    return Caution(sentence, how)


def _is_strange(found: Position, limits: dict[str, float]) -> bool:
    """Beyond the films of other hospitals; a little beyond is borne where all else is frontal."""
    if found.distance <= limits["refused_from"]:
        return False
    frontal = found.kinds["frontal"] + found.kinds["crop"]
    return found.distance > limits["far_from"] or frontal < SURELY


def _strange(found: Position, limits: dict[str, float]) -> str:
    return (
        f"This does not look like a frontal chest film: its distance from the training films is"
        f" {found.distance:.2f}, and such films stay below {limits['refused_from']:.2f}, so"
        f" upload a PA or AP chest film."
    )


def _doubt(found: Position, limits: dict[str, float]) -> Caution | None:
    """The likeliest reason not to rely on the scores of a film that passes."""
    if found.kinds["side"] > limits["side_from"]:
        return Caution(
            "This may be a side view or half a chest, and the networks learnt whole frontal films"
            " only: do not rely on its scores."
        )
    if found.kinds["crop"] > limits["crop_from"]:
        return Caution(
            "This film seems to be cut off, and the networks learnt films that show both lungs"
            " whole: scores may be off."
        )
    if found.distance > limits["unusual_from"]:
        return Caution(
            f"This film is unusual for a frontal chest film (distance {found.distance:.2f} from the"
            f" training films; 19 of 20 frontal films stay below {limits['unusual_from']:.2f}): see"
            " that it is one, upright and whole."
        )
    return None


def _marks(film: Film) -> Caution | None:
    if film.saturation <= TINT and burned_in_marks.sharp_share(film.pixels) <= burned_in_marks.MOST:
        return None
    return Caution(
        "This film seems to carry text, arrows or coloured marks, which the networks have not"
        " learnt to look past: better read the film without them."
    )


def _with_notes(reason: str, film: Film) -> str:
    """Why a film is refused, and how it was read: a header that is wrong may be the cause."""
    return " ".join((reason, *film.notes))


def _young(film: Film) -> Caution | None:
    if film.age is None or film.age >= ADULT:
        return None
    age = f"{film.age} years old" if film.age else "younger than a year"
    return Caution(
        f"The header says that the patient was {age}, and the networks learnt nearly only films of"
        " adults: a child's chest looks different, so do not rely on the scores."
    )


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
