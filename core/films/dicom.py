"""DICOM bytes -> `Film`: radiographs only (CR, DX, RG), one frame, any common transfer syntax."""

from __future__ import annotations

import io
import logging
import threading
import warnings
import zlib

import numpy as np
from pydicom import dcmread, uid
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from core.films import (
    dicom_bits,
    dicom_codestream,
    dicom_hanging,
    dicom_missing,
    dicom_pixels,
)
from core.films.dicom_grey import grey
from core.films.dicom_header import code, directions, sex, years
from core.films.film import MAX_PIXELS, Film, FilmError, bit_depth, check_size

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

# Nothing else is taken from the file: no name, date or number of a patient is ever in memory as
# a value.
_TAGS = [
    "SOPClassUID", "Modality", "ViewPosition", "ImageLaterality", "Laterality", "PatientAge",
    "PatientSex", "PatientOrientation", "SamplesPerPixel", "PhotometricInterpretation",
    "PlanarConfiguration", "NumberOfFrames", "Rows", "Columns", "BitsAllocated", "BitsStored",
    "HighBit", "PixelRepresentation", "PixelPaddingValue", "PixelPaddingRangeLimit",
    "RescaleIntercept", "RescaleSlope", "ModalityLUTSequence", "WindowCenter", "WindowWidth",
    "VOILUTFunction", "VOILUTSequence", "PresentationLUTShape", "PixelAspectRatio", "PixelSpacing",
    "ImagerPixelSpacing", "NominalScannedPixelSpacing", "RedPaletteColorLookupTableDescriptor",
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
        dicom_codestream.check(header)
        notes: list[str] = []
        dicom_missing.complete(header, notes)
        pixels, saturation = _grey(header, notes)
        pixels = dicom_hanging.squared(pixels, header, notes)
        pixels, hung = dicom_hanging.hung(pixels, directions(header), notes)
        return Film(
            pixels=pixels,
            name=name,
            format="DICOM",
            bits=bit_depth(2 ** int(header.BitsStored) - 1),
            saturation=saturation,
            view=code(header, "ViewPosition"),
            laterality=code(header, "ImageLaterality") or code(header, "Laterality"),
            age=years(header),
            sex=sex(header),
            directions=hung,
            notes=tuple(dict.fromkeys(notes)),
        )


def _grey(header: Dataset, notes: list[str]) -> tuple[np.ndarray, float]:
    """(float32 [0, 1] H x W as stored, saturation [0, 1])."""
    values = dicom_pixels.decoded(header, notes)
    padding = dicom_pixels.padding(values, header, notes)
    if values.ndim == 2 and header.PhotometricInterpretation != "PALETTE COLOR":
        values = dicom_bits.aligned(values, header, notes)
    return grey(values, padding, header, notes)


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
    dicom_missing.check_size_is_known(header)
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
    modality = code(header, "Modality")
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
