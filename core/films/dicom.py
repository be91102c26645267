"""DICOM bytes -> `Film`: radiographs only (CR, DX, RG), one frame, any common transfer syntax."""

from __future__ import annotations

import io
import logging
import threading
import warnings
import zlib
from itertools import pairwise

import numpy as np
from pydicom import dcmread, uid
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.filereader import read_dataset
from pydicom.pixels import pixel_array

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
        pixels, saturation = grey(values, header)
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
            directions=directions(header),
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
