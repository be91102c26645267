"""One visual language: a colour per network, one layout for all charts."""

from zlib import crc32

import plotly.graph_objects as go

NETWORK_COLOURS = {
    "cnn": "#EE7733",
    "mobilenet_v2": "#0077BB",
    "densenet121": "#009988",
    "resnet18": "#CC3311",
    "efficientnet_b0": "#228833",
}
"""From Paul Tol's vibrant and bright schemes; readable on light and dark."""

FURTHER_COLOURS = ("#EE3377", "#997700", "#994455")
"""For networks that have none of their own, by their name; from Paul Tol's schemes as well."""

REFERENCE_COLOUR = "#8A96A0"
"""Floors, chance and all-negative accuracy: grey, readable on light and dark."""

OTHER_COLOUR = "#CC4499"
"""What the reader brings along, or the first of several works that are not ours."""

SECOND_OTHER_COLOUR = "#999933"

HIGHLIGHT = "background-color: rgba(0, 119, 187, 0.16)"
"""Rows of our networks in a table, on light and dark."""

MARKERS = ("circle", "diamond", "square", "cross")
"""One shape a network, since colour alone does not tell them apart for everybody."""

STILL = {"fixedrange": True}
"""No zoom by finger: on a phone it would catch the scrolling."""


def network_colour(name: str) -> str:
    """The colour of a network on every page."""
    further = FURTHER_COLOURS[crc32(name.encode()) % len(FURTHER_COLOURS)]
    return NETWORK_COLOURS.get(name, further)


def tidy(figure: go.Figure, height: int = 360) -> go.Figure:
    """The house layout: legend above, tight margins."""
    return figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "title": None},
        hoverlabel={"namelength": -1},
    )
