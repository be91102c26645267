"""Heat maps with their captions burned in: the picture of a DICOM result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont, ImageText

from core.checkpoints.card import Card
from core.findings import NAMES
from core.maps import colours
from core.reading.by_margin import ranked

if TYPE_CHECKING:
    from core.reading.predictor import Reading  # brings torch

PANEL_PX = 768  # width of a film on the sheet; the networks' grids have 8 cells or so across
MARGIN_PX = 24
TEXT_PX, TITLE_PX = 20, 30
OPACITY = 0.6
INK, WARNING_INK = (235, 235, 235), (255, 214, 10)


@dataclass(frozen=True)
class Panel:
    """One network's map: cells (h x w in [0, 1]) and the lines of text below it."""

    cells: np.ndarray
    lines: tuple[str, ...]


def panel(card: Card, reading: Reading, where: Callable[[np.ndarray], str]) -> Panel:
    """The map of the finding farthest above its operating point; where: names a map's place."""
    first = ranked(reading.probabilities, card).iloc[0]
    cells = colours.strength(reading.maps, NAMES.index(first["finding"]))
    place = where(cells)
    return Panel(
        cells,
        (
            f"{card.title} ({card.id})",
            _in_words(first),
            f"Strongest cell: {place}." if place else "No location can be given.",
        ),
    )


def _in_words(row: pd.Series) -> str:
    said = f"{row['title']}: {100 * row['probability']:.1f} %"
    if np.isnan(row["threshold"]):
        return f"{said}, no operating point"
    side = "above" if row["above"] else "below"
    return f"{said}, {side} its operating point of {100 * row['threshold']:.1f} %"


def draw(pixels: np.ndarray, panels: tuple[Panel, ...], title: str, notes: str) -> np.ndarray:
    """The film (float32 [0, 1], H x W) under each map, side by side: uint8 RGB on black.

    The film keeps its own aspect ratio. title is written above in a warning colour, notes below
    beside the colour bar.
    """
    height = round(PANEL_PX * pixels.shape[0] / pixels.shape[1])
    film = Image.fromarray(pixels.astype(np.float32))
    grey = colours.window(
        np.asarray(film.resize((PANEL_PX, height), Image.Resampling.BILINEAR)), 0, 1
    )
    captions = [_wrapped(panel.lines, PANEL_PX) for panel in panels]
    width = len(panels) * (PANEL_PX + MARGIN_PX) + MARGIN_PX
    head = _wrapped((title,), width - 2 * MARGIN_PX, TITLE_PX)
    foot = _wrapped((notes,), width - 2 * MARGIN_PX)
    top = MARGIN_PX + _height(head, TITLE_PX) + MARGIN_PX
    below = top + height + MARGIN_PX // 2
    bar = below + max(_height(caption) for caption in captions) + MARGIN_PX
    end = bar + 3 * TEXT_PX + MARGIN_PX + _height(foot) + MARGIN_PX
    sheet = Image.new("RGB", (width, end))
    _write(sheet, head, MARGIN_PX, MARGIN_PX, TITLE_PX, WARNING_INK)
    for number, (panel, caption) in enumerate(zip(panels, captions, strict=True)):
        left = MARGIN_PX + number * (PANEL_PX + MARGIN_PX)
        sheet.paste(Image.fromarray(colours.overlay(grey, panel.cells, OPACITY)), (left, top))
        _write(sheet, caption, left, below)
    _colour_bar(sheet, bar)
    _write(sheet, foot, MARGIN_PX, bar + 3 * TEXT_PX + MARGIN_PX)
    return np.asarray(sheet)


def _colour_bar(sheet: Image.Image, top: int) -> None:
    """Strength 0 to 1 as the maps paint it, with its ends named."""
    bar = colours.colour_bar(OPACITY, PANEL_PX, TEXT_PX)
    sheet.paste(Image.fromarray(bar), (MARGIN_PX, top))
    under = top + TEXT_PX + TEXT_PX // 2
    _write(sheet, ["no evidence"], MARGIN_PX, under)
    strongest = "strongest evidence of any finding"
    right = MARGIN_PX + PANEL_PX - round(_font(TEXT_PX).getlength(strongest))
    _write(sheet, [strongest], right, under)


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # the bitmap font comes only without a size
    return font


def _wrapped(lines: tuple[str, ...], width: int, size: int = TEXT_PX) -> list[str]:
    """Lines broken between words so that none is wider than `width` px."""
    text = ImageText.Text("\n".join(lines), _font(size))
    text.wrap(width)
    return str(text.text).split("\n")


def _height(lines: list[str], size: int = TEXT_PX) -> int:
    return round(1.4 * size) * len(lines)


def _write(
    sheet: Image.Image,
    lines: list[str],
    left: int,
    top: int,
    size: int = TEXT_PX,
    ink: tuple[int, int, int] = INK,
) -> None:
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((left, top + number * round(1.4 * size)), line, ink, _font(size))
