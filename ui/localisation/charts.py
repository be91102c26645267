"""Localisation in figures: per finding beside its floors, and the sanity checks."""

import numpy as np
import plotly.graph_objects as go

from ui.localisation.results import Checked, groups, published, title
from ui.localisation.text import CURVES
from ui.shared.style import MARKERS, REFERENCE_COLOUR, STILL, network_colour, tidy


def by_finding(checked: list[Checked], measure: str, method: str) -> go.Figure:
    """A row a finding and summary: networks with intervals, prior, chance, published figures."""
    figure, names = go.Figure(), groups(checked[0])
    rows = np.arange(len(names), dtype=float)
    floor = [checked[0].row(measure, name, method) for name in names]
    offsets = (np.arange(len(checked)) - (len(checked) - 1) / 2) * 0.3
    for number, network in enumerate(checked):
        _with_intervals(figure, network, number, rows + offsets[number], measure, method)
    _marks(figure, [r["prior"] for r in floor], rows, "location prior", "line-ns-open", 16)
    _marks(figure, [r["random"] for r in floor], rows, "random place", "x-thin-open", 8)
    for number, (work, values) in enumerate(published(measure).items()):
        symbol = ("star-open", "hash-open")[number % 2]
        _marks(figure, [values.get(name) for name in names], rows, work, symbol, 9)
    labels = [f"{title(n)} ({int(r['n'])})" for n, r in zip(names, floor, strict=True)]
    figure.update_yaxes(
        tickvals=rows, ticktext=labels, range=[len(names) - 0.4, -0.6], zeroline=False, **STILL
    )
    figure.add_hline(len(names) - 3.5, line={"color": REFERENCE_COLOUR, "width": 1})
    figure.update_xaxes(range=[-0.02, 1.02], tickformat=".1f", dtick=0.2, zeroline=False, **STILL)
    return tidy(figure, 130 + 36 * len(names)).update_layout(legend={"y": 1.01})


def _with_intervals(
    figure: go.Figure, network: Checked, number: int, rows: np.ndarray, measure: str, method: str
) -> None:
    found = [network.row(measure, name, method) for name in groups(network)]
    colour = network_colour(network.card.network)
    values = np.array([r["value"] for r in found], float)
    ends = np.array([(r["low"], r["high"]) for r in found], float)
    figure.add_scatter(
        x=values,
        y=rows,
        name=network.title,
        mode="markers",
        marker={"symbol": MARKERS[number % len(MARKERS)], "size": 9, "color": colour},
        error_x={
            "array": np.nan_to_num(ends[:, 1] - values),
            "arrayminus": np.nan_to_num(values - ends[:, 0]),
            "color": colour,
            "thickness": 1.5,
            "width": 0,
        },
        customdata=ends,
        hovertemplate="%{x:.3f} [%{customdata[0]:.3f}, %{customdata[1]:.3f}]"
        f"<extra>{network.title}</extra>",
    )


def _marks(
    figure: go.Figure,
    values: list[float | None],
    rows: np.ndarray,
    name: str,
    symbol: str,
    size: int,
) -> None:
    figure.add_scatter(
        x=values,
        y=rows,
        name=name,
        mode="markers",
        marker={"symbol": symbol, "size": size, "color": REFERENCE_COLOUR, "line": {"width": 2}},
        hovertemplate="%{x:.3f}<extra>" + name + "</extra>",
    )


def randomisation(checked: list[Checked]) -> go.Figure:
    """Rank correlation of maps with those of the trained network, as more weights are new."""
    figure = go.Figure()
    for number, network in enumerate(checked):
        found = network.content["randomisation"]
        values = np.array([1.0, *found["correlation"]])
        ends = np.array([(1.0, 1.0), *found["intervals"]])
        parts = len(values) - 2
        steps = ["none", "classifier", *(f"+ {n} of {parts}" for n in range(1, parts + 1))]
        figure.add_scatter(
            x=steps,
            y=values,
            name=network.title,
            mode="lines+markers",
            line={"color": network_colour(network.card.network), "width": 2},
            marker={"symbol": MARKERS[number % len(MARKERS)], "size": 8},
            error_y={"array": ends[:, 1] - values, "arrayminus": values - ends[:, 0], "width": 0},
            hovertemplate="%{y:.2f}<extra>" + network.title + "</extra>",
        )
    figure.update_yaxes(title="rank correlation", tickformat=".1f", range=[-0.3, 1.05], **STILL)
    figure.update_xaxes(title="weights drawn anew, from the classifier to the stem", **STILL)
    return tidy(figure, 460)


def deletion(checked: list[Checked]) -> go.Figure:
    """Change of the logit as the hottest places are blurred (solid) or random ones (dotted)."""
    figure = go.Figure()
    for network in checked:
        colour = network_colour(network.card.network)
        found = network.content["deletion"]
        share = np.linspace(0, 1, found["steps"] + 1)
        for curve, opacity in zip(CURVES, (1, 0.45), strict=True):
            for kind, dash in (("map", "solid"), ("random", "dot")):
                figure.add_scatter(
                    x=share,
                    y=found[curve][kind],
                    name=f"{network.title}: {curve}, {'its map' if kind == 'map' else 'random'}",
                    mode="lines",
                    opacity=opacity,
                    line={"color": colour, "dash": dash, "width": 2},
                    hovertemplate="%{y:+.2f} at %{x:.0%}<extra>%{fullData.name}</extra>",
                )
    figure.update_yaxes(title="change of the logit", tickformat="+.1f", **STILL)
    figure.update_xaxes(title="share of the film, hottest first", tickformat=".0%", **STILL)
    return tidy(figure, 460).update_layout(margin={"t": 110})
