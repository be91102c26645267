"""The log of what was tried: written from run folders, kept when the folders are gone."""

import shutil

from typer.testing import CliRunner

from core.checkpoints import store
from core.cli.app import app
from core.training import run_log


def test_runs_are_added_once_and_kept_without_their_folders(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(run_log, "LOG", tmp_path / "docs" / "experiments.csv")
    cards = [store.load_card(name) for name in ("cnn", "mobilenet_v2")]
    for card in cards:
        run = tmp_path / "runs" / card.name
        run.mkdir(parents=True)
        run_log.remember(run, card, f"tried {card.title} | and more")
    assert CliRunner().invoke(app, ["log"]).exit_code == 0
    again = run_log.update()
    assert sorted(again["run"]) == sorted(card.id for card in cards)
    shutil.rmtree(tmp_path / "runs")
    kept = run_log.update()
    assert len(kept) == 2
    row = kept.set_index("run").loc[cards[1].id]
    assert row["val_auroc"] == cards[1].training.val_auroc
    assert row["films"] == cards[1].data.train.n_films
    page = (tmp_path / "docs" / "experiments.md").read_text()
    assert "## cnn" in page
    figures = (cards[1].training.val_auroc, cards[1].figures.macro_auroc_13.value)
    validation, test = (f"{value:.3f}".removeprefix("0") for value in figures)
    assert f"| {validation} | {test} | {cards[1].id} |" in page
    assert "tried MobileNetV2 \\| and more |" in page, "a bar in a note is no column"
