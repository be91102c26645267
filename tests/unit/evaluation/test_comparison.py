"""Two networks on the same films: signs, DeLong against a slow reference, Holm by hand."""

import numpy as np
import pytest
from scipy.stats import norm

from core.evaluation import comparison
from tests.unit.made_scores import made_scores


def test_swapping_the_networks_changes_the_sign_and_nothing_else():
    good, poor = (
        made_scores(skill=2.0, seed=1),
        made_scores(skill=0.5, seed=2).sample(frac=1, random_state=0),
    )
    forward = comparison.paired_difference(good, poor)
    backward = comparison.paired_difference(poor, good)
    assert forward["difference"] == -backward["difference"] > 0
    assert forward["interval"] == [-bound for bound in reversed(backward["interval"])]
    assert forward["interval"][0] > 0
    same = comparison.paired_difference(good, good)
    assert same == {"difference": 0.0, "interval": [0.0, 0.0]}


def test_different_films_cannot_be_paired():
    with pytest.raises(ValueError, match="different films"):
        comparison.paired_difference(made_scores(), made_scores(films=399))


def test_swapped_tables_swap_the_rows_of_every_finding():
    good, poor = made_scores(skill=2.0, seed=1), made_scores(skill=0.5, seed=2)
    forward, backward = comparison.by_finding(good, poor), comparison.by_finding(poor, good)
    assert forward["difference"].to_list() == [-value for value in backward["difference"]]
    assert forward["low"].to_list() == [-value for value in backward["high"]]
    assert forward["p"].to_numpy() == pytest.approx(backward["p"].to_numpy())
    assert (forward["p_holm"] >= forward["p"]).all()
    assert (forward["first"] == backward["second"]).all()


def slow_delong(labels, first, second):
    """DeLong et al. 1988 as written: every pair compared, no ranks."""
    ill, well = np.flatnonzero(labels), np.flatnonzero(~labels)

    def placements(scores):
        pairs = np.array(
            [[(scores[i] > scores[j]) + 0.5 * (scores[i] == scores[j]) for j in well] for i in ill]
        )
        return pairs.mean(1), pairs.mean(0)

    (ill_one, well_one), (ill_two, well_two) = placements(first), placements(second)
    ill_gap, well_gap = ill_one - ill_two, well_one - well_two
    variance = ill_gap.var(ddof=1) / len(ill) + well_gap.var(ddof=1) / len(well)
    return 2 * norm.sf(abs(ill_gap.mean()) / np.sqrt(variance))


@pytest.mark.parametrize("seed", range(5))
def test_delong_is_the_slow_one(seed):
    random = np.random.default_rng(seed)
    labels = random.random(120) < 0.3
    first = (random.normal(size=120) + labels).round(1)  # rounded: with ties
    second = (random.normal(size=120) + 0.5 * labels + 0.3 * first).round(1)
    assert comparison.delong(labels, first, second) == pytest.approx(
        slow_delong(labels, first, second), rel=1e-9
    )


def test_delong_of_equal_rankings_is_one():
    labels = np.array([True, True, False, False, False])
    scores = np.array([3.0, 1, 2, 0, -1])
    assert comparison.delong(labels, scores, 10 * scores) == 1
    assert np.isnan(comparison.delong(np.array([True, False, False, False, False]), scores, scores))


def test_delong_holds_its_level():
    random = np.random.default_rng(0)
    labels = random.random(200) < 0.3
    p_values = [
        comparison.delong(labels, random.normal(size=200), random.normal(size=200))
        for _ in range(400)
    ]
    assert 0.02 < np.mean(np.array(p_values) < 0.05) < 0.09


def test_holm_by_hand():
    found = comparison.holm(np.array([0.01, 0.04, np.nan, 0.03]))
    assert found[[0, 1, 3]] == pytest.approx([0.03, 0.06, 0.06])
    assert np.isnan(found[2])
