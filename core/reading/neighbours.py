"""Films like this one: the nearest starter films in a network's own feature space.

An index lies beside the checkpoint (neighbours.npz) and carries the hash of the weights it was
computed with. It holds films of the official train_val list only, those that the network was
trained or tuned on, so that no test film is shown as an example of training.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.checkpoints import store
from core.files import atomic
from core.nih.film_set import FilmSet

DIMENSIONS = 32
FILE = "neighbours.npz"


@dataclass(frozen=True)
class Index:
    """Where the films of the starter set lie in one network's feature space.

    mean (C), axes (d x C): principal components of the C pooled features; places (N x d) of the
    films; unit: median distance of a film to the nearest film of another patient, which distances
    are told in. image_index, patient: N.
    """

    mean: np.ndarray
    axes: np.ndarray
    places: np.ndarray
    unit: float
    image_index: np.ndarray
    patient: np.ndarray

    def nearest(self, features: np.ndarray, count: int) -> pd.DataFrame:
        """The `count` nearest films, one a patient: image_index, distance in units.

        features: float32, C.
        """
        place = self.axes @ (features - self.mean)
        distance = np.linalg.norm(self.places - place, axis=1) / self.unit
        order = np.argsort(distance, kind="stable")
        table = pd.DataFrame(
            {"image_index": self.image_index, "patient": self.patient, "distance": distance}
        ).iloc[order]
        first = table.drop_duplicates("patient").head(count)
        return first[["image_index", "distance"]].reset_index(drop=True)


def command(name: str) -> str:
    """What makes the index of a checkpoint."""
    return f"python -m core index {name}"


def write(name: str, films: FilmSet) -> Path:
    """Compute the index of a checkpoint from films of the train_val list, and write it.

    Raises ValueError for films of the test list, and what `checkpoints.load_network` raises.
    """
    from core.networks import scoring  # brings torch

    if tests := int((films.table["split"] != "train_val").sum()):
        raise ValueError(
            f"{tests} of {len(films)} films are not of the train_val list: films of the test list "
            "must not be shown as examples of training."
        )
    network, card = store.load_network(name)
    features = scoring.features(network, films.pixels, card.input_px)
    patient = films.table["patient"].to_numpy()
    index = fit(features, films.table["image_index"].to_numpy(str), patient)
    path = store.folder(name) / FILE
    with atomic(path) as part:
        np.savez_compressed(
            part,
            mean=index.mean,
            axes=index.axes.astype(np.float16),
            places=index.places.astype(np.float16),
            unit=np.float32(index.unit),
            image_index=index.image_index.astype("S"),
            patient=index.patient.astype(np.int32),
            weights_sha256=np.array(card.weights_sha256),
        )
    return path


def fit(features: np.ndarray, image_index: np.ndarray, patient: np.ndarray) -> Index:
    """An index of films from their features (float32, N x C)."""
    from sklearn.decomposition import PCA

    dimensions = min(DIMENSIONS, *features.shape)
    pca = PCA(dimensions, random_state=0).fit(features)
    places = pca.transform(features).astype(np.float32)
    unit = float(np.median(_nearest_stranger(places, patient)))
    return Index(pca.mean_, pca.components_, places, unit, image_index, patient)


def _nearest_stranger(places: np.ndarray, patient: np.ndarray) -> np.ndarray:
    """Distance of each film to the nearest one of another patient."""
    from scipy.spatial.distance import cdist

    nearest = []
    for start in range(0, len(places), 512):
        distance = cdist(places[start : start + 512], places)
        distance[patient[start : start + 512, None] == patient[None]] = np.inf
        nearest.append(distance.min(axis=1))
    return np.concatenate(nearest)


def load(name: str) -> Index:
    """The index of a checkpoint.

    Raises FileNotFoundError where there is none, ValueError for one that is damaged or was made
    with other weights; both name the command that makes it.
    """
    path = store.folder(name) / FILE
    if not path.is_file():
        raise FileNotFoundError(
            f"Films like this one cannot be found for '{name}' yet, since its index is missing: "
            f"make it with `{command(name)}`."
        )
    try:
        with np.load(path, allow_pickle=False) as stored:
            content = {key: stored[key] for key in stored.files}
        made_with = str(content.pop("weights_sha256"))
        index = Index(
            mean=content["mean"].astype(np.float32),
            axes=content["axes"].astype(np.float32),
            places=content["places"].astype(np.float32),
            unit=float(content["unit"]),
            image_index=content["image_index"].astype(str),
            patient=content["patient"],
        )
    except Exception as error:  # numpy and zipfile raise their own kinds for malformed files
        raise ValueError(
            f"The index of films of '{name}' is not readable: make it anew with `{command(name)}`."
        ) from error
    current = store.load_card(name).weights_sha256
    if made_with != current:
        raise ValueError(
            f"The index of films of '{name}' was made with other weights ({made_with[:8]}, the "
            f"card says {current[:8]}): make it anew with `{command(name)}`."
        )
    return index
