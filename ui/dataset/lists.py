"""Figures of the official lists, and of the labels against the panel of radiologists."""

import pandas as pd
import plotly.graph_objects as go

from core.findings import TITLES
from core.wording import bracket, decimal
from ui.dataset.charts import MAIN, SECOND
from ui.shared.rows import each_row
from ui.shared.style import OTHER_COLOUR, REFERENCE_COLOUR, SECOND_OTHER_COLOUR, STILL, tidy

ANSWERS = {
    "pneumothorax": "Pneumothorax",
    "nodule_or_mass": "Nodule or mass",
    "airspace_opacity": "Airspace opacity",
    "fracture": "Fracture",
}
MEASURES = {
    "ppv": ("PPV", OTHER_COLOUR, "circle"),
    "sensitivity": ("sensitivity", SECOND_OTHER_COLOUR, "diamond"),
    "specificity": ("specificity", "#33BBEE", "square"),
}


def prevalence_by_split(shares: pd.DataFrame) -> go.Figure:
    """Prevalence in the two official lists, a line between them per finding."""
    shares = shares.sort_values("test", ascending=False)
    titles = [TITLES[name] for name in shares.index]
    figure = go.Figure()
    for title, row in zip(titles, each_row(shares), strict=True):
        figure.add_scatter(
            x=[row.train_val, row.test],
            y=[title, title],
            mode="lines",
            line={"color": REFERENCE_COLOUR, "width": 2},
            showlegend=False,
            hoverinfo="skip",
        )
    for split, name, colour, symbol in (
        ("train_val", "training list", SECOND, "circle"),
        ("test", "test list", MAIN, "diamond"),
    ):
        figure.add_scatter(
            x=shares[split],
            y=titles,
            mode="markers",
            name=name,
            marker={"color": colour, "size": 10, "symbol": symbol},
            hovertemplate="%{x:.1%} of the " + name + "<extra>%{y}</extra>",
        )
    figure.update_xaxes(tickformat=".0%", rangemode="tozero", title="share of films", **STILL)
    figure.update_yaxes(autorange="reversed", ticklabelstandoff=6, **STILL)
    return tidy(figure, 480)


def agreement(rows: pd.DataFrame) -> go.Figure:
    """PPV, sensitivity and specificity of NIH's labels with 95 % intervals.

    rows: as `core.nih.panel.nih_against_panel`.
    """
    figure = go.Figure()
    for k, (column, (name, colour, symbol)) in enumerate(MEASURES.items()):
        value = rows[column]
        figure.add_scatter(
            x=value,
            y=[position + (k - 1) * 0.2 for position in range(len(rows))],
            mode="markers",
            name=name,
            marker={"color": colour, "size": 10, "symbol": symbol},
            error_x={
                "array": rows[f"{column}_high"] - value,
                "arrayminus": value - rows[f"{column}_low"],
                "color": colour,
            },
            hovertemplate="%{x:.0%}<extra>" + name + "</extra>",
        )
    figure.update_xaxes(tickformat=".0%", range=[0, 1.02], **STILL)
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[ANSWERS[answer] for answer in rows.index],
        range=[len(rows) - 0.5, -0.5],
        ticklabelstandoff=6,
        showgrid=False,
        zeroline=False,
        **STILL,
    )
    return tidy(figure, 300)


def agreement_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The same as text, a row an answer, for reading and copying."""
    table = pd.DataFrame(
        {
            "Panel's answer": [ANSWERS[answer] for answer in rows.index],
            "NIH labels (any of)": [
                ", ".join(TITLES[name] for name in labels) for labels in rows["labels"]
            ],
            "Films": rows["films"].to_numpy(),
            "Patients": rows["patients"].to_numpy(),
            "Panel +": rows["panel"].to_numpy(),
            "NIH +": rows["nih"].to_numpy(),
        }
    )
    for column in (*MEASURES, "kappa"):
        name = MEASURES[column][0] if column in MEASURES else "kappa"
        table[name[0].upper() + name[1:]] = [
            _figure(*row) for row in rows[[column, f"{column}_low", f"{column}_high"]].to_numpy()
        ]
    return table


def _figure(value: float, low: float, high: float) -> str:
    """`.49 [.40, .56]`, a dash for none."""
    if value != value:
        return "–"
    return f"{decimal(value, 2)} {bracket(None if low != low else (low, high), 2)}".strip()
