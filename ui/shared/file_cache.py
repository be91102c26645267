"""Caching what is made from the files of a checkpoint, until one of them changes."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import streamlit as st

from core.checkpoints import store

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")


def stamp(path: Path) -> tuple[int, int, int]:
    """When a file last changed, its size and inode; zeros for one that is missing."""
    if not path.exists():
        return (0, 0, 0)
    found = path.stat()
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def until_changed(
    *files: str, networks: int = 1, cache: Callable[..., Any] = st.cache_data, **options: Any
) -> Callable[[Callable[Arguments, Made]], Callable[Arguments, Made]]:
    """Keep what a function makes of checkpoints until one of their files is another.

    files: in the folder of each checkpoint that the function's first arguments (so many as
    `networks`) name. cache, options: Streamlit's, as `max_entries`; nothing is shown meanwhile
    unless `show_spinner` says so. Arguments that begin with an underscore are not compared.
    """

    def decorate(make: Callable[Arguments, Made]) -> Callable[Arguments, Made]:
        def kept(stamps: object, **arguments: Any) -> Any:
            return cast("Callable[..., Made]", make)(**arguments)

        # Streamlit tells cached functions apart by module, name and source.
        kept.__module__, kept.__qualname__ = make.__module__, make.__qualname__
        kept = cache(**{"show_spinner": False, **options})(kept)

        @wraps(make)
        def made(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Made:
            bound = signature(make).bind(*args, **kwargs).arguments
            names = list(bound.values())[:networks]
            stamps = [stamp(store.CHECKPOINTS / name / file) for name in names for file in files]
            return kept(tuple(stamps), **bound)

        return made

    return decorate
