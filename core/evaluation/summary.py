"""How good a network is on films with labels: every figure with its n and its interval."""

import numpy as np
import pandas as pd

from core.checkpoints.figures import FindingFigures, GroupFigures, Rates, TestFigures
from core.evaluation.auroc import auroc_draws, macro
from core.evaluation.scores import labels_of, logits_of
from core.findings import HEADLINE, NAMES
from core.statistics import measures
from core.statistics.bootstrap import DRAWS, figure, interval, patient_draws, rounded
from core.statistics.calibration import probabilities
from core.statistics.points import Calibration, OperatingPoints

GROUP_POSITIVES = 10
"""Films with and without a finding that a group must hold for its AUROC to be given."""


def summarise(
    scores: pd.DataFrame,
    calibration: dict[str, Calibration],
    points: dict[str, OperatingPoints],
    split: str = "",
    origin: str = "",
    draws: int = DRAWS,
    seed: int = 0,
) -> TestFigures:
    """The figures of a model card from a scores table: overall, per finding, per source.

    calibration, points: the card's, from validation. split, origin: which films these are.
    """
    weights = patient_draws(scores["patient"].to_numpy(), draws, seed)
    aurocs = auroc_draws(scores, weights)
    labels, logits = labels_of(scores), logits_of(scores)
    findings, precisions = {}, []
    chances = probabilities(calibration, logits)
    for k, name in enumerate(NAMES):
        precisions.append(measures.average_precision(labels[:, k], logits[:, k], weights))
        findings[name] = FindingFigures(
            n_positive=int(labels[:, k].sum()),
            prevalence=round(float(labels[:, k].mean()), 4),
            auroc=rounded(aurocs[0, k]),
            interval=interval(aurocs[1:, k]),
            average_precision=rounded(precisions[k][0]),
            average_precision_interval=interval(precisions[k][1:]),
            brier=figure(measures.brier(labels[:, k], chances[:, k], weights)),
            calibration_error=figure(
                measures.calibration_error(labels[:, k], chances[:, k], weights)
            ),
            operating_points=_at_points(labels[:, k], chances[:, k], weights, points[name]),
        )
    return TestFigures(
        split=split,
        origin=origin,
        n_films=len(scores),
        n_patients=int(scores["patient"].nunique()),
        bootstrap=f"{draws} draws over patients, seed {seed}",
        macro_auroc_13=macro(aurocs, HEADLINE),
        macro_auroc_14=macro(aurocs, NAMES),
        macro_average_precision_13=macro(np.stack(precisions, axis=1), HEADLINE),
        accuracy=rounded(((logits > 0) == labels).mean()),
        all_negative_accuracy=rounded((~labels).mean()),
        findings=findings,
        sources=by_group(scores, scores["source"], draws, seed),
    )


def _at_points(
    labels: np.ndarray, chances: np.ndarray, weights: np.ndarray, points: OperatingPoints
) -> dict[str, Rates]:
    """Rates at each operating point that there is, by its name."""
    return {
        name: Rates(
            point.threshold,
            **{
                rate: figure(values)
                for rate, values in measures.rates(
                    labels, chances >= point.threshold, weights
                ).items()
            },
        )
        for name, point in points.by_name().items()
    }


def by_group(
    scores: pd.DataFrame, groups: pd.Series, draws: int = DRAWS, seed: int = 0
) -> dict[str, GroupFigures]:
    """Mean AUROC within each group of films, and Pneumonia by itself: description, not a claim.

    groups: a group for every row of `scores`. Only findings with at least 10 films with and 10
    without it in a group are measured there, so that groups may average different findings. Within
    a source its looks cannot give a label away.
    """
    rows = {}
    for group, part in scores.groupby(groups.to_numpy(), observed=True):
        weights = patient_draws(part["patient"].to_numpy(), draws, seed)
        aurocs = auroc_draws(part, weights)
        positives = labels_of(part).sum(0)
        enough = (np.minimum(positives, len(part) - positives) >= GROUP_POSITIVES).tolist()
        measured = [name for name, usable in zip(NAMES, enough, strict=True) if usable]
        headline = [name for name in measured if name in HEADLINE]
        mean = macro(aurocs, headline)
        alone = macro(aurocs, ["Pneumonia"] if "Pneumonia" in measured else [])
        rows[str(group)] = GroupFigures(
            n_films=len(part),
            n_patients=int(part["patient"].nunique()),
            findings_with_10_positives=headline,
            mean_auroc=mean.value,
            interval=mean.interval,
            n_pneumonia=int(positives[NAMES.index("Pneumonia")]),
            pneumonia_auroc=alone.value,
            pneumonia_interval=alone.interval,
        )
    return rows
