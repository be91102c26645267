"""Training for real on a few real films: split, resume after a kill, what is written."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
import torch
from typer.testing import CliRunner

from core.checkpoints import store
from core.checkpoints.recipe import Recipe
from core.cli.app import app
from core.networks import registry, scoring
from core.nih.film_set import FilmSet, draw_patients, open_films
from core.nih.patient_split import split_by_patient
from core.paths import ROOT
from core.training import history, state
from core.training import loop as training_loop
from core.training import run as training_run

TINY = Recipe("cnn", arguments={"width": 4}, size=64, epochs=3, learning_rate=2e-3, batch=16)


@pytest.fixture(scope="module")
def films():
    known = open_films(split="train_val")
    return draw_patients(known, 160, seed=1)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path / "checkpoints")
    return tmp_path


def test_validation_shares_no_patient_and_no_leaky_source():
    known = open_films(split="train_val")
    train, validation = split_by_patient(known, 0.15, 0)
    patients = known.table["patient"]
    assert not set(patients[train]) & set(patients[validation])
    assert set(known.table["source"][validation]) == {"C", "D", "E"}
    assert 700 < validation.sum() < 1300
    again = split_by_patient(known, 0.15, 0)
    assert np.array_equal(train, again[0])


def test_first_loss_is_that_of_predicting_the_prevalence(films, tmp_path):
    loop = training_loop.Loop(TINY, films, films)
    prevalence = films.labels.mean(0).clip(1e-4, 1)
    expected = -(prevalence * np.log(prevalence) + (1 - prevalence) * np.log1p(-prevalence)).mean()
    assert loop.validate()["val_loss"] == pytest.approx(expected, abs=0.01)


def test_history_has_a_line_an_epoch_and_the_all_negative_accuracy(films, tmp_path):
    fitted = training_loop.fit(TINY, films, tmp_path)
    told = pd.read_csv(tmp_path / "history.csv")
    assert list(told.columns) == list(history.COLUMNS)
    assert list(told["epoch"]) == [1, 2, 3]
    expected = (fitted.validation.labels == 0).mean()
    assert told["val_all_negative_accuracy"].to_numpy() == pytest.approx(expected, abs=1e-5)
    assert told["val_auroc"].isna().all()  # too few positives: the loss decides
    assert fitted.best_epoch == told["epoch"][told["val_loss"].idxmin()]


def test_best_epoch_is_that_of_the_highest_validation_auroc(films):
    loop = training_loop.Loop(TINY, films, films)
    for loop.epoch, auroc in enumerate([0.6, 0.7, 0.65], start=1):
        loop.average.module.head.bias.data.fill_(auroc)
        loop.keep_best({"val_auroc": auroc, "val_loss": 1 - auroc})
    assert loop.best_epoch == 2
    assert (loop.best["head.bias"] == 0.7).all()


def test_same_seed_same_weights_other_seed_other_weights(films, tmp_path):
    short = replace(TINY, epochs=1)
    first, again = (training_loop.fit(short, films, tmp_path / name) for name in "ab")
    other = training_loop.fit(replace(short, seed=1), films, tmp_path / "c")
    assert all(torch.equal(first.weights[key], again.weights[key]) for key in first.weights)
    assert not torch.equal(first.weights["head.weight"], other.weights["head.weight"])


def test_training_learns_what_the_films_show(films, tmp_path):
    """Labels that are drawn into the films as bright squares are found within a few epochs."""
    pixels = films.pixels.copy()
    marked = films.table["Effusion"].to_numpy(copy=True)
    marked[::2] = True
    pixels[marked, 40:80, 40:80] = 255
    planted = FilmSet(films.table.assign(Effusion=marked), pixels, "planted")
    recipe = replace(TINY, epochs=8, ema=0.9)
    fitted = training_loop.fit(recipe, planted, tmp_path)
    network = registry.build("cnn", recipe.arguments)
    network.load_state_dict(fitted.weights)
    scores = scoring.score(network, planted.pixels, recipe.size)[:, 2]
    assert np.median(scores[marked]) > np.median(scores[~marked])
    assert fitted.history["train_loss"].iloc[-1] < fitted.history["train_loss"].iloc[0]


RUN = """
import signal
import sys
from pathlib import Path
from core.checkpoints import store
from core.cli.app import app
store.RUNS, store.CHECKPOINTS = Path(sys.argv[1]) / "runs", Path(sys.argv[1]) / "made"
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell's & began this
quick = "--films 160 --epochs 4 --size 64 --batch 8 --teacher none --no-source-offset --mixup 0"
app(["train", "cnn", *quick.split(), *sys.argv[2:]])
"""


def _run(folder, *options, **kwargs):
    command = [sys.executable, "-c", RUN, str(folder), *options]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, **kwargs)


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_resumes_to_the_weights_of_an_unbroken_one(tmp_path, stop):
    assert _run(tmp_path / "whole").wait() == 0
    broken = _run(tmp_path / "broken")
    state = tmp_path / "broken" / "runs" / "cnn" / "state.pt"
    while not state.exists():
        assert broken.poll() is None, broken.stderr.read().decode()
        time.sleep(0.02)
    os.kill(broken.pid, stop)
    assert broken.wait() != 0
    assert state.exists() and not (tmp_path / "broken" / "made").exists()

    refused = _run(tmp_path / "broken")
    assert refused.wait() == 2
    assert b"go on with it by --resume" in refused.stderr.read()

    assert _run(tmp_path / "broken", "--resume").wait() == 0
    whole, resumed = (tmp_path / part / "made" / "cnn" for part in ("whole", "broken"))
    assert (whole / "model.safetensors").read_bytes() == (
        resumed / "model.safetensors"
    ).read_bytes()
    histories = [
        pd.read_csv(part / "history.csv").drop(columns="seconds") for part in (whole, resumed)
    ]
    pd.testing.assert_frame_equal(*histories)
    assert not state.exists()


def test_resuming_with_other_options_is_refused_and_keeps_the_run(films, tmp_path, monkeypatch):
    monkeypatch.setattr(
        training_loop.Loop, "run_epoch", _stop_in_epoch(2, training_loop.Loop.run_epoch)
    )
    with pytest.raises(KeyboardInterrupt):
        training_loop.fit(TINY, films, tmp_path)
    before = (tmp_path / "state.pt").read_bytes()
    with pytest.raises(ValueError, match="another learning_rate"):
        training_loop.fit(replace(TINY, learning_rate=1.0), films, tmp_path, resume=True)
    assert (tmp_path / "state.pt").read_bytes() == before
    assert len(pd.read_csv(tmp_path / "history.csv")) == 1


def _stop_in_epoch(number, run_epoch):
    def interrupted(loop):
        if loop.epoch + 1 == number:
            raise KeyboardInterrupt
        return run_epoch(loop)

    return interrupted


def test_a_run_of_an_older_version_is_refused_with_the_way_out(films, tmp_path):
    torch.save({"recipe": asdict(TINY), "history": []}, state.path(tmp_path))
    with pytest.raises(ValueError, match=r"older version of this program: .* --restart"):
        training_loop.fit(TINY, films, tmp_path, resume=True)


def test_nothing_to_resume_is_said(films, tmp_path):
    with pytest.raises(FileNotFoundError, match="start the run without --resume"):
        training_loop.fit(TINY, films, tmp_path, resume=True)


def test_films_that_leave_no_validation_are_refused(films, tmp_path):
    one = films.select((films.table["patient"] == films.table["patient"].iloc[0]).to_numpy())
    with pytest.raises(ValueError, match="training needs both"):
        training_loop.fit(TINY, one, tmp_path)


def test_a_new_checkpoint_keeps_the_one_it_replaces(films, folders):
    short = replace(TINY, epochs=1)
    first = training_run.train(short, films, "cnn")
    second = training_run.train(replace(short, seed=5), films, "cnn")
    kept = list((folders / "runs" / "cnn").glob("replaced-*"))
    assert len(kept) == 1
    assert store.load_card(str(kept[0])).id == first.id
    assert store.load_network("cnn")[1].id == second.id != first.id


def test_the_command_line_says_what_is_wrong_in_one_line(folders):
    result = CliRunner().invoke(app, ["train", "vgg"])
    assert result.exit_code == 2
    assert "There is no network 'vgg'" in result.output
    assert "Traceback" not in result.output
    assert CliRunner().invoke(app, ["train", "cnn", "--name", "../escape"]).exit_code == 2
    assert CliRunner().invoke(app, ["train", "cnn", "--resume", "--films", "50"]).exit_code == 2
