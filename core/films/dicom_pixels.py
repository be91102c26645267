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
    header = _as_encoded(header)
    values = _by_first(header, available)
    if syntax in LOSSLESS_JPEG:
        _check_differences(header, notes)
    return values


def _as_encoded(header: Dataset) -> Dataset:
    """The same film by the bits that its codestream says: told others, GDCM decodes noise."""
    bits = dicom_codestream.precision(header)
    if bits is None:
        return header
    encoded = Dataset()
    encoded.file_meta = header.file_meta
    for keyword in (*PIXEL_MODULE, "PixelData"):
        if keyword in header:
            setattr(encoded, keyword, header[keyword].value)  # an element would be shared
    encoded.BitsAllocated = 8 if bits <= 8 else 16
    encoded.BitsStored, encoded.HighBit = bits, bits - 1
    return encoded


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
    if values.min() < 0 or values.max() >= 2**bits:
        notes.append(
            "This film's lossless JPEG breaks its standard in a way that no decoder undoes, so"
            " parts of it may be wrong: export it uncompressed."
        )


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
