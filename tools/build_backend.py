"""How pip and `python -m build` see this project: it installs in place, and in no other way."""

from typing import NoReturn

from setuptools.build_meta import (
    build_editable,
    get_requires_for_build_editable,
    prepare_metadata_for_build_editable,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "prepare_metadata_for_build_editable",
]

REFUSAL = (
    "HeAilth reads its films, checkpoints and pages from a clone, so it is not built as a package: "
    "clone the repository and run `pip install -e .` there."
)


def build_wheel(*_: object, **__: object) -> NoReturn:
    """Refused in one sentence."""
    raise SystemExit(REFUSAL)


build_sdist = build_wheel
