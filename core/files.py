"""Files that are there whole or not at all: a reader, or a kill, never meets half of one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
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
