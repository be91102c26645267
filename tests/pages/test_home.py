"""The home page."""

import json

import numpy as np
import pytest

from core.checkpoints import store
from core.findings import NAMES
from core.wording import bracket, decimal
from ui.home import map as home_map
from ui.shared.frame import PAGES


def _text(app):
    shown = [*app.markdown, *app.caption, *app.warning, *app.info]
    return " ".join(element.value for element in shown)


def test_four_figures_come_from_the_cards(opened):
    app = opened()
    cards = [store.load_card(name) for name in store.names()]
    tested = [card for card in cards if card.test]
    text = _text(app)
    assert "112,120 frontal films of 30,805 patients" in text
    assert len(tested) == len(cards) or "python -m core evaluate" in text
    figures = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert len(figures) == 2 + min(2, len(tested))
    best = max(tested, key=lambda card: card.figures.macro_auroc_13.value)
    macro = best.figures.macro_auroc_13
    shown = figures[f"{best.title}: mean test AUROC"]
    assert shown == (decimal(macro.value), f"95 % interval {bracket(macro.interval)}")
    assert figures["Films tested on"][0] == f"{best.figures.n_films:,}"
    assert figures["Films trained on"][0] == f"{best.data.train.n_films:,}"
    assert f"{best.figures.n_films:,} films of {best.figures.n_patients:,} patients" in text
    assert "not a medical device" in text


def test_every_page_is_one_link_away(opened):
    links = [link.proto.page for link in opened().main.get("page_link")]
    wanted = {entry.file.removeprefix("pages/").removesuffix(".py") for entry in PAGES.values()}
    assert {link.strip("/").split("/")[-1] for link in links} >= wanted - {"dashboard"}


def test_home_without_networks_names_the_command(opened, no_checkpoints):
    assert "python -m core train mobilenet_v2" in _text(opened())


def test_the_map_is_that_of_the_weights_that_it_names():
    kept = home_map.HomeMap(**json.loads(home_map.FILE.read_text()))
    now = home_map.compute(kept.name)
    if now.checkpoint != kept.checkpoint:
        pytest.skip(f"the map is of older weights and not shown: run `{home_map.COMMAND}`")
    assert np.allclose(now.cells, kept.cells, atol=0.005)
    assert now.probability == pytest.approx(kept.probability, abs=0.001)
    assert home_map.FINDING in NAMES


@pytest.mark.parametrize("content", [None, "{", "[]", '{"checkpoint": 1}', "stale"])
def test_a_map_that_is_missing_broken_or_stale_is_not_shown(opened, tmp_path, monkeypatch, content):
    target = tmp_path / "home_map.json"
    if content == "stale":
        content = home_map.FILE.read_text().replace("@", "@0")
    if content is not None:
        target.write_text(content)
    monkeypatch.setattr(home_map, "FILE", target)
    cards = {name: store.load_card(name) for name in store.names()}
    assert home_map.load(cards) is None
    if content is None:
        assert home_map.COMMAND in _text(opened())
