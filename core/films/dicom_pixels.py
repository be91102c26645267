"""Pixel data of a DICOM file -> stored values, by the decoder that is right for its syntax.

docs/decoders.md says why which. Left to itself, pydicom takes the first plug-in that is installed.
"""

from typing import Any

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels import get_decoder, pixel_array

from core.films import decoder_process, dicom_codestream
from core.films.decoder_process import Job
from core.films.dicom_header import number
from core.films.film import FilmError

LOSSLESS_JPEG = (uid.JPEGLossless, uid.JPEGLosslessSV1)
DECODERS = {
    uid.JPEGBaseline8Bit: ("pillow", "gdcm"),
    uid.JPEGExtended12Bit: ("gdcm",),
    uid.JPEGLossless: ("gdcm",),
    uid.JPEGLosslessSV1: ("gdcm",),
    uid.JPEGLSLossless: ("pyjpegls", "gdcm"),
    uid.JPEGLSNearLossless: ("pyjpegls", "gdcm"),
    uid.JPEG2000Lossless: ("pylibjpeg",),
    uid.JPEG2000: ("pylibjpeg",),
    uid.RLELossless: ("pydicom",),
}
"""Plug-ins by transfer syntax; the next is asked where one refuses."""

APART = ("gdcm", "pylibjpeg", "pyjpegls")  # plug-ins that get a process of their own
PIXEL_MODULE = (
    "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "Rows", "Columns",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
)  # fmt: skip
WRAPS_SHOW_FROM = 5  # predictors of lossless JPEG whose rounding wrapped differences upset
ROUGHER = 1.5  # a film whose high bits were cut off has jumps from white to black all over
MOST_PADDING = 0.8  # share of a film


def decoded(header: Dataset, notes: list[str]) -> np.ndarray:
    """Values as they lie in the file (H x W or H x W x 3), unused bits and all."""
    syntax = header.file_meta.TransferSyntaxUID
    if not dicom_codestream.is_compressed(header):
        return np.asarray(pixel_array(header, correct_unused_bits=False))
    if syntax not in DECODERS:
        raise FilmError(
            f"This DICOM file is compressed as {syntax.name}, which is not read here: export the"
            " film uncompressed."
        )
    plugins = DECODERS[syntax]
    available = [p for p in plugins if p in get_decoder(syntax).available_plugins]
    if not available:
        raise FilmError(
            f"This DICOM file is compressed as {syntax.name}, and the package that decodes it"
            f" ({' or '.join(plugins)}) is not installed: install requirements.txt or export the"
            " film uncompressed."
        )
    values = _by_first(header, available)
    if syntax in LOSSLESS_JPEG:
        _check_differences(header, notes)
    return values


def _by_first(header: Dataset, plugins: list[str]) -> np.ndarray:
    for plugin in plugins[:-1]:
        try:
            return _by(header, plugin)
        except Exception:  # plug-ins raise anything; the last one's error is the answer
            continue
    return _by(header, plugins[-1])


def _by(header: Dataset, plugin: str) -> np.ndarray:
    if plugin not in APART:
        return np.asarray(pixel_array(header, decoding_plugin=plugin, correct_unused_bits=False))
    return decoder_process.decode(_job(header, plugin))


def _job(header: Dataset, plugin: str) -> Job:
    frame = get_frame(header.PixelData, 0, number_of_frames=1)
    elements: dict[str, Any] = {k: header[k].value for k in PIXEL_MODULE if k in header}
    syntax = header.file_meta.TransferSyntaxUID
    if syntax == uid.JPEGExtended12Bit:
        # pydicom keeps GDCM from 12 bits, which it decodes exactly: GDCM goes by the stream itself.
        syntax = uid.JPEGLossless
    return Job(frame, elements, str(syntax), plugin)


