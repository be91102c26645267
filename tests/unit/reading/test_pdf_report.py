"""The PDF report, read back with another library."""

import io
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from core.films.read import read_film
from core.gate import checks
from core.maps import colours
from core.paths import SAMPLES
from core.reading import pdf_report
from core.reading.by_margin import ranked
from core.reading.pdf_report import Report
from core.reading.predictor import Predictor
from ui.reading import report
from ui.reading.session import Examined, Opinion


def made(**changes: object) -> Report:
    grey = np.full((60, 80), 128, np.uint8)
    content = {
        "heading": "Both networks put Mass first.",
        "facts": "Film 0123456789ab: PNG, 80 x 60 px",
        "pictures": (
            ("The film", grey),
            ("Its map – strongest", np.stack([grey // 2] * 3, axis=2)),
        ),
        "table": pd.DataFrame({"Finding": ["Mass", "Hernia"], "CNN": ["8.1 %", "0.2 %"]}),
        "notes": ("A note.",),
        "made": datetime(2026, 1, 2, 3, 4),
    }
    return Report(**(content | changes))


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_everything_is_on_the_page():
    pdf = pdf_report.pdf(made())
    words = text_of(pdf)
    for expected in (
        "Both networks put Mass first.",
        "2026-01-02 03:04",
        pdf_report.NOT_A_DIAGNOSIS,
        "Its map – strongest",
        "8.1 %",
        "A note.",
    ):
        assert expected in words
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    assert len(reader.pages[0].images) == 2


@pytest.mark.parametrize(
    "words", ["“Łódź” – Erdős ≥ 1 … über", "Καρδιομεγαλία", "Пневмония", "α ≤ β"]
)
def test_signs_and_other_alphabets_come_back_as_they_were(words):
    assert words in text_of(pdf_report.pdf(made(heading=words)))


def test_signs_that_the_font_lacks_do_not_stop_it():
    assert "Mass" in text_of(pdf_report.pdf(made(heading="結節 Mass")))


def test_the_fonts_are_cut_to_the_signs_in_use():
    assert len(pdf_report.pdf(made())) < 60_000


@pytest.mark.parametrize("shape", [(1600, 1000), (1000, 160), (160, 1000)])
def test_pictures_of_any_shape_leave_room_for_the_table_on_the_first_page(shape):
    picture = np.full(shape, 128, np.uint8)
    table = pd.DataFrame({"Finding": [f"F{n}" for n in range(14)], "CNN": ["1.0 %"] * 14})
    pdf = pdf_report.pdf(made(pictures=(("Caption", picture),) * 3, table=table))
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    assert "F13" in page.extract_text()
    sizes = []
    page.extract_text(
        visitor_operand_before=lambda op, _, cm, __: sizes.append(cm) if op == b"Do" else None
    )
    assert len(sizes) == 3
    for matrix in sizes:
        width, height = matrix[0], matrix[3]
        assert width / height == pytest.approx(shape[1] / shape[0], rel=0.02)
        assert height <= pdf_report.TALLEST * 72 / 25.4 + 0.1


def test_every_page_says_what_it_is_not():
    reader = PdfReader(io.BytesIO(pdf_report.pdf(made(notes=("A long note. " * 60,) * 12))))
    assert len(reader.pages) > 1
    for number, page in enumerate(reader.pages, start=1):
        words = page.extract_text()
        assert pdf_report.NOT_A_DIAGNOSIS in words
        assert f"Page {number} of {len(reader.pages)}" in words


def test_a_film_read_by_both_networks_becomes_one_page_without_its_name():
    name = "Doe: Jane 1950.png"
    film = read_film((SAMPLES / "00013125_000.png").read_bytes(), name)
    examined = Examined("0123456789abcdef", film, colours.shown(film.pixels), checks.check(film))
    opinions = []
    for predictor in map(Predictor, ("cnn", "mobilenet_v2")):
        read = predictor.read(film)
        opinions.append(Opinion(predictor.card, read, ranked(read.probabilities, predictor.card)))
    pdf = report.as_pdf(examined, opinions)
    words = text_of(pdf)
    assert "Jane" not in words
    assert name.encode() not in pdf
    assert examined.digest[:12] in words
    for opinion in opinions:
        assert opinion.card.id in words
        row = opinion.findings.set_index("finding").loc["Effusion"]
        assert f"{100 * row['probability']:.1f} %" in words
    assert " zone, at " in words
    assert "Right is the patient's right" in " ".join(words.split())
    assert len(PdfReader(io.BytesIO(pdf)).pages) <= 2
