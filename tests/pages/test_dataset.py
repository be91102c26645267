"""The data set page: its counts against the raw table, its filters, its films."""

import pandas as pd
import pytest

from core.nih import census
from core.nih.census import Filter
from core.nih.film_set import DATA_VARIABLE
from core.nih.prepare import prepare
from core.nih.table import load_table
from core.paths import NIH, SAMPLES
from ui.dataset import film_filter, text
from ui.shared import cache, film_shelf, gallery

SECTIONS = [
    "Cases",
    "Combinations",
    "Patients",
    "Lists and views",
    "Label quality",
    "What a network sees",
]


@pytest.fixture(scope="module")
def raw():
    return pd.read_csv(NIH / "Data_Entry_2017_v2020.csv.gz")


def _metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def _selectbox(app, label):
    return next(box for box in app.selectbox if box.label == label)


def _control(app, label):
    return next(control for control in app.segmented_control if control.label == label)


def _in_section(app, name):
    app.session_state["section"] = name
    app = app.run()
    assert not app.exception
    return app


def _subheaders(app):
    return " ".join(header.value for header in app.subheader)


def test_page_counts_the_whole_table(opened):
    app = opened("dataset")
    assert _metrics(app) == {
        "Films": "112,120",
        "Patients": "30,805",
        "Films with a finding": "51,759",
        "No Finding": "60,361",
    }
    assert "Infiltration is the most frequent label (19,894 films)" in app.subheader[0].value
    subheaders = " ".join(header.value for header in app.subheader)
    assert "would drop 20,796 of 51,759 films with a finding" in subheaders
    assert len(app.get("plotly_chart")) == 3


def test_filters_change_every_count_to_that_of_the_raw_table(opened, raw):
    app = opened("dataset")
    _selectbox(app, "View").set_value("AP")
    _selectbox(app, "Sex").set_value("F")
    app.multiselect[0].set_value(["Effusion", "Mass"])
    _control(app, "Films carry").set_value("all")
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
    _control(app, "Films carry").set_value("exactly")
    app = app.run()
    assert not app.exception
    assert "No film fits" in app.info[0].value
    assert _metrics(app)["Films"] == "0"
    next(button for button in app.button if button.label == "Clear filters").click()
    assert _metrics(app.run())["Films"] == "112,120"


@pytest.mark.parametrize("ages", [(0, 0), (0, 3), (88, 95), (94, 95)])
def test_headlines_do_not_rest_on_a_handful_of_films(ages):
    films = Filter(ages=ages).apply(load_table())
    assert "times as frequent" not in text.lists_differ(films)
    counts = films[list(census.NAMES)].sum()
    if counts.nlargest(2).min() < text.ENOUGH:
        assert "gives findings away" not in text.shortcut(films)
    assert "(1 films)" not in text.most_frequent(census.case_counts(films))


def test_films_with_a_box_and_other_patients_come_first():
    films = cache.starter_index()
    films = films[films["Cardiomegaly"]]
    ordered = gallery.order(films, "Cardiomegaly")
    assert sorted(ordered["image_index"]) == sorted(films["image_index"])
    assert not ordered.head(12)["patient"].duplicated().any()
    boxes = cache.boxes()
    boxed = set(boxes.loc[boxes["finding"] == "Cardiomegaly", "image_index"])
    patients = films[films["image_index"].isin(boxed)]["patient"].nunique()
    assert ordered.head(12)["image_index"].isin(boxed).sum() == min(12, patients)
    assert list(gallery.order(films, "Cardiomegaly")["image_index"]) == list(ordered["image_index"])


def test_ages_the_wrong_way_round_in_an_address_are_put_right(opened):
    app = opened("dataset")
    app.slider[0].set_value((60, 30))
    wrong = _metrics(app.run())
    app.slider[0].set_value((30, 60))
    assert _metrics(app.run()) == wrong


def test_films_to_look_at_carry_the_finding(opened):
    app = opened("dataset")
    _selectbox(app, "Show films with").set_value("Hernia")
    app = app.run()
    captions = [caption.value for caption in app.caption if " years" in caption.value]
    assert len(captions) == 9
    assert all("Hernia" in caption for caption in captions)
    assert any("42 of 227 films are on this machine" in c.value for c in app.caption)


