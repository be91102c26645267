"""The one way in for a film: bytes -> `Film` (PNG, JPEG, DICOM), or one sentence on why not.

The format is decided from the content, never from the file's name. Everything is bounded before
it is decoded: bytes, pixels (from the header) and, for DICOM, what the compressed parts grow to.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

MAX_BYTES = 64 * 2**20  # a 16-bit film of 4,300 x 3,500 px, uncompressed, is half of this
MAX_PIXELS = 50_000_000  # three times the largest detector sold; 200 MB as float32
MIN_SIDE = 32  # px; smaller pictures are icons
BIT_DEPTHS = (8, 10, 12, 14, 16)  # what detectors and viewers write
HUNG = ("L", "F")
"""Directions of a film as it is shown: rows run to the patient's left, columns to the feet."""
ACCEPTED = "upload the film as PNG, JPEG or DICOM"

# (offset, magic bytes, what it is) of files that people try and that are not read here.
_OTHER_KINDS = (
    (0, b"GIF8", "a GIF picture"),
    (0, b"BM", "a BMP picture"),
    (0, b"II*\0", "a TIFF picture"),
    (0, b"MM\0*", "a TIFF picture"),
    (0, b"II+\0", "a TIFF picture"),
    (0, b"MM\0+", "a TIFF picture"),
    (8, b"WEBP", "a WebP picture"),
    (4, b"ftyp", "a HEIC or AVIF picture or a video"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf", "a 7-Zip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"\x93NUMPY", "a NumPy array"),
)


class FilmError(ValueError):
    """Bytes that are no readable film; the message is one sentence for the person who sent them."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare by
class Film:
    """A film as the file shows it. Of a DICOM header only these five facts are kept."""

    pixels: np.ndarray  # float32 [0, 1], H x W, grey, bright = dense; read-only
    name: str  # the file's name: plain text without path; a page must not render it as markup
    format: str  # "PNG", "JPEG", "DICOM"
    bits: int  # bits that the grey values use: 8, 10, 12, 14 or 16
    saturation: float  # mean colour saturation [0, 1] of the picture as stored; 0 for grey files
    view: str | None = None  # DICOM ViewPosition: "PA", "AP", "LATERAL"...
    laterality: str | None = None  # "L", "R", "B", "U"
    age: int | None = None  # years
    sex: str | None = None  # "M", "F", "O"
    directions: tuple[str, str] | None = None  # where its rows and columns run, by the header

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)  # caches hand one film to many threads

    @property
    def sides_known(self) -> bool:
        """Whether the patient's right is on the picture's left: by custom, if no header objects."""
        return self.directions in (None, HUNG)

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


def read(data: bytes, name: str) -> Film:
    """Decode one film; FilmError (a ValueError) with one sentence for anything that is none."""
    check_length(len(data))
    kind = _kind(data)
    if kind not in ("PNG", "JPEG", "DICOM"):
        raise FilmError(f"This file seems to be {kind}, not a film: {ACCEPTED}.")
    try:
        if kind == "DICOM":
            from core import dicom  # pydicom takes .3 s to import; most films are PNG

            return dicom.read(data, plain_name(name))
        return _read_picture(data, plain_name(name), kind)
    except FilmError:
        raise
    except Exception as error:
        # The decoders (Pillow, pydicom, pylibjpeg) raise whatever their parsing ran into:
        # struct.error, KeyError, SyntaxError, RuntimeError, MemoryError ... on hostile bytes.
        raise FilmError(_why_undecodable(kind, error)) from error


def read_path(path: Path) -> Film:
    """Read a film from disk; FileNotFoundError where there is no such file."""
    if not path.is_file():
        raise FileNotFoundError(f"No file at {path}: check the spelling and the folder.")
    check_length(path.stat().st_size)
    return read(path.read_bytes(), path.name)


def check_length(length: int) -> None:
    """Refuse empty files and those over MAX_BYTES."""
    if length == 0:
        raise FilmError("This file is empty (0 bytes): export the film again and upload that file.")
    if length > MAX_BYTES:
        raise FilmError(
            f"This file has {length / 2**20:.0f} MB, more than the {MAX_BYTES / 2**20:.0f} MB that"
            " are read: export the film at a smaller size."
        )


def check_size(height: int, width: int) -> None:
    """Refuse pictures of too many or too few pixels; called with the header's size."""
    if height * width > MAX_PIXELS:
        raise FilmError(
            f"This picture has {width:,} x {height:,} px, more than the {MAX_PIXELS // 10**6}"
            " million pixels that are read: export the film at a smaller size."
        )
    if min(height, width) < MIN_SIDE:
        raise FilmError(
            f"This picture has only {width} x {height} px, too small for a film (at least"
            f" {MIN_SIDE} px a side): upload the film itself, not its thumbnail."
        )


def bit_depth(largest: float) -> int:
    """The smallest of BIT_DEPTHS that holds this value."""
    return next((bits for bits in BIT_DEPTHS if largest < 2**bits), BIT_DEPTHS[-1])