def _check_differences(header: Dataset, notes: list[str]) -> None:
    """Note where no decoder is right: differences wrapped to less than 16 bits, predictors 5 to 7.

    Decoded as if its samples had 16 bits, such a stream leaves the range of its own bits; one that
    follows the standard (ITU-T T.81 H.1.2.1) only begins at another middle.
    """
    job = _job(header, "gdcm")
    place = dicom_codestream.place_of_precision(job.frame)
    if dicom_codestream.predictor(job.frame) < WRAPS_SHOW_FROM or place is None:
        return
    bits = job.frame[place]
    frame = job.frame[:place] + b"\x10" + job.frame[place + 1 :]
    wide = job.elements | {
        "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 0
    }  # fmt: skip
    values = decoder_process.decode(Job(frame, wide, job.syntax, job.plugin)).astype(np.int64)
    values -= 2**15 - 2 ** (bits - 1)
    if not _within(values, bits):
        notes.append(
            "This film's lossless JPEG breaks its standard in a way that no decoder undoes, so"
            " parts of it may be wrong: export it uncompressed."
        )


def aligned(values: np.ndarray, header: Dataset, notes: list[str]) -> np.ndarray:
    """Stored values out of the bits that the header names (PS3.5 8.1.1), where that is right.

    H x W, integers as decoded -> H x W integers without overlays or padding in unused bits, moved
    down where the film is left-aligned, and signed where that is what makes a picture of them.
    """
    bits, high = int(header.BitsStored), int(header.HighBit)
    allocated = 8 * values.itemsize
    if bits > allocated or high >= allocated:
        return values
    found = (values << (allocated - 1 - high)) >> (allocated - bits)
    if np.array_equal(found, values):
        return _signed_or_not(values, bits, notes)
    if high + 1 > bits and _within(values, bits):
        notes.append(
            f"The header says that the film's {bits} bits end at bit {high}, but they begin at bit"
            " 0 and are read so."
        )
        return values
    if high + 1 == bits and _roughness(found) > ROUGHER * _roughness(values):
        notes.append(
            f"The header says that the film has {bits} bits a pixel, but its grey values need more"
            " and are read whole."
        )
        return _signed_or_not(values, allocated, notes)
    return _signed_or_not(found, bits, notes)


def _within(values: np.ndarray, bits: int) -> bool:
    return bool(values.min() >= 0 and values.max() < 2**bits)


def _signed_or_not(values: np.ndarray, bits: int, notes: list[str]) -> np.ndarray:
    """The other reading of the sign bit, where only that one is a picture."""
    wide = values.astype(np.int64)
    top, half = 1 << bits, 1 << (bits - 1)
    moved = values[(values < 0) | (values >= half)]
    if moved.size == 0 or moved.min() == moved.max():  # one value alone is a marker's
        return values
    other = np.where(wide < 0, wide + top, np.where(wide >= half, wide - top, wide))
    if _roughness(values) <= ROUGHER * _roughness(other):
        return values
    kinds = ("signed", "unsigned") if values.dtype.kind == "i" else ("unsigned", "signed")
    notes.append(
        f"The film's grey values are no picture as {kinds[0]} numbers (PixelRepresentation), so"
        f" they are read as {kinds[1]}."
    )
    return other


def _roughness(values: np.ndarray) -> float:
    """Mean step between neighbours in a row, as a share of the range of the middle 98 %."""
    rows = values[:: values.size // 1_000_000 + 1].astype(np.float64)
    first, last = np.percentile(rows, (1, 99))
    return float(np.abs(np.diff(rows, axis=1)).mean() / (last - first)) if last > first else 0.0


def padding(values: np.ndarray, header: Dataset, notes: list[str]) -> np.ndarray:
    """H x W mask of the pixels that lie outside the film (PS3.3 C.7.5.1.1.2).

    values: as decoded or aligned. A value written with the other sign is the same value.
    """
    nothing = np.zeros(values.shape, dtype=bool)
    first = number(header, "PixelPaddingValue")
    if first is None or values.ndim == 3:
        return nothing
    last = number(header, "PixelPaddingRangeLimit")
    low, high = sorted(_as_stored(end, values) for end in (first, first if last is None else last))
    mask = (values >= low) & (values <= high)
    if mask.mean() <= MOST_PADDING:
        return mask
    notes.append(
        f"The header calls {mask.mean():.0%} of this film padding outside the picture"
        " (PixelPaddingValue), which was left out."
    )
    return nothing


def _as_stored(value: float, values: np.ndarray) -> float:
    top = 2.0 ** (8 * values.itemsize)
    if values.dtype.kind == "u":
        return value + top if value < 0 else value
    return value - top if value >= top / 2 else value
