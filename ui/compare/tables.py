"""What the comparison page says: test figures as tables and in words."""

import numpy as np
import pandas as pd

from core.checkpoints import store
from core.checkpoints.card import Card
from core.findings import NAMES, TITLES
from core.wording import bracket, decimal, with_interval
from ui.shared.file_cache import until_changed
from ui.shared.networks import network_title, pretraining

ORDERS = ("NIH order", "AUROC", "Difference")


def finding_table(cards: dict[str, Card]) -> pd.DataFrame:
    """Test figures per finding in NIH order: n positive, prevalence, floor, four columns a network.

    floor: AUROC of the metadata alone on the films of the first network; NaN in cards without it.
    """
    any_card = next(iter(cards.values()))
    rows = [any_card.figures.findings[name] for name in NAMES]
    table = pd.DataFrame(
        {
            "finding": [TITLES[name] for name in NAMES],
            "n_positive": [row.n_positive for row in rows],
            "prevalence": [row.prevalence for row in rows],
            "floor": [_floor(any_card, name) for name in NAMES],
        }
    )
    for key, card in cards.items():
        found = [card.figures.findings[name] for name in NAMES]
        ends = np.array([row.interval or (np.nan, np.nan) for row in found], float)
        table[f"{key}_auroc"] = pd.array([row.auroc for row in found], "float")
        table[f"{key}_low"], table[f"{key}_high"] = ends[:, 0], ends[:, 1]
        table[f"{key}_average_precision"] = [row.average_precision for row in found]
    return table


def _floor(card: Card, finding: str) -> float:
    floor = card.figures.floor
    value = floor.findings[finding].auroc if floor else None
    return float("nan") if value is None else value


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
        page[f"{network_title(card)} AUROC"] = [
            f"{a} {i}".strip() for a, i in zip(aurocs, intervals, strict=True)
        ]
        page[f"{network_title(card)} AP"] = table[f"{key}_average_precision"].map(decimal)
    return page


@until_changed("scores.csv")
def pneumonia_by_source(name: str) -> dict[str, int]:
    """Test films labelled Pneumonia in each source; raises what `load_scores` raises."""
    positive = store.load_scores(name).groupby("source")["label_Pneumonia"].sum()
    return {str(source): int(count) for source, count in positive.items()}


def source_table(cards: dict[str, Card], pneumonia: dict[str, int]) -> pd.DataFrame:
    """A row a source of the test films: films, patients, Pneumonia, findings measured, AUROC."""
    first = next(iter(cards.values())).figures.sources
    table = pd.DataFrame(
        {
            "Source": list(first),
            "Films": [row.n_films for row in first.values()],
            "Patients": [row.n_patients for row in first.values()],
            "Labelled Pneumonia": [pneumonia.get(source) for source in first],
            "Findings averaged": [len(row.findings_with_10_positives) for row in first.values()],
        }
    )
    for card in cards.values():
        rows = [card.figures.sources.get(key) for key in first]
        table[f"{network_title(card)} mean AUROC"] = [
            with_interval(row.mean_auroc, row.interval) if row else "–" for row in rows
        ]
    return table


def cost_table(cards: dict[str, Card]) -> pd.DataFrame:
    """What each network costs, beside what it gives: a row a network."""
    return pd.DataFrame(
        [
            {
                "Network": network_title(card),
                "Mean test AUROC": with_interval(
                    card.figures.macro_auroc_13.value, card.figures.macro_auroc_13.interval
                ),
                "Parameters": f"{card.cost.parameters / 1e6:.2f} million",
                "Weights": f"{card.cost.megabytes:.1f} MB",
                "A film": _milliseconds(card),
                "Training": f"{card.training.minutes:.1f} min",
                "Epochs (best)": f"{card.training.epochs} ({card.training.best_epoch})",
                "Pre-training": pretraining(card),
                "Input": f"{card.input_px} px",
            }
            for card in cards.values()
        ]
    )


def _milliseconds(card: Card) -> str:
    value = card.cost.milliseconds
    return "–" if value is None else f"{value:.1f} ms"
