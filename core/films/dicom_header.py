"""Elements of a DICOM header as plain values; None for what is absent, empty or malformed."""

import math
import re
from typing import Any

from pydicom.dataset import Dataset


def first(header: Dataset, keyword: str) -> Any:
    """The first value of an element; None where it is absent, empty or malformed."""
    try:
        value = header.get(keyword)
    except (ValueError, TypeError, OverflowError):
        return None
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return value
    return value[0] if len(value) else None


def number(header: Dataset, keyword: str) -> float | None:
    """The first value as a finite number."""
    return _finite(first(header, keyword))


def _finite(value: Any) -> float | None:
    try:
        value = float(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def numbers(header: Dataset, keyword: str) -> list[float | None]:
    """All values, None for each that is no finite number; empty where there are none."""
    try:
        values = header.get(keyword)
    except (ValueError, TypeError, OverflowError):
        return []
    if values is None or isinstance(values, str) or not hasattr(values, "__len__"):
        values = [values]
    return [_finite(value) for value in values] if any(v is not None for v in values) else []


def code(header: Dataset, keyword: str) -> str | None:
    """A DICOM code string (PS3.5 6.2, VR CS) in capitals; None for anything else."""
    text = str(first(header, keyword) or "").strip().upper()
    return text if re.fullmatch(r"[A-Z0-9_ ]{1,16}", text) else None


def years(header: Dataset) -> int | None:
    """Whole years from an age string such as 045Y, 006M, 010W, 003D, or 81 without its unit."""
    match = re.fullmatch(
        r"(\d{1,3})([YMWD]?)", str(first(header, "PatientAge") or "").strip().upper()
    )
    if match is None:
        return None
    days = {"D": 1.0, "W": 7.0, "M": 365.25 / 12}.get(match[2], 365.25)
    age = int(int(match[1]) * days / 365.25)
    return age if age <= 120 else None


def sex(header: Dataset) -> str | None:
    """M, F or O."""
    letter = code(header, "PatientSex")
    return letter if letter in ("M", "F", "O") else None


def directions(header: Dataset) -> tuple[str, str] | None:
    """Main directions of rows and columns (PS3.3 C.7.6.1.1.1), each one of L, R, H, F, A, P."""
    try:
        letters = tuple(str(value).strip().upper()[:1] for value in header.PatientOrientation)
    except (AttributeError, ValueError, TypeError):
        return None
    if len(letters) != 2 or not all(letter and letter in "LRHFAP" for letter in letters):
        return None
    return letters[0], letters[1]
