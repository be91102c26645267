"""Localisation in figures, from the table that `evaluate --boxes` writes; no network is needed.

Intervals: 95 %, bootstrap over patients; networks, methods and floors are paired on the same draws.
"""

from typing import Any

import numpy as np
import pandas as pd

from core.bootstrap import DRAWS, interval, patient_draws
from core.findings import NAMES
from core.localisation import IOBB_AT, IOU_AT, overlaps

BOOTSTRAP = f"{DRAWS} draws over patients, seed 0"
ALL, MEAN, WITHOUT = "all pairs", "class mean", "without Cardiomegaly"
GROUPS = (ALL, MEAN, WITHOUT)
PREFIXES = {"value": "", "random": "random_", "centre": "centre_", "prior": "prior_",
            "swapped": "swapped_"}  # fmt: skip
REGION_AT = (0.1, 0.25, 0.5)


def measures() -> list[str]:
    """Names of all measures: pointing, energy, IoU > .1 ..."""
    return [
        "pointing",
        "energy",
        *(f"IoU > {_short(t)}" for t in IOU_AT),
        *(f"IoBB > {_short(t)}" for t in IOBB_AT),
        *(f"region IoU > {_short(t)}" for t in REGION_AT),
        *(f"region IoBB > {_short(t)}" for t in REGION_AT),
        *(f"false positives at IoU {_short(t)}" for t in IOU_AT),
        *(f"false positives at IoBB {_short(t)}" for t in IOBB_AT),
        "boxes a film",
        "degenerate",
    ]


def _short(threshold: float) -> str:
    return f"{threshold:g}".replace("0.", ".")


def values(table: pd.DataFrame, prefix: str = "") -> pd.DataFrame:
    """Each pair's value of every measure (float, rows as in the table); prefix: that of a floor."""
    found: dict[str, Any] = {name: table[prefix + name] for name in ("pointing", "energy")}
    for name, at in (("iou", IOU_AT), ("iobb", IOBB_AT)):
        for t in at:
            found[f"{_WRITTEN[name]} > {_short(t)}"] = table[prefix + name] > t
    for name in ("iou", "iobb"):
        for t in REGION_AT:
            found[f"region {_WRITTEN[name]} > {_short(t)}"] = table[f"{prefix}region_{name}"] > t
    found |= _false_positives(table, prefix)
    found["degenerate"] = table[prefix + "degenerate"]
    return pd.DataFrame(found, index=table.index).astype(float)[measures()]


_WRITTEN = {"iou": "IoU", "iobb": "IoBB"}


def _false_positives(table: pd.DataFrame, prefix: str) -> dict[str, list[int]]:
    """Boxes that do not pass each threshold, and boxes in all, a film."""
    names = [*(f"false positives at IoU {_short(t)}" for t in IOU_AT)]
    names += [f"false positives at IoBB {_short(t)}" for t in IOBB_AT]
    counted: dict[str, list[int]] = {name: [] for name in [*names, "boxes a film"]}
    drawn = table[["x", "y", "w", "h"]].to_numpy(float)
    for text, box in zip(table[prefix + "map_boxes"], drawn, strict=True):
        found = read_boxes(text)
        iou, iobb = overlaps(found, box)
        wrong = [(iou <= t).sum() for t in IOU_AT] + [(iobb <= t).sum() for t in IOBB_AT]
        for name, count in zip([*names, "boxes a film"], [*wrong, len(found)], strict=True):
            counted[name].append(int(count))
    return counted


def read_boxes(text: Any) -> np.ndarray:
    """Boxes (k x 4) of the column map_boxes; none for an empty cell."""
    if not isinstance(text, str) or not text:
        return np.empty((0, 4))
    return np.array([[float(part) for part in box.split()] for box in text.split(";")])


