"""The last save of a run, killed before each of its steps: `python -m ... START`.

In a process of its own, since torch must not have computed anything before a fork. START: what
`epochs` left. Each kill gets a copy beside it; their paths are printed, the unbroken one last.
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

from core.checkpoints import store
from core.checkpoints.recipe import Recipe
from core.nih.film_set import draw_patients, open_films
from core.training import loop, run
from tests.unit.kills import killed_before_step

OLD = Recipe("cnn", arguments={"width": 4}, size=64, epochs=1, learning_rate=2e-3, batch=16)
NEW = replace(OLD, seed=5)
FILMS = draw_patients(open_films(split="train_val"), 120, seed=1)


def epochs(folder: Path) -> None:
    """A run by NEW in runs/cnn that ended its epochs."""
    loop.fit(NEW, FILMS, folder / "runs" / "cnn")


def save(folder: Path) -> None:
    """What `train --resume` does then."""
    store.RUNS, store.CHECKPOINTS = folder / "runs", folder / "checkpoints"
    run.train(NEW, FILMS, "cnn", resume=True)


def _kill_before_each_step(start: Path) -> None:
    number, killed = 0, True
    while killed:
        number += 1
        folder = start.with_name(f"killed-{number}")
        shutil.copytree(start, folder)
        killed = killed_before_step(number, lambda f=folder: save(f), folder)
        print(folder)


if __name__ == "__main__":
    _kill_before_each_step(Path(sys.argv[1]))
