"""What can be taken away of a reading: a row of buttons."""

from collections.abc import Callable

import streamlit as st

from ui import reading_text as text
from ui import report
from ui.film_choice import Choice
from ui.reading import Examined, Opinion


def downloads(examined: Examined, opinions: list[Opinion], choice: Choice) -> None:
    """The reading as PDF, CSV and JSON, and of a DICOM film as DICOM."""
    with st.container(horizontal=True):
        st.download_button(
            "Report (PDF)",
            lambda: report.as_pdf(examined, opinions),
            "reading.pdf",
            "application/pdf",
            icon=":material/picture_as_pdf:",
            on_click="ignore",
            type="primary",
        )
        _button(
            "CSV",
            lambda: text.as_table(opinions, choice.labels).to_csv(index=False),
            "reading.csv",
        )
        _button("JSON", lambda: text.as_json(examined, opinions), "reading.json")
        if examined.film.format == "DICOM":
            _dicom(examined, opinions, choice)


def _button(label: str, content: Callable[[], str], name: str) -> None:
    """What it gives is made on the click: the page is drawn anew much more often than that."""
    st.download_button(label, content, name, icon=":material/download:", on_click="ignore")


def _dicom(examined: Examined, opinions: list[Opinion], choice: Choice) -> None:
    st.download_button(
        "DICOM results (ZIP)",
        lambda: dicom_zip(examined, opinions, choice.data),
        "reading-dicom.zip",
        "application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="Heat maps (secondary capture) and numbers (structured report), filed with the film's "
        "own patient and study: they name the patient as your file does.",
    )


def dicom_zip(examined: Examined, opinions: list[Opinion], data: bytes) -> bytes:
    """heat_maps.dcm and report.dcm, or in their place not_linked.txt with the reason.

    Made on the click and in memory: before it, nothing of the header but the film's four facts was
    kept, and `data`, the file in the session, is where patient and study are read from.
    """
    from core.reading import dicom_export  # brings highdicom and torch

    read = [(opinion.card, opinion.reading) for opinion in opinions]
    try:
        upright = examined.verdict.upright
        return dicom_export.make(data, examined.film, read, examined.mends, upright).zipped()
    except ValueError as error:
        return dicom_export.archive({"not_linked.txt": f"{error}\n".encode()})
