"""One finding under the glass: differences, ROC, precision-recall, calibration, thresholds."""

import numpy as np
import pandas as pd
import streamlit as st

from core import thresholds
from core.checkpoints import Card
from core.findings import NAMES, TITLES
from core.summary import decimal, with_interval
from core.thresholds import Confusion
from ui import results, score_charts
from ui.results import called
from ui.score_charts import Scored
from ui.style import REFERENCE_COLOUR, network_colour
from ui.tested import Tested, differences, floor_chances

POINTS = {
    "youden": "balanced",
    "sensitivity_90": "sensitivity ≥ .90",
    "specificity_90": "specificity ≥ .90",
}
POINTS_ARE = (
    "Chosen on validation films. Balanced: highest sum of sensitivity and specificity (Youden)."
)


DIFFERENCE_IS = (
    "Difference: the first network's AUROC minus the second's on the same films, with its 95 % "
    "interval from a bootstrap over patients. p: DeLong's test, corrected for 14 findings by Holm; "
    "it takes films for independent, so trust the interval more."
)


def difference_table(best: str, other: str, cards: dict[str, Card]) -> pd.DataFrame:
    """Per finding: AUROC of both, the paired difference with its interval, p corrected by Holm."""
    found = differences(best, other)
    ends = zip(found["low"], found["high"], strict=True)
    return pd.DataFrame(
        {
            "Finding": [TITLES[name] for name in found["finding"]],
            "n positive": found["n_positive"],
            called(cards[best]): found["first"].map(decimal),
            called(cards[other]): found["second"].map(decimal),
            "Difference": [
                with_interval(value, None if np.isnan(low) else (low, high))
                for value, (low, high) in zip(found["difference"], ends, strict=True)
            ],
            "p (Holm)": found["p_holm"].map(decimal),
        }
    )


def verdict(finding: str, best: str, other: str, cards: dict[str, Card]) -> str:
    """The difference on one finding in words."""
    row = differences(best, other).set_index("finding").loc[finding]
    titles = called(cards[best]), called(cards[other])
    if np.isnan(row["low"]):
        return f"{TITLES[finding]}: too few positive films to tell the networks apart."
    size = with_interval(row["difference"], (row["low"], row["high"]))
    if row["low"] <= 0 <= row["high"]:
        return f"{TITLES[finding]}: no difference that this test can show, {size}."
    ahead = titles if row["difference"] > 0 else titles[::-1]
    return f"{TITLES[finding]}: {ahead[0]} is ahead of {ahead[1]}, difference {size}."


def curves(networks: dict[str, Tested], finding: str) -> None:
    """ROC, precision-recall and calibration of the networks, beside what metadata alone reach."""
    name, first = next(iter(networks.items()))
    labels, _ = first.of(finding)
    if labels.all() or not labels.any():
        st.info(f"The test films hold no two kinds for {TITLES[finding]}: nothing to draw.")
        return
    lines = [
        Scored(called(one.card), network_colour(one.card.network), *one.of(finding))
        for one in networks.values()
    ]
    beneath = Scored("without the film", REFERENCE_COLOUR, labels, floor_chances(name, finding))
    left, middle, right = st.columns(3)
    with left:
        st.markdown(f"**ROC: AUROC {_figures(networks, finding, 'auroc')}**")
        figure = score_charts.roc([*lines, beneath])
        st.plotly_chart(figure, width="stretch", key="roc", alt="ROC curves")
    with middle:
        words = _figures(networks, finding, "average_precision")
        st.markdown(f"**Average precision {words}; guessing {decimal(labels.mean())}**")
        figure = score_charts.precision_recall([*lines, beneath])
        st.plotly_chart(figure, width="stretch", key="pr", alt="Precision-recall curves")
    with right:
        st.markdown(f"**Calibration error {_figures(networks, finding, 'calibration_error')}**")
        figure = score_charts.calibration(lines)
        st.plotly_chart(figure, width="stretch", key="calibration", alt="Calibration curves")
    st.caption(
        f"Test: {len(labels):,} films, {int(labels.sum())} with {TITLES[finding]}. Grey: age, sex, "
        "view and follow-up number alone; dotted: guessing, or a perfect calibration. Calibration "
        f"in ten bins of equal size. Brier score: {_figures(networks, finding, 'brier')} (0 is "
        "perfect)."
    )


