"""What the localisation page says, with figures, floors and intervals."""

from collections.abc import Iterable

from core.box_evaluation.figures import ALL
from core.findings import NAMES, TITLES
from core.wording import bracket, decimal, with_interval
from ui.localisation.results import EXACT, Checked, methods, paired
from ui.shared.rows import highest

FALLEN = 0.5
"""Rank correlation below which a map counts as another map."""

BLIND = "a map that never looks at the film"
CURVES = ("deletion", "insertion")
RULES = (
    "A map's boxes enclose the regions where it reaches half of its maximum (fixed in advance). "
    "The best box of a film counts, as in Wang et al. 2017."
)
FLOORS_ARE = (
    "Location prior: the sum of all other patients' boxes for this finding. Random place: a map "
    "that is equally hot everywhere. Another patient's map: the same network's map of another film "
    "with this finding."
)


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
        return f"The heat maps of {' and '.join(better)} point at the disease better than {BLIND}"
    if len(worse) == len(networks):
        who = "Both networks'" if len(networks) == 2 else f"{worse[0]}'s"
        return f"{who} heat maps point at the disease less often than {BLIND}"
    return f"The heat maps do not point at the disease clearly more often than {BLIND}"


def sentence(network: Checked) -> str:
    """The pointing game of one network over all pairs, with floors and the paired difference."""
    row = network.row("pointing")
    hits = round(row["value"] * row["n"])
    gap = (
        "no clear difference"
        if row["over_prior_low"] <= 0 <= row["over_prior_high"]
        else ("ahead" if row["over_prior"] > 0 else "behind")
    )
    ends = bracket((row["over_prior_low"], row["over_prior_high"]), 2)
    return (
        f"**{network.title}**: the hottest point lies in the radiologist's box in "
        f"**{hits} of {row['n']} pairs** ({decimal(row['value'], 2)} "
        f"{bracket((row['low'], row['high']), 2)}). Location prior {decimal(row['prior'], 2)} "
        f"(difference {decimal(row['over_prior'], 2)} {ends}: {gap}); random place "
        f"{decimal(row['random'], 2)}, image centre {decimal(row['centre'], 2)}, another patient's "
        f"map {decimal(row['swapped'], 2)}."
    )


def between(first: str, second: str, checked: dict[str, Checked]) -> str:
    """Two networks on the same pairs, in a sentence; raises ValueError where pairs differ."""
    found = paired(first, second, "pointing", EXACT)[ALL]
    value, (low, high) = found["difference"], found["interval"]
    titles = [checked[first].title, checked[second].title]
    told = with_interval(value, (low, high))
    if low <= 0 <= high:
        return f"{titles[0]} and {titles[1]} show no clear difference in pointing: {told}."
    ahead = titles[0] if value > 0 else titles[1]
    return f"{ahead} points better: a difference of {told} ({titles[0]} minus {titles[1]})."


def about(network: Checked) -> str:
    """Pairs, films, patients, threshold and intervals."""
    content, figures = network.content, network.figures
    counts = figures[figures["group"].isin(NAMES)].drop_duplicates("group").set_index("group")["n"]
    most = highest(counts)
    return (
        f"Official test list: {content['n_pairs']} radiologists' boxes (a pair: film and finding) "
        f"on {content['n_films']} films of {content['n_patients']} patients, from the "
        f"{content['films']}; {counts.max()} of them {TITLES[most]}. Intervals: 95 %, "
        f"{content['bootstrap']}."
    )


def methods_say(network: Checked) -> str:
    """Pointing of every method of a network, with the paired difference to the first."""
    first, *others = methods(network)
    row = network.row("pointing", method=first)
    parts = [f"{first} {with_interval(row['value'], (row['low'], row['high']))}"]
    for method in others:
        row = network.row("pointing", method=method)
        ends = (row["over_first_low"], row["over_first_high"])
        gap = with_interval(row["over_first"], ends)
        parts.append(f"{method} {decimal(row['value'])} (difference to {first} {gap})")
    return f"Pointing by method, {network.title}: {'; '.join(parts)}."


def threshold_says(networks: list[Checked], method: str) -> str:
    """What a threshold chosen on the other patients gives instead of the fixed one, all pairs."""
    parts = []
    for network in networks:
        used = shares(network.content["chosen_shares"][method])
        told = []
        for measure in ("IoU > .1", "IoBB > .25", "false positives at IoBB .1"):
            row = network.row(measure, method=method)
            name = "boxes a film with IoBB of .1 or less" if "false" in measure else measure
            chosen = with_interval(row["chosen"], (row["chosen_low"], row["chosen_high"]))
            told.append(f"{name} {chosen} instead of {decimal(row['value'])}")
        parts.append(f"- {network.title}, from {used} of the maximum: {', '.join(told)}\n")
    prior = networks[0].row("IoU > .1", method=method)
    return (
        "**With a threshold chosen on the other patients** (highest mean IoU) instead of half of "
        f"the maximum; all pairs, map by {method}:\n\n{''.join(parts)}"
        "- Location prior, threshold chosen in the same way: IoU > .1 "
        f"{decimal(prior['chosen_prior'])} instead of {decimal(prior['prior'])}"
    )


def shares(used: Iterable[float | str]) -> str:
    """The thresholds in use: `.25`, or `.25 to .30`."""
    ends = sorted({decimal(float(share), 2) for share in used})
    return ends[0] if len(ends) == 1 else f"{ends[0]} to {ends[-1]}"


def randomisation_says(networks: list[Checked]) -> str:
    """What is left of the maps when weights are drawn anew."""
    parts = []
    for network in networks:
        found = network.content["randomisation"]
        first, last = found["correlation"][0], found["correlation"][-1]
        ends = [bracket(found["intervals"][end], 2) for end in (0, -1)]
        parts.append(
            f"{network.title}: {decimal(first, 2)} {ends[0]} with a random classifier, "
            f"{decimal(last, 2)} {ends[1]} with all weights random"
        )
    fell = all(max(n.content["randomisation"]["correlation"]) < FALLEN for n in networks)
    verdict = (
        "The maps depend on what the networks learned: random weights give different maps"
        if fell
        else "Some maps hardly change with random weights, so not all of them show what was learned"
    )
    return f"**{verdict}.** Rank correlation with the trained network's maps: {'; '.join(parts)}."


def deletion_says(networks: list[Checked]) -> str:
    """Whether blurring what a map marks lowers the score more than blurring random places."""
    parts = []
    for network in networks:
        found = network.content["deletion"]
        gains = [with_interval(found[k]["gain"], found[k]["interval"]) for k in CURVES]
        parts.append(
            f"{network.title}: deletion {gains[0]}, insertion {gains[1]} logits beyond random maps"
        )
    lows = [(n.content["deletion"][k]["interval"] or [0])[0] for n in networks for k in CURVES]
    verdict = (
        "Blurring what the maps mark changes the score more than blurring random places."
        if min(lows) > 0
        else "Blurring what the maps mark does not always change the score more than blurring "
        "random places."
    )
    n = networks[0].content["deletion"]["n"]
    return f"**{verdict}** {'; '.join(parts)} (mean over the steps; {n} films, one per patient)."


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
        parts.append(f"{network.title} points correctly in {', and in '.join(told)}")
    return "; ".join(parts) + "."
