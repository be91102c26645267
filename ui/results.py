"""What the comparison page says: test figures as tables and in words."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from core.checkpoints import store
from core.checkpoints.card import Card
from core.evaluation import comparison
from core.evaluation.verdict import ONE_RUN, difference_sentence
from core.findings import NAMES, TITLES
from core.wording import bracket, decimal, with_interval
from ui import cache
from ui.about_text import STARTS

AUROC_IS = (
    "AUROC is the chance that a film with the finding scores higher than one without: .5 is "
    "guessing, 1 is perfect."
)
PROJECT = ("cnn", "mobilenet_v2")
"""The two networks that the project sets side by side: missed when they are not there."""

Loaded = TypeVar("Loaded")
ORDERS = ("NIH order", "AUROC", "Difference")


def usable(
    load: Callable[[str], Loaded], names: Iterable[str] | None = None
) -> tuple[dict[str, Loaded], list[str]]:
    """What `load` gives for each of `names`, and a sentence for each that cannot be used.

    names: by default every network that there is or should be.
    """
    good, problems = {}, []
    every = sorted({*PROJECT, *store.names()}, key=lambda name: (name != "cnn", name))
    for name in every if names is None else names:
        try:
            good[name] = load(name)
        except (ValueError, OSError) as error:
            problems.append(str(error))
    return good, problems


def called(card: Card) -> str:
    """A network's title, with the checkpoint's name where that is another than the network's."""
    return card.title if card.name == card.network else f"{card.title} ({card.name})"


def load_tested(name: str) -> Card:
    """A card with test figures; ValueError names the command where there are none."""
    card = cache.card(name)
    if not card.test:
        raise ValueError(f"'{name}' has no test figures: run `python -m core evaluate {name}`.")
    return card


def by_auroc(cards: dict[str, Card]) -> list[str]:
    """Names of the networks, best test AUROC over 13 findings first."""
    return sorted(cards, key=lambda name: -(cards[name].test["macro_auroc_13"]["value"] or 0))


def difference(first: str, second: str) -> dict[str, Any]:
    """`comparison.paired_difference` of two networks' test scores, computed once per file."""
    files = [store.CHECKPOINTS / name / "scores.csv" for name in (first, second)]
    return _difference(first, second, *map(cache.changed, files))


@st.cache_data(show_spinner="Comparing the networks film by film ...")
def _difference(first: str, second: str, first_stamp: float, second_stamp: float) -> dict[str, Any]:
    scores = [store.load_scores(name) for name in (first, second)]
    return comparison.paired_difference(*scores)


def verdict(first: Card, second: Card, found: dict[str, Any]) -> str:
    """The paired difference of two networks in words."""
    return difference_sentence(called(first), called(second), found, ONE_RUN)


def finding_table(cards: dict[str, Card]) -> pd.DataFrame:
    """Test figures per finding in NIH order: n positive, prevalence, floor, four columns a network.

    floor: AUROC of the metadata alone on the films of the first network; NaN in cards without it.
    """
    any_card = next(iter(cards.values()))
    rows = [any_card.test["findings"][name] for name in NAMES]
    table = pd.DataFrame(
        {
            "finding": [TITLES[name] for name in NAMES],
            "n_positive": [row["n_positive"] for row in rows],
            "prevalence": [row["prevalence"] for row in rows],
            "floor": [_floor(any_card, name) for name in NAMES],
        }
    )
    for key, card in cards.items():
        found = [card.test["findings"][name] for name in NAMES]
        ends = np.array([row["interval"] or (np.nan, np.nan) for row in found], float)
        table[f"{key}_auroc"] = pd.array([row["auroc"] for row in found], "float")
        table[f"{key}_low"], table[f"{key}_high"] = ends[:, 0], ends[:, 1]
        table[f"{key}_average_precision"] = [row["average_precision"] for row in found]
    return table


def _floor(card: Card, finding: str) -> float:
    value = card.test.get("floor", {}).get("findings", {}).get(finding, {}).get("auroc")
    return float("nan") if value is None else float(value)


def in_order(table: pd.DataFrame, cards: dict[str, Card], order: str) -> pd.DataFrame:
    """Rows of `finding_table` in NIH order, by best AUROC, or by spread between the networks."""
    if order == "NIH order":
        return table
    aurocs = table[[f"{name}_auroc" for name in cards]].astype(float)
    value = aurocs.max(axis=1) if order == "AUROC" else aurocs.max(axis=1) - aurocs.min(axis=1)
    return table.loc[value.sort_values(ascending=False, kind="stable").index]


def shown_findings(table: pd.DataFrame, cards: dict[str, Card]) -> pd.DataFrame:
    """The table as the page prints it: text with equal decimals."""
    page = pd.DataFrame(
        {
            "Finding": table["finding"],
            "n positive": table["n_positive"],
            "Prevalence": table["prevalence"].map(lambda value: f"{100 * value:.1f} %"),
            "Without the film": table["floor"].map(decimal),
        }
    )
    for key, card in cards.items():
        ends = zip(table[f"{key}_low"], table[f"{key}_high"], strict=True)
        intervals = ["" if np.isnan(low) else bracket((low, high)) for low, high in ends]
        aurocs = table[f"{key}_auroc"].map(decimal)
        page[f"{called(card)} AUROC"] = [
            f"{a} {i}".strip() for a, i in zip(aurocs, intervals, strict=True)
        ]
        page[f"{called(card)} AP"] = table[f"{key}_average_precision"].map(decimal)
    return page


