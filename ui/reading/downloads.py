"""What can be taken away of a reading: a row of buttons."""

import streamlit as st

from ui.reading import report, text
from ui.reading.film_choice import Choice
from ui.reading.session import Examined, Opinion
from ui.shared.downloads import save, save_table


def downloads(examined: Examined, opinions: list[Opinion], choice: Choice) -> None:
    """The reading as PDF, CSV and JSON, and of a DICOM film as DICOM."""
    with st.container(horizontal=True):
        save(
            "Report (PDF)",
            "reading.pdf",
            lambda: report.as_pdf(examined, opinions),
            "application/pdf",
            icon=":material/picture_as_pdf:",
            type="primary",
        )
        save_table("reading.csv", lambda: text.as_table(opinions, choice.labels), "CSV")
        save("JSON", "reading.json", lambda: text.as_json(examined, opinions), "application/json")
        if examined.film.format == "DICOM":
            _dicom(examined, opinions, choice)


def _dicom(examined: Examined, opinions: list[Opinion], choice: Choice) -> None:
    save(
        "DICOM results (ZIP)",
        "reading-dicom.zip",
        lambda: dicom_zip(examined, opinions, choice.data),
        "application/zip",
        icon=":material/folder_zip:",
        help="Heat maps (secondary capture) and numbers (structured report), filed with the film's "
        "own patient and study: they name the patient as your file does.",
    )


def dicom_zip(examined: Examined, opinions: list[Opinion], data: bytes) -> bytes:
    """heat_maps.dcm and report.dcm, or in their place not_linked.txt with the reason.

    A warning.txt says what they lack of the film's header.

    Made on the click and in memory: before it, nothing of the header but the film's four facts was
    kept, and `data`, the file in the session, is where patient and study are read from.
    """
    from core.reading import dicom_export  # brings highdicom and torch

    read = [(opinion.card, opinion.reading) for opinion in opinions]
    try:
        upright = examined.verdict.upright
        return dicom_export.make(data, examined.film, read, examined.corrections, upright).zipped()
    except ValueError as error:
        return dicom_export.archive({"not_linked.txt": f"{error}\n".encode()})
