"""Test results as figures: AUROC beside its floors, ROC, precision-recall, calibration."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from sklearn.metrics import precision_recall_curve, roc_curve

from core.checkpoints.card import Card
from core.statistics import measures
from ui.shared.networks import network_title
from ui.shared.rows import each_row
from ui.shared.style import MARKERS, REFERENCE_COLOUR, STILL, network_colour, tidy

REFERENCE_LINE = {"color": REFERENCE_COLOUR, "width": 1.5, "dash": "dot"}


@dataclass(frozen=True)
class Scored:
    """One line of a figure: labels (bool, N) and scores (N) under a name and a colour."""

    title: str
    colour: str
    labels: np.ndarray
    scores: np.ndarray


def finding_dots(table: pd.DataFrame, cards: dict[str, Card]) -> go.Figure:
    """Test AUROC per finding with 95 % intervals, the floor as a tick, in the table's order."""
    figure = go.Figure()
    rows = np.arange(len(table), dtype=float)
    offsets = (np.arange(len(cards)) - (len(cards) - 1) / 2) * 0.28
    for number, (key, card) in enumerate(cards.items()):
        value = table[f"{key}_auroc"].astype(float)
        figure.add_scatter(
            x=value,
            y=rows + offsets[number],
            name=network_title(card),
            mode="markers",
            marker={
                "symbol": MARKERS[number % len(MARKERS)],
                "size": 9,
                "color": network_colour(card.network),
            },
            error_x={
                "array": table[f"{key}_high"] - value,
                "arrayminus": value - table[f"{key}_low"],
                "color": network_colour(card.network),
                "thickness": 1.5,
                "width": 0,
            },
            customdata=table[["finding", f"{key}_low", f"{key}_high", "n_positive"]],
            hovertemplate="%{customdata[0]}: %{x:.3f} [%{customdata[1]:.3f}, %{customdata[2]:.3f}],"
            f" %{{customdata[3]}} positive films<extra>{network_title(card)}</extra>",
        )
    figure.add_scatter(
        x=table["floor"],
        y=rows,
        name="age, sex, view and follow-up alone",
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 15, "color": REFERENCE_COLOUR},
        hovertemplate="%{x:.3f} without the film<extra></extra>",
    )
    figure.add_vline(0.5, line=REFERENCE_LINE)
    figure.add_annotation(
        x=0.5, y=-0.5, text="chance", showarrow=False, xanchor="left", xshift=4,
        font={"color": REFERENCE_COLOUR},
    )  # fmt: skip
    labels = [f"{row.finding} ({row.n_positive})" for row in each_row(table)]
    figure.update_yaxes(
        tickvals=rows, ticktext=labels, range=[len(table) - 0.3, -0.6], zeroline=False, **STILL
    )
    figure.update_xaxes(title="test AUROC", tickformat=".1f", dtick=0.1, **STILL)
    return tidy(figure, 120 + 34 * len(table))


def roc(lines: Iterable[Scored]) -> go.Figure:
    """Sensitivity against the share of films without the finding that are called."""
    figure = go.Figure()
    for line in lines:
        false_rate, sensitivity, _ = roc_curve(line.labels, line.scores)
        _line(figure, line, false_rate, sensitivity)
    figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line=REFERENCE_LINE)
    return _square(figure, "1 - specificity", "sensitivity")


def precision_recall(lines: Iterable[Scored]) -> go.Figure:
    """PPV against sensitivity; guessing stays at the prevalence."""
    figure = go.Figure()
    prevalence = 0.0
    for line in lines:
        precision, recall, _ = precision_recall_curve(line.labels, line.scores)
        _line(figure, line, recall, precision)
        prevalence = float(line.labels.mean())
    figure.add_hline(prevalence, line=REFERENCE_LINE)
    return _square(figure, "sensitivity (recall)", "PPV (precision)")


def calibration(lines: Iterable[Scored]) -> go.Figure:
    """How often the finding was labelled where a probability was said, in ten equal bins."""
    figure, top = go.Figure(), 0.05
    for line in lines:
        bins = measures.equal_bins(line.scores)
        said = [float(line.scores[rows].mean()) for rows in bins]
        seen = [float(line.labels[rows].mean()) for rows in bins]
        _line(figure, line, said, seen, mode="lines+markers")
        top = max(top, *said, *seen)
    figure.add_shape(type="line", x0=0, y0=0, x1=top, y1=top, line=REFERENCE_LINE)
    _square(figure, "probability said", "share with the label")
    edge = [0, 1.06 * top]
    return figure.update_xaxes(range=edge).update_yaxes(range=edge)


def _line(
    figure: go.Figure,
    line: Scored,
    x: Iterable[float],
    y: Iterable[float],
    mode: str = "lines",
) -> None:
    figure.add_scatter(
        x=list(x),
        y=list(y),
        mode=mode,
        name=line.title,
        line={"color": line.colour, "width": 2},
        hovertemplate=f"%{{x:.3f}}, %{{y:.3f}}<extra>{line.title}</extra>",
    )


def _square(figure: go.Figure, x: str, y: str) -> go.Figure:
    figure.update_xaxes(title=x, range=[0, 1], tickformat=".1f", constrain="domain", **STILL)
    figure.update_yaxes(title=y, range=[0, 1.02], tickformat=".1f", **STILL)
    return tidy(figure, 360)


def learning_curve(curve: dict[str, Any]) -> go.Figure:
    """Validation AUROC by number of training films, and its straight line at the full data.

    curve: as `core.evaluation.learning_curve.measure`.
    """
    points, full = pd.DataFrame(curve["points"]), pd.DataFrame([curve["full"]])
    colour = network_colour(curve["network"])
    figure = go.Figure()
    _with_intervals(figure, points, "measured", colour, symbol="circle", size=10)
    _with_intervals(
        figure, full, "the straight line at the full data", colour, symbol="circle-open", size=10
    )
    ends = pd.concat([points.iloc[-1:], full])
    figure.add_scatter(
        x=ends["films"],
        y=ends["value"],
        mode="lines",
        line=REFERENCE_LINE,
        showlegend=False,
        hoverinfo="skip",
    )
    ticks = [*points["films"], *full["films"]]
    figure.update_xaxes(
        type="log",
        title="training films, logarithmic scale",
        tickvals=ticks,
        ticktext=[f"{films:,}" for films in ticks],
        **STILL,
    )
    figure.update_yaxes(title="validation AUROC", tickformat=".2f", **STILL)
    return tidy(figure, 340)


def _with_intervals(
    figure: go.Figure, rows: pd.DataFrame, name: str, colour: str, **marker: Any
) -> None:
    """Points with their intervals; rows: films, value, interval."""
    low, high = np.array(rows["interval"].tolist()).T
    figure.add_scatter(
        x=rows["films"],
        y=rows["value"],
        error_y={"array": high - rows["value"], "arrayminus": rows["value"] - low, "width": 4},
        mode="markers" if len(rows) == 1 else "lines+markers",
        name=name,
        marker={"color": colour, **marker},
        hovertemplate="%{x:,} films: %{y:.3f}<extra></extra>",
    )
