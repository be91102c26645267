"""One real film, written as DICOM in many ways; every one of them must be read as that film."""

import io

import cv2
import numpy as np
from pydicom.dataset import Dataset

from core.films.film import Film
from core.films.read import read_film, read_path
from core.paths import SAMPLES
from tests.unit.films.dicom_files import header

SIDE = 128


def _film() -> np.ndarray:
    """float64 [0, 1], 128 x 128, black and white both reached."""
    pixels = read_path(SAMPLES / "00009745_000.png").pixels
    small = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)
    return (small - small.min()) / (small.max() - small.min())


KNOWN = _film()
HANGING = {
    ("L", "F"): lambda film: film,
    ("R", "F"): lambda film: film[:, ::-1],
    ("L", "H"): lambda film: film[::-1],
    ("R", "H"): lambda film: film[::-1, ::-1],
    ("F", "L"): lambda film: film.T,
    ("H", "L"): lambda film: film.T[:, ::-1],
    ("F", "R"): lambda film: film.T[::-1],
    ("H", "R"): lambda film: film.T[::-1, ::-1],
}
"""How a film that hangs the usual way lies in a file whose rows and columns run so."""


def of_bits(bits: int, signed: bool = False, pixels: np.ndarray = KNOWN) -> np.ndarray:
    """[0, 1] -> stored values, int64, over the whole range of so many bits."""
    values = np.rint(pixels * (2**bits - 1)).astype(np.int64)
    return values - 2 ** (bits - 1) if signed else values


def stored(values: np.ndarray, bits: int, allocated: int = 16, **elements) -> bytes:
    """A DICOM file around int64 values, signed where one is below 0; elements: None leaves out."""
    signed = bool(values.min() < 0)
    kind = f"<{'i' if signed else 'u'}{allocated // 8}"
    ds = header(np.ascontiguousarray(values.astype(kind)), BitsStored=bits, HighBit=bits - 1)
    ds["PixelData"].VR = "OW"
    for keyword, value in elements.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    target = io.BytesIO()
    ds.save_as(target, enforce_file_format=True)
    return target.getvalue()


def table(entries: list[int], first: int = 0, bits: int = 16) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries) % 65536, first, bits])
    item.add_new("LUTData", "US", entries)
    return item


def ramp(length: int, top: int) -> list[int]:
    return [round(at * top / (length - 1)) for at in range(length)]


def off(film: Film, expected: np.ndarray = KNOWN) -> float:
    """Mean difference of grey values, 0 to 1; infinite where even the shape differs."""
    if film.pixels.shape != expected.shape:
        return float("inf")
    return float(np.abs(film.pixels - expected).mean())


def read(data: bytes) -> Film:
    return read_film(data, "film.dcm")
