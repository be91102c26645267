"""`FilmSet`: films at the base size with their rows of the NIH table.

From the starter set, a prepared folder or a full NIH folder, all at 128 px as uint8.
"""

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from tqdm import tqdm

from core.files import settle_files
from core.films.read import read_path
from core.films.resample import BASE_PX, to_base
from core.findings import NAMES
from core.nih.table import SPLITS, load_table
from core.paths import STARTER

DATA_VARIABLE = "HEAILTH_DATA"
PREPARED = "prepared"
"""Name of the set of files that `prepare` writes: films.npy and index.csv."""


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
    settle_files(folder, PREPARED)
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
