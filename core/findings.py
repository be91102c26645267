"""The 14 findings of NIH ChestX-ray14, in the order of Wang et al. 2017."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One of the 14 labels: its column name, how people write it, what it is, its colour."""

    name: str
    title: str
    meaning: str
    colour: str


FINDINGS = (
    Finding("Atelectasis", "Atelectasis", "collapsed or incompletely expanded lung", "#4477AA"),
    Finding("Cardiomegaly", "Cardiomegaly", "enlarged heart shadow", "#CC3311"),
    Finding("Effusion", "Effusion", "fluid between lung and chest wall", "#33BBEE"),
    Finding("Infiltration", "Infiltration", "hazy opacity: a substance denser than air", "#EE7733"),
    Finding("Mass", "Mass", "round opacity larger than 3 cm", "#AA3377"),
    Finding("Nodule", "Nodule", "round opacity of up to 3 cm", "#EE3377"),
    Finding("Pneumonia", "Pneumonia", "infection of the lung", "#999933"),
    Finding("Pneumothorax", "Pneumothorax", "air between lung and chest wall", "#009988"),
    Finding(
        "Consolidation", "Consolidation", "air spaces filled, vessels no longer seen", "#882255"
    ),
    Finding("Edema", "Edema", "fluid in the lung tissue, often from the heart", "#0077BB"),
    Finding("Emphysema", "Emphysema", "destroyed air spaces, over-inflated lung", "#117733"),
    Finding("Fibrosis", "Fibrosis", "scarred, stiffened lung tissue", "#DDAA33"),
    Finding("Pleural_Thickening", "Pleural thickening", "thickened lining of the lung", "#6699CC"),
    Finding("Hernia", "Hernia", "abdominal organs pushed into the chest", "#666666"),
)

NAMES = tuple(finding.name for finding in FINDINGS)
TITLES = {finding.name: finding.title for finding in FINDINGS}

NO_FINDING = "No Finding"
"""What NIH writes where none of the 14 was text-mined: not the same as a normal film."""

HEADLINE = tuple(name for name in NAMES if name != "Pneumonia")
"""Findings of the headline mean: Pneumonia's test films come from sources that give it away."""
