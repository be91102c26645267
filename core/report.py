"""A reading as a PDF that can be handed on: film, heat maps, table, networks, limits, time.

No file name and nothing of a DICOM header but view, side, age and sex goes into it: names of files
can be names of patients.
"""

import io
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from PIL import Image

from core import NOT_A_DIAGNOSIS

MARGIN, WIDTH = 15.0, 180.0  # mm, of an A4 page
GAP = 4.0


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


def pdf(report: Report) -> bytes:
    """The report on A4 pages."""
    page = FPDF(format="A4")
    page.set_margins(MARGIN, MARGIN)
    page.set_auto_page_break(True, MARGIN)
    page.set_title("Reading of a chest film")
    page.set_creator("HeAilth")
    page.set_creation_date(report.made.astimezone())
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
    page.set_font("Helvetica", "B" if bold else "", size)
    page.multi_cell(WIDTH, size * 0.5, _latin(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(1.5)


def _pictures(page: FPDF, pictures: tuple[tuple[str, np.ndarray], ...]) -> None:
    """Side by side, of equal width, each with its caption below."""
    width = (WIDTH - GAP * (len(pictures) - 1)) / len(pictures)
    top, lowest = page.get_y(), page.get_y()
    page.set_font("Helvetica", "", 8)
    for number, (caption, picture) in enumerate(pictures):
        left = MARGIN + number * (width + GAP)
        height = width * picture.shape[0] / picture.shape[1]
        page.image(_jpeg(picture), left, top, width, height)
        page.set_xy(left, top + height + 1)
        page.multi_cell(width, 3.6, _latin(caption), align="L")
        lowest = max(lowest, page.get_y())
    page.set_xy(MARGIN, lowest + 2)


def _table(page: FPDF, table: pd.DataFrame) -> None:
    page.set_font("Helvetica", "", 8)
    alignment = ("LEFT", *["RIGHT"] * (len(table.columns) - 1))
    with page.table(width=int(WIDTH), line_height=4.4, text_align=alignment) as drawn:
        for values in [table.columns, *table.to_numpy()]:
            row = drawn.row()
            for value in values:
                row.cell(_latin(str(value)))
    page.ln(2)


def _jpeg(picture: np.ndarray) -> io.BytesIO:
    target = io.BytesIO()
    Image.fromarray(picture).convert("RGB").save(target, "JPEG", quality=88)
    target.seek(0)
    return target


def _latin(text: str) -> str:
    """What PDF's built-in fonts can write; other signs become a question mark."""
    return text.replace("–", "-").encode("latin-1", "replace").decode("latin-1")
