"""Reading what `evaluate NAME --boxes` left beside a checkpoint."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.box_evaluation.figures import PREFIXES
from core.checkpoints import store
from core.files import settle_files

SET = "localisation"
"""Name of the set of three files, for `core.files.atomic_files`."""

VERSION = 2
"""Of the three files; older ones lack columns."""


def load_content(name: str) -> dict[str, Any]:
    """localisation.json of a checkpoint: figures and sanity checks.

    Raises FileNotFoundError where it was not written yet, ValueError where it is broken or belongs
    to other weights than the checkpoint's.
    """
    path = _present(name, "localisation.json")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        checkpoint, version = content["checkpoint"], content["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} of '{name}' is not readable: {_again(name)}.") from error
    card = store.load_card(name)
    if checkpoint != card.id:
        raise ValueError(
            f"{path.name} of '{name}' is of {checkpoint}, but the checkpoint is {card.id}: "
            f"{_again(name)}."
        )
    if version != VERSION:
        raise ValueError(
            f"{path.name} of '{name}' is of version {version}, but this program needs version "
            f"{VERSION}: {_again(name)}."
        )
    return dict(content)


def load_table(name: str) -> pd.DataFrame:
    """localisation.csv; columns: `box_evaluation.localisation_table`. Raises as `load_content`."""
    path = _present(name, "localisation.csv")
    boxes = {f"{prefix}map_boxes": str for prefix in PREFIXES.values()}
    try:
        return pd.read_csv(path, dtype=boxes | {"above": "boolean"})
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path.name} of '{name}' is not a readable table: {_again(name)}."
        ) from error


def load_maps(name: str) -> dict[str, dict[tuple[str, str], np.ndarray]]:
    """Stored maps (float32, h x w) by method and (image_index, finding). Raises as above."""
    path = _present(name, "localisation.npz")
    try:
        with np.load(path) as stored:
            keys = [(str(key).split("|")[0], str(key).split("|")[1]) for key in stored["pairs"]]
            return {
                method: dict(zip(keys, stored[method].astype(np.float32), strict=True))
                for method in stored.files
                if method != "pairs"
            }
    except (ValueError, KeyError, IndexError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} of '{name}' is not readable: {_again(name)}.") from error


def _present(name: str, file: str) -> Path:
    folder = store.folder(name)
    settle_files(folder, SET)
    path = folder / file
    if not path.is_file():
        raise FileNotFoundError(
            f"The heat maps of '{name}' have not been held against the boxes: {_again(name)}."
        )
    return path


def _again(name: str) -> str:
    return f"run `python -m core evaluate {name} --boxes`"
