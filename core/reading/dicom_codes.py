"""Codes of what a reading says, for structured reports.

Findings carry the code that DICOM's own context groups give them (PS3.16, CID 6104, 6105 and 3700;
pleural effusion CID 645), else SNOMED CT's where its meaning is the label's. NIH's "Hernia" and
"Pleural thickening" have none here that is sure, and all that is this program's own (operating
point, place of the strongest cell) has none at all: they carry a private code of 99HEAILTH.
"""

from pydicom.sr.coding import Code

SCHEME = "99HEAILTH"
SCHEME_NAME = "Private codes of the research software HeAilth"

FINDINGS = {
    "Atelectasis": Code("46621007", "SCT", "Atelectasis"),
    "Cardiomegaly": Code("8186001", "SCT", "Cardiomegaly"),
    "Effusion": Code("60046008", "SCT", "Pleural effusion"),
    "Infiltration": Code("112121", "DCM", "Infiltrate"),
    "Mass": Code("4147007", "SCT", "Mass"),
    "Nodule": Code("27925004", "SCT", "Nodule"),
    "Pneumonia": Code("233604007", "SCT", "Pneumonia"),
    "Pneumothorax": Code("36118008", "SCT", "Pneumothorax"),
    "Consolidation": Code("95436008", "SCT", "Lung consolidation"),
    "Edema": Code("19242006", "SCT", "Pulmonary edema"),
    "Emphysema": Code("87433001", "SCT", "Pulmonary emphysema"),
    "Fibrosis": Code("51615001", "SCT", "Fibrosis of lung"),
    "Pleural_Thickening": Code("PLEURAL-THICK", SCHEME, "Pleural thickening"),
    "Hernia": Code("HERNIA", SCHEME, "Hernia (NIH ChestX-ray14 label)"),
}

TITLE = Code("READING", SCHEME, "Chest film read by research software, not for diagnostic use")
HEAT_MAPS = Code("HEAT-MAPS", SCHEME, "Heat maps of this reading")
PROBABILITY = Code("PROBABILITY", SCHEME, "Calibrated probability of the NIH label")
OPERATING_POINT = Code("OPERATING-POINT", SCHEME, "Operating point (calibrated probability)")
SIDE = Code("SIDE", SCHEME, "Probability against the operating point")
ABOVE = Code("ABOVE", SCHEME, "Above the operating point")
BELOW = Code("BELOW", SCHEME, "Below the operating point")
NO_POINT = Code("NO-POINT", SCHEME, "No operating point: too few positives on validation")
STRONGEST = Code("STRONGEST-CELL", SCHEME, "Zone of the heat map's strongest cell (patient's side)")
COMMENT = Code("121106", "DCM", "Comment")
CHEST_FILM = Code("399208008", "SCT", "Plain chest X-ray")


def side(above: bool, has_point: bool) -> Code:
    """Above, below, or that there is no operating point."""
    if not has_point:
        return NO_POINT
    return ABOVE if above else BELOW


def place(words: str) -> Code:
    """A private code for a zone in words (`core.maps.lung_zones`), such as "right upper zone"."""
    if not words:
        return Code("PLACE-NONE", SCHEME, "No place can be named")
    initials = "".join(word[0] for word in words.replace(" zone", "").split())
    return Code(f"PLACE-{initials}".upper(), SCHEME, words[0].upper() + words[1:])
