"""The learning curve: its points, the gain a doubling, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from core.checkpoints import store
from core.cli.app import app
from core.evaluation import learning_curve
from core.findings import HEADLINE
from tests.unit.made_scores import made_scores

MODEL = store.load_card("mobilenet_v2")


@pytest.fixture
def sizes(tmp_path, monkeypatch):
    """Three made checkpoints, better with every doubling, and where the result is written."""
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    monkeypatch.setattr(learning_curve, "RESULT", tmp_path / "docs" / "curve.json")
    return {"quarter": (1000, 0.6), "half": (2000, 0.9), "whole": (4000, 1.2)}


def make(folder, name, films, skill, **recipe):
    card = MODEL
    train = replace(card.data.train, n_films=films, n_patients=films // 2)
    card = replace(
        card,
        name=name,
        data=replace(card.data, train=train),
        recipe=replace(card.recipe, **{"teacher": "", **recipe}),
    )
    target = folder / name
    target.mkdir()
    store.write_card(target, card)
    made_scores(skill=skill).to_csv(target / "validation_scores.csv", index=False)


def test_points_slope_and_straight_line(tmp_path, sizes):
    for name, (films, skill) in sizes.items():
        make(tmp_path, name, films, skill)
    ran = CliRunner().invoke(app, ["learning-curve", "whole", "quarter", "half"])
    assert ran.exit_code == 0, ran.output
    curve = json.loads(learning_curve.RESULT.read_text())
    assert curve == learning_curve.load()
    assert [point["films"] for point in curve["points"]] == [1000, 2000, 4000]
    expected = []
    for _, skill in sizes.values():
        table = made_scores(skill=skill)
        expected.append(
            np.mean([roc_auc_score(table[f"label_{n}"], table[f"logit_{n}"]) for n in HEADLINE])
        )
    assert [point["value"] for point in curve["points"]] == pytest.approx(expected, abs=1e-4)
    slope = (expected[2] - expected[0]) / 2
    assert curve["per_doubling"]["value"] == pytest.approx(slope, abs=1e-4)
    low, high = curve["per_doubling"]["interval"]
    assert 0 < low < slope < high
    assert curve["full"]["films"] == round(86_524 * 0.85)
    line = np.mean(expected) + slope * np.log2(curve["full"]["films"] / 2000)
    assert curve["full"]["value"] == pytest.approx(line, abs=1e-4)
    assert f"of MobileNetV2 at 192 px by .{round(1000 * slope):03d}" in ran.output


def test_what_is_no_curve_is_refused(tmp_path, sizes):
    make(tmp_path, "one", 1000, 0.6)
    make(tmp_path, "same", 1000, 0.8)
    make(tmp_path, "taught", 2000, 0.8, teacher="shipped")
    for names, why in ((["one", "same"], "different numbers"), (["one", "taught"], "teacher")):
        with pytest.raises(ValueError, match=why):
            learning_curve.write(names)
    make(tmp_path, "other", 2000, 0.8)
    scores = made_scores(skill=0.8).iloc[:300]
    scores.to_csv(tmp_path / "other" / "validation_scores.csv", index=False)
    with pytest.raises(ValueError, match="different films"):
        learning_curve.write(["one", "other"])
    assert not learning_curve.RESULT.exists()
