"""Figures of cases and their combinations: counts of `core.nih.census` in, Plotly figures out."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.findings import TITLES
from ui.shared.rows import each_row
from ui.shared.style import REFERENCE_COLOUR, STILL, tidy

MAIN, SECOND, PALE = "#0077BB", "#EE7733", "#88BBDD"


def bars(figure: go.Figure, rows: int) -> go.Figure:
    """Horizontal bars, first row on top, numbers beside them."""
    figure.update_yaxes(autorange="reversed", ticklabelstandoff=6, **STILL)
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False, **STILL)
    return tidy(figure, 90 + 26 * rows)


def beside(figure: go.Figure, titles: list[str], at: list[float], text: list[str]) -> None:
    """Numbers to the right of horizontal bars."""
    figure.add_scatter(
        y=titles,
        x=at,
        mode="text",
        text=text,
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
    )


def case_counts(counts: pd.DataFrame, unit: str, marked: str | None) -> go.Figure:
    """Cases per finding: images split into single-label and others, or patients.

    marked: the finding whose films are shown; its label is bold. Every bar carries its finding's
    name as customdata, for the click.
    """
    counts = counts.sort_values(unit, ascending=False, kind="stable")
    titles = [_bold(TITLES[name], name == marked) for name in counts.index]
    total, alone = counts[unit], counts["single_label"]
    parts = [("patients", total, MAIN)]
    if unit == "images":
        parts = [
            ("the film's only finding", alone, MAIN),
            ("with other findings", total - alone, PALE),
        ]
    figure = go.Figure()
    for name, values, colour in parts:
        figure.add_bar(
            y=titles,
            x=values,
            orientation="h",
            name=name,
            customdata=list(counts.index),
            marker_color=colour,
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            hovertemplate="%{x:,} " + name + "<extra>%{y}</extra>",
        )
    text = [f" {value:,}" for value in total]
    if unit == "images":
        shares = zip(text, counts["prevalence"], strict=True)
        text = [f"{number} · {share:.1%}" for number, share in shares]
    beside(figure, titles, list(total), text)
    figure.update_layout(
        barmode="stack", legend_traceorder="normal", clickmode="event+select", dragmode=False
    )
    figure.update_xaxes(range=[0, 1.35 * max(1, total.max())])
    return bars(figure, len(counts))


def single_label_cost(counts: pd.DataFrame) -> go.Figure:
    """Share of each finding's films that training with one label a film would drop."""
    counts = counts.dropna(subset="lost_share").sort_values("lost_share", ascending=False)
    titles = [TITLES[name] for name in counts.index]
    several = counts["images"] - counts["single_label"]
    figure = go.Figure(
        go.Bar(
            y=titles,
            x=counts["lost_share"],
            orientation="h",
            marker_color=SECOND,
            showlegend=False,
            customdata=pd.DataFrame({"lost": several, "all": counts["images"]}),
            hovertemplate="%{customdata[0]:,} of %{customdata[1]:,} films<extra>%{y}</extra>",
        )
    )
    beside(figure, titles, list(counts["lost_share"]), [f" {v:.0%}" for v in counts["lost_share"]])
    figure.update_xaxes(range=[0, 1.2])
    return bars(figure, len(counts)).update_layout(margin_t=8)


def labels_per_film(films: pd.Series) -> go.Figure:
    """How many films carry 0, 1, 2 ... findings."""
    figure = go.Figure(
        go.Bar(
            x=films.index,
            y=films,
            marker_color=MAIN,
            text=[f"{value:,}" for value in films],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y:,} films with %{x} findings<extra></extra>",
        )
    )
    figure.update_xaxes(title="findings on the film", dtick=1, **STILL)
    figure.update_yaxes(showticklabels=False, showgrid=False, **STILL)
    return tidy(figure, 400)


