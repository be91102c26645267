"""Scores and calls at another prevalence, worked out by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.checkpoints import store
from core.checkpoints.card import Card
from core.evaluation import prevalence
from core.findings import NAMES
from core.statistics import calibration
from core.statistics.bootstrap import patient_draws
from core.statistics.points import Calibration, OperatingPoint, OperatingPoints

FINDING = "Effusion"


POINT = OperatingPoints(OperatingPoint(0.2, sensitivity=0.8, specificity=0.9, n_positive=100))


def card(positives: int = 100, films: int = 1000, points: OperatingPoints = POINT) -> Card:
    shipped = store.load_card("cnn")
    seen = replace(shipped.data.validation, n_films=films, n_positive={FINDING: positives})
    return replace(
        shipped,
        data=replace(shipped.data, validation=seen),
        calibration={name: Calibration(1, 0, "nothing") for name in NAMES},
        operating_points={FINDING: points},
    )


def validation() -> pd.DataFrame:
    """1,000 films, a patient each: of 100 ill 80 are called, of 900 others 90."""
    labels = np.repeat([1, 0], [100, 900])
    logits = np.concatenate([np.repeat([3.0, -3.0], [80, 20]), np.repeat([3.0, -3.0], [90, 810])])
    columns = {f"label_{name}": labels for name in NAMES}
    columns |= {f"logit_{name}": logits for name in NAMES}
    return pd.DataFrame({"patient": np.arange(1000), **columns})


def worth(probability: float, wanted: float, model: Card | None = None):
    films = validation()
    weights = patient_draws(films["patient"].to_numpy())
    return prevalence.worth(model or card(), films, weights, FINDING, probability, wanted)


def test_at_the_prevalence_of_validation_nothing_moves():
    found = worth(0.35, 0.1)
    assert found.probability == pytest.approx(0.35)
    assert found.threshold == pytest.approx(0.2)
    # Of 1,000 films, 100 ill: 80 called, 90 false alarms of 900, 810 rejected, 20 missed.
    rates = {name: rate.value for name, rate in found.rates.items()}
    expected = {"sensitivity": 0.8, "specificity": 0.9, "ppv": 80 / 170, "npv": 810 / 830}
    assert rates == pytest.approx(expected)
    assert (found.n_positive, found.n_negative) == (100, 900)


def test_a_rarer_finding_makes_a_call_worth_less():
    found = worth(0.5, 0.01)
    assert found.probability == pytest.approx(1 / (1 + (99 / 1) / (9 / 1)))
    # Of 1,000 films, 10 ill: 8 called, 99 false alarms of 990.
    assert found.rates["ppv"].value == pytest.approx(8 / 107)
    assert found.rates["npv"].value == pytest.approx(891 / 893)


def test_intervals_are_those_of_the_films_behind_them():
    """A patient a film: the binomial's normal approximation is near, 1.96 sqrt(p (1 - p) / n)."""
    low, high = worth(0.5, 0.1).rates["sensitivity"].interval
    half = 1.96 * np.sqrt(0.8 * 0.2 / 100)
    assert (low, high) == pytest.approx((0.8 - half, 0.8 + half), abs=0.015)
    low, high = worth(0.5, 0.1).rates["specificity"].interval
    half = 1.96 * np.sqrt(0.9 * 0.1 / 900)
    assert (low, high) == pytest.approx((0.9 - half, 0.9 + half), abs=0.005)


@pytest.mark.parametrize("probability", [0.05, 0.1999, 0.2001, 0.9])
@pytest.mark.parametrize("wanted", [0.001, 0.1, 0.7])
def test_above_or_below_does_not_change(probability: float, wanted: float):
    found = worth(probability, wanted)
    assert (found.probability >= found.threshold) == (probability >= 0.2)


def test_few_positives_stand_for_the_prevalence_that_calibration_gave_them():
    few = card(
        positives=4, films=1025, points=OperatingPoints(reason="only 4 positive validation films")
    )
    assert prevalence.of_validation(few, FINDING) == pytest.approx(4.5 / 1026)
    found = worth(0.02, 4.5 / 1026, few)
    assert found.probability == pytest.approx(0.02)
    assert found.threshold is None
    assert found.rates == {}


def test_the_prevalence_of_a_finding_with_enough_positives_is_their_share():
    assert calibration.fitted_prevalence(20, 1000) == 0.02
    assert calibration.fitted_prevalence(19, 1000) == pytest.approx(19.5 / 1001)


@pytest.mark.parametrize("wanted", [0, 1, 1.5])
def test_an_impossible_prevalence_is_refused(wanted: float):
    with pytest.raises(ValueError, match="between 0 and 1"):
        worth(0.5, wanted)


@pytest.mark.parametrize("name", ["cnn", "mobilenet_v2"])
def test_the_shipped_probabilities_average_to_the_prevalence_they_stand_for(name: str):
    """The shift starts from the right place: the mean on validation is the fitted prevalence."""
    shipped = store.load_card(name)
    scores = store.load_validation_scores(name)
    for finding, scale in shipped.calibration.items():
        logit = scores[f"logit_{finding}"].to_numpy() * scale.slope + scale.offset
        mean = (1 / (1 + 2.718281828459045**-logit)).mean()
        assert mean == pytest.approx(prevalence.of_validation(shipped, finding), abs=2e-4)


@pytest.mark.parametrize("name", ["cnn", "mobilenet_v2"])
def test_rates_are_those_of_the_card(name: str):
    shipped = store.load_card(name)
    scores = store.load_validation_scores(name)
    weights = patient_draws(scores["patient"].to_numpy())
    for finding, points in shipped.operating_points.items():
        if points.youden:
            rates = prevalence.worth(shipped, scores, weights, finding, 0.1, 0.05).rates
            for rate in ("sensitivity", "specificity"):
                assert rates[rate].value == pytest.approx(getattr(points.youden, rate), abs=5e-5)
