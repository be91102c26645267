"""Many readings as one ZIP, built in memory: table, JSON, heat maps, and what each file is."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import pandas as pd

from core import NOT_A_DIAGNOSIS
from core.checkpoints.card import Card
from core.films.film import plain_name
from core.findings import NAMES
from core.maps import colours
from core.reading import json_export
from ui.batch.reading import Entry
from ui.batch.table import grey
from ui.reading.session import Opinion
from ui.shared import drawing

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run by spreadsheets."""


def as_zip(entries: Sequence[Entry], cards: Sequence[Card]) -> bytes:
    """readings.csv, readings.json, README.txt, and a JPEG a film and network in maps/."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", read_me(entries, cards))
        archive.writestr("readings.csv", as_table(entries, cards).to_csv(index=False))
        archive.writestr("readings.json", json.dumps(as_json(entries, cards), indent=1))
        for number, entry in enumerate(entries, 1):
            for opinion in entry.opinions:
                archive.writestr(
                    map_name(number, entry, opinion), _map(entry, opinion), zipfile.ZIP_STORED
                )
    return target.getvalue()


def as_table(entries: Sequence[Entry], cards: Sequence[Card]) -> pd.DataFrame:
    """file, status, reason; then probability, operating point and above a network and finding."""
    rows = []
    for entry in entries:
        said = entry.answer
        file = f"'{said.file}" if said.file.startswith(FORMULA) else said.file
        row: dict[str, Any] = {"file": file, "status": said.status, "reason": said.reason}
        for card in cards:
            row |= dict.fromkeys(_columns(card.name))
        for opinion in entry.opinions:
            found = opinion.findings.set_index("finding").loc[list(NAMES)]
            above = found["above"].astype(object).where(found["threshold"].notna(), None)
            values = zip(
                found["probability"].round(6), found["threshold"].round(6), above, strict=True
            )
            every = [value for three in values for value in three]
            row |= dict(zip(_columns(opinion.card.name), every, strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def _columns(network: str) -> list[str]:
    kinds = ("probability", "operating_point", "above")
    return [f"{network}_{finding}_{kind}" for finding in NAMES for kind in kinds]


def as_json(entries: Sequence[Entry], cards: Sequence[Card]) -> dict[str, Any]:
    """The same as plain data, as docs/reading.schema.json describes it."""
    answers = [entry.answer for entry in entries]
    films = [
        json_export.entry(said.file, said.status, said.reason, said.warnings, said.details)
        for said in answers
    ]
    return json_export.document(films, cards)


def map_name(number: int, entry: Entry, opinion: Opinion) -> str:
    """A name made of the row's number and harmless letters: never an uploaded name as a path."""
    stem = plain_name(entry.answer.file).rsplit(".", 1)[0]
    harmless = re.sub(r"[^A-Za-z0-9_-]+", "_", stem)[:40]
    finding = opinion.findings["finding"].iloc[0]
    return f"maps/{number:04d}-{harmless}-{opinion.card.name}-{finding}.jpg"


def _map(entry: Entry, opinion: Opinion) -> bytes:
    finding = NAMES.index(opinion.findings["finding"].iloc[0])
    cells = colours.strength(opinion.reading.maps, finding)
    return drawing.jpeg(colours.overlay(grey(entry), cells, 0.6))


def read_me(entries: Sequence[Entry], cards: Sequence[Card]) -> str:
    """What each file of the ZIP is."""
    checkpoints = "\n".join(f"- {card.title}: {card.id}" for card in cards)
    return f"""Readings of {len(entries)} files by HeAilth.
{NOT_A_DIAGNOSIS}

readings.csv   A row a file, in the order of the page: file, status (ok, refused: no frontal chest
               film, error: unreadable), reason (of an ok film: warnings), then for each network and
               finding the calibrated probability, the operating point, and whether the
               probability is above it. Empty where the film was not read.
readings.json  The same with each film's SHA-256, facts, warnings and logits; "schema" is the
               version of its layout, which docs/reading.schema.json of the project describes.
maps/          For each film that was read and each network, the small picture of the film with
               the network's evidence for the finding farthest above its operating point. The first
               number is the row in readings.csv. Not a lesion outline.

File names are those that were uploaded; of a DICOM header only view, side, age and
sex are in these files.

Networks:
{checkpoints}
"""
