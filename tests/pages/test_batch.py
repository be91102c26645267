"""The page that reads many films, run without a browser."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.checkpoints import store
from core.findings import NAMES
from core.paths import ROOT, SAMPLES
from core.reading import batch
from core.reading.predictor import Predictor
from ui.batch import files as batch_files
from ui.batch import reading
from ui.batch import table as batch_table
from ui.batch.reading import Entry

FILMS = sorted(SAMPLES.glob("*.png"))[:3]
NETWORKS = len(store.names())


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if samples/ held three films."""
    for path in FILMS:
        shutil.copy(path, tmp_path)
    monkeypatch.setattr("ui.batch.reading.SAMPLES", tmp_path)


def photo() -> bytes:
    red = np.zeros((300, 300, 3), np.uint8)
    red[:, :, 0] = np.linspace(0, 255, 300)
    target = io.BytesIO()
    Image.fromarray(red).save(target, "PNG")
    return target.getvalue()


def zipped(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    uploads = [(name, data, "application/octet-stream") for name, data in files]
    app.file_uploader[0].set_value(uploads).run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label.startswith(label)).click().run()
    assert not app.exception
    return app


def chosen(app: AppTest, label: str, value: str) -> AppTest:
    next(box for box in app.selectbox if box.label == label).set_value(value).run()
    assert not app.exception
    return app


def entries(app: AppTest) -> list[Entry]:
    piles = app.session_state[reading.KEPT]["piles"]
    return [entry for pile in piles.values() for entry in pile.entries]


def summary(app: AppTest) -> str:
    return next(m.value for m in app.markdown if m.value.startswith("#### ")).lstrip("# ")


def rows(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value


def test_samples_are_read_and_filters_run_no_network(opened, few, monkeypatch):
    hernia = NAMES.index("Hernia")
    network = store.names()[0]
    expected = [100 * row.probabilities[hernia] for row in batch.predict(FILMS, network)]
    app = press(opened("batch"), "Try it")
    assert summary(app).startswith("3 films read, 0 refused, 0 unreadable, ")
    assert list(rows(app)["File"]) == [path.name for path in FILMS]
    assert len(app.get("image")) == 1 + NETWORKS
    monkeypatch.setattr(Predictor, "read", None)
    chosen(app, "Finding", "Hernia")
    title = store.load_card(network).title
    assert list(rows(app)[f"{title}: Hernia"]) == pytest.approx(expected, abs=1e-4)
    chosen(app, "Finding", "Atelectasis")
    chosen(app, "Its operating point", "Above, by every network")
    every = entries(app)
    above = [e.answer.file for e in every if batch_table.above(e, "Atelectasis") == NETWORKS]
    assert above
    assert list(rows(app)["File"]) == above
    chosen(app, "Its operating point", "All")
    chosen(app, "Status", "error")
    assert "No film passes" in app.info[0].value
    press(app, "Put our samples away")
    assert not app.dataframe


def test_a_mixed_pile_is_answered_file_by_file(opened):
    film = FILMS[0].read_bytes()
    archive = zipped(
        ("../<b>x</b>.png", film), ("broken.png", film[:20_000]), ("photo.png", photo())
    )
    app = upload(opened("batch"), ("films.zip", archive), ("notes.txt", b"hello"), ("a.png", film))
    assert summary(app).startswith("2 films read, 1 refused, 2 unreadable, ")
    table = rows(app)
    assert list(table["Status"]) == ["read", "unreadable", "refused", "unreadable", "read"]
    assert table["File"][0] == "films.zip/../_b_x_/b_.png"
    assert "breaks off" in table["Reason or warning"][1]
    kept = entries(app)
    assert kept[0].answer.sha256 == kept[4].answer.sha256
    assert all(len(entry.picture) < 60_000 for entry in kept)
    chosen(app, "Status", "refused")
    assert list(rows(app)["File"]) == ["films.zip/photo.png"]
    assert any("colour picture" in warning.value for warning in app.warning)


def test_only_new_files_are_read_and_removed_ones_forgotten(opened, few, monkeypatch):
    seen = []
    answer = batch.answer
    monkeypatch.setattr(batch, "answer", lambda s, n: (seen.append(s.name), answer(s, n))[1])
    first, second = ((path.name, path.read_bytes()) for path in FILMS[:2])
    app = upload(opened("batch"), first)
    app.run()
    assert seen == [first[0]]
    press(app, "Try it")
    assert sorted(seen[1:]) == [path.name for path in FILMS]
    press(app, "Put our samples away")
    assert len(seen) == 4
    upload(app, second)
    assert [entry.answer.file for entry in entries(app)] == [second[0]]
    upload(app)
    assert not app.dataframe


def test_a_stop_keeps_what_was_read_and_goes_on_where_it_was(opened, few):
    app = opened("batch")
    app.session_state["many-stopped"] = True
    app.session_state["many-samples"] = True
    app.run()
    assert "Stopped: 0 of 3 read." in [info.value for info in app.info]
    press(app, "Go on")
    assert len(rows(app)) == 3


def test_no_more_than_the_limit_is_read(opened, few, monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILMS", 2)
    app = press(opened("batch"), "Try it")
    assert len(rows(app)) == 2
    assert any("Only the first 2 of 3 films" in info.value for info in app.info)


def test_the_download_holds_table_json_maps_and_what_they_are(opened):
    film = FILMS[0].read_bytes()
    archive = zipped(("../../=1+1.png", film), ("x.txt", b"hello"))
    app = upload(opened("batch"), ("=cmd.zip", archive))
    kept = entries(app)
    cards = [opinion.card for opinion in kept[0].opinions]
    saved = zipfile.ZipFile(io.BytesIO(batch_files.as_zip(kept, cards)))
    assert saved.testzip() is None
    table = pd.read_csv(io.BytesIO(saved.read("readings.csv")), keep_default_na=False)
    assert list(table.columns[:3]) == ["file", "status", "reason"]
    assert list(table["status"]) == ["ok", "error"]
    assert table["file"][0] == "'=cmd.zip/../../=1+1.png"
    content = json.loads(saved.read("readings.json"))
    schema = json.loads((ROOT / "docs" / "reading.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(content)
    assert "readings" not in content["films"][1]
    read = {said["checkpoint"]: said for said in content["films"][0]["readings"]}
    for card in cards:
        row = batch.predict([FILMS[0]], card.name)[0]
        for finding, probability in zip(NAMES, row.probabilities, strict=True):
            column = f"{card.name}_{finding}"
            assert float(table[f"{column}_probability"][0]) == pytest.approx(probability, abs=1e-6)
            assert table[f"{column}_probability"][1] == ""
        said = read[card.id]
        assert list(said["probabilities"].values()) == pytest.approx(row.probabilities, abs=1e-6)
        [drawn] = [name for name in saved.namelist() if f"-{card.name}-" in name]
        picture = Image.open(io.BytesIO(saved.read(drawn)))
        assert max(picture.size) == reading.PICTURE_PX
        assert card.id in saved.read("README.txt").decode()
    assert "not a medical device" in saved.read("README.txt").decode()
    harmless = [name for name in saved.namelist() if ".." not in name and not name.startswith("/")]
    assert harmless == saved.namelist()


def test_without_networks_the_page_names_the_command(opened, few, no_checkpoints):
    app = press(opened("batch"), "Try it")
    assert any("python -m core train" in warning.value for warning in app.warning)
