"""Floors of localisation: maps that never look at the film.

random: every place is as hot as any other; its hottest point is drawn at random, and it hits with
the share of the film that the box covers. centre: falls off evenly from the middle of the film to
its edges. prior: the sum of the boxes that radiologists drew for the same finding in all other
patients. The prior has seen boxes, which a network trained on labels has not: it is a floor of
usefulness, not an equal competitor.
"""

from collections import defaultdict

import numpy as np
import pandas as pd

from core.dataset import BASE_PX, FULL_PX
from core.localisation import contains, measure

FLOORS = ("random", "centre", "prior")
MIDDLE = (FULL_PX / 2, FULL_PX / 2)


def patients(image_index: pd.Series) -> pd.Series:
    """Patient IDs: what NIH's file names begin with."""
    return image_index.str.split("_").str[0].astype(int)


class LocationPrior:
    """Where the boxes of a finding lie in all patients but one."""

    def __init__(self, boxes: pd.DataFrame) -> None:
        """boxes: as `dataset.load_boxes` gives them."""
        self._total: dict[str, np.ndarray] = defaultdict(_empty)
        self._own: dict[tuple[str, int], np.ndarray] = defaultdict(_empty)
        for row, patient in zip(boxes.itertuples(), patients(boxes["image_index"]), strict=True):
            drawn = _drawn(row.x, row.y, row.w, row.h)
            self._total[row.finding][drawn] += 1
            self._own[row.finding, patient][drawn] += 1

    def map(self, finding: str, patient: int) -> np.ndarray:
        """How many boxes of other patients cover each raster px: 128 x 128."""
        total = self._total[finding]
        own = self._own.get((finding, patient))
        return total if own is None else total - own


def _empty() -> np.ndarray:
    return np.zeros((BASE_PX, BASE_PX), np.int32)


def _drawn(x: float, y: float, w: float, h: float) -> tuple[slice, slice]:
    left, top, right, bottom = (round(edge * BASE_PX / FULL_PX) for edge in (x, y, x + w, y + h))
    return slice(top, bottom), slice(left, right)


def centre_map() -> np.ndarray:
    """1 in the middle of the film, 0 at its edges, in square steps: 128 x 128."""
    away = np.abs((np.arange(BASE_PX) + 0.5) / BASE_PX - 0.5)
    return 1 - 2 * np.maximum(away[:, None], away)


def floors(pairs: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """What each floor reaches on each pair: columns `random_pointing`, `prior_iou` ...

    pairs: image_index, finding, x, y, w, h. boxes: all known boxes, for the prior.
    """
    prior, centre, even = LocationPrior(boxes), centre_map(), np.ones((BASE_PX, BASE_PX))
    rows = []
    for row, patient in zip(pairs.itertuples(), patients(pairs["image_index"]), strict=True):
        box = (row.x, row.y, row.w, row.h)
        measured = {
            "random": measure(even, box) | {"pointing": row.w * row.h / FULL_PX**2},
            "centre": measure(centre, box) | {"pointing": contains(box, MIDDLE)},
            "prior": measure(prior.map(row.finding, patient), box),
        }
        rows.append({f"{f}_{k}": v for f, found in measured.items() for k, v in found.items()})
    return pd.DataFrame(rows, index=pairs.index)
