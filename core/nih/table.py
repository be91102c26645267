"""What NIH ChestX-ray14 says of its films: one tidy table, boxes, and the panel of 2019."""

import pandas as pd

from core.findings import NAMES, NO_FINDING
from core.paths import NIH

SPLITS = ("train_val", "test")


_COLUMNS = {
    "Image Index": "image_index",
    "Finding Labels": "labels",
    "Follow-up #": "follow_up",
    "Patient ID": "patient",
    "Patient Age": "age",
    "Patient Gender": "sex",
    "View Position": "view",
    "OriginalImage[Width": "width",
    "Height]": "height",
    "OriginalImagePixelSpacing[x": "spacing_x_mm",
    "y]": "spacing_y_mm",
}


def load_table() -> pd.DataFrame:
    """All 112,120 films: a row a film, a boolean column a finding.

    Columns: image_index, patient, follow_up, age (years), sex (M, F), view (PA, AP), width, height
    (px as acquired), spacing_x_mm, spacing_y_mm, split (train_val, test: the official lists), the
    14 findings, `No Finding`, n_findings. Source: Data_Entry_2017_v2020.csv and the two split lists
    of the NIH Clinical Center.
    """
    names = _header("Data_Entry_2017_v2020.csv.gz")
    table = pd.read_csv(
        NIH / "Data_Entry_2017_v2020.csv.gz", header=0, names=[_COLUMNS[name] for name in names]
    )
    for split in SPLITS:
        films = pd.read_csv(NIH / f"{split}_list.txt.gz", header=None)[0]
        table.loc[table["image_index"].isin(films), "split"] = split
    bounded = "|" + table.pop("labels") + "|"
    for name in (*NAMES, NO_FINDING):
        table[name] = bounded.str.contains(f"|{name}|", regex=False)
    table["n_findings"] = table[list(NAMES)].sum(axis=1)
    for column in ("sex", "view", "split"):
        table[column] = table[column].astype("category")
    return table


def _header(file: str) -> list[str]:
    """Column names; NIH's header splits `Width,Height` and `x,y` over two columns each."""
    return list(pd.read_csv(NIH / file, nrows=0).columns)


def load_boxes() -> pd.DataFrame:
    """The 984 radiologists' boxes: image_index, finding, x, y, w, h in px of the 1,024-px film."""
    boxes = pd.read_csv(
        NIH / "BBox_List_2017.csv.gz",
        usecols=range(6),
        header=0,
        names=["image_index", "finding", "x", "y", "w", "h"],
    )
    boxes["finding"] = boxes["finding"].replace("Infiltrate", "Infiltration")
    return boxes


def load_adjudicated() -> pd.DataFrame:
    """Labels of the 2019 panel of radiologists on 4,376 films (Majkowska et al., Radiology 2020).

    Columns: image_index, fracture, pneumothorax, airspace_opacity, nodule_or_mass (bool),
    set (validation, test: the panel's own sets).
    """
    table = pd.read_csv(NIH / "google2019_nih-chest-xray-labels.csv.gz")
    answers = {
        "Fracture": "fracture",
        "Pneumothorax": "pneumothorax",
        "Airspace opacity": "airspace_opacity",
        "Nodule or mass": "nodule_or_mass",
    }
    tidy = pd.DataFrame({"image_index": table["Image Index"]})
    for column, name in answers.items():
        tidy[name] = table[column] == "YES"
    tidy["set"] = table["Set Id"].map({"val": "validation", "test": "test"})
    return tidy
