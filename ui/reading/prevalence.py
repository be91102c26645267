"""What the scores and calls of a film are worth where a finding is more or less common."""

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation import prevalence
from core.findings import TITLES
from ui.reading import text
from ui.reading.session import Opinion
from ui.reading.text import percent
from ui.shared import cache
from ui.shared.frame import one_sentence
from ui.shared.rows import row_of

STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
HOLDS = (
    "PPV: share of the films above the operating point that have the finding; NPV: share of those "
    "below that do not. Sensitivity and specificity: of so many validation films with and without "
    "it, the same films on which the operating point was chosen: that flatters all four a little, "
    "and the 95 % intervals in brackets (bootstrap over patients) do not hold it. "
    "All of this holds only as far as the finding, and films without it, look the same where you "
    "work: the same kind of patients, machines and stages of disease. Above or below does not "
    "change: probability and operating point move together."
)


@st.fragment
def show(opinions: list[Opinion], key: str) -> None:
    """An expander with one slider for one finding; key: of the film."""
    with st.expander(
        "If this finding were more or less common where you work", icon=":material/balance:"
    ):
        left, right = st.columns(2)
        finding = left.selectbox(
            "Finding",
            list(text.together(opinions).index),
            format_func=TITLES.__getitem__,
            key=f"common-{key}",
        )
        here = prevalence.of_validation(opinions[0].card, finding)
        wanted = right.select_slider(
            "Films with this finding where you work",
            steps(here),
            value=here,
            format_func=lambda share: told(share, here),
            key=f"prevalence-{key}-{finding}",
        )
        with one_sentence():
            st.table(table(opinions, finding, wanted))  # wraps on a phone, which a dataframe cuts
        reason = opinions[0].card.operating_points[finding].reason
        st.caption(f"No operating point: {reason}. {HOLDS}" if reason else HOLDS)


def steps(here: float) -> list[float]:
    """Prevalences to choose from, that of validation among them."""
    return sorted({here, *(step for step in STEPS if abs(np.log(step / here)) > 0.1)})


def told(share: float, here: float) -> str:
    """A prevalence on the slider."""
    return f"{100 * share:.3g} %" + (" (as in validation)" if share == here else "")


def table(opinions: list[Opinion], finding: str, wanted: float) -> pd.DataFrame:
    """A column a network: probability, operating point and rates at a prevalence."""
    columns = {}
    for opinion in opinions:
        row = row_of(opinion.findings.set_index("finding"), finding)
        validation = cache.validation_scores(opinion.card.name)
        weights = cache.draws(validation["patient"].to_numpy())
        found = prevalence.worth(
            opinion.card, validation, weights, finding, row["probability"], wanted
        )
        columns[opinion.title] = [
            percent(row["probability"]),
            percent(found.probability),
            "–" if found.threshold is None else percent(found.threshold),
            _rate(found, "ppv"),
            _rate(found, "npv"),
            f"{_rate(found, 'sensitivity')} of\u00a0{found.n_positive:,}",
            f"{_rate(found, 'specificity')} of\u00a0{found.n_negative:,}",
        ]
    names = [
        "Probability, validation",
        "Probability, yours",
        "Operating point, yours",
        "PPV, yours",
        "NPV, yours",
        "Sensitivity",
        "Specificity",
    ]
    return pd.DataFrame(columns, index=names)


def _rate(found: prevalence.Worth, name: str) -> str:
    """`12.3 % [8.0, 17.1]`; a dash without an operating point."""
    if name not in found.rates:
        return "–"
    rate = found.rates[name]
    if rate.interval is None:
        return percent(rate.value)
    low, high = (f"{100 * end:.1f}" for end in rate.interval)
    return f"{percent(rate.value)} [{low},\u00a0{high}]"
