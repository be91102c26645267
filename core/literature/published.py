"""Published results on NIH ChestX-ray14: the tables that ship here, and rows of a reader's own.

core/data/published_auroc.csv        a row a work: how it was made, its split, AUROC per finding
core/data/published_localisation.csv a row a work and measure: share of boxes found per finding

`checked` says how far a figure was checked: in the paper itself, in the authors' own repository
(source), or only in another work that quotes it (secondary).
"""

import csv
import io

import pandas as pd

from core.findings import NAMES
from core.paths import DATA

SPLITS = {
    "official": "official",
    "random-patient": "random by patient",
    "random-image": "random by image",
    "unpublished": "unpublished",
}
CHECKED = {
    "paper": "in the paper",
    "source": "in the authors' repository",
    "secondary": "quoted by another work",
    "reader": "your row, not checked",
}
BOXED = (
    "Atelectasis",
    "Cardiomegaly",
    "Effusion",
    "Infiltration",
    "Mass",
    "Nodule",
    "Pneumonia",
    "Pneumothorax",
)
"""The eight findings that NIH's radiologists drew boxes for."""

NEEDED = ("work", "year", "split", "mean")
WORDS = ("work", "reference", "network", "input_px", "pretraining", "note")
COLUMNS = (*NEEDED, *WORDS[1:], *NAMES)
MAX_ROWS = 100
MAX_BYTES = 200_000
MAX_CHARACTERS = 300


def load_auroc() -> pd.DataFrame:
    """A row a work; AUROC per finding and mean of 14 are floats, NaN where not reported."""
    return _read("published_auroc.csv")


def load_localisation() -> pd.DataFrame:
    """A row a work, measure (IoU, IoBB, pointing) and threshold: share of boxes found, [0, 1]."""
    return _read("published_localisation.csv")


def _read(file: str) -> pd.DataFrame:
    path = DATA / file
    if not path.is_file():
        raise FileNotFoundError(
            f"The table of published results is missing ({file}): get it back with "
            f"`git checkout -- core/data/{file}`."
        )
    table = pd.read_csv(path, keep_default_na=False)
    for column in (*NAMES, "mean", "threshold"):
        if column in table:
            table[column] = pd.to_numeric(table[column])
    return table


def template() -> str:
    """A CSV with all columns and one row that shows how to fill them."""
    row = {"work": "Example et al.", "year": 2026, "split": "official", "mean": 0.8}
    row |= {"network": "DenseNet-121", "input_px": 224, "pretraining": "ImageNet"}
    return pd.DataFrame([row], columns=list(COLUMNS)).to_csv(index=False)


def read_rows(content: bytes) -> pd.DataFrame:
    """A reader's CSV as rows of `load_auroc`, `checked` being "reader".

    Raises ValueError in one sentence for anything else than a CSV file in UTF-8 with the columns
    of `template` (work, year, split and mean at least) and AUROCs in [0, 1].
    """
    header, *rows = _cells(content)
    _check_header(header)
    if not rows:
        raise ValueError("The file has a header but no row: add a line for each work.")
    if len(rows) > MAX_ROWS:
        raise ValueError(f"The file has {len(rows):,} rows: at most {MAX_ROWS} are taken.")
    table = [_row(header, cells, number) for number, cells in enumerate(rows, start=2)]
    return pd.DataFrame(table).assign(checked="reader")


def _cells(content: bytes) -> list[list[str]]:
    """Rows of text that are not empty, the header first."""
    if len(content) > MAX_BYTES:
        raise ValueError(
            f"The file has {len(content) / 1000:,.0f} kB: a table of at most "
            f"{MAX_BYTES // 1000} kB is taken."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("The file is not text in UTF-8: save it as CSV in UTF-8.") from None
    try:
        rows = [[c.strip() for c in row] for row in csv.reader(io.StringIO(text), strict=True)]
    except csv.Error as error:
        raise ValueError(
            f"The file is not a CSV table ({error}): separate columns by commas."
        ) from None
    rows = [row for row in rows if any(row)]
    if not rows:
        raise ValueError("The file is empty: start from the template.")
    return rows


def _check_header(header: list[str]) -> None:
    if missing := [name for name in NEEDED if name not in header]:
        raise ValueError(
            f"The file has no column {' and no column '.join(missing)}: its first line must name "
            "the columns of the template, separated by commas."
        )
    if unknown := [name for name in header if name not in COLUMNS]:
        raise ValueError(
            f"The file has a column that the template has not ('{_plain(unknown[0])[:60]}'): "
            "rename it or take it out."
        )
    if twice := [name for name in COLUMNS if header.count(name) > 1]:
        raise ValueError(f"The column {twice[0]} is there twice: keep one.")


def _row(header: list[str], cells: list[str], line: int) -> dict[str, object]:
    """A row with text, year and figures checked; `line` counts from the header as 1."""
    if len(cells) != len(header):
        raise ValueError(
            f"Row {line} has {len(cells)} cells where the header has {len(header)}: put text that "
            "holds a comma between double quotes."
        )
    found = dict(zip(header, cells, strict=True))
    row: dict[str, object] = {name: _plain(found.get(name, "")) for name in WORDS}
    if not row["work"]:
        raise ValueError(f"Row {line} does not name its work: fill the column work.")
    if too_long := [name for name in WORDS if len(str(row[name])) > MAX_CHARACTERS]:
        raise ValueError(
            f"The {too_long[0]} of row {line} is too long: at most {MAX_CHARACTERS} characters "
            "are taken."
        )
    if found["split"] not in SPLITS:
        raise ValueError(
            f"The split of row {line} is '{_plain(found['split'])[:60]}': write one of "
            f"{', '.join(SPLITS)}."
        )
    row |= {"split": found["split"], "year": _year(found["year"], line)}
    row |= {name: _auroc(found.get(name, ""), name, line) for name in (*NAMES, "mean")}
    if all(row[name] != row[name] for name in (*NAMES, "mean")):
        raise ValueError(f"Row {line} has no AUROC: fill the mean or at least one finding.")
    return row


def _year(text: str, line: int) -> int:
    if not (text.isascii() and text.isdigit() and 1900 <= int(text[:9]) <= 2100):
        raise ValueError(f"The year of row {line} is '{_plain(text)[:60]}': write it as 2026.")
    return int(text)


def _auroc(text: str, name: str, line: int) -> float:
    """An AUROC in [0, 1]; NaN for an empty cell."""
    if not text:
        return float("nan")
    shown = _plain(text)[:60]
    try:
        value = float(text)
    except ValueError:
        raise ValueError(
            f"{name} of row {line} is '{shown}', which is no number: write it as 0.81."
        ) from None
    if not 0 <= value <= 1:
        raise ValueError(
            f"{name} of row {line} is {shown}: an AUROC lies between 0 and 1, write it as 0.81."
        )
    return value


def _plain(text: str) -> str:
    """Text without control and direction characters."""
    return "".join(character for character in text if character.isprintable())
