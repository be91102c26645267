"""What NIH ChestX-ray14 says of its films, and where the films are.

One tidy table (a row a film) from the files that NIH ships, and `FilmSet`: the films themselves,
all at 128 px as uint8, from the starter set, a prepared folder or a full NIH folder.
"""

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from core.films.resample import BASE_PX
from core.findings import NAMES, NO_FINDING
from core.paths import NIH, STARTER

DATA_VARIABLE = "HEAILTH_DATA"


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


@dataclass(frozen=True)
class FilmSet:
    """Films at 128 px with their rows of the NIH table, in the same order.

    table: as `load_table`, plus `source` (A to E in the starter set, `nih` in others).
    pixels: uint8, N x 128 x 128, in memory or memory-mapped.
    origin: where they came from, for the model card.
    """

    table: pd.DataFrame
    pixels: np.ndarray
    origin: str

    def __len__(self) -> int:
        return len(self.table)

    @property
    def labels(self) -> np.ndarray:
        """float32, N x 14 in NIH order: 1 where NIH's text mining found the finding."""
        return self.table[list(NAMES)].to_numpy(np.float32)

    def select(self, mask: np.ndarray) -> "FilmSet":
        """The films where `mask` (bool, N) is true."""
        rows = np.flatnonzero(mask)
        return FilmSet(self.table.iloc[rows].reset_index(drop=True), self.pixels[rows], self.origin)


def open_films(data: Path | None = None, split: str | None = None) -> FilmSet:
    """Films of one official split, or of both.

    data: a folder as `prepare` writes it, or a full or partial NIH folder (images_001/images/*.png
    or flat); by default the environment variable HEAILTH_DATA, else the starter set that ships.
    Raises ValueError for an unknown split, FileNotFoundError where there are no films.
    """
    if split not in (None, *SPLITS):
        raise ValueError(f"Split '{split}' is unknown: choose train_val or test.")
    folder = data_folder(data)
    if folder is None:
        return open_starter(split)
    if (folder / "films.npy").exists():
        return _prepared(folder, split)
    return _from_pngs(folder, split)


def draw_patients(films: FilmSet, count: int, seed: int) -> FilmSet:
    """About `count` films: whole patients in random order until there are that many."""
    patients = films.table["patient"].to_numpy()
    order = np.random.default_rng(seed).permutation(np.unique(patients))
    rank = pd.Series(np.arange(len(order)), index=order)[patients].to_numpy()
    up_to = np.sort(rank)[min(count, len(rank)) - 1]
    return films.select(rank <= up_to)


def data_folder(data: Path | None) -> Path | None:
    """The folder that was asked for by argument or environment; None means the starter set."""
    asked = data or (Path(os.environ[DATA_VARIABLE]) if os.environ.get(DATA_VARIABLE) else None)
    if asked is not None and not asked.is_dir():
        raise FileNotFoundError(
            f"There is no folder {asked}: give --data (or {DATA_VARIABLE}) the folder that holds "
            "the NIH films, or leave it out to use the starter set."
        )
    return asked


def load_starter_index() -> pd.DataFrame:
    """The 9,433 starter films without their pictures: NIH's columns, source, original_px."""
    columns = ["image_index", "source", "original_px"]
    index = pd.concat(pd.read_parquet(shard, columns=columns) for shard in _shards())
    return index.merge(load_table(), on="image_index", validate="one_to_one")


def load_starter_pngs(image_indices: Iterable[str]) -> dict[str, bytes]:
    """PNG bytes (128 px) of the named starter films; names that are not in the set are left out."""
    wanted = list(image_indices)
    found: dict[str, bytes] = {}
    for shard in _shards():
        rows = pd.read_parquet(
            shard, columns=["image_index", "png"], filters=[("image_index", "in", wanted)]
        )
        found.update(zip(rows["image_index"], rows["png"], strict=True))
    return found


def _shards() -> list[Path]:
    shards = sorted(STARTER.glob("films-*.parquet"))
    if not shards:
        raise FileNotFoundError(
            "The starter films are missing from data/starter: get them back with "
            "`git checkout -- data/starter`, or point --data at a folder of NIH films."
        )
    return shards


def open_starter(split: str | None = None) -> FilmSet:
    """The starter set's films of one official split, or of both, whatever --data says."""
    filters = [("split", "==", split)] if split else None
    columns = ["image_index", "source", "png"]
    films = pd.concat(
        [pd.read_parquet(shard, columns=columns, filters=filters) for shard in _shards()],
        ignore_index=True,
    )
    pixels = np.stack([np.asarray(Image.open(io.BytesIO(png))) for png in films.pop("png")])
    table = films.merge(load_table(), on="image_index", how="left", validate="one_to_one")
    return FilmSet(table, pixels, "starter set (9,433 films at 128 px)")


def _prepared(folder: Path, split: str | None) -> FilmSet:
    index = pd.read_csv(folder / "index.csv")
    pixels = np.load(folder / "films.npy", mmap_mode="r")
    if pixels.shape != (len(index), BASE_PX, BASE_PX) or pixels.dtype != np.uint8:
        raise ValueError(
            f"{folder} does not hold {len(index)} films of 128 x 128 uint8 as its index says, "
            f"but {pixels.dtype} {pixels.shape}: run `python -m core prepare` again."
        )
    table = index.merge(load_table(), on="image_index", how="left", validate="one_to_one")
    films = FilmSet(table.assign(source="nih"), pixels, f"{len(index):,} prepared NIH films")
    return films if split is None else films.select((table["split"] == split).to_numpy())


def nih_pngs(folder: Path) -> dict[str, Path]:
    """As `find_pngs`; FileNotFoundError where there is none."""
    found = find_pngs(folder)
    if not found:
        raise FileNotFoundError(
            f"No NIH film was found in {folder}: expected films.npy, images_001/images/*.png or "
            "*.png with names such as 00000001_000.png; `python -m core prepare` makes films.npy "
            "of NIH's archives."
        )
    return found


def find_pngs(folder: Path) -> dict[str, Path]:
    """File name -> path of every film of the NIH table found in `folder`, in NIH's layouts."""
    known = set(load_table()["image_index"])
    paths = [*folder.glob("images_*/images/*.png"), *folder.glob("images/*.png")]
    found = {path.name: path for path in [*paths, *folder.glob("*.png")] if path.name in known}
    return dict(sorted(found.items()))


def _from_pngs(folder: Path, split: str | None) -> FilmSet:
    from tqdm import tqdm

    from core.films.read import read_path
    from core.films.resample import to_base  # preprocess brings torch, which data pages do without

    paths = nih_pngs(folder)
    table = load_table()
    table = table[table["image_index"].isin(paths)]
    if split is not None:
        table = table[table["split"] == split]
    table = table.reset_index(drop=True).assign(source="nih")
    ordered = [paths[name] for name in table["image_index"]]
    note = "reading films (python -m core prepare does this once for all)"
    pixels = np.stack([to_base(read_path(path)) for path in tqdm(ordered, desc=note)])
    return FilmSet(table, pixels, f"{len(paths):,} NIH films")