def pneumonia_by_source(name: str) -> dict[str, int]:
    """Test films labelled Pneumonia in each source; raises what `load_scores` raises."""
    return _pneumonia_by_source(name, cache.changed(store.CHECKPOINTS / name / "scores.csv"))


@st.cache_data(show_spinner=False)
def _pneumonia_by_source(name: str, stamp: float) -> dict[str, int]:
    return store.load_scores(name).groupby("source")["label_Pneumonia"].sum().to_dict()


def source_table(cards: dict[str, Card], pneumonia: dict[str, int]) -> pd.DataFrame:
    """A row a source of the test films: films, patients, Pneumonia, findings measured, AUROC."""
    first = next(iter(cards.values())).test["sources"]
    table = pd.DataFrame(
        {
            "Source": list(first),
            "Films": [row["n_films"] for row in first.values()],
            "Patients": [row["n_patients"] for row in first.values()],
            "Labelled Pneumonia": [pneumonia.get(source) for source in first],
            "Findings averaged": [len(row["findings_with_10_positives"]) for row in first.values()],
        }
    )
    for card in cards.values():
        rows = [card.test["sources"].get(key, {}) for key in first]
        table[f"{called(card)} mean AUROC"] = [
            with_interval(row.get("mean_auroc"), row.get("interval")) for row in rows
        ]
    return table


def cost_table(cards: dict[str, Card]) -> pd.DataFrame:
    """What each network costs, beside what it gives: a row a network."""
    return pd.DataFrame(
        [
            {
                "Network": called(card),
                "Mean test AUROC": with_interval(
                    card.test["macro_auroc_13"]["value"], card.test["macro_auroc_13"]["interval"]
                ),
                "Parameters": f"{card.cost['parameters'] / 1e6:.2f} million",
                "Weights": f"{card.cost['megabytes']:.1f} MB",
                "A film": _milliseconds(card),
                "Training": f"{card.training['minutes']:.1f} min",
                "Epochs (best)": f"{card.training['epochs']} ({card.training['best_epoch']})",
                "Starts from": _start(card),
                "Input": f"{card.input_px} px",
            }
            for card in cards.values()
        ]
    )


def _milliseconds(card: Card) -> str:
    value = card.cost.get("milliseconds")
    return "–" if value is None else f"{value:.1f} ms"


def measured_on(cards: dict[str, Card]) -> str:
    """Where the milliseconds were measured."""
    places = {
        card.cost["milliseconds_on"] for card in cards.values() if "milliseconds" in card.cost
    }
    return (
        f"Milliseconds: the network alone, on {' and on '.join(sorted(places))}." if places else ""
    )


def beneath(card: Card) -> str:
    """How far a network is above what metadata alone reach, in words."""
    floor = card.test.get("floor")
    if not floor:
        return ""
    ahead = floor["ahead_13"]
    return (
        f"{called(card)}: {with_interval(ahead['value'], ahead['interval'])} above "
        f"{decimal(floor['macro_auroc_13']['value'])}, which age, sex, view and follow-up number "
        "reach without the film."
    )


def _start(card: Card) -> str:
    return STARTS.get(card.recipe["init"], "given weights")


def tested_on(cards: dict[str, Card]) -> str:
    """The test set in a sentence; one for each where networks were tested on different films."""
    return said_once("Test", list(cards.values()), _tested)


def _tested(card: Card) -> str:
    test = card.test
    return (
        f"{test['n_films']:,} films of {test['n_patients']:,} patients of the "
        f"{test['split']}, from the {test['origin']}; 95 % intervals: {test['bootstrap']}."
    )


def said_once(topic: str, cards: list[Card], say: Callable[[Card], str]) -> str:
    """`topic: words` where all networks share the words, else the words under their names."""
    sets: dict[str, list[str]] = {}
    for card in cards:
        sets.setdefault(say(card), []).append(called(card))
    if len(sets) == 1:
        return f"{topic}: {next(iter(sets))}"
    return " ".join(f"{' and '.join(titles)}: {words}" for words, titles in sets.items())


RIGHT = st.column_config.TextColumn(alignment="right")


def show(table: pd.DataFrame) -> None:
    """A small table: its first column names the row, figures stand to the right."""
    settings = dict.fromkeys(table.columns[1:], RIGHT)
    st.dataframe(table, hide_index=True, height="content", column_config=settings)


def download(table: pd.DataFrame, name: str) -> None:
    """The table as CSV."""
    st.download_button(
        "Download the table (CSV)",
        table.to_csv(index=False).encode(),
        name,
        "text/csv",
        icon=":material/download:",
        key=f"download-{name}",
    )
