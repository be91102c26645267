"""Published results as figures: one work a row, or one finding a row."""

import html
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.checkpoints.card import Card
from core.findings import NAMES, TITLES
from core.literature.published import BOXED
from core.wording import decimal
from ui.related_work import results
from ui.related_work.text import PRIOR
from ui.shared.networks import network_title
from ui.shared.rows import each_row
from ui.shared.style import (
    OTHER_COLOUR,
    REFERENCE_COLOUR,
    SECOND_OTHER_COLOUR,
    STILL,
    network_colour,
    tidy,
)

SHORT = {" et al.": "", "reproduction of CheXNet": "CheXNet again", "first arXiv version": "v1"}
LONGEST = 28
QUOTED, READ = "quoted by another work", "read in paper or repository"
OURS_SYMBOLS = ("star", "star-diamond", "hexagram", "star-square")


def by_work(table: pd.DataFrame, cards: dict[str, Card], measure: str) -> go.Figure:
    """AUROC of each work that reports it, best first within its split; ours with intervals.

    table: as `related.works`. measure: a finding or "mean".
    """
    rows = _placed(table.dropna(subset=[measure]), measure)
    figure = go.Figure()
    for name, part in (
        (READ, rows[rows["checked"].isin(["paper", "source"])]),
        (QUOTED, rows[rows["checked"] == "secondary"]),
    ):
        symbol = "circle" if name == READ else "circle-open"
        _marks(figure, part, measure, name, symbol=symbol, color=REFERENCE_COLOUR)
    own = rows[rows["whose"] == "reader"]
    _marks(figure, own, measure, "your rows", symbol="diamond", color=OTHER_COLOUR)
    for number, (name, card) in enumerate(cards.items()):
        part = rows[rows["whose"] == name]
        colour = network_colour(card.network)
        symbol = OURS_SYMBOLS[number % len(OURS_SYMBOLS)]
        _interval(figure, part["y"], results.interval(card, measure), colour)
        _marks(figure, part, measure, f"{network_title(card)}, ours", symbol=symbol, color=colour)
    for row in each_row(rows):
        figure.add_annotation(
            x=1, xref="paper", y=row.y, text=decimal(getattr(row, measure)), showarrow=False,
            xanchor="right", xshift=38,
        )  # fmt: skip
    heads = rows.groupby("split", sort=False)["y"].min() - 1
    titles = [f"<b>{results.SPLITS[split].capitalize()}</b>" for split in heads.index]
    figure.update_yaxes(
        tickvals=[*rows["y"], *heads],
        ticktext=[*_labels(rows), *titles],
        range=[rows["y"].max() + 0.7, -0.6],
        zeroline=False,
        **STILL,
    )
    _auroc_axis(figure, nticks=7, tickformat=".2f")
    height = 130 + 23 * (len(rows) + len(heads))
    return tidy(figure, height).update_layout(margin={"r": 44})


