"""A reading as a PDF that can be handed on: film, heat maps, table, networks, limits, time.

No file name and nothing of a DICOM header but view, side, age and sex goes into it: names of files
can be names of patients.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from matplotlib import get_data_path
from PIL import Image

from core import NOT_A_DIAGNOSIS

MARGIN, WIDTH = 15.0, 180.0  # mm, of an A4 page
GAP = 4.0
TALLEST = 68.0  # mm of a picture: beyond, the table and the notes would not fit on the page
FONT = "DejaVu"
"""The fonts that matplotlib ships: Latin, Greek, Cyrillic and the signs of mathematics."""


@dataclass(frozen=True)
class Report:
    """What goes on the page, in its order.

    pictures: caption and uint8 picture, H x W or H x W x 3, side by side. table: text, its first
    column to the left, the others to the right. notes: a paragraph each.
    """

    heading: str
    facts: str
    pictures: tuple[tuple[str, np.ndarray], ...]
    table: pd.DataFrame
    notes: tuple[str, ...]
    made: datetime


class _Pages(FPDF):
    """A4 pages that each say what this is not."""

    def footer(self) -> None:
        self.set_y(-11)
        self.set_font(FONT, "", 7)
        self.cell(WIDTH / 2, 4, NOT_A_DIAGNOSIS)
        self.cell(WIDTH / 2, 4, f"Page {self.page_no()} of {{nb}}", align="R")


def pdf(report: Report) -> bytes:
    """The report on A4 pages."""
    page = _Pages(format="A4")
    page.set_margins(MARGIN, MARGIN)
    page.set_auto_page_break(True, MARGIN)
    page.set_title("Reading of a chest film")
    page.set_creator("HeAilth")
    page.set_creation_date(report.made.astimezone())
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        page.add_font(FONT, style, Path(get_data_path(), "fonts", "ttf", file))
    page.add_page()
    _paragraph(page, "Reading of a chest film", size=16, bold=True)
    _paragraph(page, f"{report.facts}. {report.made:%Y-%m-%d %H:%M}.", size=9)
    _paragraph(page, NOT_A_DIAGNOSIS, size=9)
    _paragraph(page, report.heading, size=12, bold=True)
    _pictures(page, report.pictures)
    _table(page, report.table)
    for note in report.notes:
        _paragraph(page, note, size=8)
    return bytes(page.output())


def _paragraph(page: FPDF, text: str, size: int, bold: bool = False) -> None:
    page.set_font(FONT, "B" if bold else "", size)
    page.multi_cell(WIDTH, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(1.5)


def _pictures(page: FPDF, pictures: tuple[tuple[str, np.ndarray], ...]) -> None:
    """Side by side in columns of equal width, none higher than TALLEST, captions below."""
    column = (WIDTH - GAP * (len(pictures) - 1)) / len(pictures)
    shapes = [picture.shape[:2] for _, picture in pictures]
    sizes = [_fitted(column, width / height) for height, width in shapes]
    top, below = page.get_y(), page.get_y() + max(height for _, height in sizes) + 1
    lowest = below
    page.set_font(FONT, "", 8)
    for number, (caption, picture) in enumerate(pictures):
        left = MARGIN + number * (column + GAP)
        page.image(_jpeg(picture), left, top, *sizes[number])
        page.set_xy(left, below)
        page.multi_cell(column, 3.6, caption, align="L")
        lowest = max(lowest, page.get_y())
    page.set_xy(MARGIN, lowest + 2)


def _fitted(column: float, aspect: float) -> tuple[float, float]:
    """Width and height in mm of a picture (aspect: width / height) in a column."""
    height = min(column / aspect, TALLEST)
    return height * aspect, height


def _table(page: FPDF, table: pd.DataFrame) -> None:
    page.set_font(FONT, "", 8)
    alignment = ("LEFT", *["RIGHT"] * (len(table.columns) - 1))
    with page.table(width=int(WIDTH), line_height=4.4, text_align=alignment) as drawn:
        for values in [table.columns, *table.to_numpy()]:
            row = drawn.row()
            for value in values:
                row.cell(str(value))
    page.ln(2)


def _jpeg(picture: np.ndarray) -> io.BytesIO:
    target = io.BytesIO()
    Image.fromarray(picture).convert("RGB").save(target, "JPEG", quality=88)
    target.seek(0)
    return target
