"""Does a heat map point at the disease? Maps to boxes, and maps against the radiologists' boxes.

The protocol was fixed before any figure was computed and is the same for networks and floors. The
positive part of a map is enlarged bilinearly over the film, on a raster of 128 x 128 px (8 px of
the 1,024-px film each); where it reaches half of its maximum is the region, and the region's
8-connected components are boxed. Nothing is cropped on the way into a network, so that fractions of
the raster are fractions of the film.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from contourpy import contour_generator

from core.films.resample import BASE_PX, FULL_PX

SHARE = 0.5
"""Of a map's maximum: where its region begins. Chosen without looking at any box."""

SHARES = tuple(step / 20 for step in range(2, 19))
"""What `shares_of_others` chooses from: .1 to .9 in steps of .05."""

IOU_AT = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
IOBB_AT = (0.1, 0.25, 0.5, 0.75, 0.9)
"""The thresholds of Wang et al. 2017, who count a box as found above them."""

OUTCOMES = ("hit", "near miss", "miss", "no evidence")
NEAR = 0.1
"""IoU above which a map whose hottest point is outside the box nearly found it."""

_SCALE = FULL_PX / BASE_PX
Box = Sequence[float] | np.ndarray
"""x, y, w, h in px of the 1,024-px film."""


def raster(cells: np.ndarray) -> np.ndarray:
    """The positive part of a map (h x w) over the whole film: float32, 128 x 128.

    Bilinear between cell centres (half-pixel convention, as the pages draw it).
    """
    positive = np.maximum(cells, 0).astype(np.float32)
    return np.asarray(cv2.resize(positive, (BASE_PX, BASE_PX), interpolation=cv2.INTER_LINEAR))


def region(heat: np.ndarray, share: float = SHARE) -> np.ndarray:
    """Where a raster reaches `share` of its maximum (bool); empty for a map without evidence."""
    top = heat.max()
    return (heat >= share * top) & (heat > 0)


def boxes(inside: np.ndarray) -> np.ndarray:
    """Bounding boxes of a region's 8-connected components, float64 k x 4, largest region first."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=8)
    found = stats[1:]  # the first is the background
    order = np.argsort(-found[:, cv2.CC_STAT_AREA], kind="stable")
    return found[order, :4].astype(np.float64) * _SCALE


def outlines(cells: np.ndarray, share: float = SHARE) -> list[np.ndarray]:
    """Lines where a map (h x w) reaches `share` of its maximum: closed rings, each k x 2.

    x and y in fractions of the film, [0, 1]; a ring that the film's edge cuts runs along the edge.
    [] for a map without evidence.
    """
    heat = raster(cells)
    top = float(heat.max())
    if top <= 0:
        return []
    padded = np.pad(heat, 1)  # closes the rings at the film's edge
    rings = contour_generator(z=padded).lines(share * top)
    return [((np.asarray(ring) - 0.5) / BASE_PX).clip(0, 1) for ring in rings]


def peak(cells: np.ndarray) -> tuple[float, float] | None:
    """Film px (x, y) of the centre of the strongest cell; None for a map without evidence."""
    if not cells.max() > 0:
        return None
    row, column = np.unravel_index(int(cells.argmax()), cells.shape)
    height, width = cells.shape
    return (float(column) + 0.5) * FULL_PX / width, (float(row) + 0.5) * FULL_PX / height


def contains(box: Box, point: tuple[float, float]) -> bool:
    """Whether a point (x, y) lies in a box; its left and upper edges belong to it."""
    x, y, w, h = box
    return bool(x <= point[0] < x + w and y <= point[1] < y + h)


def overlaps(found: np.ndarray, box: Box) -> tuple[np.ndarray, np.ndarray]:
    """IoU and IoBB of each found box (k x 4) with one box.

    IoBB is the intersection over the area of the FOUND box, as Wang et al. 2017 define it.
    """
    x, y, w, h = box
    left, top, width, height = found.T
    across = np.minimum(left + width, x + w) - np.maximum(left, x)
    down = np.minimum(top + height, y + h) - np.maximum(top, y)
    shared = np.maximum(across, 0) * np.maximum(down, 0)
    area = width * height
    return shared / (area + w * h - shared), shared / area


def inside_box(values: np.ndarray, box: Box) -> float:
    """Sum of a raster within a box; raster px that the box cuts count by the part inside."""
    x, y, w, h = box
    edges = np.arange(BASE_PX) * _SCALE

    def cover(start: float, end: float) -> np.ndarray:
        return np.clip(np.minimum(edges + _SCALE, end) - np.maximum(edges, start), 0, None) / _SCALE

    return float(cover(y, y + h) @ values.astype(np.float64) @ cover(x, x + w))


def measure(cells: np.ndarray, box: Box, share: float = SHARE) -> dict[str, Any]:
    """All measures of one map (h x w, signed or not) against one radiologist's box.

    pointing: the strongest cell's centre lies in the box (the pointing game, no tolerance).
    energy: share of the positive map inside the box. iou, iobb: of the best box, which is how Wang
    et al. count. region_iou, region_iobb: of the region as it is, unboxed, so that nothing is
    gained by many boxes. false_positives: boxes with IoBB of .1 or less. degenerate: no positive
    cell, a miss of another kind. found: the boxes, k x 4.
    """
    heat = raster(cells)
    inside = region(heat, share)
    found = boxes(inside)
    point = peak(cells)
    iou, iobb = overlaps(found, box)
    _, _, w, h = box
    shared, area, target = inside_box(inside, box), float(inside.sum()), w * h / _SCALE**2
    total = float(heat.sum(dtype=np.float64))
    return {
        "pointing": point is not None and contains(box, point),
        "energy": inside_box(heat, box) / total if total else 0.0,
        "iou": float(iou.max(initial=0)),
        "iobb": float(iobb.max(initial=0)),
        "region_iou": shared / (area + target - shared),
        "region_iobb": shared / area if area else 0.0,
        "false_positives": int((iobb <= NEAR).sum()),
        "degenerate": point is None,
        "found": found,
    }


def shares_of_others(
    maps: Sequence[np.ndarray] | np.ndarray, drawn: np.ndarray, patients: np.ndarray
) -> np.ndarray:
    """For each pair the share of SHARES with the highest mean IoU on all other patients' pairs.

    IoU is that of the best box, as in `measure`; one share for all findings together. The lowest
    of equal ones; SHARE where there is no other patient. maps, drawn (n x 4): a map and a box a
    pair.
    """
    overlap = np.array(
        [
            [measure(cells, box, share)["iou"] for share in SHARES]
            for cells, box in zip(maps, drawn, strict=True)
        ]
    )
    others = patients[:, None] != patients
    totals = others.astype(float) @ overlap  # the same pairs stand behind all shares of a row
    return np.where(others.any(1), np.array(SHARES)[totals.argmax(1)], SHARE)


def outcome(measured: dict[str, Any]) -> str:
    """One of OUTCOMES, from `measure`."""
    if measured["degenerate"]:
        return "no evidence"
    if measured["pointing"]:
        return "hit"
    return "near miss" if measured["iou"] > NEAR else "miss"
