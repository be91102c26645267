"""From the pixels as stored to the film as it hangs on the light box, by what the header says.

Square pixels (PS3.3 C.7.6.3.1.7), the patient's right on the left, the head up (C.7.6.1.1.1).
"""

import cv2
import numpy as np
from pydicom.dataset import Dataset

from core.films.dicom_header import numbers
from core.films.film import HUNG, MAX_PIXELS

SQUARE = 0.02  # a shape nearer to a square than this is one
MOST = 4.0  # times as high as wide, or the other way: no detector's pixels
SPACINGS = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio")
"""Each gives the height of a pixel, then its width; the first that is there counts."""

STORED = {
    ("R", "F"): "mirrored",
    ("L", "H"): "mirrored and turned by 180°",
    ("R", "H"): "turned by 180°",
    ("F", "L"): "mirrored and on its side",
    ("H", "R"): "mirrored and on its side",
    ("F", "R"): "on its side",
    ("H", "L"): "on its side",
}


def squared(pixels: np.ndarray, header: Dataset, notes: list[str]) -> np.ndarray:
    """The film with pixels as high as wide, the longer side enlarged; float32 [0, 1], H x W."""
    ratios = _heights_to_widths(header)
    if not ratios:
        return pixels
    ratio = ratios[0]
    if max(ratios) / min(ratios) - 1 > SQUARE:
        notes.append(
            "The header contradicts itself on the shape of pixels"
            f" ({' and '.join(f'{ratio:.2f}' for ratio in ratios)} times as high as wide); the"
            " first is taken: see that the film is not stretched."
        )
    if abs(ratio - 1) <= SQUARE:
        return pixels
    if not 1 / MOST <= ratio <= MOST:
        notes.append(
            f"The header says that pixels are {ratio:.3g} times as high as wide, which no"
            " detector's are, and this was left out."
        )
        return pixels
    notes.append(
        f"The header says that the film's pixels are {ratio:.2f} times as high as wide; it is shown"
        " and read with square pixels."
    )
    height, width = pixels.shape
    if pixels.size * max(ratio, 1 / ratio) > MAX_PIXELS:  # shrink the other side instead
        ratio_h, ratio_w = min(ratio, 1.0), min(1 / ratio, 1.0)
    else:
        ratio_h, ratio_w = max(ratio, 1.0), max(1 / ratio, 1.0)
    size = (max(round(width * ratio_w), 1), max(round(height * ratio_h), 1))
    method = cv2.INTER_AREA if min(ratio_h, ratio_w) < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=method))


def _heights_to_widths(header: Dataset) -> list[float]:
    ratios = []
    for keyword in SPACINGS:
        sides = [side for side in numbers(header, keyword) if side is not None and side > 0]
        if len(sides) == 2:
            ratios.append(sides[0] / sides[1])
    return ratios


def hung(
    pixels: np.ndarray, directions: tuple[str, str] | None, notes: list[str]
) -> tuple[np.ndarray, tuple[str, str] | None]:
    """The film the usual way round, and where its rows and columns run then.

    directions: of rows and columns as stored; kept where they are none of a frontal film.
    """
    if directions is None or directions == HUNG:
        return pixels, directions
    if directions not in STORED:
        notes.append(
            f"The header's PatientOrientation ({directions[0]}, {directions[1]}) is not that of a"
            " frontal film: see that this is one."
        )
        return pixels, directions
    notes.append(
        f"The header says that this film is stored {STORED[directions]}; it is shown and read the"
        " right way round."
    )
    rows, columns = directions
    if rows in "FH":
        pixels, rows, columns = pixels.T, columns, rows
    if rows == "R":
        pixels = pixels[:, ::-1]
    if columns == "H":
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels), HUNG
