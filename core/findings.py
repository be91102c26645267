"""The 14 findings of NIH ChestX-ray14, in the order of Wang et al. 2017."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One of the 14 labels: its column name, how people write it, what it is."""

    name: str
    title: str
    meaning: str


FINDINGS = (
    Finding("Atelectasis", "Atelectasis", "collapsed or incompletely expanded lung"),
    Finding("Cardiomegaly", "Cardiomegaly", "enlarged heart shadow"),
    Finding("Effusion", "Effusion", "fluid between lung and chest wall"),
    Finding("Infiltration", "Infiltration", "hazy opacity: a substance denser than air"),
    Finding("Mass", "Mass", "round opacity larger than 3 cm"),
    Finding("Nodule", "Nodule", "round opacity of up to 3 cm"),
    Finding("Pneumonia", "Pneumonia", "infection of the lung"),
    Finding("Pneumothorax", "Pneumothorax", "air between lung and chest wall"),
    Finding("Consolidation", "Consolidation", "air spaces filled, vessels no longer seen"),
    Finding("Edema", "Edema", "fluid in the lung tissue, often from the heart"),
    Finding("Emphysema", "Emphysema", "destroyed air spaces, over-inflated lung"),
    Finding("Fibrosis", "Fibrosis", "scarred, stiffened lung tissue"),
    Finding("Pleural_Thickening", "Pleural thickening", "thickened lining of the lung"),
    Finding("Hernia", "Hernia", "abdominal organs pushed into the chest"),
)

NAMES = tuple(finding.name for finding in FINDINGS)
TITLES = {finding.name: finding.title for finding in FINDINGS}

NO_FINDING = "No Finding"
"""What NIH writes where none of the 14 was text-mined: not the same as a normal film."""

HEADLINE = tuple(name for name in NAMES if name != "Pneumonia")
"""Findings of the headline mean: Pneumonia's test films come from sources that give it away."""


def title_of(name: str) -> str:
    """How people write a finding's name; other words stay as they are."""
    return TITLES.get(name, name)
