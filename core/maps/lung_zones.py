"""Where on a film a map is strongest, in the words radiologists use: lung zones.

The zones are plain geometry, not anatomy: thirds of the film's height for upper, mid and lower, a
central band of a fifth of its width for the midline, right and left beside it. Films are shown as
if the patient faced the reader (the hanging of PA and AP films alike), so that the patient's right
is on the left of the picture. No lung is looked for: on a film that is cropped, turned or taken of
a bent patient, the thirds are not those of the lungs, and zones that radiologists name are bounded
by ribs or hila (upper zone above the second rib's front end, lower zone below the fourth's), which
lie near these thirds only on a well centred film of a breath held in.
"""

import numpy as np

from core.films.resample import FULL_PX
from core.maps.boxes import peak

HEIGHTS = ("upper", "mid", "lower")
CENTRAL = (0.4, 0.6)
"""The central band, in fractions of the width: spine and mediastinum of a well centred film."""

FAINT = 0.1
"""Of the colour scale: below, the colours cannot be told from the film and no place is named."""

SIDES = "Right is the patient's right, on the left of the picture, as films are shown."
SIDES_UNKNOWN = "The file says that it is not shown as films usually are: sides are unknown."


def zone(x: float, y: float, sides_known: bool = True) -> str:
    """The zone of a point, x and y in fractions of the film from its upper left corner, [0, 1]."""
    height = HEIGHTS[min(int(3 * y), 2)]
    if CENTRAL[0] <= x <= CENTRAL[1]:
        return f"central {height} zone"
    if not sides_known:
        return f"{height} zone, side unknown"
    return f"{'right' if x < CENTRAL[0] else 'left'} {height} zone"


def strongest_zone(cells: np.ndarray, sides_known: bool = True, upright: bool = True) -> str:
    """The zone of the strongest cell; "" for a map (h x w, in [0, 1]) fainter than `FAINT`.

    sides_known: whether the patient's right is on the left of the picture. upright: "" as well for
    a film that lies turned.
    """
    point = peak(cells)
    if point is None or cells.max() < FAINT or not upright:
        return ""
    return zone(point[0] / FULL_PX, point[1] / FULL_PX, sides_known)
