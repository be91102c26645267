"""DICOM bytes -> `Film`: radiographs only (CR, DX, RG), one frame, any common transfer syntax.

Order of the grey values (PS3.3 C.11.1, C.11.2, C.7.6.3.1.2): stored -> modality LUT or rescale ->
VOI LUT or window -> [0, 1] -> inverted where the file says MONOCHROME1 -> padding black.
Presentation LUT Shape says the same as the photometric interpretation (PS3.3 C.8.11.3.1.2) and is
not applied a second time.
"""

from __future__ import annotations

import io
import logging
import math
import re
import threading
import warnings
import zlib
from itertools import pairwise
from typing import Any

import numpy as np
from PIL import Image
from pydicom import dcmread, uid
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.filereader import read_dataset
from pydicom.pixels import apply_color_lut, pixel_array

from core.films import MAX_PIXELS, Film, FilmError, bit_depth, check_size, grey_of_colour

RADIOGRAPHS = ("CR", "DX", "RG")
# SOP classes that may leave the modality out: CR, secondary capture, DX.
RADIOGRAPH_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.1",
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.1.1",
)
MODALITIES = {
    "CT": "a CT slice",
    "MR": "an MR slice",
    "US": "an ultrasound picture",
    "MG": "a mammogram",
    "PX": "a panoramic dental film",
    "IO": "a dental film",
    "NM": "a nuclear medicine picture",
    "PT": "a PET slice",
    "XA": "an angiography",
    "RF": "a fluoroscopy",
    "SR": "a structured report",
    "PR": "a presentation state",
    "SEG": "a segmentation",
    "DOC": "a document",
    "RTSTRUCT": "a set of radiotherapy contours",
    "RTPLAN": "a radiotherapy plan",
    "RTDOSE": "a radiotherapy dose",
    "OT": "a picture of another kind (modality OT)",
}
MAX_INFLATED = 4 * MAX_PIXELS  # bytes; 16-bit pixels twice over leave room for any header
MAX_HEADER_BYTES = 65_536  # a codestream's size stands within its first segments

# Nothing else is taken from the file: no name, date or number of a patient is ever in memory as
# a value.
_TAGS = [
    "SOPClassUID", "Modality", "ViewPosition", "ImageLaterality", "Laterality", "PatientAge",
    "PatientSex", "PatientOrientation", "SamplesPerPixel", "PhotometricInterpretation",
    "PlanarConfiguration", "NumberOfFrames", "Rows", "Columns", "BitsAllocated", "BitsStored",
    "HighBit", "PixelRepresentation", "PixelPaddingValue", "PixelPaddingRangeLimit",
    "RescaleIntercept", "RescaleSlope", "ModalityLUTSequence", "WindowCenter", "WindowWidth",
    "VOILUTFunction", "VOILUTSequence", "RedPaletteColorLookupTableDescriptor",
    "GreenPaletteColorLookupTableDescriptor", "BluePaletteColorLookupTableDescriptor",
    "RedPaletteColorLookupTableData", "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths",
    "PixelData",
]  # fmt: skip

# pydicom's log lines quote header values: names and dates must not reach a log.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)
# warnings.catch_warnings swaps a list that all threads share.
QUIET = threading.Lock()


def read(data: bytes, name: str) -> Film:
    """DICOM file -> Film; FilmError for what is no radiograph, a decoder's own error for damage."""
    with QUIET, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="pydicom")
        header = dcmread(io.BytesIO(inflated(data)), force=True, specific_tags=_TAGS)
        _check_is_radiograph(header, data)
        _check_codestream(header)
        values = pixel_array(header)
        pixels, saturation = _grey(values, header)
        return Film(
            pixels=pixels,
            name=name,
            format="DICOM",
            bits=bit_depth(2 ** int(header.BitsStored) - 1),
            saturation=saturation,
            view=_code(header, "ViewPosition"),
            laterality=_code(header, "ImageLaterality") or _code(header, "Laterality"),
            age=_years(header),
            sex=_sex(header),
            directions=_directions(header),
        )


