"""Scores and all 14 heat maps of a film, against the bare network and pytorch-grad-cam.

    python -m benchmarks.reading [NAME]

Prints medians and ratios of one run. The aims: scores and maps at most 1.5 times the bare forward
pass, and at least 20 times faster than pytorch-grad-cam's 14 maps; from the bytes of a 1,024-px PNG
to finished readings of both networks at most 1.5 times Pillow's decode plus both forward passes.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable

import torch
from PIL import Image

from core.checkpoints import store
from core.films.read import read_film
from core.findings import NAMES
from core.maps import class_maps
from core.networks.inputs import to_input
from core.paths import SAMPLES
from core.reading.predictor import Predictor

ROUNDS = 15


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median of some rounds, after one that warms up."""
    work()
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def say(what: str, took: float, against: float) -> None:
    """One line of the table."""
    print(f"{what:<52} {took:8.1f} ms  {took / against:6.2f} x")


def main() -> None:
    """One film, by each network and by both."""
    path = sorted(SAMPLES.glob("*.png"))[0]
    data = path.read_bytes()
    film = read_film(data, path.name)
    every = [Predictor(name) for name in sys.argv[1:] or store.names()]
    bare_of_all = 0.0
    for one in every:
        inputs = to_input(film, one.card.input_px)
        inputs = inputs.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            bare = milliseconds(lambda: one.network(inputs))  # noqa: B023
            exact = milliseconds(lambda: scores_and_maps(one, inputs))  # noqa: B023
        library = milliseconds(
            lambda: [one.gradient_map(film, k, class_maps.EXACT) for k in range(len(NAMES))],  # noqa: B023
            rounds=3,
        )
        bare_of_all += bare
        print(one.card.id)
        say("  the bare forward pass", bare, bare)
        say("  scores and all 14 maps, exact", exact, bare)
        say("  14 maps by pytorch-grad-cam", library, bare)
    decode = milliseconds(lambda: Image.open(io.BytesIO(data)).convert("L").load())
    both = milliseconds(lambda: read_all(every, data, path.name))
    print("from the bytes of a 1,024-px PNG")
    say("  Pillow's decode and all bare forward passes", decode + bare_of_all, decode + bare_of_all)
    say("  finished readings of all networks", both, decode + bare_of_all)


def scores_and_maps(one: Predictor, inputs: torch.Tensor) -> torch.Tensor:
    """What `Predictor.read` does after preprocessing."""
    grid = one.network.grid(inputs)
    one.network.classify(grid)
    return class_maps.class_maps(one.network, grid)


def read_all(every: list[Predictor], data: bytes, name: str) -> None:
    """As the page does: the film once, then each network."""
    film = read_film(data, name)
    for one in every:
        one.read(film)


if __name__ == "__main__":
    main()
