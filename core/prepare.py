"""NIH's films, once read, as one memory map: every film at 128 px, ready for training.

Films are taken as files and straight from NIH's archives, which need not be unpacked.
"""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
from tqdm import tqdm

from core import dataset, films, preprocess
from core.films import FilmError
from core.whole import whole


@dataclass(frozen=True)
class Prepared:
    """What `prepare` did: films written, and for each that could not be read why not."""

    count: int
    unreadable: dict[str, str]


def prepare(source: Path, target: Path) -> Prepared:
    """Write every NIH film of `source` into one uint8 memory map, with its index.

    source: *.png flat or as NIH lays them out, and images_*.tar.gz; a film that is there twice is
    taken once. target: gets films.npy (N x 128 x 128) and index.csv; what was there before is
    replaced only when the new files are complete. Raises FileNotFoundError where there is no film,
    ValueError where an archive is damaged.
    """
    written: list[str] = []
    unreadable: dict[str, str] = {}
    target.mkdir(parents=True, exist_ok=True)
    with whole(target / "index.csv") as index, whole(target / "films.npy") as part:
        with part.open("wb") as file:
            _write_header(file, 0)
            for name, data in _films(source):
                try:
                    file.write(preprocess.to_base(films.read(data, name)).tobytes())
                    written.append(name)
                except FilmError as error:
                    unreadable[name] = str(error)
            file.seek(0)
            _write_header(file, len(written))
        if not written:
            raise FileNotFoundError(_none_in(source, unreadable))
        pd.DataFrame({"image_index": written}).to_csv(index, index=False)
    return Prepared(len(written), unreadable)


def _write_header(file: BinaryIO, count: int) -> None:
    """NumPy pads its header so that the first axis can grow in place."""
    shape = (count, dataset.BASE_PX, dataset.BASE_PX)
    content = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, content)


def _films(source: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every film of the NIH table, each once."""
    loose = dataset.find_pngs(source)
    for name, path in tqdm(loose.items(), desc="preparing films", disable=not loose):
        yield name, path.read_bytes()
    missing = set(dataset.load_table()["image_index"]) - set(loose)
    for path in sorted(source.glob("images_*.tar.gz")):
        for name, data in _members(path, missing):
            missing.remove(name)
            yield name, data


def _members(path: Path, missing: set[str]) -> Iterator[tuple[str, bytes]]:
    """The films of one archive that are still missing; no path is made of a member's name."""
    with (
        path.open("rb") as file,
        tqdm.wrapattr(file, "read", total=path.stat().st_size, desc=path.name) as stream,
    ):
        try:
            with tarfile.open(fileobj=stream, mode="r|gz") as archive:
                for member in archive:
                    name = member.name.rpartition("/")[2]
                    if name in missing and member.isfile() and member.size <= films.MAX_BYTES:
                        content = archive.extractfile(member)
                        assert content is not None  # a file's content is there
                        yield name, content.read()
        except (tarfile.TarError, EOFError, OSError) as error:
            raise ValueError(
                f"{path} is damaged or breaks off ({error}): fetch it again with `python -m core "
                f"download --to {path.parent}`."
            ) from error


def _none_in(source: Path, unreadable: dict[str, str]) -> str:
    for name, reason in unreadable.items():
        return f"None of the {len(unreadable):,} films in {source} can be read; {name}: {reason}"
    return (
        f"No NIH film was found in {source}: expected images_001.tar.gz, images_001/images/*.png "
        "or *.png with names such as 00000001_000.png."
    )