def inflated(data: bytes) -> bytes:
    """The same file with a deflated data set unpacked, within bounds that pydicom does not set."""
    stream = io.BytesIO(data)
    stream.seek(132 if data[128:132] == b"DICM" else 0)
    meta = read_dataset(stream, False, True, stop_when=lambda tag, vr, length: tag.group != 2)
    deflated = uid.DeflatedExplicitVRLittleEndian
    if meta.get("TransferSyntaxUID") != deflated:
        return data
    body = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[stream.tell() :], MAX_INFLATED)
    if len(body) >= MAX_INFLATED:
        raise FilmError(
            f"This DICOM file unpacks to more than {MAX_INFLATED / 2**20:.0f} MB: export the film"
            " uncompressed and at a smaller size."
        )
    plain = uid.ExplicitVRLittleEndian.encode().ljust(len(deflated), b"\0")
    return data[: stream.tell()].replace(deflated.encode(), plain) + body


def _check_is_radiograph(header: Dataset, data: bytes) -> None:
    """Refuse all that is not one picture from an X-ray detector, before any pixel is decoded."""
    _check_modality(header)
    if "PixelData" not in header:
        if b"\xe0\x7f\x10\x00" in data:  # the tag of the pixels is there, their end is not
            raise EOFError
        raise FilmError(
            "This DICOM file holds no picture (no pixel data was found): export the film again"
            " with its picture."
        )
    frames = int(header.get("NumberOfFrames") or 1)
    if frames > 1:
        raise FilmError(
            f"This DICOM file holds {frames} pictures, not one film: export the film alone."
        )
    check_size(int(header.Rows), int(header.Columns))
    if not header.file_meta.get("TransferSyntaxUID"):
        implicit, little = header.original_encoding
        header.file_meta.TransferSyntaxUID = _native_syntax(bool(implicit), bool(little))


def _check_modality(header: Dataset) -> None:
    if header.file_meta.get("MediaStorageSOPClassUID") == uid.MediaStorageDirectoryStorage:
        raise FilmError(
            "This is a DICOMDIR, the list of contents of a disc, which holds no picture: upload one"
            " of the image files that it lists."
        )
    modality = _code(header, "Modality")
    sop_class = header.get("SOPClassUID")
    if modality in RADIOGRAPHS:
        return
    if modality is None and (not sop_class or sop_class in RADIOGRAPH_CLASSES):
        return
    if modality is None:
        found = "of no modality that it names"
    else:
        found = MODALITIES.get(modality, f"of modality {modality}")
    raise FilmError(
        f"This DICOM file is {found}, not a radiograph: upload a chest film (modality CR, DX or"
        " RG)."
    )


def _native_syntax(implicit: bool, little: bool) -> uid.UID:
    if implicit:
        return uid.ImplicitVRLittleEndian
    return uid.ExplicitVRLittleEndian if little else uid.ExplicitVRBigEndian


def _check_codestream(header: Dataset) -> None:
    """Refuse compressed pixels that unpack to another size than the header says."""
    syntax = header.file_meta.TransferSyntaxUID
    if not syntax.is_compressed or syntax == uid.DeflatedExplicitVRLittleEndian:
        return
    frame = get_frame(header.PixelData, 0, number_of_frames=1)
    if syntax == uid.RLELossless:
        fits = _rle_fits(frame, header.Rows * header.Columns)
    else:
        if b"\xff\xd9" not in frame[-64:]:  # end of image; without it libjpeg fills up in silence
            raise EOFError
        size = _codestream_size(frame[:MAX_HEADER_BYTES])
        fits = size in (None, (header.Rows, header.Columns))
    if not fits:
        raise FilmError(
            "This DICOM file contradicts itself (its compressed picture has another size than its"
            " header says): export the film again, best uncompressed."
        )