FILTERS = [
    {"patient": 13},
    {"findings": ["Hernia"], "match": "exactly", "sex": "M", "view": "AP"},
    {"findings": ["No Finding"], "match": "exactly"},
    {"set": "starter", "ages": (0, 3)},
    {"followup": (100, 183)},
    {"list": "train_val", "ages": (94, 95)},
]


@pytest.mark.parametrize("section", SECTIONS[:-1])
def test_every_section_answers_to_every_filter(opened, section):
    app = opened("dataset")
    for filters in FILTERS:
        for key, value in (film_filter.UNFILTERED | filters).items():
            app.session_state[key] = value
        app = _in_section(app, section)
        assert app.subheader, filters


def test_a_patient_is_shown_film_by_film(opened, raw):
    app = opened("dataset")
    app.number_input[0].set_value(13)
    app = app.run()
    films = raw[raw["Patient ID"] == 13]
    ill = (films["Finding Labels"] != "No Finding").sum()
    assert f"Patient 13: {len(films)} films" in app.subheader[0].value
    assert f"{ill} with a finding" in app.subheader[0].value
    assert _metrics(app)["Patients"] == "1"


def test_label_quality_tells_the_panel_figures_and_the_fracture_caveat(opened):
    app = _in_section(opened("dataset"), "Label quality")
    assert "46% of the No Finding films do have a finding: 353 of 770" in _subheaders(app)
    assert "right on 48% of 200 films and finds 50% of the panel's 195" in _subheaders(app)
    assert any("20 of the 353 have a fracture only" in text.value for text in app.markdown)
    table = app.dataframe[0].value
    assert table["PPV"][0].startswith(".48 [") or table["PPV"][0].startswith(".49 [")
    assert list(table["Films"]) == [1962] * 3


def test_the_film_is_followed_to_the_input_and_its_changes(opened):
    app = _in_section(opened("dataset"), "What a network sees")
    titles = [text.value for text in app.markdown if text.value.startswith("**")]
    assert any("256 x 256" in title for title in titles)
    assert sum("Changed at random" in title for title in titles) == 3


def test_a_film_of_the_data_set_is_read_by_its_address(opened):
    app = opened("dataset")
    names = gallery.order(cache.starter_index(), None)["image_index"]
    name = next(name for name in names if not (SAMPLES / name).exists())
    app = app.switch_page("pages/predict.py")
    app.query_params["film"] = name
    app = app.run()
    assert not app.exception
    assert any(name in text.value for text in app.text)
    next(button for button in app.button if button.label == "Back to the samples").click()
    assert any("PNG" in text.value and name not in text.value for text in app.run().text)


def test_an_address_with_a_film_that_is_not_here_falls_back_to_a_sample(opened):
    app = opened("dataset").switch_page("pages/predict.py")
    app.query_params["film"] = "../../etc/passwd"
    app = app.run()
    assert not app.exception
    assert "not on this machine" in app.info[0].value
    assert any("00009745_000.png" in text.value for text in app.text)


def test_films_come_at_full_size_from_a_folder_of_nih_films(tmp_path, monkeypatch):
    """HEAILTH_DATA in NIH's layout, then as `prepare` writes it: each is preferred to 128 px."""
    stranger = cache.nih_table()["image_index"].iloc[-1]
    assert stranger not in film_shelf.shelf()
    sample = next(SAMPLES.glob("*.png"))
    folder = tmp_path / "nih" / "images_001" / "images"
    folder.mkdir(parents=True)
    (folder / stranger).write_bytes(sample.read_bytes())
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "nih"))
    assert film_shelf.read(stranger) == sample.read_bytes()
    prepare(tmp_path / "nih", tmp_path / "prepared")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "prepared"))
    assert film_shelf.read(stranger).startswith(b"\x89PNG")
    assert len(film_shelf.read(stranger)) < len(sample.read_bytes())
    assert film_shelf.pictures((stranger,), None)[stranger].startswith(b"\xff\xd8")


def test_a_folder_of_films_that_is_missing_is_said_in_a_sentence(opened, monkeypatch):
    monkeypatch.setenv(DATA_VARIABLE, "/no/such/folder")
    app = opened("dataset")
    assert "There is no folder" in app.error[0].value
    assert len(app.get("plotly_chart")) == 3


def test_the_filter_bar_offers_what_the_table_holds():
    table = cache.nih_table()
    for column, ends in (
        ("age", film_filter.AGES),
        ("follow_up", film_filter.FOLLOW_UPS),
        ("patient", film_filter.PATIENTS),
    ):
        assert (table[column].min(), table[column].max()) == ends
