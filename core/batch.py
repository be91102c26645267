"""Many files in, a row a file out: what `predict` writes."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from core import checkpoints, films, gate, reading_json
from core.checkpoints import Card
from core.findings import NAMES
from core.inference import Predictor, Reading


@dataclass(frozen=True)
class Row:
    """The answer to one file: ok, refused (no frontal chest film) or error (unreadable).

    reason: why it was refused or could not be read; of a film that was read, the warnings.
    details: of a film that was read, what else `reading_json.read_film` says for JSON.
    """

    file: str
    status: str
    reason: str = ""
    probabilities: tuple[float, ...] = ()
    warnings: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)


def predict(
    paths: Iterable[Path], model: str, maps: Path | None = None, dicom: Path | None = None
) -> list[Row]:
    """A row for every file and every file in every folder, in a stable order.

    maps: folder for `<file stem>.npz` with `maps` (float32, 14 x h x w, the network's own grid) and
    `findings`. dicom: folder for `<file stem>-heatmaps.dcm` and `<file stem>-report.dcm` of DICOM
    films. Raises FileNotFoundError for a path or checkpoint that does not exist.
    """
    files = _files(paths)
    predictor = Predictor(model)
    for folder in filter(None, (maps, dicom)):
        folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    rows = []
    for file in tqdm(files, desc="reading films", disable=None):
        row, reading = _answer(file, predictor)
        stem = "" if reading is None else _free(file.stem, taken)
        if maps is not None and reading is not None:
            _save_maps(maps / f"{stem}.npz", reading)
        if dicom is not None and reading is not None:
            row = _save_dicom(dicom, stem, row, (predictor.card, reading))
        rows.append(row)
    return rows


def _files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"There is no file or folder {path}: check the path.")
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        files += [p for p in inside if not p.name.startswith(".")]
    if not files:
        raise FileNotFoundError("The folders hold no files: give files or folders with films.")
    return files


def _answer(file: Path, predictor: Predictor) -> tuple[Row, Reading | None]:
    try:
        film = films.read_path(file)
    except (ValueError, OSError) as error:
        return Row(str(file), "error", str(error)), None
    verdict = gate.check(film)
    if not verdict.accepted:
        return Row(str(file), "refused", verdict.reason), None
    reading = predictor.read(film)
    warnings = tuple(caution.sentence for caution in verdict.warnings)
    probabilities = tuple(map(float, reading.probabilities))
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    details = reading_json.read_film(digest, film, (), [(predictor.card, reading)])
    return Row(str(file), "ok", " ".join(warnings), probabilities, warnings, details), reading


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


def _save_dicom(folder: Path, stem: str, row: Row, read: tuple[Card, Reading]) -> Row:
    """The DICOM results of a DICOM film; the row, warned where they could not be linked to it."""
    path = Path(row.file)
    film = films.read_path(path)
    if film.format != "DICOM":
        return row
    from core import dicom_result  # highdicom takes half a second to import

    try:
        dicom_result.make(path.read_bytes(), film, [read]).write(folder, stem)
    except films.FilmError as error:
        warnings = (*row.warnings, str(error))
        return replace(row, reason=" ".join(warnings), warnings=warnings)
    return row


def table(rows: list[Row]) -> pd.DataFrame:
    """file, status, reason, then a column a finding: probability, empty where not read."""
    empty = (None,) * len(NAMES)
    content = [(r.file, r.status, r.reason, *(r.probabilities or empty)) for r in rows]
    return pd.DataFrame(content, columns=["file", "status", "reason", *NAMES])


def write_csv(rows: list[Row], out: Path) -> None:
    """Write `table`, replacing the file whole."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    table(rows).to_csv(part, index=False, float_format="%.6f")
    part.replace(out)


def as_json(rows: list[Row], model: str) -> dict[str, Any]:
    """The same as plain data (docs/reading.schema.json), with the model's name."""
    films_ = []
    for row in rows:
        entry = asdict(row)
        entry["probabilities"] = dict(zip(NAMES, row.probabilities, strict=False))
        films_.append(entry | entry.pop("details"))
    return {**reading_json.document(films_, [checkpoints.load_card(model)]), "model": model}
