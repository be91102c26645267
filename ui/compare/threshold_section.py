"""What calling films at a threshold gives, on the test films and at another prevalence."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.findings import TITLES
from core.statistics import thresholds
from core.statistics.points import OperatingPoints
from core.statistics.thresholds import Confusion
from core.wording import bracket, decimal
from ui.compare.scored_films import ScoredFilms, choose, draws
from ui.shared.networks import network_title
from ui.shared.tables import show_table

POINTS = {
    "youden": "balanced",
    "sensitivity_90": "sensitivity ≥ .90",
    "specificity_90": "specificity ≥ .90",
}
POINTS_ARE = (
    "Operating points were chosen on validation films. Balanced: highest sum of sensitivity and "
    "specificity (Youden)."
)
RATES = {
    "sensitivity": ("Sensitivity", "Of films with the finding, the share that is called."),
    "specificity": ("Specificity", "Of films without it, the share that is not called."),
    "ppv": ("PPV", "Of called films, the share that has the finding, at this prevalence."),
    "npv": ("NPV", "Of films not called, the share without it, at this prevalence."),
}


@st.fragment
def explorer(networks: dict[str, ScoredFilms], finding: str) -> None:
    """Network, threshold and prevalence; the rates with their intervals; both matrices."""
    left, middle, right = st.columns([4, 5, 4], vertical_alignment="bottom")
    name = choose(left, "Network", networks, "explored")
    one = networks[name]
    labels, chances = one.of(finding)
    points = one.card.operating_points[finding]
    threshold = _threshold(middle, finding, name, points, chances)
    prevalence = _prevalence(right, finding, float(labels.mean()))
    numbers(thresholds.rates(labels, chances >= threshold, draws(name), prevalence))
    reason = f"No operating point for {TITLES[finding]}: {points.reason}."
    st.caption(
        f"{network_title(one.card)} on the test films: {len(labels):,}, {int(labels.sum())} with "
        f"{TITLES[finding]}, called from a probability of {100 * threshold:.2f} % on. In brackets: "
        f"95 % intervals, bootstrap over patients. {reason if points.reason else POINTS_ARE}"
    )
    matrices(thresholds.confusion(labels, chances, threshold), prevalence, finding)


def _threshold(
    column: st.delta_generator.DeltaGenerator,
    finding: str,
    name: str,
    points: OperatingPoints,
    chances: np.ndarray,
) -> float:
    """A threshold of the card, or any other by a slider."""
    known = list(points.by_name())
    chosen = column.pills(
        "Operating point",
        known,
        format_func=POINTS.__getitem__,
        default=known[0] if known else None,
        key=f"point-{finding}-{name}",
        help="Choose none of them to set a threshold of your own.",
    )
    if chosen:
        return points.by_name()[chosen].threshold
    low, high = float(chances.min()), float(chances.max())
    percent = column.slider(
        "Call a film from this probability on",
        100 * low,
        100 * max(high, low + 1e-4),
        100 * float(np.median(chances)),
        format="%.2f %%",
        key=f"threshold-{finding}-{name}",
    )
    return percent / 100


def _prevalence(column: st.delta_generator.DeltaGenerator, finding: str, own: float) -> float:
    """How frequent the finding is where the network is used: that of the test films at first."""
    percent = column.slider(
        "Prevalence where it is used",
        0.1,
        50.0,
        float(np.clip(round(100 * own, 1), 0.1, 50)),
        0.1,
        format="%.1f %%",
        key=f"prevalence-{finding}",
        help="How many of 100 patients have the finding. Sensitivity and specificity are taken to "
        "stay; what a positive call is worth changes.",
    )
    return percent / 100


def numbers(found: dict[str, thresholds.Rate]) -> None:
    """Sensitivity, specificity and the predictive values at a prevalence."""
    with st.container(horizontal=True, gap="small"):
        for key, (title, words) in RATES.items():
            st.metric(
                title,
                decimal(found[key].value),
                delta=bracket(found[key].interval) or "no interval",
                delta_color="off",
                delta_arrow="off",
                help=words,
                border=True,
            )


def matrices(found: Confusion, prevalence: float, finding: str) -> None:
    """The confusion matrix as counted, and per 1,000 patients at the prevalence."""
    ill = 1000 * prevalence
    well = 1000 - ill
    expected = [
        [ill * found.sensitivity, well * (1 - found.specificity)],
        [ill * (1 - found.sensitivity), well * found.specificity],
    ]
    counted = [
        [found.hits, found.false_alarms],
        [found.misses, found.correct_rejections],
    ]
    left, right = st.columns(2)
    with left:
        st.markdown("**On the test films**")
        show_table(_matrix(counted, finding))
    with right:
        st.markdown(f"**Of 1,000 patients at a prevalence of {100 * prevalence:.1f} %**")
        show_table(_matrix(expected, finding))


def _matrix(cells: Sequence[Sequence[float]], finding: str) -> pd.DataFrame:
    text = [["–" if np.isnan(value) else f"{value:,.0f}" for value in row] for row in cells]
    return pd.DataFrame(
        {
            "": ["called", "not called"],
            f"with {TITLES[finding]}": [row[0] for row in text],
            "without": [row[1] for row in text],
        }
    )
