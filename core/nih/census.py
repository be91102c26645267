"""Counting the NIH table: who is in it, how often each finding occurs, and with what.

Every function takes a table as `core.nih.table.load_table` gives it, or some of its rows.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.findings import NAMES, NO_FINDING
from core.nih.panel import panel_on_silent
from core.nih.table import SPLITS

MATCHES = ("any", "all", "exactly")
"""Films that carry at least one of the findings, all of them, or all of them and no other."""

STEPS = (1, 2, 3, 5, 10, 20, 50)
"""Lower bounds of the groups that films per patient are counted in; the last one is open."""


@dataclass(frozen=True)
class Filter:
    """Which films to count; None or an empty tuple leaves a property open.

    ages (years) and follow_ups (NIH's follow-up numbers) are ranges with both ends in.
    """

    split: str | None = None
    view: str | None = None
    sex: str | None = None
    ages: tuple[int, int] | None = None
    findings: tuple[str, ...] = ()
    match: str = "any"
    follow_ups: tuple[int, int] | None = None
    patient: int | None = None

    def apply(self, table: pd.DataFrame) -> pd.DataFrame:
        """Rows of a table as `load_table` gives it; `No Finding` counts as a finding here."""
        return table[self.mask(table)]

    def mask(self, table: pd.DataFrame) -> np.ndarray:
        """Which rows stay: bool, one a row. Raises ValueError for an unknown way to match."""
        keep = np.ones(len(table), bool)
        for column in ("split", "view", "sex", "patient"):
            wanted = getattr(self, column)
            if wanted is not None:
                keep &= (table[column] == wanted).to_numpy()
        for column, ends in (("age", self.ages), ("follow_up", self.follow_ups)):
            if ends is not None:
                keep &= table[column].between(*ends).to_numpy()
        return keep & self._carried(table)

    def _carried(self, table: pd.DataFrame) -> np.ndarray:
        if self.match not in MATCHES:
            raise ValueError(
                f"Findings cannot be matched by '{self.match}': choose any, all or exactly."
            )
        if not self.findings:
            return np.ones(len(table), bool)
        carried = np.stack([table[name].to_numpy() for name in self.findings])
        if self.match == "any":
            return np.asarray(carried.any(axis=0))
        keep = carried.all(axis=0)
        if self.match == "exactly":
            diseases = sum(name in NAMES for name in self.findings)
            keep &= table["n_findings"].to_numpy() == diseases
        return np.asarray(keep)


def count(films: pd.DataFrame, finding: str) -> int:
    """Films that carry a finding, or none of them (`No Finding`)."""
    return int(films[finding].sum())


def share(films: pd.DataFrame, column: str, value: str) -> float:
    """Share of the films with this value, such as view AP, in [0, 1]."""
    return float((films[column] == value).mean())


def case_counts(table: pd.DataFrame) -> pd.DataFrame:
    """A row a finding, most frequent first.

    Columns: images; single_label (films that carry nothing else); patients; prevalence and
    lost_share (share of the images that single-label training would drop), both in [0, 1].
    """
    found = _found(table)
    alone = found[table["n_findings"].to_numpy() == 1]
    patients = table["patient"].to_numpy()
    counts = pd.DataFrame(
        {
            "images": found.sum(axis=0),
            "single_label": alone.sum(axis=0),
            "patients": [len(np.unique(patients[column])) for column in found.T],
            "prevalence": found.mean(axis=0) if len(found) else 0.0,
        },
        index=pd.Index(NAMES, name="finding"),
    )
    several = counts["images"] - counts["single_label"]
    counts["lost_share"] = several / counts["images"].where(counts["images"] > 0)
    return counts.sort_values("images", ascending=False, kind="stable")


def film_list(table: pd.DataFrame) -> pd.DataFrame:
    """The films as a list to take away: NIH's name, patient, view ... and labels joined by |."""
    columns = ["image_index", "patient", "follow_up", "age", "sex", "view", "split"]
    labels = np.full(len(table), "", dtype=object)
    for name in (*NAMES, NO_FINDING):
        labels[table[name].to_numpy()] += f"|{name}"
    return table[columns].assign(labels=pd.Series(labels, table.index, dtype=str).str[1:])


def labels_per_film(table: pd.DataFrame) -> pd.Series:
    """How many films carry 0, 1, 2 ... of the 14 findings."""
    return table["n_findings"].value_counts().sort_index().rename("films")


def combinations(table: pd.DataFrame, most: int = 15, least: int = 2) -> pd.DataFrame:
    """The most frequent exact label combinations of `least` findings or more.

    A row a combination, most frequent first: findings (a tuple in NIH order), films, patients.
    """
    several = table[table["n_findings"] >= least]
    codes = _found(several) @ (1 << np.arange(len(NAMES)))
    counted = several["patient"].groupby(codes).agg(["size", "nunique"])
    counted = counted.sort_values("size", ascending=False, kind="stable").head(most)
    carried = [tuple(n for i, n in enumerate(NAMES) if code >> i & 1) for code in counted.index]
    return pd.DataFrame(
        {
            "findings": carried,
            "films": counted["size"].to_numpy(),
            "patients": counted["nunique"].to_numpy(),
        }
    )


def n_combinations(table: pd.DataFrame) -> int:
    """How many different combinations of two or more findings there are."""
    found = _found(table[table["n_findings"] > 1])
    return len(np.unique(found @ (1 << np.arange(len(NAMES)))))


def together(table: pd.DataFrame) -> pd.DataFrame:
    """Films that carry both findings, 14 x 14; the diagonal is the films of a finding."""
    found = _found(table).astype(np.float32)  # exact up to 16 million films, and fast
    return pd.DataFrame((found.T @ found).astype(int), index=list(NAMES), columns=list(NAMES))


def lift(counts: pd.DataFrame, films: int) -> pd.DataFrame:
    """How much more often two findings meet than if they were independent: 1 is chance.

    counts: as `together`; films: of how many. NaN on the diagonal and where a finding has no film.
    """
    alone = np.diag(counts).astype(float)
    expected = np.outer(alone, alone) / max(films, 1)
    expected[expected == 0] = np.nan
    np.fill_diagonal(expected, np.nan)
    return counts.div(expected)


def share_of_row(counts: pd.DataFrame) -> pd.DataFrame:
    """Of the films with the row's finding, the share that also carries the column's, in [0, 1].

    counts: as `together`; NaN on the diagonal and where a finding has no film.
    """
    alone = np.diag(counts).astype(float)
    alone[alone == 0] = np.nan
    return apart(counts).div(alone, axis=0)


def apart(counts: pd.DataFrame) -> pd.DataFrame:
    """`together` without its diagonal, which would outshine the pairs."""
    return counts.mask(np.eye(len(counts), dtype=bool))


def profile(table: pd.DataFrame) -> pd.DataFrame:
    """A row a finding, and one for No Finding: films, women and ap (shares), age (median, years).

    Shares are in [0, 1]; NaN where there is no film.
    """
    women, bedside = (table["sex"] == "F").to_numpy(), (table["view"] == "AP").to_numpy()
    ages, rows = table["age"].to_numpy(), {}
    for name in (*NAMES, NO_FINDING):
        has = table[name].to_numpy()
        if n := int(has.sum()):
            rows[name] = (n, women[has].mean(), bedside[has].mean(), float(np.median(ages[has])))
        else:
            rows[name] = (0, np.nan, np.nan, np.nan)
    columns = ["films", "women", "ap", "age"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("finding")


def ap_share(table: pd.DataFrame) -> pd.Series:
    """Share of AP films among the films of each finding, in [0, 1]; NaN where there is none."""
    return profile(table).loc[list(NAMES), "ap"].sort_values(ascending=False)


def ages_by_sex(table: pd.DataFrame, width: int = 5) -> pd.DataFrame:
    """Films by age group (years, lower bound as index) and sex (columns F, M)."""
    groups = (table["age"] // width * width).to_numpy()
    edges = np.arange(0, groups.max() + width if len(groups) else 0, width)
    counts = {
        sex: np.bincount(groups[(table["sex"] == sex).to_numpy()] // width, minlength=len(edges))
        for sex in ("F", "M")
    }
    return pd.DataFrame(counts, index=pd.Index(edges, name="age"))


def per_patient(table: pd.DataFrame) -> pd.DataFrame:
    """Patients by how many of the films are theirs: a row a group of `STEPS`, patients and films.

    Index: the group as text, "1", "3-4", "50+".
    """
    each = table["patient"].value_counts().to_numpy()
    group = np.searchsorted(STEPS, each, side="right") - 1
    counts = {
        "patients": np.bincount(group, minlength=len(STEPS)),
        "films": np.bincount(group, weights=each, minlength=len(STEPS)).astype(int),
    }
    return pd.DataFrame(counts, index=pd.Index(_groups(STEPS), name="films per patient"))


def by_follow_up(table: pd.DataFrame) -> pd.DataFrame:
    """Films by follow-up number: a row a group, films and ill (share with a finding, [0, 1]).

    Groups: 0 (a patient's first film), then as `STEPS`; ill is NaN where there is no film.
    """
    starts = (0, *STEPS)
    group = np.searchsorted(starts, table["follow_up"].to_numpy(), side="right") - 1
    films = np.bincount(group, minlength=len(starts))
    ill = np.bincount(group, weights=table["n_findings"].to_numpy() > 0, minlength=len(starts))
    share = np.divide(ill, films, out=np.full(len(starts), np.nan), where=films > 0)
    index = pd.Index(_groups(starts), name="follow-up number")
    return pd.DataFrame({"films": films, "ill": share}, index=index)


def prevalence_by_split(table: pd.DataFrame) -> pd.DataFrame:
    """A row a finding, a column a split: share of its films with the finding, in [0, 1]."""
    columns = {split: table.loc[table["split"] == split, list(NAMES)].mean() for split in SPLITS}
    return pd.DataFrame(columns).rename_axis("finding")


def panel_on_no_finding(table: pd.DataFrame, panel: pd.DataFrame) -> tuple[int, int]:
    """Test films labelled No Finding that the 2019 panel read again, and those it found ill.

    table: as `load_table`; panel: as `load_adjudicated`.
    """
    silent = panel_on_silent(table, panel[panel["set"] == "test"])
    return silent["read"], silent["ill"]


def _found(table: pd.DataFrame) -> np.ndarray:
    """bool, N x 14 in NIH order."""
    return table[list(NAMES)].to_numpy()


def _groups(starts: tuple[int, ...]) -> list[str]:
    """Names of groups from their lower bounds: 1, 2, 5 -> "1", "2-4", "5+"."""
    ends = [after - 1 for after in starts[1:]]
    closed = [
        str(low) if low == high else f"{low}-{high}"
        for low, high in zip(starts, ends, strict=False)
    ]
    return [*closed, f"{starts[-1]}+"]
