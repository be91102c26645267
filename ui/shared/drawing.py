"""What `core.maps.colours` draws as the browser gets it: boxes over a film, JPEG, PNG."""

import io

import numpy as np
from PIL import Image, ImageDraw

BOX_COLOUR = (0, 229, 255)
"""Cyan: inferno has none, so that a box is never taken for evidence."""


def draw_boxes(
    picture: np.ndarray,
    boxes: list[tuple[float, float, float, float]],
    film_px: int = 1024,
    colour: tuple[int, int, int] = BOX_COLOUR,
) -> np.ndarray:
    """The picture in RGB (uint8) with outlines of boxes: x, y, w, h in px of the square film.

    The picture, grey or RGB, may have any size and shape: x scales with its width, y with its
    height.
    """
    image = Image.fromarray(picture).convert("RGB")
    across, down = image.width / film_px, image.height / film_px
    line = max(2, round(max(image.size) / 300))
    for x, y, w, h in boxes:
        first = (round(x * across), round(y * down))
        last = (round((x + w) * across) - 1, round((y + h) * down) - 1)
        ImageDraw.Draw(image).rectangle((first, last), outline=colour, width=line)
    return np.asarray(image)


def jpeg(picture: np.ndarray, quality: int = 92) -> bytes:
    """JPEG of a grey or RGB picture, for the browser."""
    target = io.BytesIO()
    Image.fromarray(picture).save(target, "JPEG", quality=quality)
    return target.getvalue()


def png(picture: np.ndarray) -> bytes:
    """PNG of a picture with transparency, for the browser."""
    target = io.BytesIO()
    Image.fromarray(picture).save(target, "PNG")
    return target.getvalue()
