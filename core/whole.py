"""Files that are there whole or not at all: a reader, or a kill, never meets half of one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
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
