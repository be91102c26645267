"""state.pt: everything that the next epoch of a run needs, replaced whole after each epoch."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from core.checkpoints.recipe import Recipe
from core.files import atomic

VERSION = 2
"""Of state.pt; the schedule of older ones was of another kind."""


def path(run: Path) -> Path:
    """Where a run keeps its state; the file is there while the run is unfinished."""
    return run / "state.pt"


def save(run: Path, recipe: Recipe, loop: dict[str, Any], rows: list[dict[str, float]]) -> None:
    """Write the state. loop: `Loop.state_dict()`; rows: the history so far."""
    content = {**loop, "recipe": asdict(recipe), "history": rows, "version": VERSION}
    with atomic(path(run)) as part:
        torch.save(content, part)


def load(run: Path, recipe: Recipe) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """State of the loop and history of a run, as `save` got them.

    Raises FileNotFoundError where there is none, ValueError for that of another recipe or of an
    older program.
    """
    file = path(run)
    if not file.exists():
        raise FileNotFoundError(f"There is no {file} to resume: start the run without --resume.")
    content: dict[str, Any] = torch.load(file, weights_only=True)
    if content.get("version") != VERSION:
        raise ValueError(
            f"The run in {run} was started with an older version of this program: start anew with "
            "--restart."
        )
    if content["recipe"] != asdict(recipe):
        differing = [k for k, v in asdict(recipe).items() if content["recipe"].get(k) != v]
        raise ValueError(
            f"The run in {run} was started with another {', '.join(differing)}: resume it with the "
            "same options, or start anew with --restart."
        )
    return content, content["history"]
