"""Readings as JSON, for the page and the command line alike; docs/reading.schema.json says it all.

Schema 2 (2026-11): one shape for both. What schema 1 of the command line had (`schema`, `model`,
and `file`, `status`, `reason`, `probabilities`, `warnings` of each film) is where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core import NOT_A_DIAGNOSIS, VERSION
from core.checkpoints.card import Card
from core.checkpoints.card_json import points_as_json
from core.films.film import Film
from core.findings import NAMES

if TYPE_CHECKING:
    from core.reading.predictor import Reading  # brings torch

SCHEMA = 2
UNITS = {
    "probabilities": "1, from 0 to 1",
    "logits": "1, before calibration",
    "operating_points": "calibrated probability, from 0 to 1",
    "age": "years",
    "width": "px",
    "height": "px",
    "bits": "bits a grey value",
    "milliseconds": "ms",
}


def document(films: list[dict[str, Any]], cards: Sequence[Card]) -> dict[str, Any]:
    """Entries of films (`entry`) under what holds for all of them; created: now, in UTC."""
    return {
        "schema": SCHEMA,
        "software": {"name": "HeAilth", "version": VERSION},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "disclaimer": NOT_A_DIAGNOSIS,
        "units": UNITS,
        "networks": [_network(card) for card in cards],
        "films": films,
    }


def entry(
    file: str,
    status: str,
    reason: str,
    warnings: Sequence[str],
    details: Mapping[str, Any],
) -> dict[str, Any]:
    """One file; details: `read_film` of a film that was read, else empty."""
    said = {"file": file, "status": status, "reason": reason, "warnings": list(warnings)}
    return said | dict(details)


def _network(card: Card) -> dict[str, Any]:
    return {
        "checkpoint": card.id,
        "title": card.title,
        "weights_sha256": card.weights_sha256,
        "kind_of_number": card.kind_of_number,
        "operating_points": points_as_json(card.operating_points),
    }


def _facts(film: Film) -> dict[str, Any]:
    """What is known of a film, and of a DICOM header no more than view, side, age and sex."""
    return {
        "format": film.format,
        "width": film.width,
        "height": film.height,
        "bits": film.bits,
        "view": film.view,
        "laterality": film.laterality,
        "age": film.age,
        "sex": film.sex,
    }


def _reading(card: Card, read: Reading) -> dict[str, Any]:
    """What one network says of a film; above: None where a finding has no operating point."""
    above = {}
    for name, probability in zip(NAMES, map(float, read.probabilities), strict=True):
        point = card.operating_point(name)
        above[name] = None if point is None else probability >= point.threshold
    return {
        "checkpoint": card.id,
        "milliseconds": round(read.milliseconds, 1),
        "probabilities": dict(zip(NAMES, map(float, read.probabilities), strict=True)),
        "logits": dict(zip(NAMES, map(float, read.logits), strict=True)),
        "above": above,
    }


def read_film(
    sha256: str, film: Film, corrections: Sequence[str], readings: Sequence[tuple[Card, Reading]]
) -> dict[str, Any]:
    """The part of an entry that only a film has that was read; corrections: as `gate` names."""
    return {
        "sha256": sha256,
        "film": _facts(film),
        "mends": list(corrections),
        "readings": [_reading(card, read) for card, read in readings],
    }
