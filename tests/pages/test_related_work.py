"""The related work page."""

import pandas as pd
import pytest

from core.checkpoints import store
from core.literature import published
from core.wording import decimal, with_interval
from ui.related_work.text import DID

HEADER = "work,year,split,mean"


def _text(app):
    shown = [*app.markdown, *app.caption, *app.warning, *app.subheader, *app.success, *app.error]
    return " ".join(element.value for element in shown)


def _upload(app, *rows, name="mine.csv"):
    content = "\n".join([HEADER, *rows]).encode()
    return app.file_uploader[0].set_value((name, content, "text/csv")).run()


def test_ours_stand_beside_the_published_range_with_interval_and_films(opened):
    app = opened("related_work")
    text = _text(app)
    official = published.load_auroc().query("split == 'official'")["mean"]
    assert f"run from {decimal(official.min())} to {decimal(official.max())}" in text
    cards = [store.load_card(name) for name in store.names()]
    tested = [card for card in cards if card.test]
    best = max(tested, key=lambda card: card.figures.macro_auroc_14.value)
    macro = best.figures.macro_auroc_14
    assert with_interval(macro.value, macro.interval) in text
    for card in tested:
        assert f"{card.data.train.n_films:,} of the official 86,524 training films" in text
        assert f"{card.figures.n_films:,} of 25,596 test films" in text


def test_the_split_sentence_and_the_split_of_every_row_are_shown(opened):
    app = opened("related_work")
    assert "its choice alone moves the mean by about .03" in _text(app)
    for frame in app.dataframe:
        assert frame.value["Split"].isin(published.SPLITS.values()).all()


def test_filtering_by_split_keeps_only_its_works(opened):
    app = opened("related_work")
    everything = len(app.dataframe[0].value)
    app.pills[0].set_value(["random-image"]).run()
    assert not app.exception
    shown = app.dataframe[0].value
    assert 0 < len(shown) < everything
    assert set(shown["Split"]) == {"random by image"}
    app.pills[0].set_value([]).run()
    assert not app.exception
    assert any("choose another split" in box.value for box in app.info)


@pytest.mark.parametrize("measure", ["mean", "Pneumonia", "Hernia"])
def test_every_measure_can_be_drawn(opened, measure):
    app = opened("related_work")
    app.selectbox[0].set_value(measure).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 3
    card = store.load_card(store.names()[0])
    if measure != "mean" and card.test:
        positive = card.figures.findings[measure].n_positive
        assert f"{card.title} {positive} of {card.figures.n_films:,}" in _text(app)


def test_a_readers_rows_join_the_tables_as_text_and_go_with_the_file(opened):
    app = opened("related_work")
    name = "<b>Mine</b> **bold** [x](http://example.org)"
    _upload(app, f"{name},2026,official,0.999", "Other,2025,random-image,0.5")
    assert not app.exception
    assert "2 rows of yours" in _text(app)
    assert name in set(app.dataframe[0].value["Work"])
    checked = app.dataframe[1].value.set_index("Work")["Checked"]
    assert checked[name] == "your row, not checked"
    charts = " ".join(chart.proto.spec for chart in app.get("plotly_chart"))
    assert "<b>Mine" not in charts
    # The headline speaks of published works only.
    assert ".999" not in app.subheader[0].value
    app.file_uploader[0].set_value(None).run()
    assert name not in set(app.dataframe[0].value["Work"])


def test_a_readers_rows_last_over_a_visit_to_another_page(opened):
    app = opened("related_work")
    _upload(app, "Mine,2026,official,0.9")
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/related_work.py").run()
    assert "Mine" in set(app.dataframe[0].value["Work"])
    next(b for b in app.button if b.label == "Take them out").click().run()
    assert "Mine" not in set(app.dataframe[0].value["Work"])


def test_a_file_that_does_not_fit_is_answered_in_a_sentence_and_the_page_goes_on(opened):
    app = opened("related_work")
    before = len(app.dataframe[0].value)
    _upload(app, "Mine,2026,official,81")
    assert not app.exception
    assert "mean of row 2 is 81" in app.error[0].value
    assert len(app.dataframe[0].value) == before
    _upload(app, "Mine,2026,official,0.81", name="better.csv")
    assert not app.error
    assert len(app.dataframe[0].value) == before + 1


def test_without_networks_the_published_works_stay(opened, no_checkpoints):
    app = opened("related_work")
    assert "python -m core train cnn" in _text(app)
    assert len(app.dataframe[0].value) == len(published.load_auroc())


def test_without_its_table_the_page_says_how_to_get_it_back(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(published, "DATA", tmp_path)
    app = opened("related_work")
    assert "git checkout -- core/data/published_auroc.csv" in app.error[0].value


def test_every_published_work_has_its_line():
    works = published.load_auroc()[["work", "year"]].itertuples(index=False, name=None)
    assert set(works) == set(DID)


def test_localisation_measures_can_all_be_drawn(opened):
    app = opened("related_work")
    wanted = app.selectbox[1]
    assert "Pointing game" in wanted.options
    for option in ("IoU above .30", "Pointing game", "IoBB above .90"):
        app.selectbox[1].set_value(option).run()
        assert not app.exception
    rows = published.load_localisation()
    assert len(wanted.options) == len(rows[["measure", "threshold"]].drop_duplicates())
    assert isinstance(rows, pd.DataFrame)
