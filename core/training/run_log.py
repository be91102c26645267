"""The log of what was tried: docs/experiments.csv and .md, written from the folders of the runs.

Every run that ends leaves runs/<name>/run.json. Those folders are not kept in git, the log is:
`python -m core log` adds the runs that it does not know yet and writes both files anew.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from core.checkpoints import store
from core.checkpoints.card import Card
from core.files import atomic, write_json
from core.paths import ROOT
from core.wording import decimal

LOG = ROOT / "docs" / "experiments.csv"
COLUMNS = (
    "run",
    "date",
    "network",
    "size",
    "output_stride",
    "epochs",
    "best_epoch",
    "learning_rate",
    "mixup",
    "teacher",
    "source_offset",
    "seed",
    "share",
    "films",
    "patients",
    "val_auroc",
    "test_auroc",
    "minutes",
    "note",
)


def remember(run: Path, card: Card, note: str) -> None:
    """Write run.json of a run that has ended; `run` names it as <name>@<hash of its weights>."""
    recipe, train = card.recipe, card.data.train
    row = {
        "run": card.id,
        "date": card.date,
        "network": card.network,
        "size": card.input_px,
        "output_stride": card.arguments.get("output_stride"),
        "epochs": card.training.epochs,
        "best_epoch": card.training.best_epoch,
        "learning_rate": recipe.learning_rate,
        "mixup": recipe.mixup,
        "teacher": recipe.teacher,
        "source_offset": recipe.source_offset,
        "seed": recipe.seed,
        "share": recipe.patients,
        "films": train.n_films,
        "patients": train.n_patients,
        "val_auroc": card.training.val_auroc,
        "minutes": card.training.minutes,
        "note": note,
    }
    write_json(run / "run.json", row)


def load() -> pd.DataFrame:
    """The log, oldest first, with `COLUMNS`; empty where none was written yet."""
    return pd.read_csv(LOG) if LOG.is_file() else pd.DataFrame(columns=list(COLUMNS))


def update() -> pd.DataFrame:
    """Add runs that the log does not know, write experiments.csv and experiments.md."""
    known = load()
    found = [_read(path) for path in sorted(store.RUNS.glob("*/run.json"))]
    new = [row for row in found if row["run"] not in set(known["run"])]
    if new:
        parts = [part for part in (known, pd.DataFrame(new)) if len(part)]
        known = pd.concat(parts, ignore_index=True)
    known = _with_test(known.reindex(columns=list(COLUMNS)))
    LOG.parent.mkdir(exist_ok=True)
    with atomic(LOG) as table, atomic(LOG.with_suffix(".md")) as page:
        known.to_csv(table, index=False)
        page.write_text(_markdown(known), encoding="utf-8")
    return known


def _with_test(log: pd.DataFrame) -> pd.DataFrame:
    """The log with the test figure of every checkpoint that has been evaluated since."""
    found = {card.id: card for card in map(store.load_card, store.names()) if card.test}
    tested = {run: card.figures.macro_auroc_13.value for run, card in found.items()}
    return log.assign(test_auroc=log["run"].map(tested).fillna(log["test_auroc"].astype(float)))


def _read(path: Path) -> dict[str, Any]:
    try:
        row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no readable run ({error}): delete it.") from error
    return row


def _markdown(log: pd.DataFrame) -> str:
    """The log as a page: what was tried, best validation AUROC first within each network."""
    parts = [
        "# What was tried\n",
        "Written by `python -m core log` from the folders of the runs. AUROC is the mean over the "
        "headline findings with at least 10 positives among the validation films (official "
        "train_val list, split by patient, sources C, D and E); its standard error is about .013, "
        "so neighbours in these tables are not told apart. The test column (mean of 13 findings, "
        "official-test films of the starter set) is of the runs that were scored there after "
        "they were final; no run was chosen by test films.\n",
    ]
    for network, rows in log.groupby("network"):
        rows = rows.sort_values("val_auroc", ascending=False, kind="stable")
        parts += [f"## {network}\n", _table(rows)]
    return "\n".join(parts)


def _table(rows: pd.DataFrame) -> str:
    lines = [
        "| validation AUROC | test AUROC | run | input | epochs (best) | lr | mixup | teacher | "
        "source offset | seed | films | minutes | why |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows.to_dict("records"):
        offset = "yes" if row["source_offset"] else "no"
        stride = "" if pd.isna(row["output_stride"]) else f", stride {row['output_stride']:.0f}"
        why = "" if pd.isna(row["note"]) else row["note"].replace("|", "\\|")
        teacher = "–" if pd.isna(row["teacher"]) or not row["teacher"] else row["teacher"]
        lines.append(
            f"| {decimal(row['val_auroc'])} | {decimal(row['test_auroc'])} | {row['run']} | "
            f"{row['size']} px{stride} | {row['epochs']} ({_whole(row['best_epoch'])}) | "
            f"{row['learning_rate']:g} | {row['mixup']:g} | {teacher} | {offset} | "
            f"{row['seed']} | {row['films']:,} | {_whole(row['minutes'])} | {why} |"
        )
    return "\n".join(lines) + "\n"


def _whole(value: float | None) -> str:
    """A whole number, a dash where none was noted."""
    return "–" if pd.isna(value) else f"{value:.0f}"
