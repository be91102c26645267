"""Do the maps depend on the network, and does the score depend on what they mark?

Parameter randomisation: Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018.
Deletion and insertion: Petsiuk et al., RISE, BMVC 2018.
"""

import copy
from typing import Any

import cv2
import numpy as np
import pandas as pd
import torch
from scipy.stats import rankdata
from torch import nn

from core.films.resample import BASE_PX
from core.findings import NAMES
from core.maps import class_maps
from core.networks import scoring
from core.networks.film_network import FilmNetwork
from core.nih.film_set import FilmSet
from core.statistics.bootstrap import interval, patient_draws

SEEDS = (0, 1, 2)
FILMS = 100
STEPS = 10
PARTS = 5
"""Of the trunk, drawn anew one after the other."""

BATCH = 8
BLUR_PX = 10.0
"""Standard deviation of the blur that hides a place, in px of the 128-px film."""


def randomisation(
    network: FilmNetwork, size: int, films: FilmSet, pairs: pd.DataFrame
) -> dict[str, Any]:
    """Rank correlation of the pairs' Grad-CAM maps before and after weights are drawn anew.

    From the classifier down to the stem, a part more each time; the mean of
    Spearman's coefficient over pairs and seeds, with its 95 % interval (bootstrap over patients).
    """
    rows, film_of_pair = np.unique(pairs["film"].to_numpy(), return_inverse=True)
    taken = scoring.inputs(films.pixels[rows], size)
    findings = [NAMES.index(finding) for finding in pairs["finding"]]

    def maps(changed: FilmNetwork) -> np.ndarray:
        with torch.inference_mode():
            parts = [class_maps.class_maps(changed, changed.grid(x)) for x in taken.split(BATCH)]
        return torch.cat(parts).numpy()[film_of_pair, findings].reshape(len(pairs), -1)

    before, names = maps(network), list(blocks(network))
    found = np.zeros((len(SEEDS), len(names), len(pairs)))
    for s, seed in enumerate(SEEDS):
        changed = copy.deepcopy(network)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            for b, part in enumerate(blocks(changed).values()):
                _draw_anew(part)
                found[s, b] = spearman(before, maps(changed))
    weights = patient_draws(pairs["patient"].to_numpy())
    draws = weights @ found.mean(0).T / weights.sum(1, keepdims=True)
    return {
        "parts": names,
        "correlation": [round(float(value), 4) for value in draws[0]],
        "intervals": [interval(column[1:]) for column in draws.T],
        "n": len(pairs),
        "patients": int(pairs["patient"].nunique()),
        "seeds": list(SEEDS),
    }


def blocks(network: FilmNetwork) -> dict[str, list[nn.Module]]:
    """Layers that carry weights in six parts, from the classifier to the stem."""
    layers = _with_weights(network.features)
    while len(layers) == 1:
        layers = _with_weights(layers[0])
    cuts = np.linspace(0, len(layers), PARTS + 1).round().astype(int)
    parts: dict[str, list[nn.Module]] = {"classifier": [network.head]}
    parts |= {
        f"layers {first + 1} to {last}": layers[first:last]
        for first, last in zip(cuts[:-1][::-1], cuts[1:][::-1], strict=True)
    }
    return parts


def _with_weights(module: nn.Module) -> list[nn.Module]:
    return [part for part in module.children() if any(True for _ in part.parameters())]


def _draw_anew(part: list[nn.Module]) -> None:
    """Fresh weights by each layer's own default."""
    for layer in nn.ModuleList(part).modules():
        if callable(reset := getattr(layer, "reset_parameters", None)):
            reset()


