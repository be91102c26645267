"""How the gate is fitted: on training films and pictures made from them, thresholds on validation.

No picture from outside ChestX-ray14 is fitted on. But layers, kinds of made pictures and quantiles
were chosen with an eye on 43 pictures of other origin (photographs, CT, other body parts, three
lateral films), so that these no longer judge the gate independently.
"""

from typing import Any

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from core.files import atomic_files, write_json
from core.gate import synthetic_pictures
from core.gate.feature_space import ARRAYS, FACTS, GATE, KINDS, Space, extract
from core.gate.synthetic_pictures import Maker
from core.nih.film_set import open_starter
from core.nih.patient_split import split_by_patient
from core.paths import DATA

DIMENSIONS = 128
VALIDATION_SHARE = 0.15  # as in the recipes: these patients' films fit nothing but thresholds
DRAWS = 4  # pictures made of every validation film
REFUSED = 0.98  # quantile of the distances of validation films made to look like other hospitals'
UNUSUAL = 0.95
FAR = 0.995
MADE = 2000  # pictures of a kind by each maker
MADE_OTHER = 1000  # by each maker of what is no frontal chest film, and of half chests

MAKERS: dict[str, tuple[Maker, ...]] = {
    "frontal": (synthetic_pictures.elsewhere,),
    "turned 90": (synthetic_pictures.turned(1),),
    "turned 180": (synthetic_pictures.turned(2),),
    "turned 270": (synthetic_pictures.turned(3),),
    "negative": (synthetic_pictures.negative,),
    "side": (synthetic_pictures.side_view, synthetic_pictures.half_chest),
    "crop": (synthetic_pictures.cropped,),
    "other": synthetic_pictures.OTHER_PICTURES,
}


def write(seed: int = 0) -> dict[str, Any]:
    """Fit on the starter set's training films and write core/data/gate.npz and gate.json."""
    films = open_starter("train_val")
    train_rows, validation_rows = split_by_patient(films, VALIDATION_SHARE, 0)
    train, validation = films.select(train_rows), films.select(validation_rows)
    rng = np.random.default_rng(seed)
    space = rounded(fit(training_features(train.pixels, rng)))
    facts = {
        "fitted_on": f"{len(train):,} training films of {train.table['patient'].nunique():,} "
        f"patients of the {films.origin}, and pictures made from them "
        "(core/gate/synthetic_pictures.py)",
        "thresholds_on": f"{len(validation):,} validation films of "
        f"{validation.table['patient'].nunique():,} other patients, {DRAWS} pictures of each made "
        "to look like other hospitals'",
        "features": "ImageNet MobileNetV2, first 14 blocks at 128 px, 4 x 4 cells; "
        f"{DIMENSIONS} principal components",
        "seed": seed,
        **thresholds(space, validation.pixels, rng),
    }
    half = {key: value.astype(np.float16) for key, value in vars(space).items()}
    with atomic_files(DATA, GATE) as part:
        np.savez_compressed(part / ARRAYS.name, **half)
        write_json(part / FACTS.name, facts)
    return facts


def training_features(films: np.ndarray, rng: np.random.Generator) -> dict[str, list[np.ndarray]]:
    """Features (N x F) of what the space is fitted on, by kind; the first are the films as such."""
    features: dict[str, list[np.ndarray]] = {"frontal": [_features(films)]}
    for kind, makers in tqdm(MAKERS.items(), desc="making and placing pictures", disable=None):
        for maker in makers:
            chosen = films[rng.permutation(len(films))[: _count(kind, maker, len(films))]]
            made = _features(synthetic_pictures.make(maker, chosen, rng))
            features.setdefault(kind, []).append(made)
    return features


def _count(kind: str, maker: Maker, films: int) -> int:
    if kind == "frontal":
        return films
    return MADE_OTHER if kind == "other" or maker is synthetic_pictures.half_chest else MADE


def _features(films: np.ndarray) -> np.ndarray:
    return np.concatenate([extract(films[i : i + 64]) for i in range(0, len(films), 64)])


def fit(features: dict[str, list[np.ndarray]]) -> Space:
    """Principal components of all kinds, covariance of frontal films, linear scores of kinds."""
    frontal = np.concatenate(features["frontal"])
    mean, spread = frontal.mean(axis=0), frontal.std(axis=0) + 1e-3
    unlike = [f for kind in ("side", "crop", "other") for f in features[kind]]
    basis = np.concatenate([frontal[::3], *(f[::2] for f in unlike)])
    pca = PCA(DIMENSIONS, svd_solver="randomized", random_state=0).fit((basis - mean) / spread)
    axes = pca.components_ / spread
    reduced = (frontal - mean) @ axes.T
    whiten = np.linalg.cholesky(LedoitWolf().fit(reduced).precision_).T @ axes
    offset = -whiten @ mean
    weights, bias = _kinds(features, whiten, offset)
    return Space(whiten, offset, weights, bias)


def _kinds(
    features: dict[str, list[np.ndarray]], whiten: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Logistic regression of the kind on the coordinates, with the spread of each scaled to 1."""
    parts = {kind: np.concatenate(features[kind]) @ whiten.T + offset for kind in KINDS}
    coordinates = np.concatenate(list(parts.values()))
    kinds = np.repeat(np.arange(len(KINDS)), [len(part) for part in parts.values()])
    scale = coordinates.std(axis=0)
    model = LogisticRegression(C=0.02, max_iter=500).fit(coordinates / scale, kinds)
    return model.coef_ / scale, model.intercept_


def rounded(space: Space) -> Space:
    """As it will be read back: the file holds float16."""
    return Space(**{k: v.astype(np.float16).astype(np.float32) for k, v in vars(space).items()})


def thresholds(space: Space, films: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """Distances and probabilities from which the gate refuses or warns, with what they cost."""
    as_such = _features(films)
    made = np.concatenate(
        [
            _features(synthetic_pictures.make(synthetic_pictures.elsewhere, films, rng))
            for _ in range(DRAWS)
        ]
    )
    distances = space.distances(made)
    unusual, refused, far = (float(np.quantile(distances, q)) for q in (UNUSUAL, REFUSED, FAR))
    cut = {}
    for kind in ("side", "crop"):
        column = KINDS.index(kind)
        cut[kind] = float(np.quantile(space.kinds(made)[:, column], 0.98))
    own = space.distances(as_such)
    return {
        "unusual_from": round(unusual, 4),
        "refused_from": round(refused, 4),
        "far_from": round(far, 4),
        "side_from": round(cut["side"], 4),
        "crop_from": round(cut["crop"], 4),
        "validation_median": round(float(np.median(own)), 4),
        "validation_beyond": round(float((own > refused).mean()), 5),
    }
