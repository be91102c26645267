"""A lossless JPEG encoder (ITU-T T.81 annex H) for what other encoders do not write on demand.

All seven predictors, 2 to 16 bits, and three ways to store a difference: as it is, wrapped to the
sample's own width (some makers), or to 16 bits (the standard). Decoders have to undo all three.
"""

import struct

import numpy as np

CODE_BITS = 5  # every category has a code of the same length: simple, and large enough for 17


def encode(values: np.ndarray, bits: int, predictor: int = 1, wrap: int | None = None) -> bytes:
    """Grey values (H x W, unsigned, below 2 ** bits) -> JPEG (SOF3); wrap: bits of a difference."""
    height, width = values.shape
    difference = values.astype(np.int64) - _predicted(values.astype(np.int64), bits, predictor)
    difference = _wrapped(difference, 16 if wrap is None else wrap)
    counts = bytes(17 if length == CODE_BITS else 0 for length in range(1, 17))
    return b"".join([
        b"\xff\xd8",
        _segment(0xC3, struct.pack(">BHHB", bits, height, width, 1) + b"\x01\x11\x00"),
        _segment(0xC4, b"\x00" + counts + bytes(range(17))),
        _segment(0xDA, b"\x01\x01\x00" + bytes([predictor, 0, 0])),
        _entropy_coded(difference.ravel()),
        b"\xff\xd9",
    ])  # fmt: skip


def _predicted(x: np.ndarray, bits: int, predictor: int) -> np.ndarray:
    """Table H.1; the first row is predicted from the left, the first column from above."""
    left, above, corner = np.roll(x, 1, 1), np.roll(x, 1, 0), np.roll(x, 1, (0, 1))
    found = {
        1: left,
        2: above,
        3: corner,
        4: left + above - corner,
        5: left + ((above - corner) >> 1),
        6: above + ((left - corner) >> 1),
        7: (left + above) >> 1,
    }[predictor].copy()
    found[0] = left[0]
    found[:, 0] = above[:, 0]
    found[0, 0] = 1 << (bits - 1)
    return found


def _wrapped(difference: np.ndarray, bits: int) -> np.ndarray:
    """To -(2 ** (bits - 1)) + 1 .. 2 ** (bits - 1), as category 16 stands for 32,768 alone."""
    half = 1 << (bits - 1)
    return half - ((half - difference) % (2 * half))


def _entropy_coded(difference: np.ndarray) -> bytes:
    parts = []
    for value in difference.tolist():
        category = abs(value).bit_length()
        parts.append(f"{category:0{CODE_BITS}b}")
        if 0 < category < 16:
            extra = value if value > 0 else value + (1 << category) - 1
            parts.append(f"{extra:0{category}b}")
    text = "".join(parts)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
