"""Test figures by view, sex and age, and against the labels of the 2019 panel."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.checkpoints.figures import GroupFigures, PanelAnswer, PanelFigures
from core.evaluation.scores import labels_of, logits_of
from core.evaluation.summary import by_group
from core.findings import NAMES
from core.nih.panel import MEANT_BY
from core.nih.table import load_adjudicated, load_table
from core.statistics import measures
from core.statistics.bootstrap import DRAWS, figure, patient_draws
from core.statistics.calibration import probabilities
from core.statistics.points import Calibration

AGES = (0, 40, 60, 200)
AGE_GROUPS = ("below 40", "40 to 59", "60 and older")


@dataclass(frozen=True)
class PatientGroups:
    """Figures by view, sex and age."""

    views: dict[str, GroupFigures]
    sexes: dict[str, GroupFigures]
    ages: dict[str, GroupFigures]


def by_patient_groups(scores: pd.DataFrame) -> PatientGroups:
    """`summary.by_group` by view, sex and age; sex and age from the NIH table."""
    facts = load_table().set_index("image_index").loc[scores["image_index"], ["sex", "age"]]
    ages = pd.cut(facts["age"], AGES, right=False, labels=AGE_GROUPS)
    return PatientGroups(
        views=by_group(scores, scores["view"]),
        sexes=by_group(scores, facts["sex"]),
        ages=by_group(scores, ages),
    )


def against_panel(
    scores: pd.DataFrame, calibration: dict[str, Calibration], draws: int = DRAWS, seed: int = 0
) -> PanelFigures:
    """AUROC against the panel's answers and against NIH's labels, on the films that carry both.

    The score of an answer is the chance of at least one of its findings, taken as independent.
    """
    panel = load_adjudicated().set_index("image_index")
    read = scores[scores["image_index"].isin(panel.index)]
    if read.empty:
        return PanelFigures(0, 0, {})
    answers = panel.loc[read["image_index"]]
    weights = patient_draws(read["patient"].to_numpy(), draws, seed)
    chances, labels = probabilities(calibration, logits_of(read)), labels_of(read)
    rows = {}
    for answer, findings in MEANT_BY.items():
        columns = [NAMES.index(name) for name in findings]
        score = 1 - np.prod(1 - chances[:, columns], axis=1)
        truth = answers[answer].to_numpy(bool)
        nih = np.asarray(labels[:, columns].any(axis=1))
        rows[answer] = PanelAnswer(
            findings=list(findings),
            n_positive=int(truth.sum()),
            n_positive_nih=int(nih.sum()),
            auroc=figure(measures.weighted_auroc(truth, score, weights)),
            auroc_nih=figure(measures.weighted_auroc(nih, score, weights)),
        )
    return PanelFigures(len(read), int(read["patient"].nunique()), rows)
