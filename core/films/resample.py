"""From any size to the base size, by the route of the starter films.

Nothing is cropped: a point at (x, y) of the 1,024-px film is at the same fraction of the base film.
"""

import cv2
import numpy as np

from core.films.film import Film

BASE_PX = 128
HALF_PX = 256
FULL_PX = 1024


def to_base(film: Film) -> np.ndarray:
    """The film at 128 x 128 px, uint8, by the route of the starter films.

    Any size -> 1,024 x 1,024 (antialiased) -> 256 (bilinear) -> 128 (area mean). Bit-equal to the
    starter set's films for 8-bit NIH originals. A film that is 128 x 128 already has been through.
    """
    grey = np.rint(film.pixels * 255).astype(np.uint8)
    if grey.shape == (BASE_PX, BASE_PX):
        return grey
    if grey.shape != (FULL_PX, FULL_PX):
        grey = _to_full(grey)
    half = cv2.resize(grey, (HALF_PX, HALF_PX), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(half, (BASE_PX, BASE_PX), interpolation=cv2.INTER_AREA))


def _to_full(grey: np.ndarray) -> np.ndarray:
    """1,024 x 1,024, each axis by itself: area mean where it shrinks, cubic where it grows."""
    height = grey.shape[0]
    for size in ((FULL_PX, height), (FULL_PX, FULL_PX)):
        shrinks = size[0] * size[1] <= grey.size
        method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        grey = np.asarray(cv2.resize(grey, size, interpolation=method))
    return grey
