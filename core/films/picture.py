"""PNG and JPEG bytes -> `Film`."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image, ImageOps

from core.films.film import ACCEPTED, MAX_PIXELS, Film, FilmError, bit_depth, check_size
from core.films.grey_range import shade, span, stretched

ORIENTATION = 0x0112  # EXIF
ALPHA_OR_COLOUR = 2 | 4  # bits of a PNG's colour type


def grey_of_colour(image: Image.Image) -> tuple[np.ndarray, float]:
    """RGB picture -> (float32 [0, 1] luma of ITU-R BT.601, mean saturation [0, 1])."""
    luma = np.asarray(image.convert("L")).astype(np.float32) / np.float32(255)
    return luma, _saturation(np.asarray(image))


def _saturation(rgb: np.ndarray) -> float:
    """Mean HSV saturation (max - min) / max, weighted by max: black pixels have no colour."""
    brightest = rgb.max(axis=2)
    spread = (brightest - rgb.min(axis=2)).sum(dtype=np.int64)
    return float(spread / max(int(brightest.sum(dtype=np.int64)), 1))


def read_picture(data: bytes, name: str, kind: str) -> Film:
    """PNG or JPEG -> Film, upright as its EXIF orientation says."""
    image = _opened(data, kind)
    check_size(image.height, image.width)
    if kind == "PNG" and getattr(image, "n_frames", 1) > 1:
        raise FilmError(f"This PNG is animated, not a single film: {ACCEPTED}.")
    notes: list[str] = []
    if kind == "PNG" and data[24] == 16 and data[25] & ALPHA_OR_COLOUR:
        pixels, bits, saturation = _of_deep_colour(data, image, notes)
    else:
        pixels, bits, saturation = _grey(ImageOps.exif_transpose(image), notes)
    found = shade(pixels)
    if found:
        notes.append(
            f"This film is {found} as its file stores it: scores may be off, so export it again at"
            " full contrast."
        )
    return Film(pixels, name, kind, bits, saturation, notes=tuple(notes))


def _opened(data: bytes, kind: str) -> Image.Image:
    """Only the header is read here, so that the size can be checked before the pixels are."""
    try:
        return Image.open(io.BytesIO(data), formats=(kind,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FilmError(
            f"This {kind} has more than the {MAX_PIXELS // 10**6} million pixels that are read:"
            " export the film at a smaller size."
        ) from error


def _of_deep_colour(
    data: bytes, image: Image.Image, notes: list[str]
) -> tuple[np.ndarray, int, float]:
    """16 bits with colour or transparency, of which Pillow keeps the upper 8 only."""
    stored = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.shape[:2] != (image.height, image.width):
        return _grey(ImageOps.exif_transpose(image), notes)
    colours = stored[..., 2::-1].astype(np.float64)  # BGR or BGRA -> RGB
    values = np.rint(colours @ (0.299, 0.587, 0.114)).astype(np.uint16)
    pixels, bits = _grey_of_deep(values, notes)
    if stored.shape[2] == 4:
        pixels = pixels * (stored[..., 3] / np.float32(65535)).astype(np.float32)
    turned = Image.fromarray(pixels)
    turned.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    pixels = np.asarray(ImageOps.exif_transpose(turned)).copy()
    return pixels, bits, _saturation(stored[..., 2::-1])


def _grey(image: Image.Image, notes: list[str]) -> tuple[np.ndarray, int, float]:
    """Any Pillow mode -> (float32 [0, 1] H x W, bits, saturation); transparency becomes black."""
    if image.mode.startswith("I"):
        return *_grey_of_deep(np.asarray(image), notes), 0.0
    if "transparency" in image.info:
        image = image.convert("LA" if image.mode in ("1", "L") else "RGBA")
    opacity = None
    if image.mode in ("LA", "PA", "La", "RGBA", "RGBa"):
        opacity = np.asarray(image.getchannel("A")).astype(np.float32) / np.float32(255)
        image = image.convert("L" if image.mode in ("LA", "La") else "RGB")
    if image.mode in ("1", "L"):
        pixels, saturation = np.asarray(image.convert("L")).astype(np.float32), 0.0
        pixels /= np.float32(255)
    else:
        pixels, saturation = grey_of_colour(image.convert("RGB"))
    return (pixels if opacity is None else pixels * opacity), 8, saturation


def _grey_of_deep(values: np.ndarray, notes: list[str]) -> tuple[np.ndarray, int]:
    """16-bit grey -> (float32 [0, 1], effective bits), so that 12-bit values are not black.

    An 8-bit film that was stored as 16 bits (v * 257) reads like its original. The bits are those
    of the film: hot pixels and markers beyond its range are white. A film that fills only a small
    part of its bits is shown by its own range, with a note.
    """
    if not (values % 257).any():
        return (values // 257).astype(np.float32) / np.float32(255), 8
    low, high = span(values)
    bits = bit_depth(high)
    pixels = np.minimum(values.astype(np.float32) / np.float32(2**bits - 1), 1)
    found = shade(pixels)
    if not found:
        return pixels, bits
    notes.append(
        f"This film's grey values ({low:.0f} to {high:.0f}) would be {found} on a scale of {bits}"
        " bits, so it is shown by their own range."
    )
    return stretched(values, low, high), bits
