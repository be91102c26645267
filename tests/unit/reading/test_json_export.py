"""Readings as JSON, held against the published schema."""

import copy
import json

import pytest
from jsonschema import Draft202012Validator

from core.findings import NAMES
from core.paths import ROOT, SAMPLES
from core.reading import batch
from tests.unit.films.test_read import FILES

SCHEMA = json.loads((ROOT / "docs" / "reading.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


@pytest.fixture(scope="module")
def content() -> dict:
    """A PNG film, a DICOM film and a file that is none, as the command line prints them."""
    paths = [SAMPLES / "00000013_008.png", FILES / "rsna_jpeg_baseline.dcm", ROOT / "README.md"]
    rows = batch.predict(paths, "cnn")
    return json.loads(json.dumps(batch.as_json(rows, "cnn"), allow_nan=False))


def objections(content: dict) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(content)]


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_the_command_lines_json_keeps_to_it(content):
    assert objections(content) == []
    assert [film["status"] for film in content["films"]] == ["ok", "ok", "error"]


def test_what_schema_1_had_is_where_it_was(content):
    assert content["model"] == "cnn"
    film = content["films"][0]
    assert film["probabilities"] == film["readings"][0]["probabilities"]
    assert list(film["probabilities"]) == list(NAMES)
    assert content["films"][2]["probabilities"] == {}


def test_facts_of_the_dicom_film_stand_in_it_and_no_others(content):
    facts = content["films"][1]["film"]
    assert (facts["view"], facts["sex"], facts["age"]) == ("PA", "M", 62)
    assert "16d7f894" not in json.dumps(content)  # the PatientID of that file


def test_above_is_what_the_operating_points_say(content):
    network, reading = content["networks"][0], content["films"][0]["readings"][0]
    for name in NAMES:
        point = network["operating_points"][name].get("youden")
        wanted = point and reading["probabilities"][name] >= point["threshold"]
        assert reading["above"][name] == wanted
    assert reading["above"]["Hernia"] is None  # too few positives on validation


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda c: c.update(schema=1), "$.schema"),
        (lambda c: c.pop("disclaimer"), "$"),
        (lambda c: c.update(created="yesterday"), "$.created"),
        (lambda c: c.update(patient="Doe"), "$"),
        (lambda c: c["networks"][0].update(checkpoint="cnn"), "$.networks[0].checkpoint"),
        (lambda c: c["networks"][0]["operating_points"].pop("Mass"), "$.networks[0].operating"),
        (lambda c: c["films"][0].update(status="fine"), "$.films[0].status"),
        (lambda c: c["films"][0].pop("sha256"), "$.films[0]"),
        (lambda c: c["films"][0].update(patient="Doe"), "$.films[0]"),
        (lambda c: c["films"][0]["film"].update(name="Doe"), "$.films[0].film"),
        (lambda c: c["films"][0].update(mends=["mirror"]), "$.films[0].mends[0]"),
        (lambda c: c["films"][0]["readings"][0]["probabilities"].update(Mass=1.2), "$.films[0]"),
        (lambda c: c["films"][0]["readings"][0]["probabilities"].pop("Mass"), "$.films[0]"),
        (lambda c: c["films"][0]["readings"][0]["probabilities"].update(Flu=0.1), "$.films[0]"),
        (lambda c: c["films"][0]["readings"][0]["above"].update(Mass=0.4), "$.films[0]"),
        (lambda c: c["films"][2].update(reason=""), "$.films[2].reason"),
        (lambda c: c["films"][2]["probabilities"].update(Mass=0.1), "$.films[2].probabilities"),
    ],
)
def test_what_is_wrong_is_refused(content, change, where):
    wrong = copy.deepcopy(content)
    change(wrong)
    assert any(path.startswith(where) for path in objections(wrong))
