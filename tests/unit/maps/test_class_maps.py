"""The exact maps against pytorch-grad-cam, on the shipped networks and a real film."""

import threading

import numpy as np
import pytest
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from core.checkpoints import store
from core.films.read import read_path
from core.findings import NAMES
from core.maps import class_maps
from core.networks.inputs import to_input
from core.paths import SAMPLES
from core.reading.predictor import Predictor

SAMPLE = SAMPLES / "00013125_000.png"


@pytest.fixture(scope="module", params=store.names())
def predictor(request):
    return Predictor(request.param)


@pytest.fixture(scope="module")
def film():
    return read_path(sorted(SAMPLES.glob("*.png"))[5])


def test_cells_and_bias_add_up_to_the_logit(predictor, film):
    reading = predictor.read(film)
    assert reading.maps.dtype == np.float32
    assert reading.maps.mean((1, 2)) + reading.bias == pytest.approx(reading.logits, abs=1e-4)


def test_exact_map_is_grad_cams(predictor, film):
    maps = predictor.read(film).maps
    inputs = to_input(film, predictor.card.input_px)
    with GradCAM(predictor.network, [predictor.network.features]) as library:
        for k in range(len(NAMES)):
            library(inputs.requires_grad_(), [ClassifierOutputTarget(k)])
            activations, gradients = (
                (part[0].numpy() for part in library.activations_and_grads_outputs())
                if hasattr(library, "activations_and_grads_outputs")
                else (
                    library.activations_and_grads.activations[0].numpy(),
                    library.activations_and_grads.gradients[0].numpy(),
                )
            )
            raw = library.get_cam_image(inputs, None, None, activations, gradients, False)[0]
            cells = maps[k].size
            assert raw * cells == pytest.approx(maps[k], abs=1e-4, rel=1e-4)


@pytest.mark.parametrize("method", class_maps.METHODS)
def test_every_method_depends_on_the_finding(predictor, film, method):
    first, other = (predictor.gradient_map(film, k, method) for k in (1, 10))
    assert first.ndim == 2 and 0 <= first.min() <= first.max() <= 1
    assert not np.allclose(first, other)


def test_gradient_maps_leave_no_trace(predictor, film):
    before = predictor.read(film)
    predictor.gradient_map(film, 0, "Grad-CAM++")
    after = predictor.read(film)
    assert np.array_equal(before.logits, after.logits)
    assert not predictor.network.features._forward_hooks
    assert not predictor.network.training


def test_unknown_methods_and_findings_are_refused(predictor, film):
    with pytest.raises(ValueError, match="choose Grad-CAM"):
        predictor.gradient_map(film, 0, "EigenCAM")
    with pytest.raises(ValueError, match="finding 14"):
        predictor.gradient_map(film, 14, "Grad-CAM")


def test_many_sessions_at_once_get_their_own_answers(predictor):
    paths = sorted(SAMPLES.glob("*.png"))[:8]
    read = [read_path(path) for path in paths]
    alone = [predictor.read(film).logits for film in read]
    together = [None] * len(read)

    def session(number):
        if number % 2:
            predictor.gradient_map(read[number], number, "LayerCAM")
        together[number] = predictor.read(read[number])

    threads = [threading.Thread(target=session, args=(n,)) for n in range(len(read))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for expected, found, path in zip(alone, together, paths, strict=True):
        assert found.film == path.name
        assert found.logits == pytest.approx(expected, abs=1e-5)


def test_a_bright_spot_lights_its_own_cell():
    """A head that reads brightness from one channel puts the evidence where the film is bright."""
    grid = torch.zeros(1, 3, 4, 4)
    grid[0, 1, 2, 3] = 5.0

    class Network:
        head = torch.nn.Linear(3, 14)

    with torch.no_grad():
        Network.head.weight.zero_()
        Network.head.weight[6, 1] = 2.0
        maps = class_maps.class_maps(Network, grid)
    assert maps[0, 6, 2, 3] == 10
    assert maps.abs().sum() == 10
