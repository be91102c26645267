"""The registry: shapes, grids, linear heads, and where weights come from."""

import textwrap
from types import SimpleNamespace

import pytest
import torch
import torchvision
from safetensors.torch import load_file, save_file

from core.maps import class_maps
from core.networks import architectures, registry
from core.networks.architectures import REGISTRY
from core.networks.weights import MEAN, SHIPPED_TRUNKS, STD, start_from
from core.paths import ROOT


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
    with pytest.raises(ValueError, match=f"choose one of {', '.join(REGISTRY)}"):
        registry.build("resnet50")


@pytest.fixture
def registered():
    """Networks that a test registers are gone after it."""
    before = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)


def test_a_new_network_joins_by_one_decorated_function(registered):
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


FAMILIES = {
    "resnet18": "resnet18",
    "efficientnet_b0": "efficientnet_b0",
    "densenet121": "densenet121",
    "mobilenet_v2": "mobilenet_v2",
    "convnext_tiny": "convnext_tiny",
    "mobilenet_v3": "mobilenet_v3_small",
    "shufflenet_v2": "shufflenet_v2_x1_0",
}
"""Our name -> torchvision's."""


@pytest.fixture
def families(registered):
    """The registry with a network of each family; ShuffleNetV2 as CONTRIBUTING.md writes it."""

    @architectures.register("ConvNeXt-Tiny", "imagenet", "weights", torchvision_prefix="features.")
    def convnext_tiny():
        return architectures.for_grey(torchvision.models.convnext_tiny().features), 768

    @architectures.register("MobileNetV3", "imagenet", "weights", torchvision_prefix="features.")
    def mobilenet_v3():
        return architectures.for_grey(torchvision.models.mobilenet_v3_small().features), 576

    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    example = textwrap.dedent(text.split("```python\n")[1].split("```")[0])
    exec(example, vars(architectures).copy())


@pytest.mark.parametrize("name", FAMILIES)
def test_torchvision_weights_give_torchvisions_features_of_the_grey_film(
    name, families, monkeypatch
):
    """The trunk on a film in [-1, 1] is torchvision's on the standardised film in three colours.

    Batch norms run on batch statistics, as in training: they remove the constant that a stem
    without bias cannot take up. Padding is taken out of both stems, since a border of zeros is
    another grey in each scaling.
    """
    torch.manual_seed(0)
    theirs = getattr(torchvision.models, FAMILIES[name])()

    class Weights:
        def get_state_dict(self, progress):
            return theirs.state_dict()

    monkeypatch.setattr(torchvision.models, "get_weight", lambda _: Weights())
    ours = registry.build(name)
    start_from(ours, name, "imagenet")
    for model in (theirs, ours):
        architectures.stem_of(model)[1].padding = (0, 0)
        model.train()
        for part in model.modules():
            if isinstance(part, torchvision.ops.StochasticDepth | torch.nn.Dropout):
                part.eval()
    film = torch.rand(4, 1, 128, 128)
    colour = (film.expand(-1, 3, -1, -1) - MEAN.view(1, 3, 1, 1)) / STD.view(1, 3, 1, 1)
    with torch.inference_mode():
        expected, found = _their_trunk(theirs, name)(colour), ours.features(film * 2 - 1)
    if name == "densenet121":  # torchvision applies this one outside of its features
        expected = expected.relu()
    assert torch.allclose(found, expected, rtol=1e-3, atol=2e-3)


@pytest.mark.parametrize("name", FAMILIES)
def test_running_statistics_and_biases_come_along(name, families, monkeypatch):
    """As above, as a trained network predicts: each number counts, padded edges included.

    Where the stem cannot take up a constant, torchvision's mean is one half: it adds none, and
    padding is half grey in both scalings.
    """
    torch.manual_seed(0)
    theirs = getattr(torchvision.models, FAMILIES[name])().eval()
    for key, value in theirs.state_dict().items():
        if key.endswith("running_var"):
            value.uniform_(0.5, 1.5)
        elif value.is_floating_point() and value.squeeze().ndim == 1:  # scales of layers as well
            value.add_(0.1 * torch.randn_like(value))
    made = SimpleNamespace(get_state_dict=lambda progress: theirs.state_dict())
    monkeypatch.setattr(torchvision.models, "get_weight", lambda _: made)
    ours = registry.build(name).eval()
    start_from(ours, name, "imagenet")
    film = torch.rand(2, 1, 128, 128)
    mean = 0.5 if architectures.stem_of(theirs)[1].bias is None else MEAN.view(1, 3, 1, 1)
    with torch.inference_mode():
        colour = (film - mean).expand(-1, 3, -1, -1) / STD.view(1, 3, 1, 1)
        expected = _their_trunk(theirs, name)(colour)
        found = ours.features(film * 2 - 1)
    if name == "densenet121":  # torchvision applies this one outside of its features
        expected = expected.relu()
    assert found.std() > 1e-3
    assert torch.allclose(found, expected, rtol=1e-4, atol=1e-4 * float(expected.abs().max()))


def _their_trunk(theirs, name):
    """torchvision's layers before pooling and the classifier."""
    if prefix := registry.architecture(name).torchvision_prefix:
        return theirs.get_submodule(prefix.rstrip("."))
    return architectures.without_last(theirs, 2 if name == "resnet18" else 1)


@pytest.mark.parametrize("name", FAMILIES)
def test_exact_maps_of_every_family_add_up_to_the_logit(name, families):
    torch.manual_seed(0)
    network = registry.build(name).eval()
    with torch.inference_mode():
        grid = network.grid(torch.rand(1, 1, 128, 128) * 2 - 1)
        maps = class_maps.class_maps(network, grid)
        logits = network.classify(grid)
    assert maps.shape[:2] == (1, 14)
    assert torch.allclose(maps.mean((2, 3)) + network.head.bias, logits, atol=1e-4)


@pytest.mark.parametrize("name", FAMILIES)
def test_weights_of_a_checkpoint_of_ours_start_the_same_network(name, families, tmp_path):
    trained, fresh = registry.build(name), registry.build(name)
    one_channel = {key: value.clone() for key, value in trained.state_dict().items()}
    save_file(one_channel, tmp_path / "model.safetensors")
    start_from(fresh, name, str(tmp_path / "model.safetensors"))
    for key, value in trained.features.state_dict().items():
        assert torch.equal(fresh.features.state_dict()[key], value), key
