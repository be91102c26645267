"""The data set page: its counts against the raw table, its filters, its films."""

import pandas as pd
import pytest

from core import census, dataset
from core.census import Filter
from ui import cache, data_text, gallery


@pytest.fixture(scope="module")
def raw():
    return pd.read_csv(dataset.NIH / "Data_Entry_2017_v2020.csv.gz")


def _metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def _selectbox(app, label):
    return next(box for box in app.selectbox if box.label == label)


def test_page_counts_the_whole_table(opened):
    app = opened("dataset")
    assert _metrics(app) == {
        "Films": "112,120",
        "Patients": "30,805",
        "Films with a finding": "51,759",
        "No Finding": "60,361",
    }
    assert "Infiltration is the most frequent label (19,894 films)" in app.subheader[0].value
    assert len(app.get("plotly_chart")) == 6


def test_filters_change_every_count_to_that_of_the_raw_table(opened, raw):
    app = opened("dataset")
    _selectbox(app, "View").set_value("AP")
    _selectbox(app, "Sex").set_value("F")
    app.multiselect[0].set_value(["Effusion", "Mass"])
    app.slider[0].set_value((30, 60))
    app = app.run()
    assert not app.exception
    labels = raw["Finding Labels"].str.split("|")
    keep = labels.map(lambda found: {"Effusion", "Mass"} <= set(found))
    keep &= (raw["View Position"] == "AP") & (raw["Patient Gender"] == "F")
    keep &= raw["Patient Age"].between(30, 60)
    assert _metrics(app)["Films"] == f"{keep.sum():,}"
    assert _metrics(app)["Patients"] == f"{raw['Patient ID'][keep].nunique():,}"
    assert _metrics(app)["No Finding"] == "0"


def test_filters_that_leave_nothing_say_so(opened):
    app = opened("dataset")
    app.multiselect[0].set_value(["Hernia", "Pneumothorax", "Edema"])
    app = app.run()
    assert not app.exception
    assert "No film fits" in app.info[0].value
    assert not app.metric


@pytest.mark.parametrize("ages", [(0, 0), (0, 3), (88, 95), (94, 95)])
def test_headlines_do_not_rest_on_a_handful_of_films(ages):
    films = Filter(ages=ages).apply(dataset.load_table())
    assert "times as frequent" not in data_text.lists_differ(films)
    counts = films[list(census.NAMES)].sum()
    if counts.nlargest(2).min() < data_text.ENOUGH:
        assert "gives findings away" not in data_text.shortcut(films)
    assert "(1 films)" not in data_text.most_frequent(census.case_counts(films))


def test_turns_show_every_film_once_and_boxed_ones_first():
    films = cache.starter_index()
    films = films[films["Cardiomegaly"]]
    turns = [gallery.pick(films, "Cardiomegaly", 12, turn) for turn in range(-(-len(films) // 12))]
    seen = pd.concat(turns)
    assert sorted(seen["image_index"]) == sorted(films["image_index"])
    assert not turns[0]["patient"].duplicated().any()
    boxes = cache.boxes()
    boxed = set(boxes.loc[boxes["finding"] == "Cardiomegaly", "image_index"])
    patients = films[films["image_index"].isin(boxed)]["patient"].nunique()
    assert turns[0]["image_index"].isin(boxed).sum() == min(12, patients)
    again = gallery.pick(films, "Cardiomegaly", 12, len(turns))
    assert list(again["image_index"]) == list(turns[0]["image_index"])


def test_ages_the_wrong_way_round_in_an_address_are_put_right(opened):
    app = opened("dataset")
    app.slider[0].set_value((60, 30))
    wrong = _metrics(app.run())
    app.slider[0].set_value((30, 60))
    assert _metrics(app.run()) == wrong


def test_films_to_look_at_carry_the_finding(opened):
    app = opened("dataset")
    _selectbox(app, "Finding").set_value("Hernia")
    app = app.run()
    captions = [caption.value for caption in app.caption if " years" in caption.value]
    assert 0 < len(captions) <= 12
    assert all("Hernia" in caption for caption in captions)
    before = captions
    next(button for button in app.button if button.label == "Show others").click()
    app = app.run()
    assert [c.value for c in app.caption if " years" in c.value] != before
