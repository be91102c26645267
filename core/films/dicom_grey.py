"""Decoded DICOM pixels -> grey values in [0, 1] as the file wants them shown.

Order (PS3.3 C.11.1, C.11.2, C.7.6.3.1.2): stored -> modality LUT or rescale -> VOI LUT or window ->
[0, 1] -> inverted where the file says MONOCHROME1 -> padding black. Presentation LUT Shape says the
same as the photometric interpretation (PS3.3 C.8.11.3.1.2) and is not applied a second time.

A setting that is broken, or that would leave the film nearly black or white, is left out. `notes`
are sentences about that, added to a list that the caller holds.
"""

from collections.abc import Iterator
from itertools import zip_longest

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut

from core.films.dicom_header import code, number, numbers
from core.films.dicom_lut import tables
from core.films.film import bit_depth
from core.films.grey_range import is_lost, shade, span, stretched
from core.films.picture import grey_of_colour

FAR_OFF = 0.02  # share of a film's pixels beyond its own range; borders and markers are named above


def grey(
    values: np.ndarray, padding: np.ndarray, header: Dataset, notes: list[str]
) -> tuple[np.ndarray, float]:
    """Decoded pixels -> (float32 [0, 1] H x W, bright = dense; saturation [0, 1]).

    padding: H x W mask of the pixels that lie outside the film.
    """
    if header.PhotometricInterpretation == "PALETTE COLOR":
        values = apply_color_lut(values, header)
    if values.ndim == 3:
        return _of_colour(values)
    pixels = _shown(values, padding, header, notes)
    if header.PhotometricInterpretation == "MONOCHROME1":
        pixels = 1 - pixels
    pixels[padding] = 0
    _check_polarity(header, notes)
    return pixels.astype(np.float32), 0.0


def _of_colour(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Unsigned H x W x 3, scaled by the bits that the values use where they use few."""
    if values.itemsize > 1:
        largest = span(values)[1]
        values = np.rint(255 * stretched(values, 0, 2 ** bit_depth(largest) - 1))
    return grey_of_colour(Image.fromarray(values.astype(np.uint8)))


def _shown(
    values: np.ndarray, padding: np.ndarray, header: Dataset, notes: list[str]
) -> np.ndarray:
    """Stored values -> float32 [0, 1] by the file's own display settings, else by their range."""
    real = _modality_values(values, header, notes)
    inside = ~padding
    passed_over = False
    for shown in _settings(real, header):
        if shown is not None and not is_lost(shown[inside], real[inside]):
            if passed_over:
                notes.append(_left_out("another of its settings"))
            return shown
        passed_over = True
    if passed_over:
        notes.append(_left_out("the range of its own grey values"))
    if not header.get("ModalityLUTSequence"):
        shown = _by_range(values, int(header.BitsStored), inside, notes)
        return 1 - shown if (number(header, "RescaleSlope") or 1) < 0 else shown
    return _by_range(real, 16, inside, notes)


def _by_range(values: np.ndarray, stored: int, inside: np.ndarray, notes: list[str]) -> np.ndarray:
    """float32 [0, 1] on the scale of the bits that the film uses, else by its own range.

    A film is shown on the scale where it fills at least half of it, and one of 8 bits in any case
    (as a PNG would be), unless it is nearly black or white there. stored: bits by the header.
    """
    own = span(values[inside])
    scale = _scale(*own, stored)
    plain = stored == 8 and scale == (0, 255)
    if own[1] - own[0] < (scale[1] - scale[0]) / 2 and not plain:
        scale = own
    shown = stretched(values, *scale)
    found = shade(shown[inside])
    if found:
        notes.append(
            f"This film is {found} as its file stores it, so it is shown by the range of its own"
            " grey values."
        )
        scale = own
        shown = stretched(values, *scale)
    beyond = (values[inside] < scale[0]) | (values[inside] > scale[1])
    if beyond.size and beyond.mean() > FAR_OFF:
        notes.append(
            f"{beyond.mean():.0%} of this film's pixels lie far from all other grey values and are"
            " shown black or white: see that these are a border or marks."
        )
    return shown


def _scale(low: float, high: float, stored: int) -> tuple[float, float]:
    """The range of the fewest usual bits that hold these values, no more than the bits stored.

    Of signed values, that of the bits stored.
    """
    if low >= 0:
        bits = bit_depth(high)
        return 0, 2 ** (stored if stored < bits and high < 2**stored else bits) - 1
    half = 2 ** (stored - 1)
    return (-half, half - 1) if -half <= low and high < half else (low, high)


def _left_out(instead: str) -> str:
    return (
        "A display setting in the header (window or VOI LUT) is broken, or would show this film"
        f" nearly black, white or grey, so the film is shown by {instead}."
    )


def _modality_values(values: np.ndarray, header: Dataset, notes: list[str]) -> np.ndarray:
    """Modality LUT or rescale (PS3.3 C.11.1); the very same array where there is none."""
    for table in tables(header, "ModalityLUTSequence"):
        if table is not None:
            return table.of(values)
        notes.append("The header's modality LUT is empty or broken and was left out.")
    slope, intercept = number(header, "RescaleSlope"), number(header, "RescaleIntercept")
    if slope == 0:
        notes.append("The header's RescaleSlope is 0, which no film can have, and was left out.")
    if slope in (None, 0, 1) and intercept in (None, 0):
        return values
    return values.astype(np.float32) * np.float32(slope or 1) + np.float32(intercept or 0)


def _settings(real: np.ndarray, header: Dataset) -> Iterator[np.ndarray | None]:
    """The film by each VOI LUT, then by each window; None for one that is empty or broken."""
    for table in tables(header, "VOILUTSequence"):
        yield None if table is None else np.clip(table.of(real) / np.float32(table.top), 0, 1)
    centres, widths = numbers(header, "WindowCenter"), numbers(header, "WindowWidth")
    for centre, width in zip_longest(centres, widths):
        yield _windowed(real, centre, width, code(header, "VOILUTFunction") or "LINEAR")


def _windowed(
    real: np.ndarray, centre: float | None, width: float | None, function: str
) -> np.ndarray | None:
    """A window (PS3.3 C.11.2.1) -> float32 [0, 1]; None without a usable one."""
    if centre is None or width is None or width <= 0:
        return None
    x = real.astype(np.float32)
    if function == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(np.clip(-4 * (x - centre) / width, -80, 80))))
    if function == "LINEAR":  # PS3.3 C.11.2.1.2.1; LINEAR_EXACT is the plain form
        centre, width = centre - 0.5, max(width - 1, 1e-3)
    return np.clip((x - centre) / width + 0.5, 0, 1)


def _check_polarity(header: Dataset, notes: list[str]) -> None:
    """Note where the two elements that say what is white contradict each other."""
    photometric, shape = header.PhotometricInterpretation, code(header, "PresentationLUTShape")
    if (photometric, shape) in (("MONOCHROME2", "INVERSE"), ("MONOCHROME1", "IDENTITY")):
        notes.append(
            f"The header contradicts itself on what is white ({photometric} with a presentation LUT"
            f" shape of {shape}), and {photometric} is followed: see that bones are bright."
        )
