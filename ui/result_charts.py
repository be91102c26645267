"""Training curves, test results and readings as figures."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import ArrayLike
from scipy.special import logit

from core.checkpoints import Card
from core.summary import decimal
from ui.results import Run, called
from ui.style import REFERENCE_COLOUR, network_colour, tidy

PROBABILITY_TICKS = (0.001, 0.01, 0.1, 0.5, 0.9)
MARKERS = ("circle", "diamond", "square", "cross")


def learning_curves(runs: list[Run], measure: str) -> go.Figure:
    """`accuracy` or `loss` by epoch: training dashed and pale, validation solid."""
    figure = go.Figure()
    for number, run in enumerate(runs):
        for part, words in (("train", "training"), ("val", "validation")):
            figure.add_scatter(
                x=run.history["epoch"],
                y=run.history[f"{part}_{measure}"],
                name=f"{run.title}, {words}",
                hovertemplate=f"%{{y:.4f}} {run.title}, {words}<extra></extra>",
                **_line(run, number, training=part == "train"),
            )
    if measure == "accuracy":
        _all_negative(figure, runs)
    figure.update_yaxes(title=measure, tickformat=".3f")
    return _epochs(figure, runs)


def auroc_curves(runs: list[Run]) -> go.Figure:
    """Mean validation AUROC by epoch, the best epoch as a star."""
    figure = go.Figure()
    for number, run in enumerate(runs):
        epochs, values = run.history["epoch"], run.history["val_auroc"]
        figure.add_scatter(
            x=epochs,
            y=values,
            name=run.title,
            hovertemplate=f"%{{y:.3f}} {run.title}<extra></extra>",
            **_line(run, number),
        )
        if values.notna().any():
            best = values.idxmax()
            figure.add_scatter(
                x=[epochs[best]],
                y=[values[best]],
                mode="markers+text",
                marker={"symbol": "star", "size": 15, "color": network_colour(run.network)},
                text=f"{decimal(values[best])} in epoch {epochs[best]}",
                textposition="top left" if 2 * best > len(values) else "top right",
                showlegend=False,
                hoverinfo="skip",
            )
    figure.update_yaxes(title="mean AUROC", tickformat=".2f")
    return _epochs(figure, runs)


def _line(run: Run, number: int, training: bool = False) -> dict[str, Any]:
    dash = "dash" if training else ("dot" if run.card is None else "solid")
    return {
        "mode": "lines" if training else "lines+markers",
        "line": {"color": network_colour(run.network), "dash": dash, "width": 2},
        "marker": {"symbol": MARKERS[number % len(MARKERS)], "size": 6},
        "opacity": 0.7 if training else 1,
    }


def _all_negative(figure: go.Figure, runs: list[Run]) -> None:
    for value in sorted({run.history["val_all_negative_accuracy"].iloc[-1] for run in runs}):
        figure.add_hline(
            value,
            line={"color": REFERENCE_COLOUR, "width": 2},
            annotation={
                "text": f"predicting nothing: {decimal(value)}",
                "font": {"color": REFERENCE_COLOUR},
                "yshift": -2,
            },
            annotation_position="bottom right",
        )
        # An empty point that makes the axis leave room for the label below the line.
        tops = [run.history["train_accuracy"].max() for run in runs]
        room = value - 0.12 * (max(tops) - value)
        figure.add_scatter(x=[1], y=[room], opacity=0, showlegend=False, hoverinfo="skip")


def _epochs(figure: go.Figure, runs: list[Run]) -> go.Figure:
    last = max((run.history["epoch"].max() for run in runs), default=1)
    figure.update_xaxes(
        title="epoch", tickformat="d", dtick=1 if last <= 10 else 5, range=[0.5, last + 0.7]
    )
    return tidy(figure, 340).update_layout(hovermode="x")


def finding_dots(table: pd.DataFrame, cards: dict[str, Card]) -> go.Figure:
    """Test AUROC per finding with 95 % intervals, a row a finding, in the table's order."""
    figure = go.Figure()
    rows = np.arange(len(table), dtype=float)
    offsets = (np.arange(len(cards)) - (len(cards) - 1) / 2) * 0.28
    for number, (key, card) in enumerate(cards.items()):
        value = table[f"{key}_auroc"].astype(float)
        figure.add_scatter(
            x=value,
            y=rows + offsets[number],
            name=called(card),
            mode="markers",
            marker={"symbol": MARKERS[number], "size": 9, "color": network_colour(card.network)},
            error_x={
                "array": table[f"{key}_high"] - value,
                "arrayminus": value - table[f"{key}_low"],
                "color": network_colour(card.network),
                "thickness": 1.5,
                "width": 0,
            },
            customdata=table[["finding", f"{key}_low", f"{key}_high", "n_positive"]],
            hovertemplate="%{customdata[0]}: %{x:.3f} [%{customdata[1]:.3f}, %{customdata[2]:.3f}],"
            f" %{{customdata[3]}} positive films<extra>{called(card)}</extra>",
        )
    figure.add_vline(0.5, line={"color": REFERENCE_COLOUR, "width": 2, "dash": "dot"})
    figure.add_annotation(
        x=0.5, y=-0.5, text="chance", showarrow=False, xanchor="left", xshift=4,
        font={"color": REFERENCE_COLOUR},
    )  # fmt: skip
    labels = [f"{row.finding} ({row.n_positive})" for row in table.itertuples()]
    figure.update_yaxes(
        tickvals=rows, ticktext=labels, range=[len(table) - 0.3, -0.6], zeroline=False
    )
    figure.update_xaxes(title="test AUROC", tickformat=".1f", dtick=0.1)
    return tidy(figure, 120 + 34 * len(table))


