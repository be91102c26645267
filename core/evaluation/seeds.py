"""How far the training seed moves test figures: runs that differ in their seed alone.

`python -m core seeds NAME...` reads the evaluated checkpoints of such runs and writes
docs/seeds.json and, so that their weights need not be kept, their scores: docs/seeds.csv.gz.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from core import wording
from core.checkpoints import store
from core.checkpoints.card import Card
from core.evaluation.auroc import auroc_draws, macro_draws
from core.evaluation.verdict import difference_sentence
from core.files import atomic, read_json, write_json
from core.findings import HEADLINE, NAMES
from core.nih.table import load_table
from core.paths import ROOT
from core.statistics.bootstrap import figure, patient_draws, rounded
from core.wording import decimal

RESULT = ROOT / "docs" / "seeds.json"
SCORES = ROOT / "docs" / "seeds.csv.gz"

_LOGITS = [f"logit_{name}" for name in NAMES]


def load() -> dict[str, Any]:
    """What `write` wrote; {} where no seeds were compared yet.

    Raises ValueError where the file is damaged.
    """
    return read_json(RESULT, "python -m core seeds")


def of_these(cards: Sequence[Card]) -> dict[str, Any]:
    """The seeds, if they belong to these cards: every one is a run, tested on as many films.

    Else {}. Raises what `load` raises.
    """
    content = load()
    known = {run["run"] for run in _runs(content)}
    films = content.get("test", {}).get("n_films")
    ours = all(card.id in known and card.test and card.test.n_films == films for card in cards)
    return content if ours else {}


def load_scores() -> pd.DataFrame:
    """The runs' scores of the test films: run, image_index, patient, label_* and logit_*."""
    table = load_table()
    labels = table[list(NAMES)].astype(int).add_prefix("label_")
    films = pd.concat([table[["image_index", "patient"]], labels], axis=1)
    return pd.read_csv(SCORES).merge(films, on="image_index", validate="many_to_one")


def write(names: Sequence[str]) -> dict[str, Any]:
    """Compare these checkpoints, all seeds of a network, and keep figures and scores.

    Networks that are not named keep the runs that they have. Raises ValueError where runs of one
    network differ in more, or in less, than their seed, or were scored on different films.
    """
    cards = [store.load_card(name) for name in names]
    _refuse(cards)
    new = {card.network for card in cards}
    kept = [run for run in _runs(load()) if run["network"] not in new]
    tables = [store.load_scores(card.name).assign(run=card.id) for card in cards]
    if kept:
        old = load_scores()
        tables += [old[old["run"] == run["run"]] for run in kept]
    if any(set(table["image_index"]) != set(tables[0]["image_index"]) for table in tables):
        raise ValueError(
            "These runs were scored on different films: run `python -m core evaluate` for all of "
            "them on the same --data."
        )
    columns = ["image_index", "patient", *(f"label_{name}" for name in NAMES), *_LOGITS]
    scores = pd.concat(tables)[["run", *columns]].round(4)
    content = measure([*kept, *map(_facts, cards)], scores)
    SCORES.parent.mkdir(exist_ok=True)
    with atomic(SCORES) as part:
        packing = {"method": "gzip", "mtime": 0}  # the same runs give the same bytes
        scores[["run", "image_index", *_LOGITS]].to_csv(part, index=False, compression=packing)
        write_json(RESULT, content)
    return content


