"""Compressed pixel data before it is decoded: whole, and of the size that the header says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame

from core.films.film import FilmError

MAX_HEADER_BYTES = 65_536  # a codestream's size stands within its first segments
SOI, EOI, SOS, SIZ, SOT = b"\xff\xd8", b"\xff\xd9", 0xDA, b"\xff\x4f\xff\x51", b"\xff\x90"


def is_compressed(header: Dataset) -> bool:
    """Whether the pixels are encapsulated; a deflated data set holds plain pixels."""
    syntax = header.file_meta.TransferSyntaxUID
    return bool(syntax.is_compressed and syntax != uid.DeflatedExplicitVRLittleEndian)


def check(header: Dataset) -> None:
    """Refuse compressed pixels that break off, or unpack to another size than the header says.

    Raises EOFError and FilmError.
    """
    if not is_compressed(header):
        return
    frame = get_frame(header.PixelData, 0, number_of_frames=1)
    if header.file_meta.TransferSyntaxUID == uid.RLELossless:
        fits = _rle_fits(frame, header.Rows * header.Columns)
    else:
        if EOI not in frame[_begin_of_scan(frame) :]:  # else libjpeg fills up in silence
            raise EOFError
        size = codestream_size(frame)
        fits = size is None or size[:2] == (header.Rows, header.Columns)
    if not fits:
        raise FilmError(
            "This DICOM file contradicts itself (its compressed picture has another size than its"
            " header says): export the film again, best uncompressed."
        )


def precision(header: Dataset) -> int | None:
    """Bits a sample that the codestream itself says; None where it does not or there is none."""
    if not is_compressed(header) or header.file_meta.TransferSyntaxUID == uid.RLELossless:
        return None
    size = codestream_size(get_frame(header.PixelData, 0, number_of_frames=1))
    return None if size is None else size[2]


def codestream_size(frame: bytes) -> tuple[int, int, int] | None:
    """(height, width, bits) from a JPEG, JPEG-LS (SOF) or JPEG 2000 (SIZ) header."""
    siz = frame[:MAX_HEADER_BYTES].find(SIZ)
    if siz >= 0:
        width, height, left, top = np.frombuffer(frame[siz + 8 : siz + 24], ">u4").tolist()
        return height - top, width - left, (frame[siz + 42] & 0x7F) + 1
    at = place_of_precision(frame)
    if at is None:
        return None
    height, width = np.frombuffer(frame[at + 1 : at + 5], ">u2").tolist()
    return height, width, frame[at]


def place_of_precision(frame: bytes) -> int | None:
    """Where a JPEG's or JPEG-LS's frame header (SOF) gives the bits a sample; None without one."""
    for marker, at in _segments(frame):
        if marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            return at + 4
    return None


def predictor(frame: bytes) -> int:
    """The predictor of a lossless JPEG (ITU-T T.81 table H.1), 1 to 7; 0 where none is found."""
    for marker, at in _segments(frame):
        if marker == SOS:
            return frame[at + 5 + 2 * frame[at + 4]]
    return 0


def _segments(frame: bytes) -> Iterator[tuple[int, int]]:
    """(marker, where it begins) of a JPEG's segments up to its first scan."""
    at, end = 2, min(len(frame), MAX_HEADER_BYTES)
    while at + 9 <= end and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        yield marker, at
        if marker == SOS:
            return
        at += 2 + int.from_bytes(frame[at + 2 : at + 4], "big")


def _begin_of_scan(frame: bytes) -> int:
    """Where the picture's own data begin: before, an end marker is a thumbnail's."""
    if SIZ in frame[:MAX_HEADER_BYTES]:
        return max(frame.find(SOT), 0)
    return next((at for marker, at in _segments(frame) if marker == SOS), 0)


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
