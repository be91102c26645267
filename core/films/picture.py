"""PNG and JPEG bytes -> `Film`."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageOps

from core.films.film import ACCEPTED, MAX_PIXELS, Film, FilmError, bit_depth, check_size


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
    image = ImageOps.exif_transpose(image)
    pixels, bits, saturation = _grey(image)
    return Film(pixels, name, kind, bits, saturation)


def _opened(data: bytes, kind: str) -> Image.Image:
    """Only the header is read here, so that the size can be checked before the pixels are."""
    try:
        return Image.open(io.BytesIO(data), formats=(kind,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FilmError(
            f"This {kind} has more than the {MAX_PIXELS // 10**6} million pixels that are read:"
            " export the film at a smaller size."
        ) from error


def _grey(image: Image.Image) -> tuple[np.ndarray, int, float]:
    """Any Pillow mode -> (float32 [0, 1] H x W, bits, saturation); transparency becomes black."""
    if image.mode.startswith("I"):
        return *_grey_of_deep(np.asarray(image)), 0.0
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


def _grey_of_deep(values: np.ndarray) -> tuple[np.ndarray, int]:
    """16-bit grey -> (float32 [0, 1], effective bits), so that 12-bit values are not black.

    An 8-bit film that was stored as 16 bits (v * 257) reads like its original.
    """
    if not (values % 257).any():
        return (values // 257).astype(np.float32) / np.float32(255), 8
    bits = bit_depth(values.max())
    return values.astype(np.float32) / np.float32(2**bits - 1), bits