def plain_name(name: str) -> str:
    """The last part of a path, without control characters and angle brackets, 120 at most."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return "".join(c if c.isprintable() and c not in "<>" else "_" for c in last)[-120:]


def grey_of_colour(image: Image.Image) -> tuple[np.ndarray, float]:
    """RGB picture -> (float32 [0, 1] luma of ITU-R BT.601, mean saturation [0, 1])."""
    luma = np.asarray(image.convert("L")).astype(np.float32) / np.float32(255)
    return luma, _saturation(np.asarray(image))


def _saturation(rgb: np.ndarray) -> float:
    """Mean HSV saturation (max - min) / max, weighted by max: black pixels have no colour."""
    brightest = rgb.max(axis=2)
    spread = (brightest - rgb.min(axis=2)).sum(dtype=np.int64)
    return float(spread / max(int(brightest.sum(dtype=np.int64)), 1))


def _kind(data: bytes) -> str:
    """PNG, JPEG, DICOM, or in words what else the first bytes look like."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[128:132] == b"DICM" or _is_bare_dicom(data):
        return "DICOM"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    for offset, magic, words in _OTHER_KINDS:
        if data[offset:].startswith(magic):
            return words
    return _kind_of_text(data)


def _is_bare_dicom(data: bytes) -> bool:
    """Whether a DICOM data set starts at once, without preamble (old archives): group 2 or 8."""
    if len(data) < 8 or data[0] not in (2, 8) or data[1] != 0:
        return False
    explicit = data[4:6].isalpha() and data[4:6].isupper()
    return explicit or int.from_bytes(data[4:8], "little") < len(data)


def _kind_of_text(data: bytes) -> str:
    start = data[:512].decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype html", "<html")):
        return "a web page (HTML)"
    if start.startswith("<svg") or (start.startswith("<?xml") and "<svg" in start):
        return "an SVG drawing"
    if all(c.isprintable() or c in "\t\r\n" for c in start.rstrip("\ufffd")):
        return "a text file"
    return "a file of unknown kind"


def _read_picture(data: bytes, name: str, kind: str) -> Film:
    """PNG or JPEG -> Film, upright as its EXIF orientation says."""
    image = _opened(data, kind)
    check_size(image.height, image.width)
    if kind == "PNG" and getattr(image, "n_frames", 1) > 1:
        raise FilmError(f"This PNG is animated, not a single film: {ACCEPTED}.")
    image = ImageOps.exif_transpose(image)
    pixels, bits, saturation = _grey(image)
    return Film(pixels, name, kind, bits, saturation)


def _opened(data: bytes, kind: str) -> Image.Image:
    """Only the header is read here, so that the size can be checked before the pixels are."""
    try:
        return Image.open(io.BytesIO(data), formats=(kind,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FilmError(
            f"This {kind} has more than the {MAX_PIXELS // 10**6} million pixels that are read:"
            " export the film at a smaller size."
        ) from error


def _grey(image: Image.Image) -> tuple[np.ndarray, int, float]:
    """Any Pillow mode -> (float32 [0, 1] H x W, bits, saturation); transparency becomes black."""
    if image.mode.startswith("I"):
        return *_grey_of_deep(np.asarray(image)), 0.0
    if "transparency" in image.info:
        image = image.convert("LA" if image.mode in ("1", "L") else "RGBA")
    opacity = None
    if image.mode in ("LA", "PA", "La", "RGBA", "RGBa"):
        opacity = np.asarray(image.getchannel("A")).astype(np.float32) / np.float32(255)
        image = image.convert("L" if image.mode in ("LA", "La") else "RGB")
    if image.mode in ("1", "L"):
        pixels, saturation = np.asarray(image.convert("L")).astype(np.float32), 0.0
        pixels /= np.float32(255)
    else:
        pixels, saturation = grey_of_colour(image.convert("RGB"))
    return (pixels if opacity is None else pixels * opacity), 8, saturation


def _grey_of_deep(values: np.ndarray) -> tuple[np.ndarray, int]:
    """16-bit grey -> (float32 [0, 1], effective bits), so that 12-bit values are not black.

    An 8-bit film that was stored as 16 bits (v * 257) reads like its original.
    """
    if not (values % 257).any():
        return (values // 257).astype(np.float32) / np.float32(255), 8
    bits = bit_depth(values.max())
    return values.astype(np.float32) / np.float32(2**bits - 1), bits


def _why_undecodable(kind: str, error: Exception) -> str:
    """One sentence on a decoder's exception; its own text may quote the header, so it stays out."""
    broken_off = isinstance(error, EOFError) or any(
        words in str(error) for words in ("truncated", "less than expected", "Truncated")
    )
    if isinstance(error, MemoryError):
        return f"This {kind} needs more memory than there is: export the film at a smaller size."
    if broken_off:
        return (
            f"This {kind} breaks off in the middle (file is truncated): export the film again and"
            " upload the new file."
        )
    return (
        f"This {kind} is damaged or of an unsupported variant (its picture cannot be decoded):"
        " export the film again, best as PNG or uncompressed DICOM."
    )
