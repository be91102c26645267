"""Figures of who is in the data: age, sex, view, films per patient, follow-up, one patient."""

import pandas as pd
import plotly.graph_objects as go

from core.findings import NAMES, NO_FINDING, TITLES
from ui.dataset.charts import MAIN, SECOND, bars, beside
from ui.shared.style import REFERENCE_COLOUR, STILL, tidy

SEXES = {"F": ("women", "#AA3377", -1), "M": ("men", "#009988", 1)}
"""Name, colour, and the side of the pyramid."""


def age_pyramid(some: pd.DataFrame, every: pd.DataFrame | None) -> go.Figure:
    """Share of films by age group and sex, women to the left; the line is all films kept.

    some, every: counts as `census.ages_by_sex`, of a finding and of all films (None: no line).
    """
    figure = go.Figure()
    largest = 0.01
    for sex, (name, colour, side) in SEXES.items():
        share = some[sex] / max(1, some.to_numpy().sum())
        largest = max(largest, share.max())
        figure.add_bar(
            y=some.index + 2.5,
            x=side * share,
            orientation="h",
            width=4.6,
            name=name,
            marker_color=colour,
            customdata=pd.DataFrame({"films": some[sex], "share": share}),
            hovertemplate="%{customdata[0]:,} films (%{customdata[1]:.1%})<extra>%{fullData.name}"
            "</extra>",
        )
        if every is None:
            continue
        reference = every[sex] / max(1, every.to_numpy().sum())
        largest = max(largest, reference.max())
        figure.add_scatter(
            y=every.index + 2.5,
            x=side * reference,
            mode="lines",
            line={"color": REFERENCE_COLOUR, "width": 2, "shape": "vhv"},
            name="all films kept",
            showlegend=side > 0,
            hoverinfo="skip",
        )
    step = 0.05 if largest > 0.05 else 0.02
    ticks = [k * step for k in range(-int(largest / step), int(largest / step) + 1)]
    figure.update_layout(barmode="overlay", legend_traceorder="normal")
    figure.update_xaxes(
        title="share of films",
        tickvals=ticks,
        ticktext=[f"{abs(tick):.0%}" for tick in ticks],
        range=[-1.1 * largest, 1.1 * largest],
        **STILL,
    )
    figure.update_yaxes(title="age, years", dtick=10, **STILL)
    return tidy(figure, 460)


def shares(profile: pd.DataFrame, column: str, overall: float) -> go.Figure:
    """Share of women or of AP films per finding, highest first; the line is all films."""
    profile = profile[profile["films"] > 0].sort_values(column, ascending=False, kind="stable")
    titles = [TITLES.get(name, name) for name in profile.index]
    what = {"women": "of women", "ap": "AP"}[column]
    figure = go.Figure(
        go.Bar(
            y=titles,
            x=profile[column],
            orientation="h",
            marker_color=[REFERENCE_COLOUR if n == NO_FINDING else MAIN for n in profile.index],
            showlegend=False,
            customdata=profile["films"],
            hovertemplate="%{x:.1%} of %{customdata:,} films are " + what + "<extra>%{y}</extra>",
        )
    )
    # numbers in a column of their own, where the dashed line cannot strike them out
    beside(figure, titles, [1.0] * len(profile), [f"{value:.0%}" for value in profile[column]])
    figure.add_vline(
        x=overall,
        line={"color": REFERENCE_COLOUR, "dash": "dash"},
        annotation={"text": f"all films {overall:.0%}", "yanchor": "bottom"},
        annotation_position="top",
    )
    figure.update_layout(xaxis_range=[0, 1.15])
    return bars(figure, len(profile))


def per_patient(counts: pd.DataFrame) -> go.Figure:
    """Share of the patients, and of the films, by how many films a patient has."""
    figure = go.Figure()
    for column, colour in (("patients", MAIN), ("films", SECOND)):
        share = counts[column] / max(1, counts[column].sum())
        figure.add_bar(
            x=counts.index,
            y=share,
            name=f"share of {column}",
            marker_color=colour,
            customdata=counts[column],
            hovertemplate="%{customdata:,} " + column + " (%{y:.1%})<extra></extra>",
        )
    figure.update_xaxes(title="films of one patient", type="category", **STILL)
    figure.update_yaxes(tickformat=".0%", **STILL)
    return tidy(figure, 340)


def by_follow_up(counts: pd.DataFrame) -> go.Figure:
    """Share of films with a finding by follow-up number."""
    figure = go.Figure(
        go.Bar(
            x=counts.index,
            y=counts["ill"],
            marker_color=MAIN,
            text=[f"{v:.0%}" if v == v else "" for v in counts["ill"]],
            textposition="outside",
            cliponaxis=False,
            customdata=counts["films"],
            hovertemplate="%{y:.1%} of %{customdata:,} films<extra>follow-up %{x}</extra>",
        )
    )
    figure.update_xaxes(title="follow-up number (0: first film)", type="category", **STILL)
    figure.update_yaxes(title="films with a finding", tickformat=".0%", range=[0, 1], **STILL)
    return tidy(figure, 340).update_layout(margin_t=24)


def timeline(films: pd.DataFrame) -> go.Figure:
    """One patient's findings film by film, in the order of follow-up."""
    films = films.sort_values("follow_up")
    carried = [name for name in (*NAMES, NO_FINDING) if films[name].any()]
    figure = go.Figure()
    for name in carried:
        rows = films[films[name]]
        figure.add_scatter(
            x=rows["follow_up"],
            y=[TITLES.get(name, name)] * len(rows),
            mode="markers",
            marker={
                "size": 11,
                "symbol": "square",
                "color": REFERENCE_COLOUR if name == NO_FINDING else MAIN,
            },
            customdata=rows[["image_index", "age", "view"]].astype(str),
            hovertemplate="%{customdata[0]}: %{customdata[1]} years, %{customdata[2]}"
            "<extra>%{y}</extra>",
            showlegend=False,
        )
    figure.update_xaxes(title="follow-up number", tickformat="d", **STILL)
    figure.update_yaxes(autorange="reversed", ticklabelstandoff=6, **STILL)
    return tidy(figure, 110 + 26 * len(carried)).update_layout(margin_t=8)