def _figures(networks: dict[str, Tested], finding: str, measure: str) -> str:
    """`.742 and .683`, in the order of the networks."""
    found = [one.card.test["findings"][finding][measure] for one in networks.values()]
    values = [value["value"] if isinstance(value, dict) else value for value in found]
    return " and ".join(map(decimal, values))


def explorer(networks: dict[str, Tested], finding: str) -> None:
    """What calling films at a threshold gives, on the test films and at another prevalence."""
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    name = left.segmented_control(
        "Network",
        list(networks),
        format_func=lambda key: called(networks[key].card),
        default=next(iter(networks)),
        required=True,
        key="explored",
    )
    one = networks[name]
    labels, chances = one.of(finding)
    points = one.card.operating_points[finding]
    threshold = _threshold(middle, finding, name, points, chances)
    own = float(labels.mean())
    percent = right.slider(
        "Prevalence where it is used",
        0.1,
        50.0,
        round(100 * own, 1),
        0.1,
        format="%.1f %%",
        key=f"prevalence-{finding}",
        help="How many of 100 patients have the finding. Sensitivity and specificity are taken to "
        "stay; what a positive call is worth changes.",
    )
    found = thresholds.confusion(labels, chances, threshold)
    numbers(found, percent / 100)
    if "reason" in points:
        st.caption(f"No operating point for {TITLES[finding]}: {points['reason']}.")
    else:
        st.caption(POINTS_ARE)
    matrices(found, percent / 100, finding)


def _threshold(
    column: st.delta_generator.DeltaGenerator,
    finding: str,
    name: str,
    points: dict[str, dict[str, float]],
    chances: np.ndarray,
) -> float:
    """A threshold of the card, or any other by a slider."""
    known = [point for point in POINTS if point in points]
    chosen = column.pills(
        "Operating point",
        known,
        format_func=POINTS.__getitem__,
        default=known[0] if known else None,
        key=f"point-{finding}-{name}",
        help="Choose none of them to set a threshold of your own.",
    )
    if chosen:
        return float(points[chosen]["threshold"])
    low, high = float(chances.min()), float(chances.max())
    percent = column.slider(
        "Call a film from this probability on",
        100 * low,
        100 * high,
        100 * float(np.median(chances)),
        format="%.1f %%",
        key=f"threshold-{finding}-{name}",
    )
    return percent / 100


def numbers(found: Confusion, prevalence: float) -> None:
    """Sensitivity, specificity and the predictive values at a prevalence."""
    ppv, npv = thresholds.predictive_values(found.sensitivity, found.specificity, prevalence)
    shown = {
        "Sensitivity": (found.sensitivity, "of films with the finding, the share that is called"),
        "Specificity": (found.specificity, "of films without it, the share that is not called"),
        "PPV": (ppv, "of called films, the share that has the finding, at this prevalence"),
        "NPV": (npv, "of films not called, the share without it, at this prevalence"),
    }
    with st.container(horizontal=True, gap="small"):
        for title, (value, words) in shown.items():
            st.metric(title, decimal(value), help=words.capitalize() + ".", border=True)


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
        results.show(_matrix(counted, finding))
    with right:
        st.markdown(f"**Of 1,000 patients at a prevalence of {100 * prevalence:.1f} %**")
        results.show(_matrix(expected, finding))


def _matrix(cells: list[list[float]], finding: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "": ["called", "not called"],
            f"with {TITLES[finding]}": [f"{row[0]:,.0f}" for row in cells],
            "without": [f"{row[1]:,.0f}" for row in cells],
        }
    )


def choose_finding() -> str:
    """The finding that all of the section is about."""
    return st.selectbox(
        "Finding", NAMES, index=NAMES.index("Effusion"), format_func=TITLES.__getitem__, width=320
    )
