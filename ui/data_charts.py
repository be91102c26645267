"""Figures of the data set: each takes counts from `core.census` and returns a Plotly figure."""

import pandas as pd
import plotly.graph_objects as go

from core.findings import TITLES
from ui.style import REFERENCE_COLOUR, tidy

MAIN, SECOND = "#0077BB", "#EE7733"
SEXES = {"F": ("women", "#AA3377"), "M": ("men", "#009988")}
STILL = {"fixedrange": True}
"""No zoom by finger: on a phone it would catch the scrolling."""


def _bars(figure: go.Figure, rows: int) -> go.Figure:
    """Horizontal bars, first row on top, numbers beside them."""
    figure.update_yaxes(autorange="reversed", ticklabelstandoff=6, **STILL)
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False, **STILL)
    return tidy(figure, 90 + 26 * rows)


def case_counts(counts: pd.DataFrame, unit: str) -> go.Figure:
    """Cases per finding: images split into single-label and others, or patients."""
    counts = counts.sort_values(unit, ascending=False, kind="stable")
    titles = [TITLES[name] for name in counts.index]
    total = counts[unit]
    figure = go.Figure()
    if unit == "patients":
        figure.add_bar(y=titles, x=total, orientation="h", marker_color=MAIN, name="patients")
    else:
        alone = counts["single_label"]
        hover = "%{x:,} %{y}<extra></extra>"
        for name, values, colour in (
            ("the film's only finding", alone, MAIN),
            ("with other findings", total - alone, "#88BBDD"),
        ):
            figure.add_bar(
                y=titles,
                x=values,
                orientation="h",
                name=name,
                marker_color=colour,
                hovertemplate=hover,
            )
    figure.add_scatter(
        y=titles,
        x=total,
        mode="text",
        text=[f" {value:,}" for value in total],
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
    )
    figure.update_layout(barmode="stack", legend_traceorder="normal")
    figure.update_xaxes(range=[0, 1.2 * max(1, total.max())])
    return _bars(figure, len(counts))


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


def prevalence_by_split(shares: pd.DataFrame) -> go.Figure:
    """Prevalence in the two official lists, a line between them per finding."""
    shares = shares.sort_values("test", ascending=False)
    titles = [TITLES[name] for name in shares.index]
    figure = go.Figure()
    for title, row in zip(titles, shares.itertuples(), strict=True):
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
    return tidy(figure, 400)


def ap_share(shares: pd.Series, overall: float) -> go.Figure:
    """Share of AP films per finding, with the share of all films as a line."""
    shares = shares.dropna()
    titles = [TITLES[name] for name in shares.index]
    figure = go.Figure(
        go.Bar(
            y=titles,
            x=shares,
            orientation="h",
            marker_color=MAIN,
            showlegend=False,
            hovertemplate="%{x:.1%} of the films with %{y} are AP<extra></extra>",
        )
    )
    figure.add_scatter(  # in a column of their own, where the dashed line cannot strike them out
        y=titles,
        x=[1.13] * len(shares),
        mode="text",
        text=[f"{value:.0%}" for value in shares],
        textposition="middle left",
        showlegend=False,
        hoverinfo="skip",
    )
    figure.add_vline(
        x=overall,
        line={"color": REFERENCE_COLOUR, "dash": "dash"},
        annotation={"text": f"all films {overall:.0%}", "yanchor": "bottom"},
        annotation_position="top",
    )
    figure.update_layout(xaxis_range=[0, 1.15])
    return _bars(figure, len(shares))


def ages_by_sex(counts: pd.DataFrame) -> go.Figure:
    """Films by age group and sex, side by side."""
    figure = go.Figure()
    for sex, (name, colour) in SEXES.items():
        figure.add_bar(
            x=counts.index + 2.5,
            y=counts[sex],
            width=4.6,
            name=name,
            marker_color=colour,
            hovertemplate="%{y:,} films<extra>" + name + "</extra>",
        )
    figure.update_layout(barmode="stack", legend_traceorder="normal")
    figure.update_xaxes(title="age, years (groups of five)", dtick=20, **STILL)
    figure.update_yaxes(title="films", tickformat=",", **STILL)
    return tidy(figure, 320)


def together(counts: pd.DataFrame) -> go.Figure:
    """Of the films with the row's finding, the share that also carries the column's."""
    names = list(counts.index)
    titles = [TITLES[name] for name in names]
    share = counts.div(pd.Series({n: counts.loc[n, n] for n in names}).clip(lower=1), axis=0)
    cells = share.mask(pd.DataFrame({a: {b: a == b for b in names} for a in names}))
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            x=titles,
            y=titles,
            customdata=counts,
            colorscale="Blues",
            zmin=0,
            colorbar={"tickformat": ".0%", "thickness": 10, "title": None},
            hovertemplate="%{z:.1%} of the films with %{y} also carry %{x} "
            "(%{customdata:,} films)<extra></extra>",
            hoverongaps=False,
        )
    )
    figure.update_yaxes(autorange="reversed", **STILL)
    figure.update_xaxes(tickangle=-60, **STILL)
    return tidy(figure, 520)
