"""The about page."""

from dataclasses import replace

from core import VERSION
from core.checkpoints import store
from core.checkpoints.figures import GroupFigures
from core.findings import NAMES, TITLES
from core.wording import with_interval
from ui.about import text


def _text(app):
    shown = [*app.markdown, *app.caption, *app.warning, *app.code]
    return " ".join(element.value for element in shown)


def test_about_carries_the_data_terms_and_every_card(opened):
    app = opened("about")
    text = _text(app)
    assert "https://nihcc.app.box.com/v/ChestXray-NIHCC" in text
    assert "Wang X, Peng Y, Lu L, Lu Z, Bagheri M, Summers RM" in text
    assert f"HeAilth {VERSION}. Weights: " in text
    for name in store.names():
        card = store.load_card(name)
        assert card.id in text
        assert f"{card.data.train.n_films:,} films" in text
        if not card.test:
            assert f"python -m core evaluate {name}" in text
            continue
        macro = card.test.macro_auroc_13
        assert with_interval(macro.value, macro.interval) in text


def test_about_without_networks_names_the_commands(opened, no_checkpoints):
    text = _text(opened("about"))
    assert "python -m core train cnn" in text
    assert "python -m core train mobilenet_v2" in text


def test_the_figures_of_every_finding_are_the_cards():
    for name in store.names():
        card = store.load_card(name)
        table = text.by_finding(card).set_index("Finding")
        assert list(table.index) == [TITLES[n] for n in NAMES]
        for finding in NAMES:
            row, point = table.loc[TITLES[finding]], card.operating_points[finding]
            assert (row["Operating point"] == "–") == bool(point.reason)
            if point.reason:
                assert point.reason in text.without_point(card)
            if card.test:
                test = card.test.findings[finding]
                assert row["Test AUROC"] == with_interval(test.auroc, test.interval)


def test_groups_are_shown_where_a_card_has_them():
    card = store.load_card(store.names()[0])
    part = GroupFigures(1200, 150, ["Mass"], 0.7123, [0.68, 0.74], 0, None, None)
    none = GroupFigures(3, 2, [], None, None, 0, None, None)
    groups = {"sources": {}, "views": {"PA": part, "AP": none}}
    test = replace(card.figures, **groups, sexes={"F": part}, ages={"40-59": part})
    rows = text.by_group(replace(card, test=test)).to_numpy().tolist()
    figures = ["1,200", "150", "1", ".712 [.680, .740]"]
    assert rows == [
        ["PA view", *figures],
        ["AP view", "3", "2", "0", "–"],
        ["Women", *figures],
        ["Age 40-59", *figures],
    ]
    assert text.by_group(replace(card, test=None)).empty
