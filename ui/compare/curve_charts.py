"""How networks learned, as figures: loss, accuracy, AUROC and learning rate by epoch."""

from typing import Any

import plotly.graph_objects as go

from core.wording import decimal
from ui.compare.runs import Run
from ui.shared.style import MARKERS, REFERENCE_COLOUR, network_colour, tidy


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
    figure, last = go.Figure(), _last(runs)
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
            best = int(values.argmax())
            figure.add_scatter(
                x=[epochs.iloc[best]],
                y=[values.iloc[best]],
                mode="markers+text",
                marker={"symbol": "star", "size": 15, "color": network_colour(run.network)},
                text=f"{decimal(values.iloc[best])} in epoch {epochs.iloc[best]}",
                textposition="top left" if 2 * epochs.iloc[best] > last else "top right",
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
    """What predicting nothing reaches, named in the legend: curves run over a label beside it."""
    last = max(run.history["epoch"].max() for run in runs)
    for value in sorted({run.history["val_all_negative_accuracy"].iloc[-1] for run in runs}):
        figure.add_scatter(
            x=[0.5, last + 0.7],
            y=[value, value],
            mode="lines",
            name=f"predicting nothing, {decimal(value)}",
            line={"color": REFERENCE_COLOUR, "width": 2},
            hoverinfo="skip",
        )


def _last(runs: list[Run]) -> int:
    """The last epoch of the longest run, where the axis ends."""
    return max((run.history["epoch"].max() for run in runs), default=1)


def _epochs(figure: go.Figure, runs: list[Run]) -> go.Figure:
    last = _last(runs)
    figure.update_xaxes(
        title="epoch", tickformat="d", dtick=1 if last <= 10 else 5, range=[0.5, last + 0.7]
    )
    return tidy(figure, 340).update_layout(hovermode="x")


def rate_curves(runs: list[Run]) -> go.Figure:
    """Learning rate at the end of each epoch."""
    figure = go.Figure()
    for number, run in enumerate(runs):
        figure.add_scatter(
            x=run.history["epoch"],
            y=run.history["learning_rate"],
            name=run.title,
            hovertemplate=f"%{{y:.2e}} {run.title}<extra></extra>",
            **_line(run, number),
        )
    figure.update_yaxes(title="learning rate", tickformat=".1e")
    return _epochs(figure, runs)
