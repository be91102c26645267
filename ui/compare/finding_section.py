"""One finding under the glass: differences, ROC, precision-recall, calibration."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.checkpoints.card import Card
from core.findings import NAMES, TITLES
from core.wording import decimal, with_interval
from ui.compare import score_charts, threshold_section
from ui.compare.score_charts import Scored
from ui.compare.scored_films import ScoredFilms, differences, floor_chances, load_all
from ui.shared.downloads import save_table
from ui.shared.networks import network_title, tested_on, usable
from ui.shared.rows import row_of
from ui.shared.style import REFERENCE_COLOUR, network_colour
from ui.shared.tables import show_table

LEVEL = 0.05
"""p below which a difference of one finding among 14 is called one without reservation."""

WITHOUT = "without the film"

DIFFERENCE_IS = (
    "Difference: the first network's AUROC minus the second's on the same films, with its 95 % "
    "interval from a bootstrap over patients. p: DeLong's test, corrected for 14 findings by Holm; "
    "it treats films as independent, so trust the interval more."
)


def section(cards: dict[str, Card]) -> None:
    """Everything about a chosen finding: curves, thresholds, the differences of all findings."""
    networks = load_all(cards)
    finding = choose_finding()
    best, *others = networks
    pairs = usable(lambda other: differences(best, other), others)[0]
    for other, found in pairs.items():
        words = verdict(finding, found, cards[best], cards[other])
        st.markdown(f"**{words}**")
    curves(networks, finding)
    st.subheader("What a threshold does", anchor=False)
    threshold_section.explorer(networks, finding)
    for other, found in pairs.items():
        titles = f"{network_title(cards[best])} and {network_title(cards[other])}"
        st.subheader(f"Is the difference of {titles} real, finding by finding?", anchor=False)
        show_table(difference_table(found, cards[best], cards[other]))
        st.caption(f"{DIFFERENCE_IS} {tested_on({best: cards[best]})}")
        save_table(f"difference_{best}_{other}.csv", partial(pd.DataFrame.copy, found))


def difference_table(found: pd.DataFrame, first: Card, second: Card) -> pd.DataFrame:
    """Per finding: AUROC of both, the paired difference with its interval, p corrected by Holm.

    found: as `comparison.by_finding` of the two.
    """
    ends = zip(found["low"], found["high"], strict=True)
    return pd.DataFrame(
        {
            "Finding": [TITLES[name] for name in found["finding"]],
            "n positive": found["n_positive"],
            network_title(first): found["first"].map(decimal),
            network_title(second): found["second"].map(decimal),
            "Difference": [
                with_interval(value, None if np.isnan(low) else (low, high))
                for value, (low, high) in zip(found["difference"], ends, strict=True)
            ],
            "p (Holm)": found["p_holm"].map(_p),
        }
    )


def _p(value: float) -> str:
    return "< .001" if value < 0.0005 else decimal(value)


def verdict(finding: str, found: pd.DataFrame, first: Card, second: Card) -> str:
    """The difference on one finding in words; found: as `comparison.by_finding`."""
    row = row_of(found.set_index("finding"), finding)
    if np.isnan(row["low"]):
        return f"{TITLES[finding]}: too few positive films to tell the networks apart."
    size = with_interval(row["difference"], (row["low"], row["high"]))
    if row["low"] <= 0 <= row["high"]:
        return f"{TITLES[finding]}: the test shows no clear difference, {size}."
    titles = network_title(first), network_title(second)
    ahead = titles if row["difference"] > 0 else titles[::-1]
    ends = sorted((abs(row["low"]), abs(row["high"])))
    size = with_interval(abs(row["difference"]), ends)
    words = f"{TITLES[finding]}: {ahead[0]} is better than {ahead[1]} by {size}"
    if row["p_holm"] < LEVEL:
        return f"{words}."
    return f"{words}, which may be chance when 14 findings are compared (p {_p(row['p_holm'])})."


def curves(networks: dict[str, ScoredFilms], finding: str) -> None:
    """ROC, precision-recall and calibration of the networks, beside what metadata alone reach."""
    name, first = next(iter(networks.items()))
    labels, _ = first.of(finding)
    if labels.all() or not labels.any():
        st.info(f"The test films hold no two kinds for {TITLES[finding]}: nothing to draw.")
        return
    lines = [
        Scored(network_title(one.card), network_colour(one.card.network), *one.of(finding))
        for one in networks.values()
    ]
    beneath = Scored(WITHOUT, REFERENCE_COLOUR, labels, floor_chances(name, finding))
    charts = {
        "roc": ("ROC: above the diagonal is better", score_charts.roc, beneath),
        "precision-recall": (
            f"Precision-recall: guessing stays at {decimal(labels.mean())}",
            score_charts.precision_recall,
            beneath,
        ),
        "calibration": (
            "Calibration: the diagonal is perfect",
            score_charts.calibration,
            None,
        ),
    }
    columns = st.columns(3, vertical_alignment="bottom")
    for column, (key, (title, draw, floor)) in zip(columns, charts.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            figure = draw([*lines, floor] if floor else lines)
            st.plotly_chart(figure, width="stretch", key=key, alt=f"{key} curves".capitalize())
    table = figures(networks, finding)
    show_table(table)
    st.caption(
        f"Test: {len(labels):,} films, {int(labels.sum())} with {TITLES[finding]}; in brackets "
        "95 % intervals, bootstrap over patients. Without the film: age, sex, view and follow-up "
        "number alone. Dotted: guessing, or a perfect calibration. Calibration error: mean "
        "distance from the diagonal over ten bins of equal size. It and the Brier score: 0 is best."
    )
    save_table(f"measures_{finding}.csv", lambda: table)


def figures(networks: dict[str, ScoredFilms], finding: str) -> pd.DataFrame:
    """A row a network, and one for the metadata alone: the measures of a finding from the cards."""
    rows = []
    for one in networks.values():
        row = one.card.figures.findings[finding]
        brier, error = row.brier, row.calibration_error
        rows.append(
            {
                "": network_title(one.card),
                "AUROC": with_interval(row.auroc, row.interval),
                "Average precision": with_interval(
                    row.average_precision, row.average_precision_interval
                ),
                "Calibration error": with_interval(error.value, error.interval),
                "Brier score": with_interval(brier.value, brier.interval),
            }
        )
    first = next(iter(networks.values())).card
    if first.figures.floor:
        floor = first.figures.floor.findings[finding]
        rows.append({"": WITHOUT, "AUROC": with_interval(floor.auroc, floor.interval)})
    return pd.DataFrame(rows).fillna("–")


def choose_finding() -> str:
    """The finding that all of the section is about."""
    return st.selectbox(
        "Finding", NAMES, index=NAMES.index("Effusion"), format_func=TITLES.__getitem__, width=320
    )
