"""Which grey values of a film are the film's own, and whether a picture came out black or white.

A burned-in marker, a hot pixel or a border far from all other values must not set the scale. The
limits are those of the 9,433 starter films: their middle 98 % of greys never span less than 0.17 of
the scale, end above 0.47 and begin below 0.51.
"""

import numpy as np

MIDDLE = (1, 99)  # percentiles
REACH = 0.5
"""How far beyond the middle greys, as a share of their range, a film's own values lie: further off
lie the darkest pixels of 0.4 % and the brightest of 0.03 % of the starter films."""

PLATEAU = (0.001, 0.9)  # share of one value at an end: less is a few pixels, more is all there is
ROUNDS = 4  # a hot pixel hides a marker, a marker hides a border
MOST_OUTSIDE = 0.02  # share of a film that markers and hot pixels cover
MOSTLY = 0.9
SAMPLE = 1_000_000  # pixels that percentiles are taken of
FEW = 100  # pixels; of fewer, nothing is said
DARKEST, PALEST, LEAST_RANGE = 0.25, 0.6, 0.12
CLIPPED = 0.8


def span(values: np.ndarray) -> tuple[float, float]:
    """Lowest and highest value of the film itself; minimum and maximum where nothing stands out.

    values: real numbers of any shape, without padding; (0, 0) where there are none.
    """
    if values.size == 0:
        return 0.0, 0.0
    some = sample(values)
    low, high = float(values.min()), float(values.max())
    for _ in range(ROUNDS):
        inside = some[(some >= low) & (some <= high)]
        first, last = _middle(inside)
        if last <= first:
            break
        reach = REACH * (last - first)
        bounds = max(low, first - reach), min(high, last + reach)
        if bounds == (low, high):
            break
        low, high = bounds
    if _is_film(some[some < low], some.size):
        low = float(values.min())
    if _is_film(some[some > high], some.size):
        high = float(values.max())
    within = values[(values >= low) & (values <= high)]
    return float(within.min()), float(within.max())


def _is_film(outside: np.ndarray, of: int) -> bool:
    """Whether values beyond the span are film after all: many, and not one value of a border."""
    if outside.size <= MOST_OUTSIDE * of:
        return False
    _, counts = np.unique(outside, return_counts=True)
    return bool(counts.max() < MOSTLY * outside.size)


def stretched(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """low..high -> float32 [0, 1], clipped; black where there is no range."""
    scaled = (values.astype(np.float32) - np.float32(low)) / np.float32(max(high - low, 1e-6))
    return np.clip(scaled, 0, 1)


def shade(pixels: np.ndarray) -> str:
    """ "nearly black", "nearly white" or "nearly of one grey"; "" for a film, and a blank one.

    pixels: [0, 1], any shape.
    """
    some = sample(pixels)
    if some.size < FEW or some.min() == some.max():
        return ""
    if max(np.mean(some == some.min()), np.mean(some == some.max())) > PLATEAU[1]:
        return ""
    first, last = _middle(some)
    if last < DARKEST:
        return "nearly black"
    if first > PALEST:
        return "nearly white"
    return "nearly of one grey" if last - first < LEAST_RANGE else ""


def is_lost(shown: np.ndarray, values: np.ndarray) -> bool:
    """Whether display settings lost the film: blank, nearly black or white, or mostly clipped.

    shown: [0, 1]; values: what was shown, of the same shape, without padding.
    """
    some, before = sample(shown), sample(values)
    low, high = span(before)
    own = some[(before > low) & (before < high)]
    if own.size < FEW:
        return bool(np.ptp(some) == 0 and np.ptp(before) > 0) if some.size else False
    clipped = np.mean((own <= 1 / 255) | (own >= 254 / 255))
    return bool(clipped > CLIPPED or np.ptp(own) == 0 or shade(own))


def sample(values: np.ndarray) -> np.ndarray:
    """At most SAMPLE values in an even stride, float64, 1-D; the same places for one shape."""
    return values.ravel()[:: values.size // SAMPLE + 1].astype(np.float64)


def _middle(values: np.ndarray) -> tuple[float, float]:
    """Where the middle greys begin and end, leaving out one value at each end that fills an area.

    Such a value is a border, a marker or air beyond the detector's range.
    """
    kept = values
    for end in (values.min(), values.max()):
        at_end = values == end
        if PLATEAU[0] <= at_end.mean() <= PLATEAU[1]:
            kept = kept[kept != end]
    first, last = np.percentile(kept if kept.size else values, MIDDLE)
    return float(first), float(last)
