"""Films like this one: the nearest training films in a network's feature space."""

import io

import numpy as np
import streamlit as st
from PIL import Image

from core.findings import NAMES, NO_FINDING, TITLES
from core.reading import neighbours
from core.reading.neighbours import Index
from ui.reading.session import Opinion
from ui.shared import cache, drawing
from ui.shared.file_cache import until_changed

COUNT = 6
PREFERRED = "mobilenet_v2"


@st.fragment
def show(opinions: list[Opinion]) -> None:
    """A row of the nearest films with NIH's labels, as one of the networks sees them."""
    st.subheader("Films like this one", anchor=False)
    by_name = {opinion.card.name: opinion for opinion in opinions}
    opinion = _chosen(by_name)
    try:
        index = _index(opinion.card.name)
    except (ValueError, OSError) as error:
        st.info(str(error), icon=":material/info:")
        return
    nearest = index.nearest(opinion.reading.features, COUNT)
    st.caption(_what_it_is(opinion, index))
    films = cache.starter_index().set_index("image_index").loc[nearest["image_index"]]
    pngs = cache.starter_pngs(tuple(nearest["image_index"]))
    with st.container(horizontal=True):
        for distance, (name, row) in zip(nearest["distance"], films.iterrows(), strict=True):
            labels = ", ".join(TITLES[n] for n in NAMES if row[n]) or NO_FINDING
            with st.container(width=150):
                picture = np.asarray(Image.open(io.BytesIO(pngs[str(name)])).resize((300, 300)))
                alt = f"Training film labelled {labels}"
                st.image(drawing.jpeg(picture), width="stretch", alt=alt)
                st.caption(
                    f"{labels}  \n{row['view']}, {row['sex']}, {row['age']} years"
                    f"  \ndistance {distance:.2f}"
                )


def _chosen(by_name: dict[str, Opinion]) -> Opinion:
    names = sorted(by_name, key=lambda name: name != PREFERRED)
    if len(names) == 1:
        return by_name[names[0]]
    name = st.segmented_control(
        "As seen by",
        names,
        format_func=lambda n: by_name[n].title,
        default=names[0],
        required=True,
        key="neighbours-of",
    )
    return by_name[name]


def _what_it_is(opinion: Opinion, index: Index) -> str:
    return (
        f"Of {len(index.image_index):,} films of the official train_val list in the starter set, "
        f"those that {opinion.title} finds most alike, one a patient, with NIH's labels "
        "(text-mined from the reports). It has learnt from them or was tuned on them. Distance 1: "
        "as far as a training film typically lies from the nearest film of another patient."
    )


@until_changed(neighbours.FILE, "card.json", cache=st.cache_resource, max_entries=8)
def _index(name: str) -> Index:
    return neighbours.load(name)
