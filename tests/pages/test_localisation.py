"""The localisation page: its figures from the files, its gallery, its empty states; no torch."""

import shutil

import pytest
import streamlit as st

from core import checkpoints, localisation_files


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the checkpoints without weights, which this page does not need."""
    target = tmp_path / "checkpoints"
    ignore = shutil.ignore_patterns("*.safetensors")
    shutil.copytree(checkpoints.CHECKPOINTS, target, ignore=ignore)
    monkeypatch.setattr(checkpoints, "CHECKPOINTS", target)
    st.cache_data.clear()
    st.cache_resource.clear()
    return target


def said(app):
    return " ".join(element.value for element in [*app.subheader, *app.markdown, *app.caption])


def pictures(app):
    return [c.value for c in app.caption if "probability" in c.value]


def box(app, label, which=0):
    return [b for b in app.selectbox if b.label == label][which]


def test_the_answer_comes_first_with_figures_and_floors(opened, folder):
    app = opened("localisation")
    assert not app.info and not app.warning
    assert "a map that never looks at the film" in app.subheader[0].value
    for name in ("cnn", "mobilenet_v2"):
        table = localisation_files.load_table(name)
        exact = table[table["method"] == "Grad-CAM"]
        assert f"**{exact['pointing'].sum()} of {len(exact)} pairs**" in said(app)
    assert f"{len(exact)} radiologists' boxes" in said(app)
    assert len(app.get("plotly_chart")) == 3


def test_the_table_shows_prior_and_wang_beside_ours(opened, folder):
    app = opened("localisation")
    box(app, "Measure").set_value("IoBB > .25")
    app = app.run()
    assert not app.exception
    table = app.dataframe[0].value.set_index("Finding")
    assert table.loc["Cardiomegaly", "Wang et al. 2017, 8-class model"] == ".979"
    assert {"Location prior", "Random place", "Image centre"} <= set(table.columns)


def test_filters_show_only_what_they_say(opened, folder):
    app = opened("localisation")
    rows = localisation_files.load_table("mobilenet_v2")
    rows = rows[rows["method"] == "LayerCAM"]
    box(app, "Network").set_value("mobilenet_v2")
    box(app, "Map by", 1).set_value("LayerCAM")
    box(app, "Outcome").set_value("miss")
    app = app.run()
    assert not app.exception
    expected = rows[rows["outcome"] == "miss"]
    assert len(pictures(app)) == min(8, len(expected))
    assert all(": miss" in caption for caption in pictures(app))
    assert f"{len(expected)} pairs: " in said(app)


def test_the_threshold_redraws_and_keeps_the_figures_above(opened, folder):
    app = opened("localisation")
    before, sentence = pictures(app), app.markdown[1].value
    app.slider[0].set_value(0.9)
    app = app.run()
    assert not app.exception
    assert pictures(app) != before
    assert app.markdown[1].value == sentence
    assert "to choose a threshold here is to look at the answers" in said(app)


def test_an_outcome_that_does_not_occur_says_so(opened, folder):
    app = opened("localisation")
    box(app, "Outcome").set_value("no evidence")
    app = app.run()
    assert not app.exception
    if not pictures(app):
        assert "No pair is of this kind" in app.info[0].value


def test_missing_files_name_the_command_and_the_other_network_stays(opened, folder):
    (folder / "cnn" / "localisation.json").unlink()
    app = opened("localisation")
    assert "python -m core evaluate cnn --boxes" in app.info[0].value
    assert "MobileNetV2" in said(app) and len(app.get("plotly_chart")) == 3
    (folder / "mobilenet_v2" / "localisation.json").unlink()
    app = opened("localisation")
    assert len(app.info) == 2 and not app.get("plotly_chart")


def test_missing_maps_are_one_sentence_and_the_checks_stay(opened, folder):
    (folder / "cnn" / "localisation.npz").unlink()
    (folder / "mobilenet_v2" / "localisation.csv").unlink()
    app = opened("localisation")
    assert "evaluate mobilenet_v2 --boxes" in " ".join(e.value for e in [*app.error, *app.warning])
    assert not app.exception
