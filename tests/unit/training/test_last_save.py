"""A run is killed (SIGKILL) while it saves: its checkpoint is the old or the new one, whole."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.checkpoints import store
from core.paths import ROOT
from core.training import run as training_run
from tests.unit.training import last_save


@pytest.fixture
def folders(monkeypatch):
    def use(folder):
        monkeypatch.setattr(store, "RUNS", folder / "runs")
        monkeypatch.setattr(store, "CHECKPOINTS", folder / "checkpoints")
        return folder

    return use


def _whole():
    """Which weights a reader finds, after reading all that belongs to them; None for no network."""
    if not store.names():
        return None
    assert store.names() == ["cnn"]
    _, card = store.load_network("cnn")
    assert len(store.load_history("cnn")) == card.training.epochs
    assert len(store.load_validation_scores("cnn")) == card.data.validation.n_films
    return card.id


@pytest.mark.parametrize("replaces", [True, False])
def test_a_kill_before_any_step_of_the_save(tmp_path, folders, replaces):
    start = folders(tmp_path / "start")
    if replaces:
        training_run.train(last_save.OLD, last_save.FILMS, "cnn")
    old = _whole()
    last_save.epochs(start)

    command = [sys.executable, "-m", "tests.unit.training.last_save", str(start)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    *copies, unbroken = map(Path, done.stdout.splitlines())
    folders(unbroken)
    new = _whole()
    assert new not in (None, old)
    assert not (unbroken / "runs" / "cnn" / "state.pt").exists()

    found = []
    for copy in copies:
        folders(copy)
        found.append(_whole())
        assert (copy / "runs" / "cnn" / "state.pt").exists(), "the run can be resumed"
    assert found == [old] * found.count(old) + [new] * found.count(new)
    assert found.count(old) >= 10
    assert found.count(new) >= 4

    first_new = found.index(new)
    for copy in {copies[n] for n in (2, first_new - 2, first_new - 1, first_new, -1)}:
        last_save.save(folders(copy))
        assert _whole() == new
        kept = {store.load_card(str(path)).id for path in copy.glob("runs/cnn/replaced-*")}
        assert (old in kept) == replaces
        assert kept <= {old, new}
        assert [path.name for path in (copy / "checkpoints").iterdir()] == ["cnn"]
