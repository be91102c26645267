"""The PDF report, read back with another library."""

import io
from datetime import datetime

import numpy as np
import pandas as pd
from pypdf import PdfReader

from core import films, gate, report
from core.dataset import SAMPLES
from core.inference import Predictor
from core.report import Report
from ui import reading, viewer
from ui import report as film_report
from ui.reading import Examined, Opinion


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
    pdf = report.pdf(made())
    words = text_of(pdf)
    for expected in (
        "Both networks put Mass first.",
        "2026-01-02 03:04",
        report.NOT_A_DIAGNOSIS,
        "Its map - strongest",
        "8.1 %",
        "A note.",
    ):
        assert expected in words
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    assert len(reader.pages[0].images) == 2


def test_signs_that_the_font_lacks_do_not_stop_it():
    assert "? Mass" in text_of(report.pdf(made(heading="◆ Mass")))


def test_a_film_read_by_both_networks_becomes_one_page_without_its_name():
    name = "Doe: Jane 1950.png"
    film = films.read((SAMPLES / "00013125_000.png").read_bytes(), name)
    examined = Examined("0123456789abcdef", film, viewer.shown(film.pixels), gate.check(film))
    opinions = []
    for predictor in map(Predictor, ("cnn", "mobilenet_v2")):
        read = predictor.read(film)
        opinions.append(
            Opinion(predictor.card, read, reading.ranked(read.probabilities, predictor.card))
        )
    pdf = film_report.as_pdf(examined, opinions)
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
