"""Whose film this is: what a DICOM result must repeat so that an archive files it with its film.

A `Film` keeps no name, number or date of a patient. This module reads them from the bytes that the
user still holds, only when the user asks for a DICOM result: they go back into the user's own file
and are never shown, logged, kept or put into a file's name.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

from pydicom import config, dcmread, uid
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.valuerep import validate_value

from core.films.dicom import QUIET, inflated
from core.films.film import FilmError

# Without these a result would belong to no study, or to another patient than its film.
NEEDED = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
IDENTITY = ("PatientID", "PatientName", "AccessionNumber")
# Of the patient and study modules (PS3.3 C.7.1.1, C.7.2.1): type 2 stands in every result, empty
# or not.
TYPE_2 = (
    "PatientBirthDate", "PatientSex", "StudyID", "StudyDate", "StudyTime", "ReferringPhysicianName",
)  # fmt: skip
OPTIONAL = ("IssuerOfPatientID", "StudyDescription", "PatientAge")
ALL = (*NEEDED, *IDENTITY, *TYPE_2, *OPTIONAL)
SEXES = ("M", "F", "O")


def read(data: bytes) -> tuple[Dataset, list[str]]:
    """Patient, study and references of a DICOM film, as text; empty where the file says nothing.

    What breaks DICOM's own rules (a number that is too long, a date that is none) is left empty,
    because cut it could be another patient's, and named in the list unless it is optional.
    FilmError, one sentence, where the film cannot be pointed to: a UID is missing or malformed.
    """
    left_empty: list[str] = []
    with QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's warnings quote values
        tags: list[Any] = [*ALL, "SpecificCharacterSet"]
        header = dcmread(io.BytesIO(inflated(data)), force=True, specific_tags=tags)
        linked = Dataset()
        for keyword in ALL:
            value, fits = _text(header, keyword)
            if not fits and keyword in NEEDED:
                raise FilmError(_cannot_link(keyword, "malformed"))
            if not fits and keyword not in OPTIONAL:
                left_empty.append(keyword)
            if not value and keyword in NEEDED:
                raise FilmError(_cannot_link(keyword, "missing"))
            if value or keyword not in OPTIONAL:
                setattr(linked, keyword, value)
        if linked.PatientSex not in ("", *SEXES):
            linked.PatientSex = ""
            left_empty.append("PatientSex")
    return linked, left_empty


def nameless(source: Dataset) -> Dataset:
    """The same references without patient and study: for libraries whose warnings quote names."""
    empty = Dataset()
    for keyword in (*IDENTITY, *TYPE_2):
        setattr(empty, keyword, None)
    for keyword in NEEDED:
        setattr(empty, keyword, source[keyword].value)
    return empty


def character_set(source: Dataset) -> str:
    """ISO_IR 100 where Latin letters are enough, which old archives know, else UTF-8."""
    try:
        "".join(str(element.value) for element in source).encode("latin-1")
    except UnicodeEncodeError:
        return "ISO_IR 192"
    return "ISO_IR 100"


def _text(header: Dataset, keyword: str) -> tuple[str, bool]:
    """An element's value and whether it keeps to DICOM's rules for its kind."""
    try:
        if keyword in header and header[keyword].VM > 1:
            return "", False
        text = str(header.get(keyword) or "").strip()
        vr = dictionary_VR(keyword)
        validate_value(vr, text, config.RAISE)
        return text, vr != "UI" or not text or uid.UID(text).is_valid
    except (ValueError, TypeError, OverflowError, UnicodeError):
        return "", False


def _cannot_link(keyword: str, found: str) -> str:
    return (
        f"A DICOM result cannot be linked to this film ({keyword} is {found} in its header): export"
        " the film from the archive again, or take the report as PDF or JSON."
    )