def _codestream_size(start: bytes) -> tuple[int, int] | None:
    """(height, width) from a JPEG, JPEG-LS (SOF) or JPEG 2000 (SIZ) header; None if not found."""
    siz = start.find(b"\xff\x4f\xff\x51")
    if siz >= 0:
        width, height, left, top = np.frombuffer(start[siz + 8 : siz + 24], ">u4").tolist()
        return height - top, width - left
    at = 2
    while at + 9 <= len(start) and start[at] == 0xFF:
        marker = start[at + 1]
        if marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            height, width = np.frombuffer(start[at + 5 : at + 9], ">u2").tolist()
            return height, width
        at += 1 if marker == 0xFF else 2 + int.from_bytes(start[at + 2 : at + 4], "big")
    return None


def _rle_fits(frame: bytes, pixels: int) -> bool:
    """Whether no segment of an RLE frame (PS3.5 Annex G) unpacks to over twice its share.

    A segment holds one byte of each pixel; the slack is for padding that some writers add.
    """
    offsets = np.frombuffer(frame[4:64], "<u4")[: int.from_bytes(frame[:4], "little")].tolist()
    for start, end in pairwise([*offsets, len(frame)]):
        length = 0
        at = start
        while at < end and length <= 2 * pixels:
            run = frame[at]
            length += run + 1 if run < 128 else (257 - run) % 129  # 128 means nothing
            at += run + 2 if run < 128 else 2 - (run == 128)
        if length > 2 * pixels:
            return False
    return True


def _grey(values: np.ndarray, header: Dataset) -> tuple[np.ndarray, float]:
    """Decoded pixels -> (float32 [0, 1] H x W, bright = dense; saturation [0, 1])."""
    photometric = header.PhotometricInterpretation
    depth = int(header.BitsStored)
    if photometric == "PALETTE COLOR":
        values = apply_color_lut(values, header)
        depth = 8 * values.itemsize  # pydicom stretches the palette to its whole type
    if values.ndim == 3:
        return grey_of_colour(Image.fromarray((values >> max(depth - 8, 0)).astype(np.uint8)))
    padding = _padding(values, header)
    pixels = _shown(values, padding, header)
    if photometric == "MONOCHROME1":
        pixels = 1 - pixels
    pixels[padding] = 0
    return pixels.astype(np.float32), 0.0


def _padding(values: np.ndarray, header: Dataset) -> np.ndarray:
    """H x W mask of the pixels that lie outside the film (PS3.3 C.7.5.1.1.2)."""
    first = _number(header, "PixelPaddingValue")
    if first is None:
        return np.zeros(values.shape, dtype=bool)
    last = _number(header, "PixelPaddingRangeLimit")
    low, high = sorted((first, first if last is None else last))
    return (values >= low) & (values <= high)


def _shown(values: np.ndarray, padding: np.ndarray, header: Dataset) -> np.ndarray:
    """Stored values -> float32 [0, 1] by the file's own display settings, else by their range."""
    real = _modality_values(values, header)
    shown = _voi(real, header)
    if shown is not None and (np.ptp(shown) > 0 or np.ptp(values) == 0):
        return shown
    # No setting, or one that misses all values and would show a blank film.
    if header.BitsStored == 8 and real is values and values.min() >= 0:
        return values.astype(np.float32) / np.float32(255)
    inside = real[~padding]
    low, high = (inside.min(), inside.max()) if inside.size else (0, 0)
    return np.clip((real.astype(np.float32) - low) / np.float32(max(high - low, 1e-6)), 0, 1)


def _modality_values(values: np.ndarray, header: Dataset) -> np.ndarray:
    """Modality LUT or rescale (PS3.3 C.11.1); the very same array where there is none."""
    if header.get("ModalityLUTSequence"):
        table, first, _ = _table(header.ModalityLUTSequence[0], header)
        return _look_up(values, table, first)
    slope, intercept = _number(header, "RescaleSlope"), _number(header, "RescaleIntercept")
    if slope in (None, 0, 1) and intercept in (None, 0):
        return values
    return values.astype(np.float32) * np.float32(slope or 1) + np.float32(intercept or 0)


