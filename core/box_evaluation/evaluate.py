"""`evaluate NAME --boxes`: a network's heat maps on every box film of the official test list.

Writes three files beside the checkpoint, all of one network:

localisation.csv    a row a (film, finding, method); its columns are in `localisation_table`
localisation.npz    the maps themselves, so that pages can draw and measure without a network:
                    one float16 array a method, pairs x h x w, in the order of `pairs`
                    ("image_index|finding"); Grad-CAM's are signed and in logit units (mean + bias =
                    logit), the others in [0, 1]
localisation.json   figures with intervals and floors, and the sanity checks

Labels of the test films are not scored here, and nothing is chosen by these figures.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from core.box_evaluation import figures as box_figures
from core.box_evaluation import floors as box_floors
from core.box_evaluation import sanity_checks
from core.box_evaluation.files import SET, VERSION
from core.checkpoints import store
from core.checkpoints.card import Card
from core.files import atomic_files
from core.findings import NAMES
from core.maps import class_maps
from core.maps.boxes import SHARE, SHARES, measure, outcome, shares_of_others
from core.networks import scoring
from core.networks.film_network import FilmNetwork
from core.nih.film_set import FilmSet
from core.nih.table import load_boxes
from core.statistics import calibration
from core.wording import bracket, decimal

BATCH = 8
Maps = Sequence[np.ndarray] | np.ndarray


def evaluate(name: str, films: FilmSet) -> dict[str, Any]:
    """Write the three files of a checkpoint from the box films among `films`; the JSON's content.

    films: of the official test list, where all boxes are. Raises ValueError where none has a box.
    """
    network, card = store.load_network(name)
    network = network.to(memory_format=torch.channels_last)
    boxes = load_boxes()
    pairs = box_pairs(films, boxes)
    maps, logits = pair_maps(network, card, films, pairs)
    stored = {method: found.astype(np.float16) for method, found in maps.items()}
    table = localisation_table(pairs, stored, _against_points(card, pairs, logits), boxes)
    content = {
        "version": VERSION,
        "checkpoint": card.id,
        "title": card.title,
        "films": films.origin,
        "n_pairs": len(pairs),
        "n_films": int(pairs["image_index"].nunique()),
        "n_patients": int(pairs["patient"].nunique()),
        "grid": list(stored[class_maps.EXACT].shape[1:]),
        "threshold": f"{SHARE} of the map's maximum, fixed beforehand",
        "chosen_threshold": f"of {SHARES[0]} to {SHARES[-1]} of the map's maximum the one with the "
        "highest mean IoU on all other patients, one for all findings; intervals take it as chosen",
        "bootstrap": box_figures.BOOTSTRAP,
        "chosen_shares": {
            method: {str(share): int(pairs) for share, pairs in part.value_counts().items()}
            for method, part in table.groupby("method", sort=False)["share"]
        },
        "figures": box_figures.figures(table),
        "by_probability": box_figures.by_probability(table),
        "randomisation": sanity_checks.randomisation(network, card.input_px, films, pairs),
        "deletion": sanity_checks.deletion(network, card.input_px, films),
    }
    _write(store.folder(name), table, stored, content)
    return content


def in_words(content: dict[str, Any]) -> str:
    """The figures of the exact maps over all pairs, a line a measure, beside their floors."""
    lines = [
        f"{content['checkpoint']}: {content['n_pairs']} boxes on {content['n_films']} films of "
        f"{content['n_patients']} patients; value [95 % interval], location prior, random place, "
        "and the value with the threshold chosen on the other patients"
    ]
    for row in box_figures.as_table(content["figures"]).to_dict("records"):
        if (row["method"], row["group"]) == (class_maps.EXACT, box_figures.ALL):
            ends = bracket((row["low"], row["high"]))
            floors = f"prior {decimal(row['prior'])}, random {decimal(row['random'])}"
            floors += f", chosen {decimal(row['chosen'])}"
            lines.append(f"  {row['measure']:<28} {decimal(row['value'])} {ends:<14} {floors}")
    return "\n".join(lines)


def box_pairs(films: FilmSet, boxes: pd.DataFrame) -> pd.DataFrame:
    """The boxes on these films: film (row of the set), patient, image_index, finding, x, y, w, h.

    In the order of film name and finding, whatever order the films are in.
    """
    known = films.table[["image_index", "patient"]].reset_index(names="film")
    pairs = boxes.merge(known, on="image_index").sort_values(["image_index", "finding"])
    if pairs.empty:
        raise ValueError(
            f"None of the {len(films):,} films has a radiologist's box: give --data a folder with "
            "films of NIH's BBox_List_2017.csv, or leave it out to use the starter set."
        )
    return pairs.reset_index(drop=True)


def pair_maps(
    network: FilmNetwork, card: Card, films: FilmSet, pairs: pd.DataFrame
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Maps of every method (pairs x h x w, float32) and the pairs' 14 logits (pairs x 14)."""
    parts: dict[str, list[np.ndarray]] = {method: [] for method in class_maps.METHODS}
    logits = []
    for start in range(0, len(pairs), BATCH):
        part = pairs.iloc[start : start + BATCH]
        inputs = scoring.inputs(films.pixels[part["film"].to_numpy()], card.input_px)
        findings = [NAMES.index(finding) for finding in part["finding"]]
        with torch.inference_mode():
            grid = network.grid(inputs)
            logits.append(network.classify(grid).numpy())
            exact = class_maps.class_maps(network, grid)[torch.arange(len(part)), findings]
        for method in class_maps.METHODS:
            parts[method].append(
                exact.numpy()
                if method == class_maps.EXACT
                else class_maps.gradient_maps(network, inputs, findings, method)
            )
    return {m: np.concatenate(found) for m, found in parts.items()}, np.concatenate(logits)


