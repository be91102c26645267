"""Writing whole files."""

import numpy as np
import pytest

from core.files import atomic, read_json, write_json


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
