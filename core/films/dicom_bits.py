"""Which bits of a stored DICOM pixel are its grey value, and whether they have a sign.

The header says so, and is not always right: films come left-aligned, with overlays in unused bits,
with more bits than declared, or signed where the header says that they are not.
"""

from collections.abc import Callable

import numpy as np
from pydicom.dataset import Dataset

ROUGHER = 1.05
"""A film whose numbers wrap is about twice as rough: 1.02 to 2.5 times over all 40 sample films and
all places for the wrap between a tenth and nine tenths of the greys."""

ROUGHER_BY_BITS = 1.5  # an overlay in a further bit, on a tenth of the film, makes it 1.2
FEW = 0.02  # share of a film that marks and hot pixels cover: they decide nothing
SAMPLE = 200_000  # pixels, in whole rows


def aligned(values: np.ndarray, header: Dataset, notes: list[str]) -> np.ndarray:
    """Stored values out of the bits that the header names (PS3.5 8.1.1), where that is right.

    H x W, integers as decoded -> H x W integers without overlays or junk in unused bits, moved down
    where the film is left-aligned. Where another reading of the bits makes a picture and the
    header's does not, that one is taken, with a note.
    """
    container = 8 * values.itemsize
    bits, high = int(header.BitsStored), int(header.HighBit)
    if bits > container or high >= container:  # a codestream with fewer bits than the header
        bits, high = container, container - 1
    below = (1 << (high + 1 - bits)) - 1  # the bits under a left-aligned film
    if _within(values, bits) and (values & below).any():
        notes.append(
            f"The header says that the film's {bits} bits end at bit {high}, but they begin at bit"
            " 0 and are read so."
        )
        high = bits - 1
    if high + 1 == bits and _within(values, bits - 1):
        return values  # all readings are the same
    signed = values.dtype.kind == "i"
    by_header = _field(bits, high, signed)
    some = values[:: values.size // SAMPLE + 1]
    others = (
        (_field(bits, high, not signed), _other_sign(signed), ROUGHER),
        (_field(container, container - 1, signed), _more_bits(bits), ROUGHER_BY_BITS),
        (_field(container, container - 1, not signed), _more_bits(bits), ROUGHER_BY_BITS),
    )
    other, note, least = min(others, key=lambda reading: _roughness(reading[0](some)))
    if not _is_better(other(some), by_header(some), least):
        return by_header(values)
    notes.append(note)
    return other(values)


def _field(bits: int, high: int, signed: bool) -> Callable[[np.ndarray], np.ndarray]:
    """Reads the bits that end at `high` out of any integers, as int32 (int64 of 32-bit ones)."""

    def of(values: np.ndarray) -> np.ndarray:
        kind = np.int32 if values.itemsize < 4 else np.int64
        wide: np.ndarray = values.astype(kind)
        wide = np.right_shift(wide, high + 1 - bits) & ((1 << bits) - 1)
        return wide - (np.right_shift(wide, bits - 1) << bits) if signed else wide

    return of


def _is_better(other: np.ndarray, by_header: np.ndarray, least: float) -> bool:
    """Whether the header's reading wraps and another one does not."""
    moved = by_header[other != by_header]
    if moved.size <= FEW * by_header.size or moved.min() == moved.max():  # one value is a border's
        return False
    return _roughness(by_header) > least * _roughness(other)


def _within(values: np.ndarray, bits: int) -> bool:
    return bool(values.min() >= 0 and values.max() < 2**bits)


def _other_sign(signed: bool) -> str:
    said, read = ("signed", "unsigned") if signed else ("unsigned", "signed")
    return (
        f"The film's grey values are no picture as {said} numbers (PixelRepresentation), so they"
        f" are read as {read}."
    )


def _more_bits(bits: int) -> str:
    return (
        f"The header says that the film has {bits} bits a pixel (BitsStored), but its grey values"
        " need more and are read whole."
    )


def _roughness(values: np.ndarray) -> float:
    """Mean step between neighbours in a row, in ranks: 0 for one grey, 1/3 for noise.

    Where numbers wrap, as many steps cross the wrap as a step is long (in ranks, every grey is as
    frequent), and each goes from one end to the other: the mean doubles, whatever the film.
    """
    ordered = np.sort(values, axis=None)
    ranks = np.searchsorted(ordered, values) / ordered.size
    return float(np.abs(np.diff(ranks, axis=1)).mean())
