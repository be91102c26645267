"""The comparison page, run without a browser."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from sklearn.metrics import confusion_matrix
from streamlit.testing.v1 import AppTest

from core.checkpoints import store
from core.evaluation import comparison, learning_curve, seeds
from core.evaluation.scores import logits_of
from core.findings import NAMES
from core.paths import ROOT
from core.statistics import calibration
from ui.compare import finding_section, mistakes
from ui.compare.scored_films import load as scored


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the checkpoints without weights, which this page does not need."""
    target = tmp_path / "checkpoints"
    ignore = shutil.ignore_patterns("*.safetensors")
    shutil.copytree(store.CHECKPOINTS, target, ignore=ignore)
    monkeypatch.setattr(store, "CHECKPOINTS", target)
    monkeypatch.setattr(store, "RUNS", tmp_path / "runs")
    st.cache_data.clear()
    return target


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120).run()
    app = app.switch_page("pages/compare.py").run()
    assert not app.exception
    return app


def warnings(app: AppTest) -> str:
    return " ".join(element.value for element in app.warning)


def runs(app: AppTest) -> Any:
    """The choice of runs to draw."""
    return next(group for group in app.get("button_group") if group.label == "Runs")


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def verdict(app: AppTest) -> str:
    """The first line of the page, without its stars."""
    return next(b.value for b in app.markdown if "mean AUROC" in b.value).strip("*")


def section(name: str) -> AppTest:
    """The page with another tab open than the first."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120).run()
    app.session_state["section"] = name
    app = app.switch_page("pages/compare.py").run()
    assert not app.exception
    return app


def test_it_answers_first_and_draws_findings_curves_and_the_learning_curve(folder: Path):
    app = opened()
    assert not app.warning
    assert "in mean AUROC" in verdict(app)
    assert len(app.metric) == len(store.names())
    floor = store.load_card("cnn").figures.floor.macro_auroc_13.value
    assert charts(app) == 5
    said = " ".join(block.value for block in app.markdown)
    assert f"{floor:.3f}".lstrip("0") in said
    assert learning_curve.in_words(learning_curve.load()) in said
    assert verdict(app) == seeds.differences_in_words(seeds.load())[0]
    for name in store.names():
        assert seeds.in_words(seeds.load(), name) in said
    assert "with the shipped weights, one run each" in said


def test_seeds_of_other_weights_are_not_shown(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Weights that were trained anew have no seeds yet: the verdict is theirs alone."""
    card = json.loads((folder / "cnn" / "card.json").read_text())
    card["name"] = "cnn_anew"
    (folder / "cnn").rename(folder / "cnn_anew")
    (folder / "cnn_anew" / "card.json").write_text(json.dumps(card))
    app = opened()
    assert "with the shipped weights, one run each" in verdict(app)
    assert not any("seeds, same recipe" in block.value for block in app.markdown)


def test_damaged_seeds_are_told_and_the_rest_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    broken = tmp_path / "seeds.json"
    broken.write_text('{"networks": ')
    monkeypatch.setattr(seeds, "RESULT", broken)
    app = opened()
    assert "seeds.json is no readable JSON" in warnings(app)
    assert "with the shipped weights, one run each" in verdict(app)
    assert len(app.metric) == len(store.names())


def test_a_threshold_gives_what_scikit_learn_counts(folder: Path):
    app = section("A finding")
    app.selectbox[0].select("Mass").run()
    card, scores = store.load_card("mobilenet_v2"), store.load_scores("mobilenet_v2")
    app.segmented_control(key="explored").set_value("mobilenet_v2").run()
    column = NAMES.index("Mass")
    chances = calibration.probabilities(card.calibration, logits_of(scores))[:, column]
    point = card.operating_point("Mass").threshold
    (rejected, false_alarms), (misses, hits) = confusion_matrix(
        scores["label_Mass"], chances >= point
    )
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Sensitivity"] == f"{hits / (hits + misses):.3f}".lstrip("0")
    assert shown["Specificity"] == f"{rejected / (rejected + false_alarms):.3f}".lstrip("0")
    tables = [frame.value for frame in app.dataframe]
    counted = next(table for table in tables if "with Mass" in table)
    assert counted["with Mass"].tolist() == [f"{hits:,}", f"{misses:,}"]
    assert counted["without"].tolist() == [f"{false_alarms:,}", f"{rejected:,}"]


