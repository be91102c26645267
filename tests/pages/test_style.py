"""Colours of networks: one each, never one that means something else, seen on both themes."""

import tomllib

import pytest

from core.networks.architectures import REGISTRY
from core.paths import ROOT
from ui.shared import style

THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]


def _luminance(colour):
    """Relative luminance of WCAG 2 of "#RRGGBB"."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_registered_network_has_a_colour_of_its_own():
    colours = [style.network_colour(name) for name in REGISTRY]
    assert len(set(colours)) == len(REGISTRY)


@pytest.mark.parametrize("name", [*REGISTRY, "shufflenet_v2", "convnext_tiny", "mobilenet_v3"])
def test_the_colour_of_a_network_means_nothing_else_and_is_seen_on_both_themes(name):
    colour = style.network_colour(name)
    assert colour not in (
        style.REFERENCE_COLOUR,
        style.OTHER_COLOUR,
        style.SECOND_OTHER_COLOUR,
    )
    for theme in ("light", "dark"):
        pair = _luminance(colour), _luminance(THEMES[theme]["backgroundColor"])
        assert (max(pair) + 0.05) / (min(pair) + 0.05) > 2.8
