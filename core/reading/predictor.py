"""A film and a network in, a reading out."""

import time
from dataclasses import dataclass

import numpy as np
import torch

from core.checkpoints import store
from core.films.film import Film
from core.maps import class_maps
from core.networks.inputs import to_input
from core.statistics import calibration


@dataclass(frozen=True)
class Reading:
    """What one network says about one film; arrays are in NIH order.

    logits, probabilities (calibrated on validation, [0, 1]): float32, 14.
    maps: float32, 14 x h x w, evidence per cell of the network's own grid; the mean of a map plus
    `bias` is the logit. features: float32, C, the grid's mean, where films are compared.
    milliseconds: preprocessing, network and maps.
    """

    film: str
    checkpoint: str
    logits: np.ndarray
    probabilities: np.ndarray
    maps: np.ndarray
    bias: np.ndarray
    features: np.ndarray
    milliseconds: float


class Predictor:
    """A trained network ready to read films; safe to share between threads."""

    def __init__(self, name: str) -> None:
        """Load a checkpoint by name or folder; raises what `checkpoints.load_network` raises."""
        network, self.card = store.load_network(name)
        self.network = network.to(memory_format=torch.channels_last)
        with torch.inference_mode():  # a first pass is slow; not on a reader's clock
            self.network(torch.zeros(1, 1, self.card.input_px, self.card.input_px))

    @torch.inference_mode()
    def read(self, film: Film) -> Reading:
        """Scores and all 14 maps of one film from one forward pass."""
        began = time.perf_counter()
        inputs = to_input(film, self.card.input_px)
        grid = self.network.grid(inputs.contiguous(memory_format=torch.channels_last))
        logits = self.network.classify(grid)[0].numpy()
        maps = class_maps.class_maps(self.network, grid)[0].numpy()
        return Reading(
            film=film.name,
            checkpoint=self.card.id,
            logits=logits,
            probabilities=calibration.probabilities(self.card.calibration, logits),
            maps=np.ascontiguousarray(maps),
            bias=self.network.head.bias.numpy().copy(),
            features=grid.mean((2, 3))[0].numpy(),
            milliseconds=1000 * (time.perf_counter() - began),
        )

    def gradient_map(self, film: Film, finding: int, method: str) -> np.ndarray:
        """One map (h x w, [0, 1]) by a method of pytorch-grad-cam."""
        inputs = to_input(film, self.card.input_px)
        return class_maps.gradient_map(self.network, inputs, finding, method)
