"""Decoded DICOM pixels -> grey values in [0, 1] as the file wants them shown.

Order (PS3.3 C.11.1, C.11.2, C.7.6.3.1.2): stored -> modality LUT or rescale -> VOI LUT or window ->
[0, 1] -> inverted where the file says MONOCHROME1 -> padding black. Presentation LUT Shape says the
same as the photometric interpretation (PS3.3 C.8.11.3.1.2) and is not applied a second time.
"""

from typing import Any

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut

from core.films.dicom_header import code, number
from core.films.picture import grey_of_colour


def grey(values: np.ndarray, header: Dataset) -> tuple[np.ndarray, float]:
    """Decoded pixels -> (float32 [0, 1] H x W, bright = dense; saturation [0, 1])."""
    photometric = header.PhotometricInterpretation
    depth = int(header.BitsStored)
    if photometric == "PALETTE COLOR":
        values = apply_color_lut(values, header)
        depth = 8 * values.itemsize  # pydicom stretches the palette to its whole type
    if values.ndim == 3:
        return grey_of_colour(Image.fromarray((values >> max(depth - 8, 0)).astype(np.uint8)))
    padding = _padding(values, header)
    pixels = _shown(values, padding, header)
    if photometric == "MONOCHROME1":
        pixels = 1 - pixels
    pixels[padding] = 0
    return pixels.astype(np.float32), 0.0


def _padding(values: np.ndarray, header: Dataset) -> np.ndarray:
    """H x W mask of the pixels that lie outside the film (PS3.3 C.7.5.1.1.2)."""
    first = number(header, "PixelPaddingValue")
    if first is None:
        return np.zeros(values.shape, dtype=bool)
    last = number(header, "PixelPaddingRangeLimit")
    low, high = sorted((first, first if last is None else last))
    return (values >= low) & (values <= high)


def _shown(values: np.ndarray, padding: np.ndarray, header: Dataset) -> np.ndarray:
    """Stored values -> float32 [0, 1] by the file's own display settings, else by their range."""
    real = _modality_values(values, header)
    shown = _voi(real, header)
    if shown is not None and (np.ptp(shown) > 0 or np.ptp(values) == 0):
        return shown
    # No setting, or one that misses all values and would show a blank film.
    if header.BitsStored == 8 and real is values and values.min() >= 0:
        return values.astype(np.float32) / np.float32(255)
    inside = real[~padding]
    low, high = (inside.min(), inside.max()) if inside.size else (0, 0)
    return np.clip((real.astype(np.float32) - low) / np.float32(max(high - low, 1e-6)), 0, 1)


def _modality_values(values: np.ndarray, header: Dataset) -> np.ndarray:
    """Modality LUT or rescale (PS3.3 C.11.1); the very same array where there is none."""
    if header.get("ModalityLUTSequence"):
        table, first, _ = _table(header.ModalityLUTSequence[0], header)
        return _look_up(values, table, first)
    slope, intercept = number(header, "RescaleSlope"), number(header, "RescaleIntercept")
    if slope in (None, 0, 1) and intercept in (None, 0):
        return values
    return values.astype(np.float32) * np.float32(slope or 1) + np.float32(intercept or 0)


def _voi(real: np.ndarray, header: Dataset) -> np.ndarray | None:
    """VOI LUT or the first window (PS3.3 C.11.2) -> float32 [0, 1]; None without a usable one."""
    if header.get("VOILUTSequence"):
        table, first, bits = _table(header.VOILUTSequence[0], header)
        return np.clip(_look_up(real, table, first) / np.float32(2**bits - 1), 0, 1)
    centre, width = number(header, "WindowCenter"), number(header, "WindowWidth")
    if centre is None or width is None or width <= 0:
        return None
    function = code(header, "VOILUTFunction") or "LINEAR"
    x = real.astype(np.float32)
    if function == "SIGMOID":
        return 1 / (1 + np.exp(np.clip(-4 * (x - centre) / width, -80, 80)))
    if function == "LINEAR":  # PS3.3 C.11.2.1.2.1; LINEAR_EXACT is the plain form
        centre, width = centre - 0.5, max(width - 1, 1e-3)
    return np.clip((x - centre) / width + 0.5, 0, 1)


def _table(item: Dataset, header: Dataset) -> tuple[np.ndarray, int, int]:
    """A LUT item -> (entries as float32, first value mapped, bits of an entry)."""
    entries, first, bits = (int(number) for number in item.LUTDescriptor)
    entries = entries or 65_536  # 0 stands for 2^16 (PS3.3 C.11.2.1.1)
    raw: Any = item.LUTData
    if isinstance(raw, bytes):
        order = "<" if header.original_encoding[1] else ">"
        raw = np.frombuffer(raw, f"{order}u2" if len(raw) >= 2 * entries else "u1")
    return np.asarray(raw, dtype=np.float32)[:entries], first, bits


def _look_up(values: np.ndarray, table: np.ndarray, first: int) -> np.ndarray:
    """Values below the table take its first entry, values above it its last."""
    index = np.clip(np.rint(values).astype(np.int64) - first, 0, len(table) - 1)
    return table[index]
