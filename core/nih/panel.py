"""How far NIH's text-mined labels agree with the 2019 panel of radiologists.

Majkowska et al., Radiology 2020: three radiologists read 4,376 of the films again and agreed on
four answers. NIH has no label for fracture; the other three are set against the NIH labels that
mean the same (`MEANT_BY`). All figures take the panel as the truth.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.findings import NO_FINDING
from core.statistics.bootstrap import DRAWS, interval, times

ANSWERS = ("pneumothorax", "nodule_or_mass", "airspace_opacity", "fracture")

MEANT_BY = {
    "pneumothorax": ("Pneumothorax",),
    "nodule_or_mass": ("Nodule", "Mass"),
    "airspace_opacity": ("Infiltration", "Pneumonia", "Consolidation"),
}
"""NIH labels that say what the panel's answer says: a film with any of them counts as positive."""

OPACITY_WIDELY = (*MEANT_BY["airspace_opacity"], "Atelectasis", "Edema")
"""Airspace opacity in the wider sense, with collapsed and wet lung."""

MEASURES = ("ppv", "sensitivity", "specificity", "kappa")


def nih_against_panel(
    table: pd.DataFrame,
    panel: pd.DataFrame,
    meant_by: Mapping[str, Sequence[str]] = MEANT_BY,
) -> pd.DataFrame:
    """A row a panel answer that NIH has labels for: counts, and four measures with intervals.

    table: as `core.nih.table.load_table`, or some of its rows; panel: as `load_adjudicated`, or its
    rows of one set (mix the sets and the figures mix two prevalences). Films in both are counted.

    Columns: labels (NIH's, any of them), films, patients, panel (positive by the panel), nih
    (positive by NIH), both; then ppv, sensitivity, specificity, kappa (Cohen), each with _low and
    _high: 95 % percentile bootstrap over patients. NaN where a measure has no denominator.
    """
    read = panel.merge(table, on="image_index", validate="one_to_one")
    patient, patients = pd.factorize(read["patient"])
    n = len(patients)
    drawn = times(n) if n else np.empty((1 + DRAWS, 0))
    rows = {}
    for answer, labels in meant_by.items():
        truth, said = read[answer].to_numpy(), read[list(labels)].to_numpy().any(axis=1)
        cells = np.stack([truth & said, ~truth & said, truth & ~said, ~truth & ~said], 1)
        each = [np.bincount(patient, weights=cell, minlength=n) for cell in cells.T]
        counts = {
            "labels": tuple(labels),
            "films": len(read),
            "patients": n,
            "panel": int(truth.sum()),
            "nih": int(said.sum()),
            "both": int((truth & said).sum()),
        }
        rows[answer] = counts | _with_intervals(agreement(drawn @ np.stack(each, 1)))
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("answer")


def _with_intervals(draws: np.ndarray) -> dict[str, float]:
    """Estimate (first row) and interval (the others) of every measure."""
    figures: dict[str, float] = {}
    for name, values in zip(MEASURES, draws.T, strict=True):
        low, high = interval(values[1:]) or (np.nan, np.nan)
        figures |= {name: float(values[0]), f"{name}_low": low, f"{name}_high": high}
    return figures


def agreement(cells: np.ndarray) -> np.ndarray:
    """PPV, sensitivity, specificity and Cohen's kappa of 2 x 2 tables.

    cells: N x 4, counts of films positive for both, for the label only, for the panel only, for
    neither. Returns N x 4; NaN where a denominator is 0.
    """
    both, label, panel, neither = np.asarray(cells, float).T
    n = both + label + panel + neither
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (both + neither) / n
        chance = ((both + label) * (both + panel) + (neither + label) * (neither + panel)) / n**2
        columns = [
            both / (both + label),
            both / (both + panel),
            neither / (neither + label),
            (observed - chance) / (1 - chance),
        ]
    return np.stack(columns, 1)


def panel_on_silent(table: pd.DataFrame, panel: pd.DataFrame) -> dict[str, int]:
    """What the panel answered on films that NIH labels No Finding.

    Keys: read, ill (any answer), only_fracture (ill by a fracture alone, which is none of NIH's
    14), then each of `ANSWERS`.
    """
    silent = table.loc[table[NO_FINDING], "image_index"]
    read = panel[panel["image_index"].isin(silent)]
    ill = read[list(ANSWERS)].any(axis=1)
    named = read[list(MEANT_BY)].any(axis=1)
    return {
        "read": len(read),
        "ill": int(ill.sum()),
        "only_fracture": int((ill & ~named).sum()),
        **{answer: int(read[answer].sum()) for answer in ANSWERS},
    }
