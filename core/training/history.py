"""The history of a run: history.csv and what is printed after an epoch."""

from pathlib import Path

import pandas as pd

from core.files import atomic

COLUMNS = (
    "epoch",
    "train_loss",
    "val_loss",
    "train_accuracy",
    "val_accuracy",
    "val_all_negative_accuracy",
    "val_auroc",
    "learning_rate",
    "seconds",
)


def write(rows: list[dict[str, float]], run: Path) -> None:
    """history.csv: replaced whole, so that a page that follows the run never reads half a line."""
    with atomic(run / "history.csv") as path:
        pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(path, index=False, float_format="%.6g")


def line(row: dict[str, float], epochs: int) -> str:
    """An epoch in words: losses and accuracies of training / validation."""
    return (
        f"epoch {row['epoch']:>3}/{epochs}  loss {row['train_loss']:.4f} / {row['val_loss']:.4f}  "
        f"accuracy {row['val_accuracy']:.4f} (all negative {row['val_all_negative_accuracy']:.4f})"
        f"  AUROC {row['val_auroc']:.4f}  {row['seconds']:.0f} s"
    )