def _against_points(card: Card, pairs: pd.DataFrame, logits: np.ndarray) -> pd.DataFrame:
    """Calibrated probability of each pair's finding, and whether it is above operating point."""
    columns = [NAMES.index(finding) for finding in pairs["finding"]]
    every = calibration.probabilities(card.calibration, logits)
    probability = every[np.arange(len(pairs)), columns].astype(float)
    points = [card.operating_point(name) for name in pairs["finding"]]
    threshold = np.array([point.threshold if point else np.nan for point in points])
    above = pd.array(probability >= threshold, dtype="boolean")
    above[np.isnan(threshold)] = pd.NA
    return pd.DataFrame({"probability": probability, "above": above})


def localisation_table(
    pairs: pd.DataFrame, maps: dict[str, np.ndarray], called: pd.DataFrame, boxes: pd.DataFrame
) -> pd.DataFrame:
    """A row a (film, finding, method), the same columns for every network.

    image_index, patient, finding; x, y, w, h: the radiologist's box in px of the 1,024-px film;
    probability: calibrated; above: whether it reaches the operating point (NA: there is none);
    method; map_boxes: "x y w h; ..." in film px, largest region first; outcome: hit, near miss,
    miss, no evidence; then the measures of `core.maps.boxes.measure`, and the same of each floor
    of the pair with the prefix random_, centre_, prior_ and swapped_ (the same network's map of
    another patient's film with this finding). With the prefix chosen_ and chosen_prior_: at the
    threshold chosen on the other patients, which is in the columns share and prior_share.
    """
    fixed = pd.concat([pairs.drop(columns="film"), called], axis=1)
    floors = box_floors.floors(pairs, boxes)
    drawn, others = pairs[["x", "y", "w", "h"]].to_numpy(float), another_patient(pairs)
    prior = box_floors.maps(pairs, boxes)
    floors = pd.concat([floors, _at_chosen(pairs, prior, "prior_")], axis=1)
    tables = []
    for method, found in maps.items():
        rows = []
        for box, cells, other in zip(drawn, found, others, strict=True):
            own = measure(cells, box)
            swapped = measure(np.zeros_like(cells) if other is None else found[other], box)
            rows.append(
                {"method": method, "outcome": outcome(own)}
                | own
                | {f"swapped_{key}": value for key, value in swapped.items()}
            )
        parts = [fixed, pd.DataFrame(rows), floors, _at_chosen(pairs, found)]
        tables.append(pd.concat(parts, axis=1))
    table = pd.concat(tables, ignore_index=True)
    named = {f"{prefix}found": f"{prefix}map_boxes" for prefix in box_figures.PREFIXES.values()}
    for column in named:
        table[column] = [
            "; ".join(" ".join(f"{value:g}" for value in box) for box in found)
            for found in table[column]
        ]
    return table.rename(columns=named)


def _at_chosen(pairs: pd.DataFrame, maps: Maps, prefix: str = "") -> pd.DataFrame:
    """Each pair's map at the threshold chosen on the other patients, and that threshold."""
    drawn = pairs[["x", "y", "w", "h"]].to_numpy(float)
    shares = shares_of_others(maps, drawn, pairs["patient"].to_numpy())
    rows = [
        {f"{prefix}share": share}
        | {f"chosen_{prefix}{k}": v for k, v in measure(cells, box, share).items()}
        for cells, box, share in zip(maps, drawn, shares, strict=True)
    ]
    return pd.DataFrame(rows, index=pairs.index)


def another_patient(pairs: pd.DataFrame) -> list[int | None]:
    """For each pair the next one of the same finding in another patient, going round."""
    chosen: list[int | None] = []
    findings, patients = pairs["finding"].to_numpy(str), pairs["patient"].to_numpy()
    for position in range(len(pairs)):
        same = (findings == findings[position]) & (patients != patients[position])
        others = np.flatnonzero(same)
        later = others[others > position]
        chosen.append(int(later[0]) if len(later) else int(others[0]) if len(others) else None)
    return chosen


def _write(
    folder: Path, table: pd.DataFrame, maps: dict[str, np.ndarray], content: dict[str, Any]
) -> None:
    """The three files, replaced together."""
    first = table[table["method"] == table["method"].iloc[0]]
    keys = (first["image_index"] + "|" + first["finding"]).to_numpy(str)
    with atomic_files(folder, SET) as part:
        np.savez_compressed(part / "localisation.npz", allow_pickle=False, pairs=keys, **maps)
        table.to_csv(part / "localisation.csv", index=False, float_format="%.5g")
        (part / "localisation.json").write_text(_as_json(content), encoding="utf-8")


def _as_json(content: dict[str, Any]) -> str:
    """JSON with a line an entry, and a line a row of figures."""
    rows = ",\n  ".join(json.dumps(row) for row in content["figures"]["rows"])
    columns = json.dumps(content["figures"]["columns"])
    lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in content.items() if k != "figures"]
    lines.append(f'"figures": {{"columns": {columns}, "rows": [\n  {rows}\n ]}}')
    return "{\n " + ",\n ".join(lines) + "\n}\n"
