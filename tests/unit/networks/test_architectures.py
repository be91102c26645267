"""The registry: shapes, grids, linear heads, and where weights come from."""

import numpy as np
import pytest
import torch
import torchvision
from safetensors.torch import load_file, save_file

from core.maps import class_maps
from core.networks import architectures, registry
from core.networks.weights import SHIPPED_TRUNKS, start_from


@pytest.mark.parametrize(
    ("name", "arguments", "grid"),
    [
        ("cnn", {}, 8),
        ("mobilenet_v2", {"output_stride": 32}, 4),
        ("mobilenet_v2", {"output_stride": 16}, 8),
        ("densenet121", {}, 4),
    ],
)
def test_every_network_gives_14_logits_that_its_maps_add_up_to(name, arguments, grid):
    torch.manual_seed(0)
    network = registry.build(name, arguments).eval()
    films = torch.rand(2, 1, 128, 128) * 2 - 1
    with torch.inference_mode():
        features = network.grid(films)
        maps = class_maps.class_maps(network, features)
        logits = network(films)
    assert logits.shape == (2, 14)
    assert maps.shape == (2, 14, grid, grid)
    assert torch.allclose(maps.mean((2, 3)) + network.head.bias, logits, atol=1e-5)


def test_unknown_networks_are_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="choose one of cnn, mobilenet_v2, densenet121"):
        registry.build("resnet50")


def test_a_new_network_joins_by_one_decorated_function(monkeypatch):
    monkeypatch.delitem(architectures.REGISTRY, "tiny", raising=False)

    @architectures.register("Tiny")
    def tiny():
        return torch.nn.Conv2d(1, 4, 3, stride=16), 4

    assert registry.build("tiny")(torch.zeros(1, 1, 64, 64)).shape == (1, 14)


def test_grey_stem_sees_a_film_as_the_colour_stem_sees_it_three_times():
    path = SHIPPED_TRUNKS / "mobilenet_v2.safetensors"
    colour = torchvision.models.mobilenet_v2()
    colour.load_state_dict(load_file(path), strict=False)
    ours = registry.build("mobilenet_v2")
    start_from(ours, "mobilenet_v2", "shipped")
    grey = torch.rand(2, 1, 96, 96) * 2 - 1
    with torch.inference_mode():
        expected = colour.eval().features(grey.expand(-1, 3, -1, -1))
        found = ours.eval().grid(grey)
    assert torch.allclose(found, expected, atol=1e-4)


def test_dilated_grid_keeps_the_weights_and_halves_the_stride():
    wide, fine = (registry.build("mobilenet_v2", {"output_stride": s}) for s in (32, 16))
    fine.load_state_dict(wide.state_dict())
    with pytest.raises(ValueError, match="choose 16 or 32"):
        registry.build("mobilenet_v2", {"output_stride": 8})


def test_weights_that_do_not_fit_are_refused_with_the_first_odd_tensor(tmp_path):
    weights = load_file(SHIPPED_TRUNKS / "mobilenet_v2.safetensors")
    weights.pop("features.18.0.weight")
    save_file(weights, tmp_path / "short.safetensors")
    network = registry.build("mobilenet_v2")
    before = network.features[0][0].weight.clone()
    with pytest.raises(ValueError, match=r"first '18\.0\.weight'"):
        start_from(network, "mobilenet_v2", str(tmp_path / "short.safetensors"))
    assert torch.equal(network.features[0][0].weight, before)
    (tmp_path / "text.safetensors").write_text("hello")
    with pytest.raises(ValueError, match="no readable safetensors"):
        start_from(network, "mobilenet_v2", str(tmp_path / "text.safetensors"))
    with pytest.raises(FileNotFoundError, match="give --init"):
        start_from(network, "mobilenet_v2", str(tmp_path / "none.safetensors"))


@pytest.mark.parametrize("name", ["mobilenet_v2", "densenet121"])
def test_torchvision_weights_are_rescaled_to_our_range(name, monkeypatch):
    """A film in [-1, 1] through the rescaled trunk is the standardised colour film's features.

    The offset that is left out sits before the first batch norm, which is run on batch statistics
    here as in training, where it removes any constant.
    """
    chosen = {"mobilenet_v2": "mobilenet_v2", "densenet121": "densenet121"}[name]
    torch.manual_seed(0)
    colour = getattr(torchvision.models, chosen)()

    class Weights:
        def get_state_dict(self, progress):
            return colour.state_dict()

    monkeypatch.setattr(torchvision.models, "get_weight", lambda _: Weights())
    ours = registry.build(name)
    start_from(ours, name, "imagenet")
    grey = torch.rand(2, 1, 64, 64)
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    spread = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    stem, norm = (
        (colour.features[0][0], colour.features[0][1])
        if name == "mobilenet_v2"
        else (colour.features.conv0, colour.features.norm0)
    )
    inner = ours.features if name == "mobilenet_v2" else ours.features[0]
    own_stem, own_norm = (
        (inner[0][0], inner[0][1]) if name == "mobilenet_v2" else (inner.conv0, inner.norm0)
    )
    with torch.inference_mode():
        expected = norm.train()(stem((grey.expand(-1, 3, -1, -1) - mean) / spread))
        found = own_norm.train()(own_stem(grey * 2 - 1))
    edge = 4  # zero padding means another grey in the two scalings
    inside = np.s_[..., edge:-edge, edge:-edge]
    assert (
        torch.corrcoef(torch.stack([expected[inside].ravel(), found[inside].ravel()]))[0, 1] > 0.99
    )
