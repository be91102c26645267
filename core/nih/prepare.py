"""NIH's films, once read, as one memory map: every film at 128 px, ready for training.

Films are taken as files and straight from NIH's archives, which need not be unpacked.
"""

import gzip
import tarfile
import zlib
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
from tqdm import tqdm

from core.files import atomic_files
from core.films.film import MAX_BYTES, FilmError
from core.films.read import read_film
from core.films.resample import BASE_PX, to_base
from core.nih.film_set import PREPARED, find_pngs
from core.nih.table import load_table

_BLOCK = 2**20


@dataclass(frozen=True)
class Prepared:
    """What `prepare` did: films written, and for each that could not be read why not."""

    count: int
    unreadable: dict[str, str]


def prepare(source: Path, target: Path) -> Prepared:
    """Write every NIH film of `source` into one uint8 memory map, with its index.

    source: *.png flat or as NIH lays them out, and images_*.tar.gz; of a film that is there twice,
    the first copy that can be read is taken. target: gets films.npy (N x 128 x 128) and index.csv;
    what was there before is replaced only when the new files are complete. Raises FileNotFoundError
    where there is no film, ValueError where an archive is damaged.
    """
    written: dict[str, None] = {}  # a set in the order of the films
    unreadable: dict[str, str] = {}
    with atomic_files(target, PREPARED) as part:
        with (part / "films.npy").open("wb") as file:
            _write_header(file, 0)
            for name, data in _films(source, written):
                try:
                    file.write(to_base(read_film(data, name)).tobytes())
                    written[name] = None
                    unreadable.pop(name, None)
                except FilmError as error:
                    unreadable[name] = str(error)
            file.seek(0)
            _write_header(file, len(written))
        if not written:
            raise FileNotFoundError(_none_in(source, unreadable))
        pd.DataFrame({"image_index": list(written)}).to_csv(part / "index.csv", index=False)
    return Prepared(len(written), unreadable)


def _write_header(file: BinaryIO, count: int) -> None:
    """NumPy pads its header so that the first axis can grow in place."""
    shape = (count, BASE_PX, BASE_PX)
    content = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, content)


def _films(source: Path, written: Container[str]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every film of the NIH table that is not in `written` when it comes."""
    loose = find_pngs(source)
    for name, path in tqdm(loose.items(), desc="preparing films", disable=not loose):
        with path.open("rb") as file:
            yield name, file.read(MAX_BYTES + 1)
    known = set(load_table()["image_index"])
    for path in sorted(source.glob("images_*.tar.gz")):
        yield from _members(path, lambda name: name in known and name not in written)


def _members(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """The wanted films of one archive; no path is made of a member's name.

    gzip's own end is read as well: tarfile takes an archive that breaks off between two members
    for a whole one.
    """
    with (
        path.open("rb") as file,
        tqdm.wrapattr(file, "read", total=path.stat().st_size, desc=path.name) as stream,
    ):
        try:
            with (
                gzip.GzipFile(fileobj=stream) as plain,
                tarfile.open(fileobj=plain, mode="r|") as archive,
            ):
                for member in archive:
                    name = member.name.rpartition("/")[2]
                    if wanted(name) and member.isfile():
                        content = archive.extractfile(member)
                        assert content is not None  # a file's content is there
                        yield name, content.read(MAX_BYTES + 1)
                while plain.read(_BLOCK):
                    pass
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise ValueError(
                f"{path} is damaged or breaks off ({error}): move it away and fetch it again with "
                "`python -m core download`."
            ) from error


def _none_in(source: Path, unreadable: dict[str, str]) -> str:
    for name, reason in unreadable.items():
        return f"None of the {len(unreadable):,} films in {source} can be read; {name}: {reason}"
    return (
        f"No NIH film was found in {source}: expected images_001.tar.gz, images_001/images/*.png "
        "or *.png with names such as 00000001_000.png."
    )
