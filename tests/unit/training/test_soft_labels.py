"""What the loss compares with: offsets for the mix of a source, labels that a teacher softens."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.special import expit

from core.checkpoints import store
from core.findings import NAMES
from core.networks import scoring
from core.nih.film_set import FilmSet, draw_patients, open_films
from core.training import soft_labels


def made(labels, sources):
    table = pd.DataFrame(labels, columns=list(NAMES)).assign(source=sources)
    return FilmSet(table, np.zeros((len(table), 128, 128), np.uint8), "made")


def test_offsets_are_the_odds_of_a_source_by_hand():
    labels = np.zeros((400, len(NAMES)), bool)
    labels[:60, 0] = True  # source A: 60 of 100; B: 20 of 300; all: 80 of 400
    labels[100:120, 0] = True
    found = soft_labels.source_offsets(made(labels, ["A"] * 100 + ["B"] * 300))
    in_a = (60 + 10 * 0.2) / 110
    assert found[0, 0] == pytest.approx(np.log(in_a / (1 - in_a)) - np.log(0.2 / 0.8), abs=1e-5)
    assert found[0, 0] > 0 > found[399, 0]
    assert (found[:100, 0] == found[0, 0]).all()


def test_a_single_source_has_nothing_to_explain():
    labels = np.random.default_rng(0).random((50, len(NAMES))) < 0.3
    found = soft_labels.source_offsets(made(labels, "nih"))
    assert np.abs(found).max() < 1e-6


def test_a_teacher_is_weighed_into_the_labels():
    films = draw_patients(open_films(split="train_val"), 20, 0)
    network, card = store.load_network("cnn")
    taught = expit(scoring.score(network, films.pixels, card.input_px))
    found = soft_labels.targets(films, "cnn", 0.25, source_offset=False)
    expected = 0.75 * films.labels + 0.25 * taught
    assert torch.allclose(found.labels, torch.from_numpy(expected.astype(np.float32)), atol=1e-6)
    assert not found.offsets.any()
    alone = soft_labels.targets(films, "", 0.25, source_offset=False)
    assert np.array_equal(alone.labels.numpy(), films.labels.astype(np.float32))


def test_a_teacher_that_is_not_there_is_named():
    films = draw_patients(open_films(split="train_val"), 20, 0)
    with pytest.raises(FileNotFoundError, match="no checkpoint 'nobody'"):
        soft_labels.targets(films, "nobody", 0.5, source_offset=False)
