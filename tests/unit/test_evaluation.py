"""Metrics against scikit-learn and hand-worked values."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from core import evaluation
from core.findings import HEADLINE, NAMES


def test_auroc_by_hand_with_a_tie():
    labels = np.array([1, 1, 0, 0], bool)
    scores = np.array([0.9, 0.5, 0.5, 0.1])
    # pairs: .9 beats .5 and .1; .5 ties with .5 and beats .1 -> 3.5 of 4
    found = evaluation.weighted_auroc(labels, scores, np.ones((1, 4)))
    assert found == pytest.approx([3.5 / 4])


def test_weighted_auroc_is_scikit_learns():
    random = np.random.default_rng(0)
    labels = random.random(300) < 0.2
    scores = random.normal(size=300).round(1) + labels
    weights = random.integers(0, 4, (20, 300)).astype(float)
    found = evaluation.weighted_auroc(labels, scores, weights)
    expected = [roc_auc_score(labels, scores, sample_weight=row) for row in weights]
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_draw_without_positives_is_no_number():
    labels = np.array([True, False, False])
    weights = np.array([[0, 1, 1], [1, 0, 0], [1, 1, 1]], float)
    found = evaluation.weighted_auroc(labels, np.array([2.0, 1, 0]), weights)
    assert np.isnan(found[:2]).all()
    assert found[2] == 1


def test_patients_are_drawn_whole():
    patients = np.repeat(np.arange(50), np.arange(1, 51))
    weights = evaluation.patient_draws(patients, draws=30, seed=1)
    assert (weights[0] == 1).all()
    for row in weights[1:]:
        per_patient = pd.Series(row).groupby(patients)
        assert (per_patient.nunique() == 1).all()
        assert per_patient.first().sum() == 50


def _scores(films=400, skill=1.0, seed=0):
    random = np.random.default_rng(seed)
    labels = np.random.default_rng(9).random((films, len(NAMES))) < 0.15
    logits = random.normal(size=labels.shape) + skill * labels - 2
    table = pd.DataFrame(
        {
            "image_index": [f"{n:08d}_000.png" for n in range(films)],
            "patient": np.arange(films) // 3,
            "source": np.where(np.arange(films) % 2, "C", "D"),
            "view": "PA",
        }
    )
    parts = [
        pd.DataFrame(labels.astype(int), columns=[f"label_{n}" for n in NAMES]),
        pd.DataFrame(logits, columns=[f"logit_{n}" for n in NAMES]),
    ]
    return pd.concat([table, *parts], axis=1)


def test_summary_agrees_with_scikit_learn():
    scores = _scores()
    summary = evaluation.summarise(scores, draws=50)
    aurocs = {n: roc_auc_score(scores[f"label_{n}"], scores[f"logit_{n}"]) for n in NAMES}
    for name in NAMES:
        row = summary["findings"][name]
        assert row["auroc"] == pytest.approx(aurocs[name], abs=1e-4)
        assert row["interval"][0] < row["auroc"] < row["interval"][1]
        assert row["n_positive"] == scores[f"label_{name}"].sum()
    expected = np.mean([aurocs[name] for name in HEADLINE])
    assert summary["macro_auroc_13"]["value"] == pytest.approx(expected, abs=1e-4)
    assert summary["macro_auroc_14"]["value"] == pytest.approx(
        np.mean(list(aurocs.values())), abs=1e-4
    )
    assert summary["n_patients"] == 134
    assert set(summary["sources"]) == {"C", "D"}


def test_random_scores_have_half_inside_the_interval():
    summary = evaluation.summarise(_scores(films=900, skill=0.0), draws=200)
    low, high = summary["macro_auroc_13"]["interval"]
    assert low < 0.5 < high


def test_a_finding_without_positives_is_left_out_and_named():
    scores = _scores()
    scores["label_Hernia"] = 0
    macro = evaluation.summarise(scores, draws=20)
    assert macro["findings"]["Hernia"]["auroc"] is None
    assert macro["macro_auroc_13"]["without"] == ["Hernia"]
    assert macro["macro_auroc_13"]["value"] is not None


def test_swapping_the_networks_changes_the_sign_and_nothing_else():
    good, poor = (
        _scores(skill=2.0, seed=1),
        _scores(skill=0.5, seed=2).sample(frac=1, random_state=0),
    )
    forward = evaluation.paired_difference(good, poor)
    backward = evaluation.paired_difference(poor, good)
    assert forward["difference"] == -backward["difference"] > 0
    assert forward["interval"] == [-bound for bound in reversed(backward["interval"])]
    assert forward["interval"][0] > 0
    same = evaluation.paired_difference(good, good)
    assert same == {"difference": 0.0, "interval": [0.0, 0.0]}


def test_different_films_cannot_be_paired():
    with pytest.raises(ValueError, match="different films"):
        evaluation.paired_difference(_scores(), _scores(films=399))


def test_calibration_recovers_a_known_distortion():
    random = np.random.default_rng(3)
    true = random.normal(-1, 1.5, (20_000, len(NAMES)))
    labels = random.random(true.shape) < 1 / (1 + np.exp(-true))
    fitted = evaluation.calibrate(labels, (true + 0.7) / 2)
    for row in fitted.values():
        assert row["slope"] == pytest.approx(2, abs=0.12)
        assert row["offset"] == pytest.approx(-0.7, abs=0.12)
    probabilities = evaluation.probabilities(fitted, (true + 0.7) / 2)
    assert probabilities.mean(0) == pytest.approx(labels.mean(0), abs=1e-3)


def test_few_positives_get_no_point_and_no_slope_of_their_own():
    scores = _scores()
    labels = evaluation.labels_of(scores)
    labels[:, 0] = False
    labels[:19, 0] = True
    logits = evaluation.logits_of(scores)
    fitted = evaluation.calibrate(labels, logits)
    mean = evaluation.probabilities(fitted, logits)[:, 0].mean()
    assert mean == pytest.approx(19.5 / 401, abs=1e-6)
    assert "19 positives are too few" in fitted["Atelectasis"]["fitted_on"]
    points = evaluation.operating_points(labels, evaluation.probabilities(fitted, logits))
    assert points["Atelectasis"] == {"reason": "only 19 positive validation films"}
    assert "youden" in points["Cardiomegaly"]


def test_youden_point_by_hand():
    labels = np.zeros((60, len(NAMES)), bool)
    labels[:30] = True
    probabilities = np.tile(np.linspace(0.99, 0.01, 60)[:, None], (1, len(NAMES)))
    probabilities[[0, 59]] = probabilities[[59, 0]]  # one missed, one false alarm
    point = evaluation.operating_points(labels, probabilities)["Mass"]["youden"]
    assert point["threshold"] == pytest.approx(np.linspace(0.99, 0.01, 60)[29])
    assert point["sensitivity"] == pytest.approx(29 / 30, abs=1e-4)
    assert point["specificity"] == pytest.approx(29 / 30, abs=1e-4)


def test_a_finding_without_skill_gets_no_point():
    labels = np.zeros((60, len(NAMES)), bool)
    labels[:30] = True
    backwards = np.tile(np.linspace(0.01, 0.99, 60)[:, None], (1, len(NAMES)))
    points = evaluation.operating_points(labels, backwards)
    assert points["Mass"] == {"reason": "no better than chance on the validation films"}