def test_a_lower_prevalence_lowers_what_a_positive_call_is_worth(folder: Path):
    app = section("A finding")
    before = {metric.label: metric.value for metric in app.metric}
    slider = next(s for s in app.slider if s.label.startswith("Prevalence"))
    slider.set_value(1.0).run()
    after = {metric.label: metric.value for metric in app.metric}
    assert float(after["PPV"]) < float(before["PPV"])
    assert float(after["NPV"]) > float(before["NPV"])
    assert after["Sensitivity"] == before["Sensitivity"]


def test_mistakes_are_films_whose_label_says_otherwise(folder: Path):
    app = section("Mistakes")
    next(box for box in app.selectbox if box.label == "Of").select("Cardiomegaly").run()
    one = scored("mobilenet_v2")
    labels, chances = one.of("Cardiomegaly")
    table = mistakes.ranked(one, "false alarm", "Cardiomegaly")
    rows = one.films.set_index("image_index").index.get_indexer(table["image_index"])
    assert not labels[rows].any()
    assert (np.diff(chances[rows]) <= 0).all()
    misses = mistakes.ranked(one, "miss", "Cardiomegaly")
    rows = one.films.set_index("image_index").index.get_indexer(misses["image_index"])
    assert labels[rows].all()
    assert (np.diff(chances[rows]) >= 0).all()


@pytest.mark.parametrize(("name", "tables"), [("Groups and shortcuts", 2), ("Cost", 1)])
def test_other_sections_show_tables(folder: Path, name: str, tables: int):
    assert len(section(name).dataframe) >= tables


def test_the_table_has_fourteen_findings_with_figures_from_the_card(folder: Path):
    table = section("All findings").dataframe[0].value
    assert len(table) == 14
    card = store.load_card("cnn").figures.findings["Effusion"]
    row = table.set_index("Finding").loc["Effusion"]
    assert row["n positive"] == card.n_positive
    assert row["Plain CNN AUROC"].startswith(f"{card.auroc:.3f}".lstrip("0"))


def test_it_opens_without_torch():
    code = (
        "import sys; from streamlit.testing.v1 import AppTest;"
        f"app = AppTest.from_file({str(ROOT / 'dashboard.py')!r}, default_timeout=120).run();"
        "app.switch_page('pages/compare.py').run();"
        "assert app.metric and not app.exception; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


def test_order_by_auroc_puts_the_best_finding_first(folder: Path):
    app = section("All findings")
    app.segmented_control[0].set_value("AUROC").run()
    assert not app.exception
    cards = [store.load_card(name) for name in store.names()]
    best = max(
        (figures.auroc, name) for card in cards for name, figures in card.figures.findings.items()
    )
    assert app.dataframe[0].value["Finding"].iloc[0] == best[1].replace("_", " ")


def test_without_checkpoints_it_names_the_commands(folder: Path):
    shutil.rmtree(folder)
    app = opened()
    for name in ("cnn", "mobilenet_v2"):
        assert f"python -m core train {name}" in warnings(app)
    assert charts(app) == 1  # the learning curve has a file of its own
    assert not app.metric


def test_a_broken_card_is_named_and_the_other_network_is_shown(folder: Path):
    (folder / "cnn" / "card.json").write_text("{not json")
    app = opened()
    assert "card of 'cnn' is not readable JSON" in warnings(app)
    assert len(app.warning) == 1
    assert [metric.label.split(":")[0] for metric in app.metric] == ["MobileNetV2"]
    assert charts(app) == 5


def test_a_missing_history_is_named_and_the_test_results_stay(folder: Path):
    (folder / "cnn" / "history.csv").unlink()
    app = opened()
    assert "history.csv of 'cnn' is missing" in warnings(app)
    assert charts(app) == 5
    assert len(app.metric) == len(store.names())


def test_missing_scores_are_named_and_the_cards_figures_stay(folder: Path):
    (folder / "mobilenet_v2" / "scores.csv").unlink()
    app = opened()
    assert "python -m core evaluate mobilenet_v2" in warnings(app)
    assert charts(app) == 5


def test_a_card_without_test_figures_names_evaluate(folder: Path):
    path = folder / "cnn" / "card.json"
    content = json.loads(path.read_text()) | {"test": {}}
    path.write_text(json.dumps(content))
    assert "python -m core evaluate cnn" in warnings(opened())


def test_a_run_in_progress_can_be_chosen(folder: Path):
    run = folder.parent / "runs" / "densenet121"
    run.mkdir(parents=True)
    shutil.copy(folder / "cnn" / "history.csv", run)
    (run / "state.pt").touch()
    app = opened()
    assert "densenet121, training now" in runs(app).value
    assert charts(app) == 5


def test_a_run_whose_history_is_being_written_does_no_harm(folder: Path):
    run = folder.parent / "runs" / "cnn"
    run.mkdir(parents=True)
    (run / "history.csv").touch()
    (run / "state.pt").touch()
    assert charts(opened()) == 5


def test_no_chosen_run_asks_for_one(folder: Path):
    app = opened()
    runs(app).set_value([]).run()
    assert not app.exception
    assert app.info[0].value == "Choose at least one run."


def test_two_checkpoints_of_one_network_are_told_apart(folder: Path):
    shutil.copytree(folder / "cnn", folder / "cnn_small")
    path = folder / "cnn_small" / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "cnn_small"}))
    app = section("All findings")
    assert "Plain CNN (cnn_small) AUROC" in app.dataframe[0].value
    assert len(app.metric) == len(store.names())


