"""Telling sources: a planted difference is found, one source has none, real sources are told."""

import numpy as np

from core.checkpoints import store
from core.checkpoints.figures import WithinSource
from core.evaluation import shortcuts
from core.nih.film_set import draw_patients, open_films


def test_a_planted_difference_is_told_and_none_without_it():
    films = open_films(split="train_val")
    silent = films.select((films.table["No Finding"] & (films.table["source"] == "C")).to_numpy())
    silent = draw_patients(silent, 240, 0)
    half = silent.table["patient"].to_numpy() % 2 == 0
    table = silent.table.assign(source=np.where(half, "A", "C"))
    network, card = store.load_network("cnn")
    same = type(silent)(table, silent.pixels, "made")
    brighter = np.where(half[:, None, None], silent.pixels // 2, silent.pixels)
    darker = type(silent)(table, brighter, "made")
    unplanted = shortcuts.source_told(network, card.input_px, same)["A from C"]
    planted = shortcuts.source_told(network, card.input_px, darker)["A from C"]
    assert planted.picture > 0.9
    assert planted.features > 0.9
    assert 0.25 < unplanted.picture < 0.75
    assert planted.n == [int(half.sum()), int((~half).sum())]


def test_one_source_cannot_be_told_from_others():
    films = draw_patients(open_films(split="train_val"), 60, 0)
    one = type(films)(films.table.assign(source="nih"), films.pixels, "made")
    network, card = store.load_network("cnn")
    assert shortcuts.source_told(network, card.input_px, one) == {}
    nothing = shortcuts.pneumonia_within(network, card.input_px, one)
    assert nothing == WithinSource("A", 0, 0, None, None)
