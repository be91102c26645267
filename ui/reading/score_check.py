"""The sum behind a heat map: its cells and a constant give the network's score, to be checked."""

import pandas as pd
import streamlit as st

from core.findings import NAMES, TITLES
from ui.reading.session import Opinion
from ui.reading.text import percent
from ui.shared.tables import show_table


def show(opinions: list[Opinion], finding: str) -> None:
    """An expander with the sum for each network."""
    with st.expander("Check: the map adds up to the score", icon=":material/calculate:"):
        st.caption(
            f"For {TITLES[finding]}. The score (logit) is the mean of all cells of the Grad-CAM "
            "map, negative ones included, plus one constant (bias): the map leaves nothing out. "
            "The probability is the score scaled on validation: 1 / (1 + exp(-(slope x score + "
            "offset)))."
        )
        show_table(table(opinions, finding))


def table(opinions: list[Opinion], finding: str) -> pd.DataFrame:
    """A column a network: mean of the cells, bias, their sum, the logit, and the probability."""
    at = NAMES.index(finding)
    steps = ["Cells", "Mean of the cells", "+ bias", "= sum", "Score of the network (logit)"]
    rows = {"Step": [*steps, "Slope, offset", "Probability"]}
    for opinion in opinions:
        reading, scale = opinion.reading, opinion.card.calibration[finding]
        mean, bias = float(reading.maps[at].mean(dtype=float)), float(reading.bias[at])
        rows[opinion.title] = [
            "{1} x {2}".format(*reading.maps.shape),
            f"{mean:+.4f}",
            f"{bias:+.4f}",
            f"{mean + bias:+.4f}",
            f"{float(reading.logits[at]):+.4f}",
            f"{scale.slope:.4f}, {scale.offset:+.4f}",
            percent(float(reading.probabilities[at])),
        ]
    return pd.DataFrame(rows)
