"""The about page."""

from core import checkpoints
from core.findings import NAMES
from core.summary import with_interval
from ui import about_text


def _text(app):
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.warning])


def test_about_carries_the_data_terms_and_every_card(opened):
    text = _text(opened("about"))
    assert "https://nihcc.app.box.com/v/ChestXray-NIHCC" in text
    assert "Wang X, Peng Y, Lu L, Lu Z, Bagheri M, Summers RM" in text
    for name in checkpoints.names():
        card = checkpoints.load_card(name)
        assert card.id in text
        if not card.test:
            assert f"python -m core evaluate {name}" in text
            continue
        macro = card.test["macro_auroc_13"]
        assert with_interval(macro["value"], macro["interval"]) in text


def test_about_without_networks_names_the_commands(opened, no_checkpoints):
    text = _text(opened("about"))
    assert "python -m core train cnn" in text
    assert "python -m core train mobilenet_v2" in text


def test_every_finding_has_a_point_or_a_reason():
    for name in checkpoints.names():
        card = checkpoints.load_card(name)
        shown = len(about_text.operating_points(card))
        missing = [n for n in NAMES if "reason" in card.operating_points[n]]
        assert shown + len(missing) == 14
        assert all(
            card.operating_points[n]["reason"] in about_text.without_point(card) for n in missing
        )
