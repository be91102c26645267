"""Headers by the thousand around one known film: its grey values come out, or a note says why."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.unit.films.known_film import (
    HANGING,
    KNOWN,
    of_bits,
    off,
    ramp,
    read,
    stored,
    table,
)  # fmt: skip

SAME = 0.006  # of the scale: twice the step of 8 bits, and a display range that may be a value off
EDGE = 6  # rows of padding


def settings_of(kind: str, bits: int, low: int) -> dict:
    """The elements of one kind of display setting, right for values from low on, or broken."""
    whole = {"WindowCenter": low + 2 ** (bits - 1), "WindowWidth": 2**bits}
    right = table(ramp(2**bits, 2 ** min(bits, 12) - 1), first=low, bits=16)
    return {
        "none": {},
        "window": whole,
        "exact": {**whole, "VOILUTFunction": "LINEAR_EXACT"},
        "several": {k: [v, v] for k, v in whole.items()},
        "first is broken": {k: [b, v] for (k, v), b in zip(whole.items(), (9e5, 3), strict=True)},
        "width 0": {**whole, "WindowWidth": 0},
        "width 1": {**whole, "WindowWidth": 1},
        "table": {"VOILUTSequence": [right]},
        "empty table": {"VOILUTSequence": [Dataset()], **whole},
        "empty table alone": {"VOILUTSequence": [Dataset()]},
    }[kind]


KINDS = (
    "none", "window", "exact", "several", "first is broken", "width 0", "width 1", "table",
    "empty table", "empty table alone",
)  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    bits=st.sampled_from((8, 9, 10, 11, 12, 13, 14, 15, 16)),
    signed=st.booleans(),
    left=st.booleans(),
    inverted=st.booleans(),
    kind=st.sampled_from(KINDS),
    hanging=st.sampled_from([None, *HANGING]),
    padded=st.booleans(),
    shape=st.sampled_from([None, [1, 1], [2, 1]]),
    absent=st.sampled_from(
        [
            None,
            "PhotometricInterpretation",
            "HighBit",
            "PixelRepresentation",
            "BitsStored",
            "SamplesPerPixel",
        ]
    ),
)
def test_the_known_film_comes_out_or_a_note_says_why(
    bits, signed, left, inverted, kind, hanging, padded, shape, absent
):
    shown = np.repeat(KNOWN[::2, ::2], 2, axis=1) if shape == [2, 1] else KNOWN
    expected = np.repeat(shown, 2, axis=0) if shape == [2, 1] else KNOWN
    # pydicom cannot write a padding value whose sign nothing tells
    assume(not (padded and absent == "PixelRepresentation"))
    low = -(2 ** (bits - 1)) if signed else 0
    values = of_bits(bits, signed, 1 - shown if inverted else shown)
    elements = settings_of(kind, bits, low)
    if padded:
        values[:EDGE], expected = low, expected.copy()
        expected[: 2 * EDGE if shape == [2, 1] else EDGE] = 0
        elements["PixelPaddingValue"] = low
    if hanging:
        values, elements["PatientOrientation"] = HANGING[hanging](values), list(hanging)
    if shape:
        turned = hanging is not None and hanging[0] in "FH"
        elements["PixelAspectRatio"] = shape[::-1] if turned else shape
    if left and bits > 8 and not signed:
        values, elements["HighBit"] = values << (16 - bits), 15
    elements["PhotometricInterpretation"] = "MONOCHROME1" if inverted else "MONOCHROME2"
    if absent:
        elements[absent] = None
    film = read(stored(values, bits, 8 if bits == 8 else 16, **elements))
    close = off(film, expected) < (0.03 if shape == [2, 1] else SAME)
    said = " ".join(film.notes)
    assert close or absent in said if absent else close, said
    assert (absent is None) or absent in said
    assert ("square pixels" in said) == (shape == [2, 1])
    assert ("stored" in said and "right way round" in said) == (hanging not in (None, ("L", "F")))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    bits=st.sampled_from((8, 10, 12, 14)),
    offset=st.integers(0, 3),
    at=st.tuples(st.integers(0, 110), st.integers(0, 110)),
    size=st.integers(1, 14),
    value=st.sampled_from((0, 4095, 65535)),
    window=st.booleans(),
)
def test_a_marker_anywhere_leaves_the_film_alone(bits, offset, at, size, value, window):
    values = of_bits(bits) + offset * 2**bits
    elements = {}
    if window:
        centre = offset * 2**bits + 2 ** (bits - 1)
        elements = {"WindowCenter": centre, "WindowWidth": 2**bits}
    mark = (slice(at[0], at[0] + size), slice(at[1], at[1] + size))
    values[mark] = value
    film = read(stored(values, 16, **elements))
    outside = np.ones(KNOWN.shape, bool)
    outside[mark] = False
    difference = np.abs(film.pixels - KNOWN)[outside].mean()
    assert difference < 0.02 or film.notes
