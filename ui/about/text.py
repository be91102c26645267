"""What the about page says, the figures read from the cards."""

import pandas as pd

from core import VERSION
from core.checkpoints.card import Card
from core.checkpoints.figures import Macro
from core.findings import NAMES, TITLES
from core.wording import decimal, with_interval
from ui.shared.groups import GROUPS, PREFIXES
from ui.shared.networks import pretraining

INTENDED = """\
- To show students, teams and judges what a small network can and cannot read from a chest film.
- To learn: every figure states its split, number of films and interval, and every heat map adds
  up to the score beside it.
- As an honest baseline for research: code, weights, curves and test scores are all here.
"""


DATA_TERMS = """\
**NIH ChestX-ray14**, provided by the **NIH Clinical Center**:
<https://nihcc.app.box.com/v/ChestXray-NIHCC>. There is no restriction on use; NIH asks for this
link, the citation and the acknowledgement. We thank the NIH Clinical Center for the data.

*Wang X, Peng Y, Lu L, Lu Z, Bagheri M, Summers RM. ChestX-ray8: Hospital-scale Chest X-ray Database
and Benchmarks on Weakly-Supervised Classification and Localization of Common Thorax Diseases.
IEEE CVPR 2017.*

Adjudicated labels: *Majkowska A, et al. Chest Radiograph Interpretation with Deep Learning Models.
Radiology 2020.*
"""
SOFTWARE = """\
MobileNetV2's ImageNet trunk comes from google-coral/edgetpu (Apache License 2.0). Heat maps: class
activation maps (Zhou et al. 2016), equal to Grad-CAM (Selvaraju et al. 2017) for these networks;
other methods by pytorch-grad-cam.
"""


def citation(cards: list[Card]) -> str:
    """How to name this version and its weights."""
    weights = ", ".join(f"{card.id} ({card.date[:10]})" for card in cards) or "no weights"
    return f"HeAilth {VERSION}. Weights: {weights}."


def made(card: Card) -> str:
    """How the network came about."""
    train, validation = card.data.train, card.data.validation
    recipe, training = card.recipe, card.training
    return f"""\
**How it was made**, `{card.id}`, {card.date}
- {card.title}, input {card.input_px} x {card.input_px} px, {card.cost.parameters:,} parameters,
  {card.cost.megabytes:.1f} MB
- Trained on {train.n_films:,} films of {train.n_patients:,} patients, chosen on
  {validation.n_films:,} films of {validation.n_patients:,} others ({card.data.split})
- From the {card.data.origin}; fingerprint of the split `{card.data.fingerprint}`
- {training.epochs} epochs in {training.minutes:.0f} minutes, best epoch
  {training.best_epoch}; pre-training: {pretraining(card)}; seed {recipe.seed}
- Validation AUROC {decimal(training.val_auroc)} ({training.val_auroc_is})
- With {", ".join(f"{name} {number}" for name, number in card.versions.items())}
"""


def tested(card: Card) -> str:
    """Test figures with split, n and interval; or the command that makes them."""
    test = card.test
    if not test:
        return f"**Not tested yet:** run `python -m core evaluate {card.name}`."
    lines = [
        f"**How it was tested**: {test.split}, {test.n_films:,} films of "
        f"{test.n_patients} patients, from the {test.origin}; AUROC [95 % interval]",
        f"- **Mean of 13 findings: {_figure(test.macro_auroc_13)}**, without Pneumonia, whose "
        "test films come from sources that the picture gives away",
        f"- Mean of 14 findings: {_figure(test.macro_auroc_14)}",
    ]
    if test.accuracy is not None:
        lines.append(
            f"- Accuracy {decimal(test.accuracy)}, where predicting nothing gives "
            f"{decimal(test.all_negative_accuracy)}: accuracy is uninformative here"
        )
    for source, row in test.sources.items():
        if row.pneumonia_auroc is not None:
            figure = with_interval(row.pneumonia_auroc, row.pneumonia_interval)
            lines.append(
                f"- Pneumonia within source {source}: {figure}, {row.n_pneumonia} of "
                f"{row.n_films} films"
            )
    return "\n".join(lines)


def _figure(macro: Macro) -> str:
    return with_interval(macro.value, macro.interval)


def by_finding(card: Card) -> pd.DataFrame:
    """A row a finding: test AUROC, and the operating point with what it gives on validation."""
    rows = []
    for name in NAMES:
        found = card.figures.findings[name] if card.test else None
        point = card.operating_point(name)
        positive = card.data.validation.n_positive[name]
        rows.append(
            {
                "Finding": TITLES[name],
                "Test films with it": f"{found.n_positive:,}" if found else "–",
                "Test AUROC": with_interval(found.auroc, found.interval) if found else "–",
                "Validation films with it": f"{positive:,}",
                "Operating point": _percent(point.threshold if point else None),
                "Sensitivity": decimal(point.sensitivity if point else None, 2),
                "Specificity": decimal(point.specificity if point else None, 2),
            }
        )
    return pd.DataFrame(rows)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def by_group(card: Card) -> pd.DataFrame:
    """A row a group of the test films (view, sex, age, source); empty where the card has none."""
    test = card.test
    if test is None:
        return pd.DataFrame()
    rows = []
    for kind, names in GROUPS.items():
        for group, row in test.groups(kind).items():
            name = names.get(group, f"{PREFIXES.get(kind, '')}{group}")
            rows.append(
                {
                    "Test films": name[0].upper() + name[1:],
                    "Films": f"{row.n_films:,}",
                    "Patients": f"{row.n_patients:,}",
                    "Findings averaged": str(len(row.findings_with_10_positives)),
                    "Mean AUROC": with_interval(row.mean_auroc, row.interval),
                }
            )
    return pd.DataFrame(rows)


def without_point(card: Card) -> str:
    """The findings that have no operating point, and why; "" where each has one."""
    reasons = [
        f"{TITLES[name]} ({card.operating_points[name].reason})"
        for name in NAMES
        if card.operating_points[name].reason
    ]
    return f" None for {', '.join(reasons)}." if reasons else ""
