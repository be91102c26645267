"""Pictures that stand in for other hospitals' films and for what is no frontal chest film."""

import numpy as np
import pytest

from core.gate import fit, synthetic_pictures
from core.nih.film_set import open_films

MAKERS = {
    f"{kind} {number}": maker
    for kind, makers in fit.MAKERS.items()
    for number, maker in enumerate(makers)
}


@pytest.fixture(scope="module")
def films() -> np.ndarray:
    return open_films(split="train_val").pixels[:24]


@pytest.mark.parametrize("name", MAKERS)
def test_a_maker_gives_other_pictures_of_the_same_shape_and_repeats_with_its_seed(name, films):
    made, again, other = (
        synthetic_pictures.make(MAKERS[name], films, np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert made.shape == films.shape
    assert made.dtype == np.uint8
    assert np.array_equal(made, again)
    assert not np.array_equal(made, other)
    assert all(not np.array_equal(one, film) for one, film in zip(made, films, strict=True))
    assert np.median(made.std((1, 2))) > 10  # pictures with content, not blank ones


def test_turned_films_are_turned_and_negatives_are_dark_where_films_are_bright(films):
    rng = np.random.default_rng(0)
    upright = synthetic_pictures.make(synthetic_pictures.elsewhere, films, rng).mean(0)
    turned = synthetic_pictures.make(synthetic_pictures.turned(2), films, rng).mean(0)
    dark = synthetic_pictures.make(synthetic_pictures.negative, films, rng).mean(0)

    def alike(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])

    assert alike(np.rot90(turned, 2), upright) > 0.8 > alike(turned, upright)
    assert alike(dark, upright) < -0.8
