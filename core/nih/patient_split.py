"""Training and validation films of the official train_val list: by patient, and by source."""

import numpy as np

from core.nih.film_set import FilmSet

LEAKY_SOURCES = ("A", "B")
"""Starter sources that can be told from the picture and hold only Pneumonia and No Finding."""


def split_by_patient(films: FilmSet, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Masks (bool, N) of training and validation films; no patient is in both.

    Validation takes `share` of the patients that have films from sources whose picture does not
    give the label away, and only those films of theirs; their other films are left out.
    """
    fair = ~films.table["source"].isin(LEAKY_SOURCES).to_numpy()
    patients = films.table["patient"].to_numpy()
    candidates = np.unique(patients[fair])
    chosen = np.random.default_rng(seed).permutation(candidates)
    held_out = np.isin(patients, chosen[: round(share * len(candidates))])
    return ~held_out, held_out & fair


def some_patients(films: FilmSet, share: float) -> FilmSet:
    """Films of a share of the patients, nested: 25 % of them are among the 50 %."""
    patients = films.table["patient"].to_numpy()
    order = np.random.default_rng(0).permutation(np.unique(patients))
    return films.select(np.isin(patients, order[: round(share * len(order))]))