def combinations(counts: pd.DataFrame, marked: int) -> go.Figure:
    """An UpSet plot: bars of exact combinations over the findings that make them up.

    counts: as `census.combinations`; marked: the row whose films are shown. Bars carry their row
    as customdata, for the click.
    """
    used = [name for name in TITLES if any(name in found for found in counts["findings"])]
    rank = {name: len(used) - 1 - i for i, name in enumerate(used)}
    columns = list(range(len(counts)))
    figure = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.03, row_heights=[0.5, 0.5])
    figure.add_bar(
        x=columns,
        y=counts["films"],
        marker_color=[SECOND if row == marked else MAIN for row in columns],
        customdata=columns,
        text=[f"{value:,}" for value in counts["films"]],
        textposition="outside",
        textangle=-90,
        cliponaxis=False,
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        hovertext=[
            f"{' + '.join(TITLES[n] for n in row.findings)}: {row.films:,} films of "
            f"{row.patients:,} patients"
            for row in each_row(counts)
        ],
        hoverinfo="text",
        row=1,
        col=1,
    )
    empty = [(x, y) for x in columns for y in rank.values()]
    figure.add_scatter(
        x=[x for x, _ in empty],
        y=[y for _, y in empty],
        mode="markers",
        marker={"color": REFERENCE_COLOUR, "size": 5, "opacity": 0.35},
        hoverinfo="skip",
        row=2,
        col=1,
    )
    for x, found in enumerate(counts["findings"]):
        figure.add_scatter(
            x=[x] * len(found),
            y=[rank[name] for name in found],
            mode="lines+markers",
            line={"color": SECOND if x == marked else MAIN, "width": 2},
            marker={"size": 9},
            hoverinfo="skip",
            row=2,
            col=1,
        )
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False, **STILL)
    figure.update_yaxes(
        showticklabels=False,
        showgrid=False,
        zeroline=False,
        range=[0, 1.3 * counts["films"].max()],
        row=1,
        col=1,
        **STILL,
    )
    figure.update_yaxes(
        tickvals=list(rank.values()),
        ticktext=[TITLES[name] for name in rank],
        showgrid=False,
        zeroline=False,
        row=2,
        col=1,
        **STILL,
    )
    figure.update_layout(clickmode="event+select", dragmode=False)
    return tidy(figure, 520).update_layout(showlegend=False)


def together(cells: pd.DataFrame, counts: pd.DataFrame, kind: str) -> go.Figure:
    """Pairs of findings, 14 x 14. cells: what the colour says; counts: films with both.

    kind: "films", "share" (of the row's films) or "lift" (1 is chance; log scale, diverging).
    """
    titles = [TITLES[name] for name in counts.index]
    digits = {"films": "{:,.0f}", "share": "{:.0%}", "lift": "{:.1f}"}[kind]
    written = cells.map(lambda cell: "" if pd.isna(cell) else digits.format(cell))
    colours = {"colorscale": "Blues", "zmin": 0}
    if kind == "lift":
        cells = cells.where(cells > 0).map(np.log2)
        colours = {"colorscale": "RdBu_r", "zmin": -3, "zmax": 3}
    says = {
        "films": "%{customdata:,} films carry %{y} and %{x}",
        "share": "%{text} of the films with %{y} also carry %{x} (%{customdata:,} films)",
        "lift": "%{y} and %{x} meet %{text} times as often as chance (%{customdata:,} films)",
    }
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            x=titles,
            y=titles,
            customdata=counts,
            hovertemplate=says[kind] + "<extra></extra>",
            hoverongaps=False,
            showscale=False,
            xgap=1,
            ygap=1,
            text=written,
            texttemplate="%{text}",
            textfont={"size": 10},
            **colours,
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, **STILL)
    figure.update_xaxes(tickangle=-60, showgrid=False, **STILL)
    return tidy(figure, 560).update_layout(margin_t=8)


def _bold(title: str, yes: bool) -> str:
    return f"<b>{title}</b>" if yes else title
