"""Which film to read: one of the samples, or a file of the user's own."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.films.zip_archive import is_zip
from core.findings import NO_FINDING, TITLES, title_of
from core.paths import SAMPLES
from ui.reading.text import listed
from ui.shared import cache, film_shelf
from ui.shared.frame import PAGES
from ui.shared.rows import row_of

EVERY = "any finding"
FIRST = "00009745_000.png"
"""The sample that a fresh page opens with: what NIH boxed is found, and found there, by both."""

FIRST_IS = (
    "This first film was picked because both networks put the boxed finding first and peak inside "
    "the box. On many films they do not: see 'Heat maps checked'."
)
PHOTO_IS = (
    "A photograph of a film or a screen is outside what the networks were trained on: glare, tilt "
    "and the screen's dots change scores. Upload the original file where you can."
)


@dataclass(frozen=True)
class Choice:
    """A file to read; `labels` are NIH's where it is a sample, else None."""

    name: str
    data: bytes
    labels: list[str] | None = None


def choose() -> Choice | None:
    """A sample, or an uploaded file as long as there is one."""
    with st.container(border=True):
        left, right = st.columns([8, 5])
        files = right.file_uploader(
            "Or your own: PNG, JPEG or DICOM",
            accept_multiple_files=True,
            help="Frontal chest films. The content decides, not the file's name; nothing is "
            "written to disk.",
        )
        photo = _photo(right)
        number = 0
        if len(files) > 1:
            names = [file.name for file in files]
            number = right.selectbox(
                "Uploaded film", range(len(files)), format_func=names.__getitem__
            )
        if len(files) > 1 or any(is_zip(file.getvalue()[:4]) for file in files):
            many = PAGES["batch"]
            right.page_link(many.file, label="Read many films and ZIP archives", icon=many.icon)
        with left:
            try:
                chosen = _from_address() or _choose_sample()
            except (ValueError, OSError):
                chosen = None
                st.info("Sample films are missing: get them back with `git checkout -- samples`.")
            if photo or files:
                st.caption("Your own film is shown; remove it to come back to the sample.")
            elif chosen:
                st.caption(reference(chosen))
    if photo:
        return photo
    return Choice(files[number].name, files[number].getvalue()) if files else chosen


def _photo(place: st.delta_generator.DeltaGenerator) -> Choice | None:
    """A photograph taken with the device, once that is asked for."""
    if not place.toggle("Photograph a film with this device"):
        return None
    place.caption(PHOTO_IS)
    photo = place.camera_input("Photograph", resolution="1080p", label_visibility="collapsed")
    return Choice(photo.name, photo.getvalue()) if photo else None


def _from_address() -> Choice | None:
    """The film that the data set page links to as ?film=..., if it is on this machine."""
    name = st.query_params.get("film")
    if name is None:
        return None
    if name not in film_shelf.shelf():
        st.info("The film in the address is not on this machine; this is a sample instead.")
        return None
    table = cache.nih_table()
    row = table[table["image_index"] == name].iloc[0]
    labels = [label for label in (*TITLES, NO_FINDING) if row[label]]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**From the data set: {name.removesuffix('.png')}**", width="content")
        st.button("Back to the samples", on_click=_forget_film)
    return Choice(name, film_shelf.read(name), labels)


def _forget_film() -> None:
    del st.query_params["film"]


def _choose_sample() -> Choice:
    """One of the films in samples/, kept in the address as ?sample=..."""
    table = samples()
    left, right = st.columns([3, 5])
    wanted = left.selectbox("Sample films with", [EVERY, *TITLES, NO_FINDING], format_func=title_of)
    names = [str(n) for n, row in table.iterrows() if wanted == EVERY or wanted in row["labels"]]
    asked = st.query_params.get("sample", FIRST)
    name = right.selectbox(
        "Sample film",
        names,
        index=names.index(asked) if asked in names else 0,
        format_func=lambda name: described(name, row_of(table, name)),
        key="sample",
    )
    st.query_params["sample"] = name
    return sample(name)


@st.cache_data(show_spinner=False)
def samples() -> pd.DataFrame:
    """The films in samples/ by file name: labels (a list), view, age, sex, boxes (a number)."""
    table = pd.read_csv(SAMPLES / "samples.csv", index_col="image_index")
    return table.assign(labels=table["labels"].str.split("|"))


def sample(name: str) -> Choice:
    """A sample film with NIH's labels."""
    return Choice(name, (SAMPLES / name).read_bytes(), row_of(samples(), name)["labels"])


def described(name: str, row: dict[str, Any]) -> str:
    """A sample in a list: NIH's labels, whether there is a box, its file."""
    boxes = {0: "", 1: " · box", 2: " · 2 boxes"}[row["boxes"]]
    stem = name.removesuffix(".png")
    return f"{listed([title_of(n) for n in row['labels']])}{boxes} · {stem}"


def reference(sample: Choice) -> str:
    """What NIH says of a sample: labels from text mining, boxes from radiologists."""
    boxes = cache.boxes()
    boxed = boxes.loc[boxes["image_index"] == sample.name, "finding"].unique()
    drawn = f" Radiologist's box: {listed([title_of(n) for n in boxed])}." if len(boxed) else ""
    mined = listed([title_of(label) for label in sample.labels or []])
    first = f" {FIRST_IS}" if sample.name == FIRST else ""
    return f"NIH's label, text-mined from the report: {mined}.{drawn}{first}"
