"""Files and folders that are there whole or not at all: no reader, and no kill, meets half of one.

`atomic` writes one file, `atomic_folder` a folder that is replaced as one, `atomic_files` several
files that fit each other, in a folder that holds other things as well.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Where to write instead of `path`; it takes the place of `path` when the block has ended well.

    The name keeps its suffix, by which numpy and others choose a format. A block that fails leaves
    nothing behind.
    """
    part = path.with_name(f"{path.stem}.part{path.suffix}")
    try:
        yield part
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(path)


@contextmanager
def atomic_folder(path: Path, keep: Path | None = None) -> Iterator[Path]:
    """A new folder to write into; it takes the place of `path` when the block has ended well.

    keep: where the replaced folder moves to, numbered where that is taken; by default it is
    removed. A block that fails leaves nothing behind. One process at a time may write.

    No system call swaps two folders everywhere, so this takes two renames, and a kill may fall
    between them. Beside `path`, .NAME.part is being written, .NAME.new is whole, and .NAME.old is
    what .NAME.new replaces. While `path` is there, it is whole; while it is not, .NAME.new is the
    new folder, and `settle_folder`, which readers call first, puts it there.
    """
    part, new, old = (path.with_name(f".{path.name}.{state}") for state in ("part", "new", "old"))
    path.parent.mkdir(parents=True, exist_ok=True)
    settle_folder(path)
    _put_aside(old, keep)
    shutil.rmtree(new, ignore_errors=True)  # whole, but it never replaced anything
    with _scratch(part):
        yield part
    replaces = path.exists()  # asked before a reader can settle
    part.rename(new)
    if replaces:
        path.rename(old)
    settle_folder(path)
    _put_aside(old, keep)


def settle_folder(path: Path) -> None:
    """Put the new folder of `atomic_folder` into its place where a kill prevented that."""
    new = path.with_name(f".{path.name}.new")
    if new.is_dir() and not path.exists():
        with suppress(FileNotFoundError):  # another reader was faster
            new.rename(path)


def settle_folders(parent: Path) -> None:
    """`settle_folder` for every folder in `parent`."""
    for new in parent.glob(".*.new"):
        settle_folder(parent / new.name.removeprefix(".").removesuffix(".new"))


def _put_aside(old: Path, keep: Path | None) -> None:
    if not old.exists():
        return
    if keep is None:
        shutil.rmtree(old)
        return
    keep.parent.mkdir(parents=True, exist_ok=True)
    free = keep
    number = 1
    while free.exists():
        number += 1
        free = keep.with_name(f"{keep.name}-{number}")
    shutil.move(old, free)


@contextmanager
def atomic_files(folder: Path, name: str) -> Iterator[Path]:
    """A folder for files that fit each other; all of them move to `folder` when the block is over.

    name: of this set of files, for `settle_files`. A block that fails leaves nothing behind. One
    process at a time may write.

    The set is written in .NAME.part and is whole once that is called .NAME.new; from there its
    files move one by one. A kill in between leaves the rest there, and `settle_files`, which
    readers call first, moves it.
    """
    part = folder / f".{name}.part"
    folder.mkdir(parents=True, exist_ok=True)
    settle_files(folder, name)
    with _scratch(part):
        yield part
    part.rename(folder / f".{name}.new")
    settle_files(folder, name)


def settle_files(folder: Path, name: str) -> None:
    """Move what `atomic_files` wrote to its place where a kill prevented that."""
    new = folder / f".{name}.new"
    if not new.is_dir():
        return
    with suppress(FileNotFoundError):  # another reader does the same
        for path in sorted(new.iterdir()):
            path.replace(folder / path.name)
        new.rmdir()


@contextmanager
def _scratch(part: Path) -> Iterator[None]:
    """An empty folder for the block, without what a kill left there; gone if the block fails."""
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        yield
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def write_json(path: Path, content: dict[str, Any]) -> None:
    """A JSON file, whole."""
    with atomic(path) as part:
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_json(path: Path, command: str) -> dict[str, Any]:
    """What `write_json` wrote; {} where there is no file.

    Raises ValueError, naming the command that writes it, where it is damaged.
    """
    if not path.is_file():
        return {}
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"{path.name} is no readable JSON ({error}): get it back from git, or write it anew "
            f"with `{command}`."
        ) from error
    return content
