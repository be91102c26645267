"""Floors of localisation: maps that never look at the film.

random: every place is as hot as any other; its hottest point is drawn at random, and it hits with
the share of the film that the box covers. centre: falls off evenly from the middle of the film to
its edges. prior: the sum of the boxes that radiologists drew for the same finding in all other
patients. The prior has seen boxes, which a network trained on labels has not: it is a floor of
usefulness, not an equal competitor.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.films.resample import BASE_PX, FULL_PX
from core.maps.boxes import contains, measure

FLOORS = ("random", "centre", "prior")
MIDDLE = (FULL_PX / 2, FULL_PX / 2)


def patients(image_index: pd.Series) -> pd.Series:
    """Patient IDs: what NIH's file names begin with."""
    return image_index.str.split("_").str[0].astype(int)


def each(boxes: pd.DataFrame) -> Iterator[tuple[str, int, np.ndarray]]:
    """Finding, patient and box (x, y, w, h) of every row."""
    numbers = boxes[["x", "y", "w", "h"]].to_numpy(float)
    owners = patients(boxes["image_index"]).tolist()
    yield from zip(boxes["finding"].astype(str).tolist(), owners, numbers, strict=True)


class LocationPrior:
    """Where the boxes of a finding lie in all patients but one."""

    def __init__(self, boxes: pd.DataFrame) -> None:
        """boxes: as `dataset.load_boxes` gives them."""
        self._total: dict[str, np.ndarray] = defaultdict(_empty)
        self._own: dict[tuple[str, int], np.ndarray] = defaultdict(_empty)
        for finding, patient, box in each(boxes):
            self._total[finding][_drawn(box)] += 1
            self._own[finding, patient][_drawn(box)] += 1

    def map(self, finding: str, patient: int) -> np.ndarray:
        """How many boxes of other patients cover each raster px: 128 x 128."""
        total = self._total[finding]
        own = self._own.get((finding, patient))
        return total if own is None else total - own


def _empty() -> np.ndarray:
    return np.zeros((BASE_PX, BASE_PX), np.int32)


def _drawn(box: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of the raster that a box covers, its edges rounded."""
    x, y, w, h = box
    left, top, right, bottom = (round(edge * BASE_PX / FULL_PX) for edge in (x, y, x + w, y + h))
    return slice(top, bottom), slice(left, right)


def centre_map() -> np.ndarray:
    """1 in the middle of the film, 0 at its edges, in square steps: 128 x 128."""
    away = np.abs((np.arange(BASE_PX) + 0.5) / BASE_PX - 0.5)
    return 1 - 2 * np.maximum(away[:, None], away)


def maps(pairs: pd.DataFrame, boxes: pd.DataFrame) -> list[np.ndarray]:
    """The prior of each pair (128 x 128), from the boxes of all other patients."""
    prior = LocationPrior(boxes)
    return [prior.map(finding, patient) for finding, patient, _ in each(pairs)]


def floors(pairs: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """What each floor reaches on each pair: columns `random_pointing`, `prior_iou` ...

    pairs: image_index, finding, x, y, w, h. boxes: all known boxes, for the prior.
    """
    centre, even = centre_map(), np.ones((BASE_PX, BASE_PX))
    rows = []
    for (_, _, box), prior in zip(each(pairs), maps(pairs, boxes), strict=True):
        measured = {
            "random": measure(even, box) | {"pointing": box[2] * box[3] / FULL_PX**2},
            "centre": measure(centre, box) | {"pointing": contains(box, MIDDLE)},
            "prior": measure(prior, box),
        }
        rows.append({f"{f}_{k}": v for f, found in measured.items() for k, v in found.items()})
    return pd.DataFrame(rows, index=pairs.index)