def _voi(real: np.ndarray, header: Dataset) -> np.ndarray | None:
    """VOI LUT or the first window (PS3.3 C.11.2) -> float32 [0, 1]; None without a usable one."""
    if header.get("VOILUTSequence"):
        table, first, bits = _table(header.VOILUTSequence[0], header)
        return np.clip(_look_up(real, table, first) / np.float32(2**bits - 1), 0, 1)
    centre, width = _number(header, "WindowCenter"), _number(header, "WindowWidth")
    if centre is None or width is None or width <= 0:
        return None
    function = _code(header, "VOILUTFunction") or "LINEAR"
    x = real.astype(np.float32)
    if function == "SIGMOID":
        return 1 / (1 + np.exp(np.clip(-4 * (x - centre) / width, -80, 80)))
    if function == "LINEAR":  # PS3.3 C.11.2.1.2.1; LINEAR_EXACT is the plain form
        centre, width = centre - 0.5, max(width - 1, 1e-3)
    return np.clip((x - centre) / width + 0.5, 0, 1)


def _table(item: Dataset, header: Dataset) -> tuple[np.ndarray, int, int]:
    """A LUT item -> (entries as float32, first value mapped, bits of an entry)."""
    entries, first, bits = (int(number) for number in item.LUTDescriptor)
    entries = entries or 65_536  # 0 stands for 2^16 (PS3.3 C.11.2.1.1)
    raw: Any = item.LUTData
    if isinstance(raw, bytes):
        order = "<" if header.original_encoding[1] else ">"
        raw = np.frombuffer(raw, f"{order}u2" if len(raw) >= 2 * entries else "u1")
    return np.asarray(raw, dtype=np.float32)[:entries], first, bits


def _look_up(values: np.ndarray, table: np.ndarray, first: int) -> np.ndarray:
    """Values below the table take its first entry, values above it its last."""
    index = np.clip(np.rint(values).astype(np.int64) - first, 0, len(table) - 1)
    return table[index]


def _first(header: Dataset, keyword: str) -> Any:
    """The first value of an element; None where it is absent, empty or malformed."""
    try:
        value = header.get(keyword)
    except (ValueError, TypeError, OverflowError):
        return None
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return value
    return value[0] if len(value) else None


def _number(header: Dataset, keyword: str) -> float | None:
    try:
        number = float(_first(header, keyword))
    except (ValueError, TypeError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _code(header: Dataset, keyword: str) -> str | None:
    """A DICOM code string (PS3.5 6.2, VR CS) in capitals; None for anything else."""
    code = str(_first(header, keyword) or "").strip().upper()
    return code if re.fullmatch(r"[A-Z0-9_ ]{1,16}", code) else None


def _years(header: Dataset) -> int | None:
    """Whole years from an age string such as 045Y, 006M, 010W, 003D, or 81 without its unit."""
    match = re.fullmatch(r"(\d{1,3})([YMWD]?)", str(_first(header, "PatientAge") or "").strip())
    if match is None:
        return None
    days = {"D": 1.0, "W": 7.0, "M": 365.25 / 12}.get(match[2], 365.25)
    years = int(int(match[1]) * days / 365.25)
    return years if years <= 120 else None


def _sex(header: Dataset) -> str | None:
    sex = _code(header, "PatientSex")
    return sex if sex in ("M", "F", "O") else None


def _directions(header: Dataset) -> tuple[str, str] | None:
    """Main directions of rows and columns (PS3.3 C.7.6.1.1.1), each one of L, R, H, F, A, P."""
    try:
        letters = tuple(str(value).strip().upper()[:1] for value in header.PatientOrientation)
    except (AttributeError, ValueError, TypeError):
        return None
    if len(letters) != 2 or not all(letter and letter in "LRHFAP" for letter in letters):
        return None
    return letters[0], letters[1]
