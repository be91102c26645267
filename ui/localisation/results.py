"""What the localisation page reads: figures, tables and maps from files, never a network."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.box_evaluation import figures as box_figures
from core.box_evaluation import files as box_files
from core.box_evaluation.figures import ALL, GROUPS, MEAN, WITHOUT
from core.checkpoints.card import Card
from core.findings import NAMES, TITLES
from core.literature.published import load_localisation
from core.wording import decimal, with_interval
from ui.shared import cache
from ui.shared.file_cache import until_changed
from ui.shared.networks import network_title
from ui.shared.rows import row_of

EXACT = "Grad-CAM"
"""The exact method, as in `core.maps.class_maps`, which brings torch."""

MEASURES = {
    "pointing": "Pointing game: the hottest point lies in the box",
    "energy": "Energy: share of the map inside the box",
    "IoU > .1": "IoU > .1: a map's box and the radiologist's share a tenth of their union",
    "IoU > .3": "IoU > .3",
    "IoU > .5": "IoU > .5",
    "IoBB > .1": "IoBB > .1: a tenth of a map's box lies in the radiologist's",
    "IoBB > .25": "IoBB > .25",
    "IoBB > .5": "IoBB > .5",
    "region IoU > .1": "IoU > .1 of the hot region itself, unboxed",
    "region IoBB > .1": "IoBB > .1 of the hot region itself, unboxed",
}
UNTHRESHOLDED = ("pointing", "energy")
"""Measures that need no threshold."""

GROUP_TITLES = {ALL: "All pairs", MEAN: "Mean of findings", WITHOUT: "Without Cardiomegaly"}


@dataclass(frozen=True)
class Checked:
    """A network whose maps were held against the boxes: card, content of its JSON, figures."""

    card: Card
    content: dict[str, Any]
    figures: pd.DataFrame

    @property
    def title(self) -> str:
        """What people call the network."""
        return network_title(self.card)

    def row(self, measure: str, group: str = ALL, method: str = EXACT) -> pd.Series:
        """One figure with its floors; columns: `box_evaluation.figures.COLUMNS`."""
        table = self.figures
        keep = (table["measure"] == measure) & (table["group"] == group)
        return table[keep & (table["method"] == method)].iloc[0]


def load(name: str) -> Checked:
    """A network's figures; raises FileNotFoundError or ValueError that name the command."""
    card = cache.card(name)
    content = _content(name)
    return Checked(card, content, box_figures.as_table(content["figures"]))


@until_changed("localisation.json", "card.json")
def _content(name: str) -> dict[str, Any]:
    return box_files.load_content(name)


@until_changed("localisation.csv")
def table(name: str) -> pd.DataFrame:
    """localisation.csv of a network."""
    return box_files.load_table(name)


@until_changed("localisation.npz", cache=st.cache_resource, max_entries=8)
def maps(name: str) -> dict[str, dict[tuple[str, str], np.ndarray]]:
    """Stored maps of a network by method and (film, finding)."""
    return box_files.load_maps(name)


def methods(network: Checked) -> list[str]:
    """The map methods that were measured, the exact one first."""
    return list(network.figures["method"].unique())


def groups(network: Checked) -> list[str]:
    """Findings in NIH order, then the three summaries."""
    present = set(network.figures["group"])
    return [name for name in (*NAMES, *GROUPS) if name in present]


def title(group: str) -> str:
    """A finding's or summary's name on the page."""
    return GROUP_TITLES.get(group, TITLES.get(group, group))


def shown_table(checked: list[Checked], measure: str, method: str) -> pd.DataFrame:
    """The chart's figures as text, a row a finding and summary."""
    first, rows = checked[0], []
    for group in groups(first):
        floor = first.row(measure, group, method)
        row = {
            "Finding": title(group),
            "Pairs": int(floor["n"]),
            "Patients": int(floor["patients"]),
        }
        for network in checked:
            own = network.row(measure, group, method)
            row[network.title] = with_interval(own["value"], (own["low"], own["high"]))
            if measure not in UNTHRESHOLDED:
                chosen = with_interval(own["chosen"], (own["chosen_low"], own["chosen_high"]))
                row[f"{network.title}, threshold chosen on others"] = chosen
        row |= {"Location prior": decimal(floor["prior"]), "Random place": decimal(floor["random"])}
        row["Image centre"] = decimal(floor["centre"])
        for network in checked:
            swapped = network.row(measure, group, method)["swapped"]
            row[f"Another patient's map, {network.title}"] = decimal(swapped)
        rows.append(row | wang(measure, group))
    return pd.DataFrame(rows)


def paired(first: str, second: str, measure: str, method: str) -> dict[str, dict[str, Any]]:
    """A measure of one network minus another's, by group, as `box_evaluation.figures.paired`."""
    one, other = (t[t["method"] == method] for t in (table(first), table(second)))
    return box_figures.paired(one, other, measure)


def differences(checked: dict[str, Checked], measure: str, method: str) -> pd.DataFrame:
    """The first two networks on the same pairs, as text; a row a finding and summary.

    Raises ValueError where the pairs differ, FileNotFoundError where a table is missing.
    """
    second, first = list(checked)[:2]
    found = paired(first, second, measure, method)
    title = f"{checked[first].title} minus {checked[second].title}"
    told = [
        with_interval(found[group]["difference"], found[group]["interval"])
        for group in groups(checked[first])
    ]
    return pd.DataFrame({title: told})


def wang(measure: str, group: str) -> dict[str, str]:
    """Wang's published accuracy for a measure and finding, where there is one."""
    return {work: decimal(row[group]) for work, row in published(measure).items() if group in row}


def published(measure: str) -> dict[str, dict[str, float]]:
    """Works that published a measure, each with its figure by finding; the prior is our own."""
    rows = load_localisation()
    name, _, threshold = measure.partition(" > ")
    keep = (rows["measure"] == name) & ~rows["work"].str.startswith("Location prior")
    if threshold:
        keep &= np.isclose(rows["threshold"], float(threshold))
    chosen = rows[keep].set_index("work").drop(columns=["measure", "threshold"])
    return {str(work): row_of(chosen, str(work)) for work in chosen.index}
