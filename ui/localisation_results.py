"""What the localisation page reads and says: figures from files, never from a network."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import checkpoints, localisation_figures, localisation_files
from core.checkpoints import Card
from core.findings import NAMES, TITLES
from core.localisation_figures import ALL, GROUPS, MEAN, WITHOUT
from core.summary import bracket, decimal, with_interval
from ui import cache
from ui.results import called

EXACT = "Grad-CAM"
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
GROUP_TITLES = {ALL: "All pairs", MEAN: "Mean of findings", WITHOUT: "Without Cardiomegaly"}
RULES = (
    "A map's boxes enclose its hot regions: where it reaches half of its maximum, a threshold fixed "
    "beforehand. The best box of a film counts, as in Wang et al. 2017, who count on all 984 boxes."
)
FLOORS_ARE = (
    "Location prior: the sum of the boxes of all other patients with this finding, the same map for "
    "every film. Random place: a map that is equally hot everywhere. Another patient's map: the "
    "same network's map of another film with this finding."
)


@dataclass(frozen=True)
class Checked:
    """A network whose maps were held against the boxes: card, content of its JSON, figures."""

    card: Card
    content: dict[str, Any]
    figures: pd.DataFrame

    @property
    def title(self) -> str:
        """What people call the network."""
        return called(self.card)

    def row(self, measure: str, group: str = ALL, method: str = EXACT) -> pd.Series:
        """One figure with its floors; columns: `localisation_figures.COLUMNS`."""
        table = self.figures
        keep = (table["measure"] == measure) & (table["group"] == group)
        return table[keep & (table["method"] == method)].iloc[0]


def load(name: str) -> Checked:
    """A network's figures; raises FileNotFoundError or ValueError that name the command."""
    card = cache.card(name)
    content = _content(name, card.id, _changed(name, "json"))
    return Checked(card, content, localisation_figures.as_table(content["figures"]))


def table(name: str) -> pd.DataFrame:
    """localisation.csv of a network."""
    return _table(name, _changed(name, "csv"))


def maps(name: str) -> dict[str, dict[tuple[str, str], np.ndarray]]:
    """Stored maps of a network by method and (film, finding)."""
    return _maps(name, _changed(name, "npz"))


def _changed(name: str, ending: str) -> float:
    return cache.changed(checkpoints.CHECKPOINTS / name / f"localisation.{ending}")


@st.cache_data(show_spinner=False)
def _content(name: str, checkpoint: str, stamp: float) -> dict[str, Any]:
    return localisation_files.load_content(name)


@st.cache_data(show_spinner=False)
def _table(name: str, stamp: float) -> pd.DataFrame:
    return localisation_files.load_table(name)


@st.cache_resource(show_spinner=False, max_entries=8)
def _maps(name: str, stamp: float) -> dict[str, dict[tuple[str, str], np.ndarray]]:
    return localisation_files.load_maps(name)


def headline(networks: list[Checked]) -> str:
    """Whether any network points better than the location prior, which never looks."""
    better, worse = [], []
    for network in networks:
        row = network.row("pointing")
        if row["over_prior_low"] > 0:
            better.append(network.title)
        elif row["over_prior_high"] < 0:
            worse.append(network.title)
    if better:
        return f"The heat maps of {' and '.join(better)} point at the disease better than a map that never looks at the film"
    if len(worse) == len(networks):
        who = "Both networks'" if len(networks) == 2 else f"{worse[0]}'s"
        return f"{who} heat maps point at the disease less often than a map that never looks at the film"
    return "The heat maps do not point at the disease more often than a map that never looks at the film"


def sentence(network: Checked) -> str:
    """The pointing game of one network over all pairs, with floors and the paired difference."""
    row = network.row("pointing")
    hits = round(row["value"] * row["n"])
    gap = (
        "no difference that these pairs can show"
        if row["over_prior_low"] <= 0 <= row["over_prior_high"]
        else ("ahead" if row["over_prior"] > 0 else "behind")
    )
    ends = bracket((row["over_prior_low"], row["over_prior_high"]), 2)
    return (
        f"The hottest point of **{network.title}**'s map lies in the radiologist's box in "
        f"**{hits} of {row['n']} pairs** ({decimal(row['value'], 2)} "
        f"{bracket((row['low'], row['high']), 2)}). The location prior, a map that never looks at "
        f"the film, gets {decimal(row['prior'], 2)} (difference {decimal(row['over_prior'], 2)} "
        f"{ends}: {gap}); a random place gets {decimal(row['random'], 2)}, the image centre "
        f"{decimal(row['centre'], 2)}, and this network's map of another patient "
        f"{decimal(row['swapped'], 2)}."
    )


