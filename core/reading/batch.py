"""Many files in, an answer a file out: what `predict` writes and what the batch page shows."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from core.checkpoints import store
from core.files import atomic
from core.films import zip_archive
from core.films.film import Film, FilmError, check_length, plain_name
from core.films.read import read_film
from core.films.zip_archive import Source
from core.findings import NAMES
from core.gate import checks
from core.reading import json_export

if TYPE_CHECKING:  # torch comes with them; a page that only lists files needs none
    from core.checkpoints.card import Card
    from core.reading.predictor import Predictor, Reading


@dataclass(frozen=True)
class Answer:
    """The answer to one file: ok, refused (no frontal chest film) or error (unreadable).

    reason: why it was refused or could not be read; of a film that was read, the warnings.
    readings: by network, only of an ok film. details: of such a film, what else
    `reading_json.read_film` says for JSON. sha256: of the file, "" where it could not be had.
    upright: False of a film that seems to be turned.
    """

    file: str
    status: str
    reason: str = ""
    warnings: tuple[str, ...] = ()
    sha256: str = ""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    upright: bool = True


@dataclass(frozen=True)
class Row:
    """An answer with one network's probabilities in NIH order, as the command line gives it.

    details: as an answer's.
    """

    file: str
    status: str
    reason: str = ""
    probabilities: tuple[float, ...] = ()
    warnings: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


def from_paths(paths: Iterable[Path]) -> list[Source]:
    """A source for every file, every file of every folder and every member of every ZIP.

    In a stable order, without dot files. Raises FileNotFoundError for a path that does not exist,
    or when there is no file at all.
    """
    sources: list[Source] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"There is no file or folder {path}: check the path.")
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            if not file.name.startswith("."):
                sources += _from_path(file)
    if not sources:
        raise FileNotFoundError("The folders hold no files: give files or folders with films.")
    return sources


def from_bytes(name: str, data: bytes) -> list[Source]:
    """An upload as sources: itself, or the members of a ZIP."""
    if zip_archive.is_zip(data[:4]):
        return zip_archive.open_zip(io.BytesIO(data), zip_archive.plain(name))
    return [Source(zip_archive.plain(name), lambda: data)]


def _from_path(path: Path) -> list[Source]:
    alone = [Source(str(path), partial(_load, path))]
    try:
        file = path.open("rb")
    except OSError:
        return alone  # loading it will say why
    if zip_archive.is_zip(file.read(4)):
        return zip_archive.open_zip(file, str(path))
    file.close()
    return alone


def _load(path: Path) -> bytes:
    check_length(path.stat().st_size)
    return path.read_bytes()


def answer(source: Source, predictors: Mapping[str, Predictor]) -> tuple[Answer, Film | None]:
    """What all networks say of one file, and the film where it could be decoded."""
    sha256 = ""
    try:
        data = source.load()
        sha256 = hashlib.sha256(data).hexdigest()
        film = read_film(data, source.name)
    except (ValueError, OSError) as error:
        return Answer(source.name, "error", str(error), sha256=sha256), None
    verdict = checks.check(film)
    if not verdict.accepted:
        return Answer(source.name, "refused", verdict.reason, sha256=sha256), film
    warnings = tuple(caution.sentence for caution in verdict.warnings)
    readings = {name: predictor.read(film) for name, predictor in predictors.items()}
    read = [(predictors[name].card, reading) for name, reading in readings.items()]
    details = json_export.read_film(sha256, film, (), read)
    reason = " ".join(warnings)
    said = Answer(source.name, "ok", reason, warnings, sha256, readings, details, verdict.upright)
    return said, film


def predict(
    paths: Iterable[Path], model: str, maps: Path | None = None, dicom: Path | None = None
) -> list[Row]:
    """A row for each of `from_paths`, read by one network.

    maps: folder for `<file stem>.npz` with `maps` (float32, 14 x h x w, the network's own grid) and
    `findings`. dicom: folder for `<file stem>-heatmaps.dcm` and `<file stem>-report.dcm` of DICOM
    films. Raises FileNotFoundError for a path or checkpoint that does not exist.
    """
    from core.reading.predictor import Predictor

    sources = from_paths(paths)
    predictors = {model: Predictor(model)}
    for folder in filter(None, (maps, dicom)):
        folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    rows = []
    for source in tqdm(sources, desc="reading films", disable=None):
        said, film = answer(source, predictors)
        row = _row(said, model)
        if said.readings:
            stem = _free(Path(plain_name(source.name)).stem, taken)
            if maps is not None:
                _save_maps(maps / f"{stem}.npz", said.readings[model])
            if dicom is not None and film is not None and film.format == "DICOM":
                card = predictors[model].card
                read = (card, said.readings[model])
                row = _save_dicom(dicom / stem, row, source, film, read, said.upright)
        rows.append(row)
    return rows


def _row(said: Answer, model: str) -> Row:
    probabilities: tuple[float, ...] = ()
    if said.status == "ok":
        probabilities = tuple(map(float, said.readings[model].probabilities))
    return Row(said.file, said.status, said.reason, probabilities, said.warnings, said.details)


def _free(stem: str, taken: set[str]) -> str:
    """The stem, or stem-2, stem-3 ... where another film of this call has it already."""
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name)
    return name


def _save_maps(path: Path, reading: Reading) -> None:
    np.savez_compressed(path, maps=reading.maps.astype(np.float32), findings=np.array(NAMES))


def _save_dicom(
    path: Path, row: Row, source: Source, film: Film, read: tuple[Card, Reading], upright: bool
) -> Row:
    """The DICOM results of a DICOM film; the row, warned where they lack something."""
    from core.reading import dicom_export  # highdicom takes half a second to import

    try:
        made = dicom_export.make(source.load(), film, [read], upright=upright)
        made.write(path.parent, path.name)
        warning = made.warning
    except FilmError as error:
        warning = str(error)
    if not warning:
        return row
    warnings = (*row.warnings, warning)
    return replace(row, reason=" ".join(warnings), warnings=warnings)


def table(rows: list[Row]) -> pd.DataFrame:
    """file, status, reason, then a column a finding: probability, empty where not read."""
    empty = (None,) * len(NAMES)
    content = [(r.file, r.status, r.reason, *(r.probabilities or empty)) for r in rows]
    return pd.DataFrame(content, columns=["file", "status", "reason", *NAMES])


def write_csv(rows: list[Row], out: Path) -> None:
    """Write `table`, replacing the file whole."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic(out) as part:
        table(rows).to_csv(part, index=False, float_format="%.6f")


def as_json(rows: list[Row], model: str) -> dict[str, Any]:
    """The same as plain data (docs/reading.schema.json), with the model's name."""
    entries = [
        json_export.entry(row.file, row.status, row.reason, row.warnings, row.details)
        | {"probabilities": dict(zip(NAMES, row.probabilities, strict=False))}
        for row in rows
    ]
    return {**json_export.document(entries, [store.load_card(model)]), "model": model}
