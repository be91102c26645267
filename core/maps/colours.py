"""A film and its heat map as one picture, for pages and files alike."""

import numpy as np
from PIL import Image
from plotly.colors import sequential

SHOWN_PX = 1024

_DARKEST = 0.25
"""Where on inferno the colours begin: below, they cannot be told from a dark film."""


def shown(pixels: np.ndarray, longest: int = SHOWN_PX) -> np.ndarray:
    """The film at no more than `longest` px a side: float32 [0, 1], H x W, own aspect ratio."""
    height, width = pixels.shape
    share = longest / max(height, width)
    if share >= 1:
        return np.ascontiguousarray(pixels, dtype=np.float32)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = Image.fromarray(pixels.astype(np.float32)).resize(size, Image.Resampling.BOX)
    return np.asarray(small).clip(0, 1)


def window(pixels: np.ndarray, low: float, high: float) -> np.ndarray:
    """Grey values from low (black) to high (white), uint8; pixels, low and high in [0, 1]."""
    spread = max(high - low, 1e-6)
    return np.rint(((pixels - low) / spread).clip(0, 1) * 255).astype(np.uint8)


def strength(maps: np.ndarray, finding: int) -> np.ndarray:
    """Evidence for one finding, h x w in [0, 1]: 1 is the strongest cell of any finding.

    maps: 14 x h x w, signed. One scale for the film, so that weak evidence looks weak.
    """
    top = float(maps.max())
    return np.maximum(maps[finding], 0) / top if top > 0 else np.zeros_like(maps[finding])


def enlarge(cells: np.ndarray, height: int, width: int, smooth: bool) -> np.ndarray:
    """A map (h x w) stretched over the film, float32 H x W: pixel centres on cell centres.

    smooth: bilinear between the cells' centres; otherwise each cell is a flat rectangle.
    """
    method = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(cells.astype(np.float32)).resize((width, height), method))


def overlay(grey: np.ndarray, cells: np.ndarray, opacity: float, smooth: bool = True) -> np.ndarray:
    """The heat map over the film, uint8 H x W x 3; both colour and cover follow the strength.

    grey: uint8, H x W. cells: h x w in [0, 1]. opacity: cover of a cell of strength 1.
    """
    height, width = grey.shape
    colours, heat = _colours(enlarge(cells, height, width, smooth))
    cover = (opacity * heat)[..., None]
    return np.rint(grey[..., None] * (1 - cover) + colours * cover).astype(np.uint8)


def layer(heat: np.ndarray) -> np.ndarray:
    """A heat map by itself, uint8 H x W x 4, to lay over a film: `overlay` at an opacity of 1.

    heat: H x W in [0, 1]. The fourth value is the cover, which an opacity scales.
    """
    colours, heat = _colours(heat)
    return np.rint(np.dstack([colours, 255 * heat])).astype(np.uint8)


def _colours(heat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colour (float32, 0 to 255) and strength of each value of a map, [0, 1]."""
    heat = heat.clip(0, 1)
    return _INFERNO[np.rint(heat * 255).astype(np.uint8)], heat


def colour_bar(opacity: float, width: int = 480, height: int = 12) -> np.ndarray:
    """Strength 0 to 1 from left to right as `overlay` paints it on mid-grey, uint8 RGB."""
    ramp = np.broadcast_to(np.linspace(0, 1, width, dtype=np.float32), (height, width))
    return overlay(np.full((height, width), 96, np.uint8), ramp, opacity)


def _table(colours: list[str], start: float) -> np.ndarray:
    """Hex colours as 256 RGB rows (float32, 0 to 255), beginning at `start` of the scale."""
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], np.float32)
    at = np.linspace(start, 1, 256) * (len(colours) - 1)
    steps = np.arange(len(colours))
    return np.stack([np.interp(at, steps, rgb[:, i]) for i in range(3)], 1).astype(np.float32)


_INFERNO = _table(sequential.Inferno, _DARKEST)