def _placed(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Rows by split and falling AUROC, with their height `y`; a line is left for each heading."""
    order = rows["split"].map(list(results.SPLITS).index)
    rows = rows.assign(group=order).sort_values(
        ["group", measure], ascending=[True, False], kind="stable"
    )
    headings = rows["group"].rank(method="dense").astype(int)
    return rows.assign(y=range(len(rows))).assign(y=lambda t: t["y"] + headings)


def _labels(rows: pd.DataFrame) -> list[str]:
    """Short names of works, safe from markup; two rows of one work differ by their network."""
    names = []
    for row in each_row(rows):
        text = row.work
        for long, short in SHORT.items():
            text = text.replace(long, short)
        twice = ((rows["work"] == row.work) & (rows["split"] == row.split)).sum() > 1
        if twice and row.whose == "published":
            text = f"{text}, {row.network.split(' (')[0]}"
        elif row.whose in ("published", "reader"):
            text = f"{text[:LONGEST]} {row.year}"
        text = html.escape(text.removeprefix("This project: "))
        names.append(text if row.whose in ("published", "reader") else f"<b>{text}, ours</b>")
    return names


def _marks(figure: go.Figure, part: pd.DataFrame, measure: str, name: str, **marker: str) -> None:
    if part.empty:
        return
    size = 14 if marker["symbol"].startswith(("star", "hexagram")) else 9
    figure.add_scatter(
        x=part[measure],
        y=part["y"],
        mode="markers",
        name=name,
        marker={"size": size, "line": {"width": 2, "color": marker["color"]}} | marker,
        customdata=[_hover(row) for row in each_row(part)],
        hovertemplate="%{x:.3f}  %{customdata}<extra></extra>",
    )


def _hover(row: Any) -> str:
    lines = [
        f"<b>{html.escape(row.work)}</b> ({row.year})",
        f"{html.escape(row.network)}, input {html.escape(row.input_px) or 'not given'}",
        f"split: {results.SPLITS[row.split]}; {results.CHECKED[row.checked]}",
    ]
    return "<br>".join(lines)


def _interval(
    figure: go.Figure, y: pd.Series, ends: tuple[float, float] | None, colour: str
) -> None:
    """Interval as a line, drawn under the mark."""
    if ends and len(y):
        figure.add_scatter(
            x=list(ends),
            y=[y.iloc[0]] * 2,
            mode="lines",
            line={"color": colour, "width": 3},
            opacity=0.6,
            showlegend=False,
            hoverinfo="skip",
        )


def _auroc_axis(figure: go.Figure, **ticks: Any) -> None:
    """An axis that shows every mark and both ends of every interval."""
    values = [value for trace in figure.data for value in trace.x if pd.notna(value)]
    room = 0.03 * (max(values) - min(values)) + 0.005
    figure.update_xaxes(
        title="AUROC",
        range=[min(values) - room, max(values) + room],
        zeroline=False,
        **STILL,
        **ticks,
    )


def by_finding(table: pd.DataFrame, cards: dict[str, Card]) -> go.Figure:
    """AUROC per finding: works of the official split as grey dots, ours with intervals."""
    published = table[(table["whose"] == "published") & (table["split"] == "official")]
    published = published.dropna(subset=list(NAMES))
    long = published.melt(["work", "year"], list(NAMES), "finding")
    place = {name: float(number) for number, name in enumerate(NAMES)}
    figure = go.Figure()
    figure.add_scatter(
        x=long["value"],
        y=long["finding"].map(place),
        mode="markers",
        name=f"{len(published)} published works",
        marker={"symbol": "circle-open", "size": 8, "color": REFERENCE_COLOUR},
        customdata=long[["work", "year"]],
        hovertemplate="%{x:.3f}  %{customdata[0]} (%{customdata[1]})<extra></extra>",
    )
    for number, (name, card) in enumerate(cards.items()):
        ours, colour = table[table["whose"] == name].iloc[0], network_colour(card.network)
        at = pd.Series(place) + 0.26 * (number - (len(cards) - 1) / 2)
        for finding in NAMES:
            _interval(figure, at[[finding]], results.interval(card, finding), colour)
        figure.add_scatter(
            x=ours[list(NAMES)].astype(float),
            y=at,
            mode="markers",
            name=f"{network_title(card)}, ours",
            marker={
                "symbol": OURS_SYMBOLS[number % len(OURS_SYMBOLS)],
                "size": 12,
                "color": colour,
            },
            customdata=[
                f"{TITLES[f]}, {card.figures.findings[f].n_positive} positive films" for f in NAMES
            ],
            hovertemplate="%{x:.3f}  %{customdata}<extra>" + network_title(card) + "</extra>",
        )
    figure.update_yaxes(
        tickvals=list(place.values()), ticktext=[TITLES[n] for n in NAMES],
        range=[len(NAMES) - 0.4, -0.6], zeroline=False, **STILL,
    )  # fmt: skip
    _auroc_axis(figure, dtick=0.1, tickformat=".1f")
    return tidy(figure, 580)


def boxes_found(rows: pd.DataFrame) -> go.Figure:
    """Share of boxes found per finding, a mark a work; rows: as `related.localisation`."""
    looks = [
        ("circle", OTHER_COLOUR),
        ("square", SECOND_OTHER_COLOUR),
        ("triangle-up", OTHER_COLOUR),
    ]
    figure = go.Figure()
    for number, (_, row) in enumerate(rows.iterrows()):
        symbol, colour = looks[number % len(looks)]
        if row["work"].startswith(PRIOR):
            symbol, colour = "diamond-open", REFERENCE_COLOUR
        figure.add_scatter(
            x=row[list(BOXED)].astype(float),
            y=[TITLES[name] for name in BOXED],
            mode="markers",
            name=row["work"],
            marker={
                "symbol": symbol,
                "size": 11,
                "color": colour,
                "line": {"width": 2, "color": colour},
            },
            hovertemplate="%{x:.3f} of the boxes of %{y}<extra>" + row["work"] + "</extra>",
        )
    figure.update_yaxes(autorange="reversed", ticklabelstandoff=6, **STILL)
    figure.update_xaxes(
        title="share of boxes found", tickformat=".1f", range=[-0.02, 1.03], zeroline=False, **STILL
    )
    return tidy(figure, 400)