def test_films_of_different_tests_are_not_compared(folder: Path):
    path = folder / "cnn" / "scores.csv"
    pd.read_csv(path).head(500).to_csv(path, index=False)
    assert "scored on different films" in warnings(opened())


def edit_scores(folder: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    for path in folder.glob("*/scores.csv"):
        change(pd.read_csv(path)).to_csv(path, index=False)


def test_a_finding_that_no_test_film_has_is_said_not_thrown(folder: Path):
    edit_scores(folder, lambda table: table.assign(label_Effusion=0))
    app = section("A finding")
    assert any("too few films to compare" in block.value for block in app.markdown)


@pytest.mark.parametrize("name", ["A finding", "Mistakes", "Groups and shortcuts"])
def test_a_third_network_with_less_in_its_folder_leaves_the_others_standing(
    folder: Path, name: str
):
    shutil.copytree(folder / "cnn", folder / "third")
    path = folder / "third" / "card.json"
    less = {"name": "third", "title": "Third", "shortcuts": {}}
    path.write_text(json.dumps(json.loads(path.read_text()) | less))
    (folder / "third" / "scores.csv").unlink()
    app = section(name)
    assert len(app.metric) >= 3
    assert "python -m core evaluate third" in warnings(app)
    assert not app.error


def test_networks_that_change_places_change_the_sign_and_nothing_else(folder: Path):
    before = section("A finding").dataframe[-1].value
    (folder / "cnn").rename(folder / "aside")
    (folder / "mobilenet_v2").rename(folder / "cnn")
    (folder / "aside").rename(folder / "mobilenet_v2")
    first, second = (store.load_scores(name) for name in ("cnn", "mobilenet_v2"))
    there = comparison.by_finding(first, second).set_index("finding")
    back = comparison.by_finding(second, first).set_index("finding")
    assert np.allclose(there["difference"], -back["difference"])
    assert np.allclose(there["low"], -back["high"], equal_nan=True)
    assert np.allclose(there["p_holm"], back["p_holm"], equal_nan=True)
    after = section("A finding").dataframe[-1].value
    assert before["Difference"].tolist() == after["Difference"].tolist()


def test_a_run_that_went_silent_is_called_stopped(folder: Path):
    run = folder.parent / "runs" / "densenet121"
    run.mkdir(parents=True)
    shutil.copy(folder / "cnn" / "history.csv", run)
    (run / "state.pt").touch()
    os.utime(run / "history.csv", (0, 0))
    last = pd.read_csv(run / "history.csv")["epoch"].iloc[-1]
    assert f"densenet121, stopped after epoch {last}" in runs(opened()).value


def test_a_difference_that_holm_takes_back_is_called_possible_chance():
    row = {"finding": "Mass", "difference": -0.02, "low": -0.04, "high": -0.001, "p_holm": 0.6}
    cards = [store.load_card(name) for name in ("cnn", "mobilenet_v2")]
    words = finding_section.verdict("Mass", pd.DataFrame([row]), *cards)
    assert words.startswith("Mass: MobileNetV2 is better than Plain CNN by .020 [.001, .040]")
    assert "may be chance" in words
    sure = finding_section.verdict("Mass", pd.DataFrame([row | {"p_holm": 0.0001}]), *cards)
    assert "chance" not in sure
