"""What the about page says, the figures read from the cards."""

from dataclasses import asdict
from typing import Any

import pandas as pd

from core.checkpoints import Card
from core.findings import NAMES, TITLES
from core.summary import decimal, with_interval

POINT_FIGURES = ("Positive films", "Threshold", "Sensitivity", "Specificity")
INTENDED = """\
- To show students, teams and judges what a small network can and cannot read from a chest film.
- To learn: every figure says its split, its number of films and its interval, every heat map adds
  up to the score beside it.
- As an honest baseline for research: code, weights, curves and test scores are all here.
"""
LIMITS = """\
- Not a medical device, and not tested as one: no output is a diagnosis.
- Trained on a few thousand films of one hospital at 128 px: small nodules, fine lines and rare
  findings are beyond it.
- Made for frontal films of adults. Other body parts and unmarked lateral views are not yet
  recognised as such.
- A probability here is how often such a score goes with the label among the validation films, not
  how likely a patient has the disease.
- Uploads stay in the memory of the machine that runs this; nothing is written or sent.
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


def criticisms(read: int, ill: int) -> str:
    """Known criticisms of the data, with sources; counts as `census.panel_on_no_finding`."""
    return f"""\
- **Labels are text-mined.** A visual audit found most of them less reliable than the stated 90 %
  (Oakden-Rayner, Acad Radiol 2020).
- **"No Finding" is not "normal".** Of {read:,} such test films, a panel of radiologists found
  something on {ill:,} (Majkowska et al. 2020; counted from the files here).
- **Shortcuts.** Networks learn the view, the hospital, chest drains (Zech et al. 2018; DeGrave et
  al. 2021).
- **Splits are not comparable.** A random split in place of the official one lifts the mean AUROC by
  about .03 (Guendel et al. 2018: .807 to .841).
- **Heat maps mislead.** No saliency method passed every test of Arun et al. 2021.
"""


def made(card: Card) -> str:
    """How the network came about."""
    train, validation = card.data["train"], card.data["validation"]
    recipe, training = card.recipe, card.training
    return f"""\
**How it was made**, `{card.id}`, {card.date}
- {card.title}, input {card.input_px} x {card.input_px} px, {card.cost["parameters"]:,} parameters,
  {card.cost["megabytes"]:.1f} MB
- Trained on {train["n_films"]:,} films of {train["n_patients"]:,} patients, chosen on
  {validation["n_films"]:,} films of {validation["n_patients"]:,} others ({card.data["split"]})
- From the {card.data["origin"]}; fingerprint of the split `{card.data["fingerprint"]}`
- {recipe["epochs"]} epochs in {training["minutes"]:.0f} minutes, best epoch
  {training["best_epoch"]}; start: {recipe["init"]}; seed {recipe["seed"]}
- Validation AUROC {decimal(training["val_auroc"])} ({training["val_auroc_is"]})
"""


def tested(card: Card) -> str:
    """Test figures with split, n and interval; or the command that makes them."""
    test = card.test
    if not test:
        return f"**Not tested yet:** run `python -m core evaluate {card.name}`."
    lines = [
        f"**How it was tested**: {test['split']}, {test['n_films']:,} films of "
        f"{test['n_patients']} patients, from the {test['origin']}; AUROC [95 % interval]",
        f"- **Mean of 13 findings: {_figure(test['macro_auroc_13'])}**, without Pneumonia, whose "
        "test films come from sources that can be told from the picture",
        f"- Mean of 14 findings: {_figure(test['macro_auroc_14'])}",
        f"- Accuracy {decimal(test['accuracy'])}, where predicting nothing gives "
        f"{decimal(test['all_negative_accuracy'])}: accuracy says nothing here",
    ]
    for source, row in test["sources"].items():
        if row["mean_auroc"] is not None:
            lines.append(
                f"- Source {source}: {with_interval(row['mean_auroc'], row['interval'])} over "
                f"{len(row['findings_with_10_positives'])} of the 13 findings, "
                f"{row['n_films']:,} films of {row['n_patients']} patients"
            )
        if row["pneumonia_auroc"] is not None:
            figure = with_interval(row["pneumonia_auroc"], row["pneumonia_interval"])
            lines.append(
                f"- Pneumonia within source {source}: {figure}, {row['n_pneumonia']} of "
                f"{row['n_films']} films"
            )
    return "\n".join(lines)


def _figure(macro: dict[str, Any]) -> str:
    return with_interval(macro["value"], macro["interval"])


def operating_points(card: Card) -> pd.DataFrame:
    """A row a finding that has a point: threshold, sensitivity, specificity on validation."""
    rows = []
    for name in NAMES:
        point = card.operating_points[name].get("youden")
        if point:
            rows.append(
                {
                    "Finding": TITLES[name],
                    "Positive films": str(point["n_positive"]),
                    "Threshold": decimal(point["threshold"]),
                    "Sensitivity": decimal(point["sensitivity"], 2),
                    "Specificity": decimal(point["specificity"], 2),
                }
            )
    return pd.DataFrame(rows)


def without_point(card: Card) -> str:
    """The findings that have no operating point, and why."""
    reasons = [
        f"{TITLES[name]} ({card.operating_points[name]['reason']})"
        for name in NAMES
        if "reason" in card.operating_points[name]
    ]
    return f"None for {', '.join(reasons)}." if reasons else "Every finding has one."


def as_dict(card: Card) -> dict[str, Any]:
    """The card as plain data."""
    return asdict(card)
