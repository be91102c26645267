"""Files and folders that are there whole or not at all, whatever kills the writer."""

import numpy as np
import pytest

from core.files import (
    atomic,
    atomic_files,
    atomic_folder,
    read_json,
    settle_files,
    settle_folder,
    write_json,
)
from tests.unit.kills import killed_before_step


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "card.json"
    path.write_text("old")
    with pytest.raises(OSError, match="disk"), atomic(path) as part:
        part.write_text("half of the n")
        raise OSError("disk full")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["card.json"]
    with atomic(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["card.json"]


def test_the_suffix_stays_for_formats_that_go_by_it(tmp_path):
    with atomic(tmp_path / "maps.npz") as part:
        np.savez(part, maps=np.ones(2))
    assert np.load(tmp_path / "maps.npz")["maps"].tolist() == [1, 1]


def test_json_comes_back_and_damage_names_the_command(tmp_path):
    path = tmp_path / "figures.json"
    assert read_json(path, "python -m core seeds") == {}
    write_json(path, {"n": 3})
    assert read_json(path, "python -m core seeds") == {"n": 3}
    path.write_text('{"n": ')
    with pytest.raises(ValueError, match=r"figures\.json is no .* `python -m core seeds`"):
        read_json(path, "python -m core seeds")


def _write_folder(path, word, keep=None):
    with atomic_folder(path, keep) as part:
        for name in ("card", "weights"):
            (part / name).write_text(word)


def _content(path):
    return {file.name: file.read_text() for file in path.iterdir()}


OLD, NEW = ({"card": word, "weights": word} for word in ("old", "new"))


def test_a_folder_is_replaced_as_one_and_the_old_one_kept_where_asked(tmp_path):
    path = tmp_path / "cnn"
    for word in ("old", "new", "newest"):
        _write_folder(path, word, tmp_path / "replaced")
    assert _content(path) == {"card": "newest", "weights": "newest"}
    assert _content(tmp_path / "replaced") == OLD
    assert _content(tmp_path / "replaced-2") == NEW
    assert {p.name for p in tmp_path.iterdir()} == {"cnn", "replaced", "replaced-2"}


def test_a_folder_whose_writer_fails_stays_as_it_was(tmp_path):
    path = tmp_path / "cnn"
    _write_folder(path, "old")
    with pytest.raises(OSError, match="disk"), atomic_folder(path) as part:
        (part / "card").write_text("new")
        raise OSError("disk full")
    assert _content(path) == OLD
    assert [p.name for p in tmp_path.iterdir()] == ["cnn"]


def test_a_folder_is_old_or_new_wherever_its_writer_is_killed(tmp_path):
    met, number = set(), 0
    killed = True
    while killed:
        number += 1
        home = tmp_path / str(number)
        path, keep = home / "cnn", home / "runs" / "replaced"
        _write_folder(path, "old")
        killed = killed_before_step(number, lambda p=path, k=keep: _write_folder(p, "new", k), home)
        settle_folder(path)  # what every reader does first
        met.add(_content(path)["card"])
        assert _content(path) in (OLD, NEW), number
        _write_folder(path, "newest", keep)  # the next run goes on from whatever is there
        assert _content(path)["weights"] == "newest"
        assert not [p.name for p in home.iterdir() if p.name.startswith(".")], number
    assert number > 6
    assert met == {"old", "new"}


def _write_pair(folder, word):
    with atomic_files(folder, "films") as part:
        for name in ("films.npy", "index.parquet"):
            (part / name).write_text(word)


def test_files_that_fit_each_other_still_do_wherever_their_writer_is_killed(tmp_path):
    met, number = set(), 0
    killed = True
    while killed:
        number += 1
        home = tmp_path / str(number)
        _write_pair(home, "old")
        (home / "other").write_text("stays")
        killed = killed_before_step(number, lambda h=home: _write_pair(h, "new"), home)
        settle_files(home, "films")
        content = _content_of_files(home)
        assert content.pop("other") == "stays"
        assert len(content) == 2 and len(set(content.values())) == 1, number
        met |= set(content.values())
    assert number > 4
    assert met == {"old", "new"}


def _content_of_files(folder):
    return {file.name: file.read_text() for file in folder.iterdir() if file.is_file()}
