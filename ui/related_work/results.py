"""Published works, our networks and the reader's own rows in one table."""

import re
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from core.checkpoints.card import Card
from core.findings import NAMES, TITLES
from core.literature import published
from core.wording import decimal
from ui.related_work.text import DID
from ui.shared import cache
from ui.shared.networks import network_title, pretraining
from ui.shared.rows import each_row
from ui.shared.style import HIGHLIGHT

MEAN = "mean"
MEASURES = {MEAN: "Mean of the 14 findings", **TITLES}
CHECKED = published.CHECKED | {"ours": "computed here"}
SPLITS = published.SPLITS
OWN = "own_works"
"""Where the session keeps the reader's rows."""


def works(cards: dict[str, Card]) -> pd.DataFrame:
    """A row a work: columns of `published.load_auroc`, `whose`, training and test films.

    Ours come first, then the splits, in each the highest mean first.

    whose: "published", "reader", or the name of one of our checkpoints. Films are known for the
    official split and for ours; NaN for the others.
    """
    lists = cache.nih_table()["split"].value_counts()
    table = published.load_auroc().assign(whose="published")
    official = table["split"] == "official"
    table.loc[official, ["train_films", "test_films"]] = [lists["train_val"], lists["test"]]
    own = st.session_state.get(OWN)
    parts = [table, *([] if own is None else [own.assign(whose="reader")])]
    if cards:
        parts.append(pd.DataFrame([_ours(name, card) for name, card in cards.items()]))
    table = pd.concat(parts, ignore_index=True)
    group = table["split"].map(list(SPLITS).index)
    ours = ~table["whose"].isin(["published", "reader"])
    order = pd.DataFrame({"ours": ~ours, "group": group, "mean": -table[MEAN]})
    return table.loc[order.sort_values(list(order.columns)).index].reset_index(drop=True)


def _ours(name: str, card: Card) -> dict[str, object]:
    test = card.figures
    return {
        "work": f"This project: {network_title(card)}",
        "year": int(card.date[:4]),
        "network": card.title,
        "input_px": str(card.input_px),
        "pretraining": pretraining(card),
        "split": "official",
        "checked": "ours",
        "reference": "checkpoints/" + name,
        "note": "",
        "whose": name,
        "train_films": card.data.train.n_films,
        "test_films": test.n_films,
        MEAN: test.macro_auroc_14.value,
        **{finding: test.findings[finding].auroc for finding in NAMES},
    }


def interval(card: Card, measure: str) -> tuple[float, float] | None:
    """The 95 % interval of a finding's AUROC or of the mean of 14."""
    test = card.figures
    ends = test.macro_auroc_14.interval if measure == MEAN else test.findings[measure].interval
    return (ends[0], ends[1]) if ends else None


def figures(table: pd.DataFrame) -> pd.DataFrame:
    """The AUROCs as the page prints them, a row a work."""
    page = _who(table)
    page["Mean of 14"] = table[MEAN].map(decimal)
    for name in NAMES:
        page[TITLES[name]] = table[name].map(decimal)
    page["Checked"] = table["checked"].map(CHECKED)
    return page


def did(table: pd.DataFrame) -> pd.DataFrame:
    """What each work did, in a line, and where to read it."""
    page = _who(table)
    page["What it did"] = [_did(row) for row in each_row(table)]
    page["Reference"] = table["reference"]
    page["Link"] = [_link(row) for row in each_row(table)]
    return page


def making(table: pd.DataFrame) -> pd.DataFrame:
    """How each work came about, and how far its figures were checked."""
    page = _who(table)
    page["Network"] = table["network"]
    page["Input, px"] = table["input_px"].replace("", "–")
    page["Pre-training"] = table["pretraining"].replace("", "–")
    for column, title in (("train_films", "Training films"), ("test_films", "Test films")):
        page[title] = ["–" if pd.isna(n) else f"{n:,.0f}" for n in table[column]]
    page["Checked"] = table["checked"].map(CHECKED)
    return page


def _who(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Work": table["work"],
            "Year": table["year"].astype(str),
            "Split": table["split"].map(SPLITS),
        }
    )


def _did(row: Any) -> str:
    if row.whose == "published":
        return DID.get((row.work, row.year), row.note)
    return row.note if row.whose == "reader" else "Trained and tested here; see About."


def _link(row: Any) -> str | None:
    """Address of a shipped work; never of a reader's text."""
    if row.whose != "published":
        return None
    if arxiv := re.match(r"arXiv:(\d{4}\.\d{5})", row.reference):
        return f"https://arxiv.org/abs/{arxiv[1]}"
    if row.checked == "source":
        repository = row.reference if "/" in row.reference else "mlmed/torchxrayvision"
        return f"https://github.com/{repository}"
    return None


def marked(page: pd.DataFrame, table: pd.DataFrame) -> Styler:
    """The printed table with the rows of our networks tinted."""
    ours = ~table["whose"].isin(["published", "reader"]).to_numpy()
    styles = pd.DataFrame("", index=page.index, columns=page.columns)
    styles.loc[ours] = HIGHLIGHT
    return page.style.apply(lambda _: styles, axis=None)


def localisation(measure: str, threshold: float | None) -> pd.DataFrame:
    """Published shares of boxes found by one measure, a row a work."""
    table = published.load_localisation()
    same = table["threshold"].isna() if threshold is None else table["threshold"] == threshold
    return table[(table["measure"] == measure) & same]


def localisation_measures() -> dict[str, tuple[str, float | None]]:
    """Measures of the table, by what the page calls them."""
    pairs = published.load_localisation()[["measure", "threshold"]].drop_duplicates()
    return {
        "Pointing game" if pd.isna(t) else f"{m} above {decimal(t, 2)}": (
            m,
            None if pd.isna(t) else t,
        )
        for m, t in pairs.itertuples(index=False)
    }
