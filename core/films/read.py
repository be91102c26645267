"""The one way in for a film: bytes -> `Film` (PNG, JPEG, DICOM), or one sentence on why not.

The format is decided from the content, never from the file's name. Everything is bounded before
it is decoded: bytes, pixels (from the header) and, for DICOM, what the compressed parts grow to.
"""

from __future__ import annotations

from pathlib import Path

from core.films.film import ACCEPTED, Film, FilmError, check_length, plain_name
from core.films.picture import read_picture

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


def read_film(data: bytes, name: str) -> Film:
    """Decode one film; FilmError (a ValueError) with one sentence for anything that is none."""
    check_length(len(data))
    kind = _kind(data)
    if kind not in ("PNG", "JPEG", "DICOM"):
        raise FilmError(f"This file seems to be {kind}, not a film: {ACCEPTED}.")
    try:
        if kind == "DICOM":
            from core.films import dicom  # pydicom takes .3 s to import; most films are PNG

            return dicom.read(data, plain_name(name))
        return read_picture(data, plain_name(name), kind)
    except FilmError:
        raise
    except Exception as error:
        # The decoders (Pillow, pydicom, GDCM) raise whatever their parsing ran into:
        # struct.error, KeyError, SyntaxError, RuntimeError, MemoryError ... on hostile bytes.
        raise FilmError(_why_undecodable(kind, error)) from error


def read_path(path: Path) -> Film:
    """Read a film from disk; FileNotFoundError where there is no such file."""
    if not path.is_file():
        raise FileNotFoundError(f"No file at {path}: check the spelling and the folder.")
    check_length(path.stat().st_size)
    return read_film(path.read_bytes(), path.name)


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