def span(tables: Sequence[pd.DataFrame]) -> tuple[float, float]:
    """Lowest and highest probability or operating point of several `ranked` tables."""
    every = np.concatenate([table[["probability", "threshold"]] for table in tables])
    return float(np.nanmin(every)), float(np.nanmax(every))


def reading_chart(
    table: pd.DataFrame, colour: str, labels: Sequence[str], span: tuple[float, float]
) -> go.Figure:
    """A film's findings in the table's order: probability as a dot, operating point as a tick.

    table: as `ui.reading.ranked`. labels: NIH's, written bold. span: lowest and highest probability
    of the axis, whose scale is log-odds: a dot's distance from its tick is what the order follows.
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
    for row in table.itertuples():
        word = "–" if np.isnan(row.threshold) else ("above" if row.above else "below")
        percent = f"{100 * row.probability:.1f} %"
        figure.add_annotation(y=row.Index, text=percent, xanchor="right", xshift=50, **beside)
        figure.add_annotation(y=row.Index, text=word, xanchor="left", xshift=56, **beside)
    names = [f"<b>{r.title}</b> ◆" if r.finding in labels else r.title for r in table.itertuples()]
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
        margin={"r": 96, "t": 8}, showlegend=False
    )


def _log_odds(values: ArrayLike) -> np.ndarray:
    """Log-odds of probabilities, finite for 0 and 1 as well."""
    return logit(np.clip(np.asarray(values, float), 1e-6, 1 - 1e-6))


def _connect(figure: go.Figure, table: pd.DataFrame, colour: str, width: float) -> None:
    """Lines from operating point to probability."""
    for row in table.itertuples():
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
        customdata=[_hover(row) for row in table.itertuples()],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _hover(row: Any) -> str:
    """What a point says; row: of `ui.reading.ranked`."""
    if np.isnan(row.threshold):
        return f"{row.title}: {100 * row.probability:.1f} %; no operating point, {row.reason}"
    return (
        f"{row.title}: {100 * row.probability:.1f} %; operating point {100 * row.threshold:.1f} %"
        f" (validation: sensitivity {decimal(row.sensitivity, 2)}, specificity "
        f"{decimal(row.specificity, 2)})"
    )
