"""The home page."""

from core import checkpoints
from core.summary import decimal


def _text(app):
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.warning])


def test_home_shows_counts_and_the_best_network_from_the_files(opened):
    app = opened()
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Films in the NIH table"] == "112,120"
    assert figures["Patients"] == "30,805"
    assert figures["Films that ship with this project"] == "9,433"
    text = _text(app)
    cards = [checkpoints.load_card(name) for name in checkpoints.names()]
    tests = [card.test for card in cards if card.test]
    assert len(tests) == len(cards) or "python -m core evaluate" in text
    if tests:
        best = max(tests, key=lambda test: test["macro_auroc_13"]["value"])
        assert f"mean test AUROC of {decimal(best['macro_auroc_13']['value'])}" in text
        assert f"{best['n_films']:,} films of {best['n_patients']:,} patients" in text


def test_home_without_networks_names_the_command(opened, no_checkpoints):
    assert "python -m core train mobilenet_v2" in _text(opened())


def test_home_says_what_it_is_not(opened):
    assert "not a medical device" in _text(opened())