def _runs(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Run, network, title and seed of every run."""
    return [
        {key: run[key] for key in ("run", "network", "title", "seed")}
        for one in content.get("networks", {}).values()
        for run in one["runs"]
    ]


def _facts(card: Card) -> dict[str, Any]:
    return {
        "run": card.id,
        "network": card.network,
        "title": card.title,
        "seed": card.recipe.seed,
    }


def _refuse(cards: list[Card]) -> None:
    seen: set[tuple[str, int]] = set()
    for card in cards:
        like = next(one for one in cards if one.network == card.network)
        same = replace(card.recipe, seed=0) == replace(like.recipe, seed=0)
        if not same or card.data.fingerprint != like.data.fingerprint:
            raise ValueError(
                f"{card.name} and {like.name} differ in more than their seed: give runs of one "
                "recipe, on the same films, for a network."
            )
        key = (card.network, card.recipe.seed)
        if key in seen:
            raise ValueError(f"Seed {key[1]} of {card.network} is there twice: give each run once.")
        seen.add(key)


def measure(runs: Sequence[dict[str, Any]], scores: pd.DataFrame) -> dict[str, Any]:
    """Mean AUROC of 13 findings a run, the means over seeds, and their paired differences.

    runs: as in docs/seeds.json. scores: as `load_scores`. Every run is drawn with the same
    patients. Means over seeds and their differences are drawn by patient and by run, so that their
    intervals hold both kinds of chance; few runs tell little of their own spread, and drawing n of
    n runs makes it smaller than it is by a factor of (n - 1) / n in the variance.
    """
    tables = {run: rows.sort_values("image_index") for run, rows in scores.groupby("run")}
    first = tables[runs[0]["run"]]
    weights = patient_draws(first["patient"].to_numpy())
    draws = {
        run["run"]: macro_draws(auroc_draws(tables[run["run"]], weights), HEADLINE) for run in runs
    }
    random = np.random.default_rng(0)
    networks, means = {}, {}
    for network in dict.fromkeys(run["network"] for run in runs):
        own = [run for run in runs if run["network"] == network]
        values = np.stack([draws[run["run"]] for run in own], axis=1)
        means[network] = _mean_of_drawn(values, random)
        networks[network] = {
            "title": own[0]["title"],
            "runs": [run | asdict(figure(draws[run["run"]])) for run in own],
            "mean": asdict(figure(means[network])),
            "deviation": rounded(values[0].std(ddof=1)) if len(own) > 1 else None,
        }
    return {
        "test": {"n_films": len(first), "n_patients": first["patient"].nunique()},
        "networks": networks,
        "differences": [
            {"first": one, "second": other, **asdict(figure(means[one] - means[other]))}
            for one, other in combinations(sorted(means, key=lambda n: -means[n][0]), 2)
        ],
    }


def _mean_of_drawn(values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Mean over runs that are drawn with replacement, a draw a row; the first row as it is.

    values: (1 + draws) x runs.
    """
    drawn = random.integers(values.shape[1], size=values.shape)
    drawn[0] = np.arange(values.shape[1])
    return np.take_along_axis(values, drawn, axis=1).mean(1)


def differences_in_words(content: dict[str, Any]) -> list[str]:
    """What is left between networks over all seeds, a sentence a pair; none of a single run."""
    networks = content.get("networks", {})
    return [
        difference_sentence(
            networks[pair["first"]]["title"],
            networks[pair["second"]]["title"],
            {"difference": pair["value"], "interval": pair["interval"]},
            f", over {_count(networks, pair)} training seeds each",
        )
        for pair in content.get("differences", [])
        if all(len(networks[pair[side]]["runs"]) > 1 for side in ("first", "second"))
    ]


def _count(networks: dict[str, Any], pair: dict[str, Any]) -> str:
    counts = [len(networks[pair[side]]["runs"]) for side in ("first", "second")]
    return str(counts[0]) if counts[0] == counts[1] else f"{counts[0]} and {counts[1]}"


def intervals_in_words(content: dict[str, Any]) -> str:
    """What the intervals over seeds hold, and what they cannot."""
    test = content["test"]
    return (
        f"Test: {test['n_films']:,} films of {test['n_patients']} patients. Intervals over seeds "
        f"resample patients and runs; {_how_many(content)} runs underestimate the variation "
        "between seeds."
    )


def _how_many(content: dict[str, Any]) -> str:
    """The number of runs of each network; "so few" where they differ."""
    counts = {len(one["runs"]) for one in content["networks"].values()}
    words = {2: "two", 3: "three", 4: "four", 5: "five"}
    return words.get(counts.pop(), "so few") if len(counts) == 1 else "so few"


def in_words(content: dict[str, Any], network: str) -> str:
    """The seeds of a network: each one's mean of 13, and theirs; "" for a single run."""
    one = content["networks"][network]
    if len(one["runs"]) < 2:
        return ""
    return (
        f"{one['title']}, {len(one['runs'])} seeds, same recipe: "
        f"{', '.join(decimal(run['value']) for run in one['runs'])}; mean "
        f"{wording.with_interval(one['mean']['value'], one['mean']['interval'])}, standard "
        f"deviation {decimal(one['deviation'])}."
    )


def sentences(content: dict[str, Any]) -> list[str]:
    """All that there is to say: differences, every network's seeds, what the intervals hold."""
    said = [in_words(content, network) for network in content.get("networks", {})]
    said = [*differences_in_words(content), *filter(None, said)]
    return [*said, intervals_in_words(content)] if said else []
