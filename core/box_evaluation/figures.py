"""Localisation in figures, from the table that `evaluate --boxes` writes; no network is needed.

Intervals: 95 %, bootstrap over patients; networks, methods and floors are paired on the same draws.
"""

from typing import Any

import numpy as np
import pandas as pd

from core.findings import NAMES
from core.maps.boxes import IOBB_AT, IOU_AT, overlaps
from core.statistics.bootstrap import DRAWS, interval, patient_draws, rounded

BOOTSTRAP = f"{DRAWS} draws over patients, seed 0"
ALL, MEAN, WITHOUT = "all pairs", "class mean", "without Cardiomegaly"
GROUPS = (ALL, MEAN, WITHOUT)
FLOORS = ("random", "centre", "prior", "swapped")
PREFIXES = {"value": ""} | {f: f"{f}_" for f in (*FLOORS, "chosen", "chosen_prior")}
"""Of the table's columns. chosen: at the threshold chosen on the other patients."""

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
        "mean IoU",
        "mean IoBB",
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
    for name, written in _WRITTEN.items():
        found[f"mean {written}"] = table[prefix + name]
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

    Columns: method, measure, group, n (pairs), patients; value, low, high; each floor's value; the
    paired difference to prior, to swapped maps and to the first method, with its ends; then the
    same at the threshold chosen on the other patients: chosen, its ends, the prior's, and the
    paired difference to that prior and to the fixed threshold. None: too few to draw from.
    """
    rows: list[list[Any]] = []
    first: dict[str, np.ndarray] = {}
    for method, part in table.groupby("method", sort=False):
        findings = part["finding"].to_numpy()
        weights = patient_draws(part["patient"].to_numpy())
        draws = {
            name: grouped_draws(values(part, prefix).to_numpy(), findings, weights)
            for name, prefix in PREFIXES.items()
        }
        first = first or draws["value"]
        for group in draws["value"]:
            inside = part[_members(part, group)]
            counts = (len(inside), int(inside["patient"].nunique()))
            for m, measure in enumerate(measures()):
                of = {name: found[group][:, m] for name, found in draws.items()}
                of["first"] = first[group][:, m]
                rows.append([method, measure, group, *counts, *_row(of)])
    return {"columns": list(COLUMNS), "rows": rows}


def _row(of: dict[str, np.ndarray]) -> list[float | None]:
    """One measure of one group from its draws, in the order of COLUMNS."""
    own, chosen = of["value"], of["chosen"]
    return [
        *_with_ends(own),
        *(rounded(of[name][0]) for name in FLOORS),
        *(end for other in ("prior", "swapped", "first") for end in _with_ends(own - of[other])),
        *_with_ends(chosen),
        rounded(of["chosen_prior"][0]),
        *_with_ends(chosen - of["chosen_prior"]),
        *_with_ends(chosen - own),
    ]


def _ends(name: str) -> tuple[str, str, str]:
    return name, f"{name}_low", f"{name}_high"


COLUMNS = (
    *("method", "measure", "group", "n", "patients", "value", "low", "high", *FLOORS),
    *(*_ends("over_prior"), *_ends("over_swapped"), *_ends("over_first")),
    *(*_ends("chosen"), "chosen_prior", *_ends("chosen_over_prior"), *_ends("chosen_over_fixed")),
)


def as_table(figures: dict[str, Any]) -> pd.DataFrame:
    """What `figures` gave (or localisation.json holds) as a table with COLUMNS."""
    return pd.DataFrame(figures["rows"], columns=figures["columns"])


def _members(table: pd.DataFrame, group: str) -> pd.Series:
    if group in NAMES:
        return table["finding"] == group
    return table["finding"] != "Cardiomegaly" if group == WITHOUT else table["finding"].notna()


def _with_ends(draws: np.ndarray) -> list[float | None]:
    return [rounded(draws[0]), *(interval(draws[1:]) or (None, None))]


def by_probability(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Pointing game and IoU > .1 of pairs that the network calls, that it does not, and the rest.

    above: calibrated probability at or over the finding's operating point (chosen on validation);
    None for findings that have no such point.
    """
    rows = []
    for method, part in table.groupby("method", sort=False):
        for above in (True, False, None):
            inside = part[part["above"].isna() if above is None else part["above"].eq(above)]
            if inside.empty:
                continue
            weights = patient_draws(inside["patient"].to_numpy())
            for measure in ("pointing", "IoU > .1"):
                own = _mean_draws(values(inside)[measure].to_numpy(), weights)
                floor = _mean_draws(values(inside, "prior_")[measure].to_numpy(), weights)
                names = ("value", "low", "high", "prior", "over_prior_low", "over_prior_high")
                ends = _with_ends(own - floor)[1:]
                figures = [*_with_ends(own), rounded(floor[0]), *ends]
                rows.append(
                    {
                        "method": method,
                        "above": above,
                        "measure": measure,
                        "n": len(inside),
                        "patients": int(inside["patient"].nunique()),
                        **dict(zip(names, figures, strict=True)),
                    }
                )
    return rows


def _mean_draws(numbers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (weights @ numbers) / weights.sum(1)


def paired(first: pd.DataFrame, second: pd.DataFrame, measure: str) -> dict[str, dict[str, Any]]:
    """A measure of `first` minus `second` on the same pairs, by group; each is one method's rows.

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
    one, other = (
        grouped_draws(values(t)[[measure]].to_numpy(), findings, weights) for t in (first, second)
    )
    return {
        group: {
            "n": int(_members(first, group).sum()),
            "patients": int(first["patient"][_members(first, group)].nunique()),
            "first": rounded(one[group][0, 0]),
            "second": rounded(other[group][0, 0]),
            "difference": rounded(one[group][0, 0] - other[group][0, 0]),
            "interval": interval((one[group] - other[group])[1:, 0]),
        }
        for group in one
    }
