"""The films of a ZIP archive, one at a time in memory, or one sentence on why a member is none.

Nothing is unpacked to disk, and a member's name is text that no path is made of. What an archive
can cost is bounded before anything is unpacked: entries, unpacked size of a member and of all, and
how far a member grows. A member that cannot be had is a source that says why, never an end.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from core.films.film import MAX_BYTES, FilmError, check_length

MAX_ENTRIES = 5_000  # directory entries; parsing as many takes .1 s
MAX_UNPACKED = 4 * 2**30  # bytes of all films together; only one is held at a time
MAX_RATIO = 100  # unpacked / packed: uncompressed DICOM films reach 2 to 10, deflate can 1,032
SMALL = 2**20  # bytes; what stays below may grow as it likes
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack whole blocks unbounded
MARKS = (b"PK\x03\x04", b"PK\x05\x06")  # a first member, or the end of an empty archive

_ENTRY = b"PK\x01\x02"
_BLOCK = 2**20
_ENCRYPTED = 0x1
_OFFICE = "[Content_Types].xml"


@dataclass(frozen=True)
class Source:
    """A file to read; `load` gives its bytes or raises ValueError or OSError with one sentence."""

    name: str
    load: Callable[[], bytes]


def is_zip(start: bytes) -> bool:
    """Whether a file that starts like this is a ZIP archive (or an Office document)."""
    return start.startswith(MARKS)


def open_zip(file: BinaryIO, name: str) -> list[Source]:
    """A source for every file of an archive, named `<name>/<member>`, in the archive's order.

    file: seekable; it must stay open while the sources are loaded. Folders, dot files, macOS's
    `__MACOSX` and DICOMDIR are left out; a member stored twice is there twice. An archive that
    cannot be opened is one source that says so; an Office document is a single file.
    """
    try:
        if _entries(file) > MAX_ENTRIES:
            return [_refusing(name, f"This ZIP has more than {MAX_ENTRIES:,} entries: {_SPLIT}.")]
        archive = zipfile.ZipFile(file)
    except Exception:  # BadZipFile, struct.error, UnicodeDecodeError ... on hostile bytes
        return [_refusing(name, "This ZIP is damaged or breaks off in the middle: make it anew.")]
    infos = archive.infolist()
    if any(info.filename == _OFFICE for info in infos):
        return [Source(name, partial(_whole, file))]
    wanted = [info for info in infos if not _is_aside(info)]
    if not wanted:
        return [_refusing(name, "This ZIP holds no files: put films into it and try again.")]
    return _members(archive, wanted, name)


_SPLIT = "split it into several archives"


def _members(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], name: str) -> list[Source]:
    sources, unpacked = [], 0
    seen: Counter[str] = Counter()
    for info in infos:
        shown = f"{name}/{plain(info.filename)}"
        seen[shown] += 1
        if seen[shown] > 1:
            shown = f"{shown} ({seen[shown]})"
        reason = _objection(info)
        if not reason:
            unpacked += info.file_size
        if not reason and unpacked > MAX_UNPACKED:
            reason = f"This ZIP unpacks to more than {MAX_UNPACKED // 2**30} GB: {_SPLIT}."
        sources.append(
            _refusing(shown, reason) if reason else Source(shown, partial(_load, archive, info))
        )
    return sources


def plain(name: str) -> str:
    """A member's name with its folders as text: no control signs or angle brackets, 200 at most."""
    return "".join(c if c.isprintable() and c not in "<>" else "_" for c in name)[-200:]


def _is_aside(info: zipfile.ZipInfo) -> bool:
    """What operating systems and DICOM exports put beside the films."""
    parts = info.filename.replace("\\", "/").split("/")
    last = parts[-1]
    return (
        not last
        or info.is_dir()
        or "__MACOSX" in parts
        or (last.startswith(".") and last.strip(".") != "")
        or last.upper() in ("DICOMDIR", "THUMBS.DB", "DESKTOP.INI")
    )


def _objection(info: zipfile.ZipInfo) -> str:
    """Why a member is not even opened, by what the archive's directory says of it."""
    if info.flag_bits & _ENCRYPTED:
        return "This member of the ZIP is encrypted: make the ZIP without a password."
    if info.compress_type not in METHODS:
        return "This member of the ZIP is packed by a rare method: make the ZIP with deflate."
    if info.file_size > MAX_BYTES:
        return (
            f"This member unpacks to {info.file_size / 2**20:,.0f} MB, more than the"
            f" {MAX_BYTES // 2**20} MB that are read: export the film at a smaller size."
        )
    if info.file_size > max(SMALL, MAX_RATIO * info.compress_size):
        return (
            f"This member unpacks to {info.file_size / max(info.compress_size, 1):,.0f} times its"
            f" packed size, and films stay below {MAX_RATIO}: it is no film."
        )
    return ""


def _load(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Unpack one member; never more bytes than the directory says, which `_objection` has seen."""
    try:
        with archive.open(info) as member:
            data = member.read(info.file_size)
            if member.read(1) or len(data) < info.file_size:
                raise zipfile.BadZipFile
    except Exception as error:  # zlib.error, BadZipFile, EOFError, RuntimeError ... as above
        raise FilmError(
            "This member of the ZIP is damaged (it cannot be unpacked): make the ZIP anew."
        ) from error
    if is_zip(data):
        raise FilmError("This is a ZIP inside a ZIP, and only the outer one is opened: unpack it.")
    return data


def _whole(file: BinaryIO) -> bytes:
    file.seek(0, io.SEEK_END)
    check_length(file.tell())
    file.seek(0)
    return file.read()


def _refusing(name: str, reason: str) -> Source:
    def load() -> bytes:
        raise FilmError(reason)

    return Source(name, load)


def _entries(file: BinaryIO) -> int:
    """At most how many entries the directory has: how often an entry's mark is in the file.

    The directory's own count can lie; a parser that trusts it would build millions of entries.
    """
    file.seek(0)
    count, tail = 0, b""
    while block := file.read(_BLOCK):
        block = tail + block
        count += block.count(_ENTRY)
        tail = block[-len(_ENTRY) + 1 :]
    return count
