"""The heat map on the home page, which opens without torch: computed once, kept as numbers.

    python -m ui.home.map        writes ui/map.json anew, after training

The best tested network reads the shown film. Its checkpoint's id is kept with the map: the home
page shows the map only beside the card of the very weights that drew it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.checkpoints.card import Card
from core.findings import NAMES
from core.maps import colours
from core.paths import SAMPLES
from ui.shared import drawing

FILM, FINDING = "00013125_000.png", "Cardiomegaly"
FILE = Path(__file__).with_name("map.json")
COMMAND = "python -m ui.home.map"


@dataclass(frozen=True)
class HomeMap:
    """A map (rows of numbers in [0, 1], as `heat.strength`) and the weights that drew it."""

    checkpoint: str
    name: str
    probability: float
    cells: list[list[float]]


def load(cards: dict[str, Card]) -> HomeMap | None:
    """The kept map; None where it is missing, unreadable, or of other weights than the cards'."""
    try:
        found = HomeMap(**json.loads(FILE.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    card = cards.get(found.name)
    return found if card is not None and card.id == found.checkpoint else None


def compute(name: str) -> HomeMap:
    """The map of the shown film by one network."""
    from core.films.read import read_path
    from core.reading.predictor import Predictor  # brings torch

    predictor = Predictor(name)
    reading = predictor.read(read_path(SAMPLES / FILM))
    at = NAMES.index(FINDING)
    cells = colours.strength(reading.maps, at).astype(float).round(3)
    return HomeMap(
        predictor.card.id, name, round(float(reading.probabilities[at]), 4), cells.tolist()
    )


def pictures(grey: np.ndarray, found: HomeMap | None, boxes: list) -> np.ndarray:
    """Film with box and, where there is a map, the map over the film to its right; uint8 RGB."""
    film = drawing.draw_boxes(grey, boxes)
    if found is None:
        return film
    mapped = colours.overlay(grey, np.array(found.cells, np.float32), 0.65)
    gap = np.full((film.shape[0], 8, 3), 128, np.uint8)
    return np.hstack([film, gap, drawing.draw_boxes(mapped, boxes)])


if __name__ == "__main__":
    from ui.shared.networks import by_auroc, load_tested, usable

    tested, _ = usable(load_tested)
    best = compute(by_auroc(tested)[0])
    FILE.write_text(json.dumps(asdict(best)) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {best.checkpoint}, {FINDING} {best.probability:.3f}")
