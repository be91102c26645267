"""What the page says of a film's readings: order, agreement, captions, and what can be saved."""

import json
from typing import Any

import numpy as np
import pandas as pd

from core.films.film import Film
from core.findings import NAMES, NO_FINDING
from core.maps import lung_zones
from core.reading import json_export
from ui.reading.session import Examined, Opinion
from ui.shared.rows import each_row, row_of


def facts(film: Film) -> str:
    """The file in a line of plain text."""
    bits = f"{film.format}, {film.width:,} x {film.height:,} px, {film.bits} bit"
    header = [film.view, film.sex, f"{film.age} years" if film.age is not None else None]
    told = f" ({', '.join(filter(None, header))})" if any(header) else ""
    return f"{film.name}: {bits}{told}"


def together(opinions: list[Opinion]) -> pd.DataFrame:
    """All networks' findings by mean margin: finding (index), title, above (titles of networks)."""
    tables = [o.findings.assign(network=o.title) for o in opinions]
    every = pd.concat(tables, ignore_index=True)
    by_finding = every.groupby("finding")
    order = by_finding[["margin", "probability"]].mean()
    order["title"] = by_finding["title"].first()
    order["above"] = [
        list(every.loc[(every["finding"] == name) & every["above"], "network"])
        for name in order.index
    ]
    return order.sort_values(["margin", "probability"], ascending=False)


def called(row: dict[str, Any], networks: int) -> str:
    """A finding in the list of maps, with who puts it above its operating point."""
    if not row["above"]:
        return row["title"]
    who = listed(row["above"])
    if len(row["above"]) == networks > 1:
        who = "both networks" if networks == 2 else "all networks"
    return f"{row['title']} (above: {who})"


def agreement(opinions: list[Opinion]) -> str:
    """Which findings the networks put above their operating points, and where they differ."""
    table = together(opinions)
    n = len(opinions)
    agreed = [row.title for row in each_row(table) if len(row.above) == n]
    disputed = [row.title for row in each_row(table) if 0 < len(row.above) < n]
    sentences = []
    if not any(o.findings["threshold"].notna().any() for o in opinions):
        sentences.append("No finding has an operating point, so none is called above or below.")
    elif agreed:
        who = {1: "It puts", 2: "Both put"}.get(n, "All put")
        sentences.append(f"{who} {listed(agreed)} above the operating point.")
    if disputed:
        sentences.append(f"They disagree on {listed(disputed)}.")
    return " ".join(sentences)


def first_places(opinions: list[Opinion]) -> str:
    """What each network puts first, in a sentence."""
    firsts = {o.title: _first_place(o.findings) for o in opinions}
    places = set(firsts.values())
    if len(places) > 1 or len(firsts) == 1:
        return "; ".join(f"{who} puts {place}" for who, place in firsts.items()) + "."
    return f"{'Both networks' if len(firsts) == 2 else 'All networks'} put {places.pop()}."


def _first_place(findings: pd.DataFrame) -> str:
    known = findings["threshold"].notna()
    if known.any() and not findings["above"].any():
        return "no finding above its operating point"
    return f"{findings['title'].iloc[0]} first"


def listed(words: list[str]) -> str:
    """Words as a sentence lists them: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def what_the_numbers_are(opinions: list[Opinion]) -> str:
    """One line on the kind of number that stands beside each finding."""
    return opinions[0].card.kind_of_number


def how_to_read(opinions: list[Opinion], labels: list[str] | None) -> str:
    """How the lists are ordered, what lying above means, and what the mark means."""
    specificity = pd.concat([o.findings["specificity"] for o in opinions]).dropna()
    share = 100 * (1 - specificity.mean())
    lines = [
        "The order follows the distance from a finding's own operating point, because a common "
        "finding has a high probability on any film. Tick: operating point; filled dot: above it; "
        "open dot: below."
    ]
    if len(specificity):
        lines.append(
            f"On validation, {share:.0f} % of the films without a finding lie above its operating "
            "point too."
        )
    if labels and labels != [NO_FINDING]:
        lines.append("◆ NIH's label.")
    return " ".join(lines)


def percent(value: float) -> str:
    """A probability as percent with one decimal; a dash where there is none."""
    return "–" if pd.isna(value) else f"{100 * value:.1f} %"


def map_says(opinion: Opinion, finding: str, cells: np.ndarray, where: str) -> str:
    """The score behind a map, and the lung zone of its strongest cell (where, "" for none)."""
    row = row_of(opinion.findings.set_index("finding"), finding)
    score = f"{row['title']} {percent(row['probability'])}"
    if not np.isnan(row["threshold"]):
        side = "above" if row["above"] else "below"
        score += f", {side} its operating point of {percent(row['threshold'])}"
    return f"{score}. {_peak(cells, where)}"


def _peak(cells: np.ndarray, where: str) -> str:
    """Where a map is strongest, and how strong, in a sentence."""
    if cells.max() <= 0:
        return "No cell speaks for this finding."
    strength = f"{100 * cells.max():.0f} % of the colour scale"
    if cells.max() < lung_zones.FAINT:
        return f"Evidence too faint to name a place: {strength}."
    return f"Strongest cell: {where + ', at ' if where else ''}{strength}."


def sides(examined: Examined) -> str:
    """Which side is which on this film, or why no place is named."""
    if not examined.verdict.upright:
        return "The film seems to be turned: no location is given until it is corrected."
    known = examined.film.sides_known
    zoned = "Zones are thirds of the film's height and sides of its midline, not anatomy."
    return f"{lung_zones.SIDES if known else lung_zones.SIDES_UNKNOWN} {zoned}"


def map_is(opinions: list[Opinion], exact: bool) -> str:
    """What the maps show and what they do not."""
    grids = listed(list(dict.fromkeys("{1} x {2}".format(*o.reading.maps.shape) for o in opinions)))
    scale = (
        "Each network has one colour scale for all findings of this film, so that weak evidence "
        "looks weak."
        if exact
        else "This method scales each map to its own maximum: strengths cannot be compared."
    )
    return (
        "The map shows where this network's evidence for this finding came from, on a grid of "
        f"{grids} cells. It is not a lesion outline. {scale}"
    )


def as_table(opinions: list[Opinion], labels: list[str] | None) -> pd.DataFrame:
    """The reading in NIH order, three columns a network, as the CSV holds it."""
    table = pd.DataFrame({"finding": NAMES})
    if labels is not None:
        table["nih_label"] = [name in labels for name in NAMES]
    for opinion in opinions:
        rows = opinion.findings.set_index("finding").loc[list(NAMES)]
        name = opinion.card.name
        table[f"{name}_probability"] = rows["probability"].round(6).to_numpy()
        table[f"{name}_operating_point"] = rows["threshold"].round(6).to_numpy()
        table[f"{name}_above"] = rows["above"].where(rows["threshold"].notna()).to_numpy()
    return table


def as_json(examined: Examined, opinions: list[Opinion]) -> str:
    """The reading with what it takes to trace it, as docs/reading.schema.json describes it."""
    warnings = [caution.sentence for caution in examined.verdict.warnings]
    read = [(opinion.card, opinion.reading) for opinion in opinions]
    details = json_export.read_film(examined.digest, examined.film, examined.corrections, read)
    entry = json_export.entry(examined.film.name, "ok", " ".join(warnings), warnings, details)
    cards = [opinion.card for opinion in opinions]
    return json.dumps(json_export.document([entry], cards), indent=1, allow_nan=False)
