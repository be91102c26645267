"""NIH's twelve archives of films: fetch what is missing, go on where it stopped, verify.

An archive gets its name only when its MD5 is the one that NIH publishes; until then it is
`<name>.part`, and the next call goes on where that ends.

core/data/nih/archives.csv: links as in NIH's batch_download_zips.py, MD5s as in NIH's
FAQ_CHESTXRAY.pdf (question 7), both in the folder `PAGE`; sizes as NIH's server states them.
"""

import csv
import hashlib
import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import requests
from tqdm import tqdm

from core.paths import NIH

PAGE = "https://nihcc.app.box.com/v/ChestXray-NIHCC"
TRIES = 5  # without a new byte
PAUSE_S = 1.0  # before the second try; doubled before each further one
TIMEOUT_S = 60

_LINKS = "https://nihcc.box.com/shared/static/"
_BLOCK = 2**20


@dataclass(frozen=True)
class Archive:
    """A file to fetch: size in bytes, MD5 in hexadecimal."""

    name: str
    url: str
    size: int
    md5: str


def archives(parts: Collection[int] = ()) -> list[Archive]:
    """NIH's archives by their numbers (1 to 12), or all; ValueError for another number."""
    with (NIH / "archives.csv").open(encoding="utf-8", newline="") as file:
        known = [
            Archive(row["archive"], _LINKS + row["link"], int(row["bytes"]), row["md5"])
            for row in csv.DictReader(file)
        ]
    for part in parts:
        if not 1 <= part <= len(known):
            raise ValueError(f"There is no archive {part}: NIH's are numbered 1 to {len(known)}.")
    return [one for number, one in enumerate(known, 1) if not parts or number in parts]


def fetch(wanted: list[Archive], folder: Path) -> list[Path]:
    """The archives in `folder`, whole and verified; what is there already is only verified.

    Raises ValueError where a file of that name is another one, OSError where the disk is too small,
    the server cannot be reached or does not have the file. What has arrived by then is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [
        one for one in tqdm(wanted, desc="checking what is there") if not _is_there(one, folder)
    ]
    _check_space(missing, folder)
    for archive in missing:
        part = _part(archive, folder)
        _fetch(archive, part)
        if (found := _md5(part)) != archive.md5:
            part.unlink()
            raise ValueError(
                f"{archive.name} arrived damaged (MD5 {found}, NIH's is {archive.md5}) and was "
                "removed: run the same command again."
            )
        part.replace(folder / archive.name)
    return [folder / archive.name for archive in wanted]


def _part(archive: Archive, folder: Path) -> Path:
    return folder / f"{archive.name}.part"


def _is_there(archive: Archive, folder: Path) -> bool:
    path = folder / archive.name
    if not path.exists():
        return False
    if path.stat().st_size != archive.size or _md5(path) != archive.md5:
        raise ValueError(
            f"{path} is not the archive that NIH publishes ({path.stat().st_size:,} bytes where "
            f"{archive.size:,} are expected, or another MD5): move it away and run this again."
        )
    return True


def _check_space(missing: list[Archive], folder: Path) -> None:
    wanted = sum(max(0, one.size - _length(_part(one, folder))) for one in missing)
    free = shutil.disk_usage(folder).free
    if wanted > free:
        raise OSError(
            f"{folder} has {free / 1e9:.1f} GB free and {wanted / 1e9:.1f} GB are to come: choose "
            "a larger disk, or fewer archives (--part)."
        )


def _fetch(archive: Archive, part: Path) -> None:
    """Bring `part` to the archive's size; lost connections are taken up again."""
    failures, reason = 0, ""
    with tqdm(desc=archive.name, total=archive.size, unit="B", unit_scale=True) as bar:
        while (had := _length(part)) < archive.size:
            if failures:
                if failures == TRIES:
                    raise OSError(_unreachable(archive, reason))
                time.sleep(PAUSE_S * 2 ** (failures - 1))
            try:
                _append(archive, part, bar)
                reason = "the server stops too early"
            except requests.RequestException as error:
                reason = str(error)
            failures = 0 if _length(part) > had else failures + 1


def _append(archive: Archive, part: Path, bar: tqdm) -> None:
    """One request for what is missing.

    A server that cannot go on in the middle starts anew; what was there is of no use with it.
    """
    had = _length(part)
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={had}-"}
    with requests.get(archive.url, headers=headers, stream=True, timeout=TIMEOUT_S) as answer:
        answer.raise_for_status()
        _check_answer(archive, answer, had)
        bar.n = had if answer.status_code == requests.codes.partial else 0
        with part.open("ab" if bar.n else "wb") as file:
            for block in answer.iter_content(_BLOCK):
                file.write(block)
                bar.update(len(block))


def _check_answer(archive: Archive, answer: requests.Response, had: int) -> None:
    """Refuse an answer that is not the archive, before a byte of it is written."""
    if answer.status_code == requests.codes.partial:
        expected = f"bytes {had}-{archive.size - 1}/{archive.size}"
        found = answer.headers.get("Content-Range", "no range")
    else:
        expected = f"{archive.size}"
        found = answer.headers.get("Content-Length", "a page without a length")
    if found != expected:
        raise OSError(_unreachable(archive, f"the server sends {found} instead of {expected}"))


def _unreachable(archive: Archive, reason: str) -> str:
    return (
        f"{archive.name} could not be fetched from {archive.url} ({reason}): run the same command "
        f"again later, or save the file from {PAGE} into the folder and run it to check."
    )


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