def spearman(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation row by row (N x cells); 0 where a map is flat."""
    ranks = [rankdata(part, axis=1) for part in (first, second)]
    centred = [part - part.mean(1, keepdims=True) for part in ranks]
    scale = np.sqrt((centred[0] ** 2).sum(1) * (centred[1] ** 2).sum(1))
    shared = (centred[0] * centred[1]).sum(1)
    return np.divide(shared, scale, out=np.zeros(len(first)), where=scale > 0)


def deletion(
    network: FilmNetwork, size: int, films: FilmSet, count: int = FILMS, seed: int = 0
) -> dict[str, Any]:
    """How the logit changes as a film is blurred, hottest places first, or restored so.

    On up to `count` films with a finding, a patient each, drawn by `seed`; against random maps of
    the same grid. Curves: mean change of the logit from the intact film after 0 to 10 tenths
    of the film. gain: how much further the map moves it than random maps do, mean over the steps,
    with its 95 % interval (bootstrap over patients).
    """
    chosen, findings = _labelled(films, count, seed)
    random = np.random.default_rng(seed)
    curves = np.array(
        [
            _curves(network, size, pixels, finding, random)
            for pixels, finding in zip(films.pixels[chosen], findings, strict=True)
        ]
    )
    names = ("deletion", "insertion")
    content: dict[str, Any] = {"n": len(chosen), "steps": STEPS, "blur_px": BLUR_PX}
    weights = patient_draws(np.arange(len(chosen)))
    for n, name in enumerate(names):
        own, floor = curves[:, n, 0], curves[:, n, 1]
        further = (floor - own if name == "deletion" else own - floor).mean(1)
        draws = weights @ further / weights.sum(1)
        content[name] = {
            "map": [round(float(v), 4) for v in own.mean(0)],
            "random": [round(float(v), 4) for v in floor.mean(0)],
            "gain": round(float(draws[0]), 4),
            "interval": interval(draws[1:]),
        }
    return content


def _labelled(films: FilmSet, count: int, seed: int) -> tuple[np.ndarray, list[int]]:
    """Rows of films with a finding, one film a patient, and one of each film's findings."""
    random = np.random.default_rng(seed)
    table = films.table
    rows = random.permutation(np.flatnonzero(table["n_findings"] > 0))
    first = ~table["patient"].iloc[rows].duplicated().to_numpy()
    chosen = np.sort(rows[first][:count])
    labels = films.labels[chosen] > 0.5
    return chosen, [int(random.choice(np.flatnonzero(row))) for row in labels]


def _curves(
    network: FilmNetwork, size: int, pixels: np.ndarray, finding: int, random: np.random.Generator
) -> np.ndarray:
    """Change of the logit: 2 (deletion, insertion) x 2 (map, random) x steps + 1."""
    with torch.inference_mode():
        grid = network.grid(scoring.inputs(pixels[None], size))
        cells = class_maps.class_maps(network, grid)[0, finding].numpy()
    noise = random.standard_normal(cells.shape).astype(np.float32)
    blurred = cv2.GaussianBlur(pixels, (0, 0), BLUR_PX)
    changed = [
        frame
        for start, end in ((pixels, blurred), (blurred, pixels))
        for heat in (cells, noise)
        for frame in replaced(start, end, heat)
    ]
    with torch.inference_mode():
        every = [
            network(part)[:, finding]
            for part in scoring.inputs(np.stack(changed), size).split(BATCH)
        ]
    curves = torch.cat(every).numpy().reshape(2, 2, STEPS + 1)
    return curves - curves[:1, :1, :1]  # the intact film is where deletion begins


def replaced(start: np.ndarray, end: np.ndarray, cells: np.ndarray) -> list[np.ndarray]:
    """A picture that turns into another, hottest places first: STEPS + 1 of them (128 x 128)."""
    heat = cv2.resize(cells, (BASE_PX, BASE_PX), interpolation=cv2.INTER_LINEAR)
    order = np.argsort(-heat.ravel(), kind="stable")
    frames = []
    for step in range(STEPS + 1):
        frame = start.ravel().copy()
        hottest = order[: round(len(order) * step / STEPS)]
        frame[hottest] = end.ravel()[hottest]
        frames.append(frame.reshape(start.shape))
    return frames
