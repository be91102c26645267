"""README's figures are those of the files."""

import re

from typer.testing import CliRunner

from core import wording
from core.cli.app import app
from core.evaluation.verdict import difference_sentence
from core.paths import ROOT


def test_readme_shows_what_the_results_command_prints():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"prints -->\n(.*?)\n<!-- end -->", readme, re.DOTALL)
    assert shown is not None
    printed = CliRunner().invoke(app, ["results"])
    assert printed.exit_code == 0
    assert shown[1] == printed.output.rstrip("\n")


def test_figures_are_written_without_the_leading_zero():
    assert wording.with_interval(0.7434, [0.7181, 0.7659]) == ".743 [.718, .766]"
    assert wording.decimal(-0.0123) == "-.012"
    assert wording.decimal(0.9996) == "1.000"
    assert wording.with_interval(None, None) == "–"


def test_a_difference_is_claimed_only_when_its_interval_excludes_zero():
    ahead = difference_sentence("B", "A", {"difference": 0.05, "interval": [0.02, 0.08]})
    assert ahead.startswith("B has the higher mean AUROC: .050 [.020, .080] above A")
    behind = difference_sentence("B", "A", {"difference": -0.05, "interval": [-0.08, -0.02]})
    assert behind.startswith("A has the higher mean AUROC: .050 [.020, .080] above B")
    unclear = difference_sentence("B", "A", {"difference": 0.01, "interval": [-0.02, 0.04]})
    assert "no clear difference in mean AUROC between B and A: .010 [-.020, .040]" in unclear


def test_films_that_give_no_interval_give_no_verdict():
    for value in (None, 0.05):
        words = difference_sentence("B", "A", {"difference": value, "interval": None})
        assert words == "There are too few films to compare B and A."