def grouped_draws(
    numbers: np.ndarray, findings: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """Mean of N x M numbers within every group under every draw: draws x M, first the estimate.

    Groups: the findings that occur, all pairs, the plain mean over findings (over those that a draw
    holds), and all pairs without Cardiomegaly.
    """
    present = [name for name in NAMES if (findings == name).any()]
    masks = {name: findings == name for name in present}
    masks[ALL] = np.ones(len(findings), bool)
    masks[WITHOUT] = findings != "Cardiomegaly"
    means = {}
    for name, mask in masks.items():
        if not mask.any():
            continue
        part = weights[:, mask].astype(np.float64)
        with np.errstate(invalid="ignore"):
            means[name] = part @ numbers[mask] / part.sum(1, keepdims=True)
    stack = np.stack([means[name] for name in present])
    means[MEAN] = np.nanmean(stack, axis=0)
    return means


def figures(table: pd.DataFrame) -> dict[str, Any]:
    """Every method, measure and group with floors and intervals: {columns, rows}.

    Columns: method, measure, group, n (pairs), patients; value, low, high; each floor's value; and
    the paired difference to prior and to swapped maps with its ends. None: too few to draw from.
    """
    rows = []
    for method, part in table.groupby("method", sort=False):
        findings = part["finding"].to_numpy()
        weights = patient_draws(part["patient"].to_numpy())
        draws = {
            name: grouped_draws(values(part, prefix).to_numpy(), findings, weights)
            for name, prefix in PREFIXES.items()
        }
        for group in draws["value"]:
            inside = part[_members(part, group)]
            for m, measure in enumerate(measures()):
                of = {name: found[group][:, m] for name, found in draws.items()}
                floors = [_rounded(of[name][0]) for name in PREFIXES if name != "value"]
                rows.append(
                    [
                        *(method, measure, group, len(inside), int(inside["patient"].nunique())),
                        *_with_ends(of["value"]),
                        *floors,
                        *_with_ends(of["value"] - of["prior"]),
                        *_with_ends(of["value"] - of["swapped"]),
                    ]
                )
    return {"columns": list(COLUMNS), "rows": rows}


COLUMNS = (
    "method", "measure", "group", "n", "patients", "value", "low", "high", "random", "centre",
    "prior", "swapped", "over_prior", "over_prior_low", "over_prior_high", "over_swapped",
    "over_swapped_low", "over_swapped_high",
)  # fmt: skip


def as_table(figures: dict[str, Any]) -> pd.DataFrame:
    """What `figures` gave (or localisation.json holds) as a table with COLUMNS."""
    return pd.DataFrame(figures["rows"], columns=figures["columns"])


def _members(table: pd.DataFrame, group: str) -> pd.Series:
    if group in NAMES:
        return table["finding"] == group
    return table["finding"] != "Cardiomegaly" if group == WITHOUT else table["finding"].notna()


def _with_ends(draws: np.ndarray) -> list[float | None]:
    return [_rounded(draws[0]), *(interval(draws[1:]) or (None, None))]


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


ABOVE = {"True": True, "False": False, "": None}


def by_probability(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Pointing game and IoU > .1 of pairs that the network calls, that it does not, and the rest.

    above: calibrated probability at or over the finding's operating point (chosen on validation);
    None for findings that have no such point.
    """
    rows = []
    for method, part in table.groupby("method", sort=False):
        called = part["above"].fillna("").astype(str)
        for above in ("True", "False", ""):
            inside = part[called == above]
            if inside.empty:
                continue
            weights = patient_draws(inside["patient"].to_numpy())
            for measure in ("pointing", "IoU > .1"):
                own = _mean_draws(values(inside)[measure].to_numpy(), weights)
                floor = _mean_draws(values(inside, "prior_")[measure].to_numpy(), weights)
                names = ("value", "low", "high", "prior", "over_prior_low", "over_prior_high")
                ends = _with_ends(own - floor)[1:]
                figures = [*_with_ends(own), _rounded(floor[0]), *ends]
                rows.append(
                    {
                        "method": method,
                        "above": ABOVE[above],
                        "measure": measure,
                        "n": len(inside),
                        "patients": int(inside["patient"].nunique()),
                        **dict(zip(names, figures, strict=True)),
                    }
                )
    return rows


def _mean_draws(numbers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (weights @ numbers) / weights.sum(1)


def paired(
    first: pd.DataFrame, second: pd.DataFrame, measure: str, group: str = ALL
) -> dict[str, Any]:
    """A measure of `first` minus `second` on the same pairs; each is one method's rows.

    Gives n, patients, first, second, difference, interval. Raises ValueError for other pairs.
    """
    keys = ["image_index", "finding"]
    first, second = (t.sort_values(keys).reset_index(drop=True) for t in (first, second))
    if not first[keys].equals(second[keys]):
        raise ValueError(
            f"The two were measured on different pairs ({len(first)} and {len(second)}): run "
            "`python -m core evaluate NAME --boxes` for both on the same --data."
        )
    weights = patient_draws(first["patient"].to_numpy())
    findings = first["finding"].to_numpy()
    means = [
        grouped_draws(values(t)[[measure]].to_numpy(), findings, weights)[group][:, 0]
        for t in (first, second)
    ]
    inside = first[_members(first, group)]
    return {
        "n": len(inside),
        "patients": int(inside["patient"].nunique()),
        "first": _rounded(means[0][0]),
        "second": _rounded(means[1][0]),
        "difference": _rounded(means[0][0] - means[1][0]),
        "interval": interval((means[0] - means[1])[1:]),
    }
