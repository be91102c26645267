"""What the network sees: one film from the file to the input, with the reason of every step."""

import numpy as np
import streamlit as st
from PIL import Image

from core.checkpoints import store
from core.films.resample import BASE_PX
from core.paths import SAMPLES
from ui.reading import film_choice
from ui.shared import cache, drawing
from ui.shared.networks import network_title
from ui.shared.rows import row_of

SHOWN_PX = 384
AUGMENTED = 3


def section() -> None:
    """Choose a film and a network, and follow the film. Loads torch."""
    cards = [cache.card(name) for name in store.names()]
    if not cards:
        st.info("No network is trained yet: run `python -m core train mobilenet_v2`.")
        return
    samples = film_choice.samples()
    row = st.columns([5, 4, 3], vertical_alignment="bottom")
    name = row[0].selectbox(
        "Film",
        list(samples.index),
        index=list(samples.index).index(film_choice.FIRST),
        format_func=lambda name: film_choice.described(name, row_of(samples, name)),
        key="steps-film",
    )
    titles = {card.name: network_title(card) for card in cards}
    network = row[1].segmented_control(
        "Network",
        list(titles),
        format_func=titles.__getitem__,
        default=cards[-1].name,
        required=True,
    )
    seed = st.session_state.setdefault("steps_seed", 0)
    if row[2].button("Change it otherwise", icon=":material/casino:", width="stretch"):
        seed = st.session_state["steps_seed"] = seed + 1
    card = next(card for card in cards if card.name == network)
    with st.container(horizontal=True, gap="small"):
        for title, text, picture in steps(name, network, card.input_px, seed):
            with st.container(width=230, gap="small"):
                st.markdown(f"**{title}**")
                st.image(picture, width="stretch", alt=title)
                st.caption(text)


@st.cache_data(show_spinner="Following the film ...", max_entries=32)
def steps(name: str, network: str, size: int, seed: int) -> list[tuple[str, str, bytes]]:
    """Title, reason and JPEG of every step of a sample film."""
    from core.films.read import (
        read_path,  # core.reading.input_steps brings torch: only for who opens this section
    )
    from core.reading.input_steps import walk

    path = SAMPLES / name
    film = read_path(path)
    ranges = cache.card(network).recipe.augmentation
    done = walk(film, size, ranges, seed, AUGMENTED)
    plain = [
        (
            "1. The file, as grey values",
            f"{film.format}, {film.bits} bit, {path.stat().st_size / 1000:,.0f} kB: {film.width:,} "
            f"x {film.height:,} numbers from 0 (black) to 1. Colour, 16-bit and DICOM files end in "
            "the same form.",
            done.full,
        ),
        (
            "2. 256 x 256 px",
            "Bilinear. One fixed route for every film, so that sharpness cannot tell a network "
            "where a film came from.",
            done.half,
        ),
        (
            "3. 128 x 128 px",
            "Mean of 2 x 2 px. All films of the starter set are stored like this; small nodules "
            "and fine lines are lost here.",
            done.base,
        ),
        (
            f"4. Input, {size} x {size} px",
            f"{'Enlarged' if size > BASE_PX else 'Kept'}, and scaled to [-1, 1]. Nothing "
            "is cropped. This is what the network reads when it predicts.",
            done.seen,
        ),
    ]
    reason = (
        f"Only in training: turned by up to {ranges.rotation_deg:.0f}°, shifted by "
        f"{ranges.shift:.0%}, scaled by {ranges.scale:.0%}, other contrast. Never mirrored: the "
        "heart has a side."
    )
    again = "Another draw: every epoch shows the network another version of the film."
    drawn = [
        (f"5{letter}. Changed at random", again if k else reason, picture)
        for k, (letter, picture) in enumerate(zip("abc", done.augmented, strict=True))
    ]
    return [(title, text, _enlarged(picture)) for title, text, picture in [*plain, *drawn]]


def _enlarged(picture: np.ndarray) -> bytes:
    """JPEG of one size for all steps, pixels left visible."""
    method = Image.Resampling.BOX if len(picture) > SHOWN_PX else Image.Resampling.NEAREST
    image = Image.fromarray(picture).resize((SHOWN_PX, SHOWN_PX), method)
    return drawing.jpeg(np.asarray(image))
