"""Counting the NIH table: who is in it, how often each finding occurs, and with what."""

from dataclasses import dataclass

import pandas as pd

from core.dataset import SPLITS
from core.findings import NAMES, NO_FINDING


@dataclass(frozen=True)
class Filter:
    """Which films to count; None or an empty tuple leaves a property open."""

    split: str | None = None
    view: str | None = None
    sex: str | None = None
    ages: tuple[int, int] | None = None
    findings: tuple[str, ...] = ()

    def apply(self, table: pd.DataFrame) -> pd.DataFrame:
        """Rows of a table as `load_table` gives it; with findings, films that carry all of them."""
        keep = pd.Series(True, index=table.index)
        for column in ("split", "view", "sex"):
            wanted = getattr(self, column)
            if wanted is not None:
                keep &= table[column] == wanted
        if self.ages is not None:
            keep &= table["age"].between(*self.ages)
        for finding in self.findings:
            keep &= table[finding]
        return table[keep]


def case_counts(table: pd.DataFrame) -> pd.DataFrame:
    """A row a finding, most frequent first: images, single_label, patients, prevalence."""
    found = table[list(NAMES)]
    alone = table["n_findings"] == 1
    counts = pd.DataFrame(
        {
            "images": found.sum(),
            "single_label": found[alone].sum(),
            "patients": [table.loc[table[name], "patient"].nunique() for name in NAMES],
            "prevalence": found.mean(),
        },
        index=list(NAMES),
    )
    return counts.sort_values("images", ascending=False, kind="stable").rename_axis("finding")


def labels_per_film(table: pd.DataFrame) -> pd.Series:
    """How many films carry 0, 1, 2 ... of the 14 findings."""
    return table["n_findings"].value_counts().sort_index().rename("films")


def prevalence_by_split(table: pd.DataFrame) -> pd.DataFrame:
    """A row a finding, a column a split: share of its films with the finding, in [0, 1]."""
    columns = {split: table.loc[table["split"] == split, list(NAMES)].mean() for split in SPLITS}
    return pd.DataFrame(columns).rename_axis("finding")


def ap_share(table: pd.DataFrame) -> pd.Series:
    """Share of AP films among the films of each finding, in [0, 1]; NaN where there is none."""
    bedside = table["view"] == "AP"
    shares = {name: bedside[table[name]].mean() for name in NAMES}
    return pd.Series(shares, name="ap_share").sort_values(ascending=False)


def ages_by_sex(table: pd.DataFrame, width: int = 5) -> pd.DataFrame:
    """Films by age group (years, lower bound as index) and sex (columns F, M)."""
    groups = table["age"] // width * width
    counts = pd.crosstab(groups, table["sex"].astype(str))
    return counts.reindex(columns=["F", "M"], fill_value=0).rename_axis("age")


def together(table: pd.DataFrame) -> pd.DataFrame:
    """Films that carry both findings, 14 x 14; the diagonal is the films of a finding."""
    found = table[list(NAMES)].to_numpy().astype("int64")
    return pd.DataFrame(found.T @ found, index=list(NAMES), columns=list(NAMES))


def panel_on_no_finding(table: pd.DataFrame, panel: pd.DataFrame) -> tuple[int, int]:
    """Test films labelled No Finding that the 2019 panel read again, and those it found ill.

    table: as `load_table`; panel: as `load_adjudicated`.
    """
    silent = table.loc[table[NO_FINDING], "image_index"]
    read = panel[(panel["set"] == "test") & panel["image_index"].isin(silent)]
    answers = ["fracture", "pneumothorax", "airspace_opacity", "nodule_or_mass"]
    return len(read), int(read[answers].any(axis=1).sum())
