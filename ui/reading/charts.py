"""A film's findings as a figure: probability, operating point, above or below it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import ArrayLike
from scipy.special import logit

from core.wording import decimal
from ui.shared.rows import each_row
from ui.shared.style import REFERENCE_COLOUR, tidy

PROBABILITY_TICKS = (0.001, 0.01, 0.1, 0.5, 0.9)


def span(tables: Sequence[pd.DataFrame]) -> tuple[float, float]:
    """Lowest and highest probability or operating point of several `ranked` tables."""
    every = np.concatenate([table[["probability", "threshold"]] for table in tables])
    return float(np.nanmin(every)), float(np.nanmax(every))


def reading_chart(
    table: pd.DataFrame, colour: str, labels: Sequence[str], span: tuple[float, float]
) -> go.Figure:
    """A film's findings in the table's order: probability as a dot, operating point as a tick.

    table: as `core.reading.by_margin.ranked`. labels: NIH's, written bold. span: lowest and highest
    probability of the axis, whose scale is log-odds: a dot's distance from its tick is what the
    order follows.
    """
    known = table["threshold"].notna()
    above, below = table[table["above"]], table[known & ~table["above"]]
    figure = go.Figure()
    _connect(figure, above, colour, 3)
    _connect(figure, below, REFERENCE_COLOUR, 1)
    _points(figure, above, "probability", symbol="circle", size=11, color=colour)
    _points(figure, below, "probability", symbol="circle-open", size=11, color=REFERENCE_COLOUR)
    _points(figure, table[~known], "probability", symbol="x-thin-open", color=REFERENCE_COLOUR)
    tick = {"symbol": "line-ns-open", "size": 14, "color": REFERENCE_COLOUR}
    _points(figure, table[known], "threshold", **tick)
    beside = {"x": 1, "xref": "paper", "showarrow": False}
    for row in each_row(table):
        side = "above" if row.above else "below"
        word = "no point" if np.isnan(row.threshold) else f"{side} {100 * row.threshold:.1f} %"
        percent = f"{100 * row.probability:.1f} %"
        figure.add_annotation(y=row.Index, text=percent, xanchor="right", xshift=50, **beside)
        figure.add_annotation(y=row.Index, text=word, xanchor="left", xshift=56, **beside)
    names = [f"<b>{r.title}</b> ◆" if r.finding in labels else r.title for r in each_row(table)]
    figure.update_yaxes(
        tickvals=table.index, ticktext=names, range=[len(table) - 0.4, -0.6], zeroline=False
    )
    figure.update_xaxes(
        tickvals=_log_odds(PROBABILITY_TICKS),
        ticktext=[f"{100 * tick:g} %" for tick in PROBABILITY_TICKS],
        range=list(_log_odds(span) + np.array([-0.4, 0.4])),
        title="calibrated probability, log-odds scale",
        zeroline=False,
    )
    return tidy(figure, 60 + 27 * len(table)).update_layout(
        margin={"r": 136, "t": 8}, showlegend=False
    )


def _log_odds(values: ArrayLike) -> np.ndarray:
    """Log-odds of probabilities, finite for 0 and 1 as well."""
    return logit(np.clip(np.asarray(values, float), 1e-6, 1 - 1e-6))


def _connect(figure: go.Figure, table: pd.DataFrame, colour: str, width: float) -> None:
    """Lines from operating point to probability."""
    for row in each_row(table):
        figure.add_scatter(
            x=_log_odds([row.threshold, row.probability]),
            y=[row.Index, row.Index],
            mode="lines",
            line={"color": colour, "width": width},
            hoverinfo="skip",
        )


def _points(figure: go.Figure, table: pd.DataFrame, column: str, **marker: Any) -> None:
    figure.add_scatter(
        x=_log_odds(table[column]),
        y=table.index,
        mode="markers",
        marker={"size": 9, "line": {"width": 2, "color": marker["color"]}} | marker,
        customdata=[_hover(row) for row in each_row(table)],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _hover(row: Any) -> str:
    """What a point says; row: of `core.reading.by_margin.ranked`."""
    if np.isnan(row.threshold):
        return f"{row.title}: {100 * row.probability:.1f} %; no operating point, {row.reason}"
    return (
        f"{row.title}: {100 * row.probability:.1f} %; operating point {100 * row.threshold:.1f} %"
        f" (validation: sensitivity {decimal(row.sensitivity, 2)}, specificity "
        f"{decimal(row.specificity, 2)})"
    )