def between(first: str, second: str, checked: dict[str, Checked]) -> str:
    """Two networks on the same pairs, in a sentence; raises ValueError where pairs differ."""
    parts = [t[t["method"] == EXACT] for t in (table(first), table(second))]
    found = localisation_figures.paired(parts[0], parts[1], "pointing")
    value, (low, high) = found["difference"], found["interval"]
    titles = [checked[first].title, checked[second].title]
    told = with_interval(value, (low, high))
    if low <= 0 <= high:
        return (
            f"Between {titles[0]} and {titles[1]} there is no difference in pointing that these "
            f"pairs can show: {told}."
        )
    ahead = titles[0] if value > 0 else titles[1]
    return f"{ahead} points better: a difference of {told} ({titles[0]} minus {titles[1]})."


def about(network: Checked) -> str:
    """Pairs, films, patients, threshold and intervals."""
    content, figures = network.content, network.figures
    counts = figures[figures["group"].isin(NAMES)].drop_duplicates("group").set_index("group")["n"]
    most = counts.idxmax()
    return (
        f"Official test list: {content['n_pairs']} radiologists' boxes (a pair: film and finding) "
        f"on {content['n_films']} films of {content['n_patients']} patients, from the "
        f"{content['films']}; {counts.max()} of them {TITLES[most]}. Intervals: 95 %, "
        f"{content['bootstrap']}."
    )


def methods(network: Checked) -> list[str]:
    """The map methods that were measured, the exact one first."""
    return list(network.figures["method"].unique())


def methods_say(network: Checked) -> str:
    """Pointing of every method of a network in one line."""
    rows = [(m, network.row("pointing", method=m)) for m in methods(network)]
    parts = [f"{m} {with_interval(r['value'], (r['low'], r['high']))}" for m, r in rows]
    return f"Pointing by method, {network.title}: {'; '.join(parts)}."


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
        row |= {"Location prior": decimal(floor["prior"]), "Random place": decimal(floor["random"])}
        row["Image centre"] = decimal(floor["centre"])
        for network in checked:
            swapped = network.row(measure, group, method)["swapped"]
            row[f"Another patient's map, {network.title}"] = decimal(swapped)
        rows.append(row | wang(measure, group))
    return pd.DataFrame(rows)


def wang(measure: str, group: str) -> dict[str, str]:
    """Wang's published accuracy for a measure and finding, where there is one."""
    return {work: decimal(row[group]) for work, row in published(measure).items() if group in row}


def published(measure: str) -> dict[str, dict[str, float]]:
    """Works that published a measure, each with its figure by finding; the prior is our own."""
    rows = localisation_files.load_published()
    name, _, threshold = measure.partition(" > ")
    keep = (rows["measure"] == name) & ~rows["work"].str.startswith("Location prior")
    if threshold:
        keep &= np.isclose(rows["threshold"], float(threshold))
    chosen = rows[keep].set_index("work").drop(columns=["measure", "threshold"])
    return {str(work): row.to_dict() for work, row in chosen.iterrows()}


def randomisation_says(networks: list[Checked]) -> str:
    """What is left of the maps when weights are drawn anew."""
    parts = []
    for network in networks:
        found = network.content["randomisation"]
        first, last = found["correlation"][0], found["correlation"][-1]
        parts.append(
            f"{network.title}: {decimal(first, 2)} {bracket(found['intervals'][0], 2)} with a new "
            f"classifier, {decimal(last, 2)} {bracket(found['intervals'][-1], 2)} with all weights new"
        )
    return (
        "The maps come from what the networks learned: their rank correlation with the trained "
        f"network's maps falls from 1. {'; '.join(parts)}."
    )


def deletion_says(networks: list[Checked]) -> str:
    """Whether blurring what a map marks lowers the score more than blurring random places."""
    parts = []
    for network in networks:
        found = network.content["deletion"]
        gains = [with_interval(found[k]["gain"], found[k]["interval"]) for k in CURVES]
        parts.append(
            f"{network.title}: deletion {gains[0]}, insertion {gains[1]} logits beyond random maps"
        )
    n = networks[0].content["deletion"]["n"]
    return f"{'; '.join(parts)} (mean over the steps, {n} films, a patient each)."


CURVES = ("deletion", "insertion")


def by_probability(networks: list[Checked]) -> str:
    """The pointing game of pairs the network calls and of those it does not."""
    parts = []
    for network in networks:
        rows = [
            r
            for r in network.content["by_probability"]
            if r["method"] == EXACT and r["measure"] == "pointing" and r["above"] is not None
        ]
        told = [
            f"{decimal(r['value'], 2)} {bracket((r['low'], r['high']), 2)} of the {r['n']} pairs "
            f"{'at or above' if r['above'] else 'below'} its operating point "
            f"(prior {decimal(r['prior'], 2)})"
            for r in rows
        ]
        parts.append(f"{network.title} points right in {', and in '.join(told)}")
    return "; ".join(parts) + "."
