"""The localisation page: its figures from the files, its gallery, its empty states; no torch."""

import shutil

import pytest
import streamlit as st

from core.box_evaluation import files as box_files
from core.checkpoints import store

SHIPPED = [
    name for name in store.names() if (store.CHECKPOINTS / name / "localisation.json").is_file()
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the checkpoints without weights, which this page does not need."""
    target = tmp_path / "checkpoints"
    ignore = shutil.ignore_patterns("*.safetensors")
    shutil.copytree(store.CHECKPOINTS, target, ignore=ignore)
    monkeypatch.setattr(store, "CHECKPOINTS", target)
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
    assert SHIPPED and len(app.info) == len(store.names()) - len(SHIPPED)
    assert "a map that never looks at the film" in app.subheader[0].value
    for name in SHIPPED:
        table = box_files.load_table(name)
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


def test_the_chosen_threshold_stands_beside_the_fixed_one_in_line_and_table(opened, folder):
    app = opened("localisation")
    line = next(m.value for m in app.markdown if "chosen on the other patients" in m.value)
    box(app, "Measure").set_value("IoU > .1")
    app = app.run()
    assert not app.exception
    shown = app.dataframe[0].value.set_index("Finding").loc["All pairs"]
    for name in SHIPPED:
        title = store.load_card(name).title
        table = box_files.load_table(name)
        exact = table[table["method"] == "Grad-CAM"]
        hits = f"{(exact['chosen_iou'] > 0.1).mean():.3f}"[1:]
        assert shown[f"{title}, threshold chosen on others"].startswith(hits)
        assert f"IoU > .1 {hits}" in line


def test_the_table_pairs_the_networks(opened, folder):
    app = opened("localisation")
    first, second = SHIPPED[1], SHIPPED[0]
    one, other = (box_files.load_table(name) for name in (first, second))
    gap = [t[t["method"] == "Grad-CAM"]["pointing"].mean() for t in (one, other)]
    titles = [store.load_card(name).title for name in (first, second)]
    shown = app.dataframe[0].value.set_index("Finding")[f"{titles[0]} minus {titles[1]}"]
    assert f"{abs(gap[0] - gap[1]):.3f}"[1:] in shown["All pairs"]


def test_the_gallery_draws_each_pair_at_the_threshold_of_its_others(opened, folder):
    app = opened("localisation")
    app.toggle[0].set_value(True)
    app = app.run()
    assert not app.exception and app.slider[0].disabled
    table = box_files.load_table(SHIPPED[-1])
    exact = table[table["method"] == "Grad-CAM"]
    assert f"IoU > .1 in {(exact['chosen_iou'] > 0.1).sum()}," in said(app)
    assert "chosen for each patient on all the others" in said(app)


def test_filters_show_only_what_they_say(opened, folder):
    app = opened("localisation")
    rows = box_files.load_table(SHIPPED[-1])
    rows = rows[rows["method"] == "LayerCAM"]
    box(app, "Network").set_value(SHIPPED[-1])
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
    table = box_files.load_table(SHIPPED[-1])
    exact = table[table["method"] == "Grad-CAM"]
    if (exact["outcome"] == "no evidence").any():
        assert all(": no evidence" in caption for caption in pictures(app))
    else:
        assert "No pair is of this kind" in app.info[-1].value and not pictures(app)


def test_missing_files_name_the_command_and_the_other_networks_stay(opened, folder):
    for name in SHIPPED:
        (folder / name / "localisation.json").unlink()
        app = opened("localisation")
        assert f"python -m core evaluate {name} --boxes" in " ".join(i.value for i in app.info)
        left = [n for n in SHIPPED if (folder / n / "localisation.json").is_file()]
        assert len(app.get("plotly_chart")) == (3 if left else 0)


@pytest.mark.parametrize("file", ["localisation.npz", "localisation.csv"])
def test_what_the_gallery_lacks_is_one_sentence(opened, folder, file):
    (folder / SHIPPED[-1] / file).unlink()
    app = opened("localisation")
    assert f"evaluate {SHIPPED[-1]} --boxes" in " ".join(e.value for e in app.error)
    assert not pictures(app) and len(app.get("plotly_chart")) == 3


def test_figures_of_older_weights_are_not_shown(opened, folder):
    path = folder / SHIPPED[0] / "localisation.json"
    path.write_text(path.read_text().replace(f"{SHIPPED[0]}@", f"{SHIPPED[0]}@0", 1))
    app = opened("localisation")
    assert "but the checkpoint is" in " ".join(element.value for element in app.info)
