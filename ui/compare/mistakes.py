"""The most confident mistakes on the test films, as films with what every network said."""

import numpy as np
import pandas as pd
import streamlit as st
from scipy.special import logit

from core.findings import HEADLINE, NAMES, TITLES
from ui.compare.scored_films import ScoredFilms, choose
from ui.shared import film_shelf
from ui.shared.downloads import save_table
from ui.shared.networks import network_title
from ui.shared.rows import each_row

KINDS = {"false alarm": "False alarms", "miss": "Misses"}
ANY = "any of the 13 findings"
COUNT = 8
WIDTH = 190
"""CSS px of a film: four abreast on a desk, one on a phone beside its words."""


def ranked(one: ScoredFilms, kind: str, finding: str | None) -> pd.DataFrame:
    """A row a mistake, most confident first: image_index, patient, finding, chance.

    A false alarm is a film without the label, a miss one with it; confidence is how far the
    log-odds lie from those of the finding's prevalence, so that findings can be compared. A patient
    comes once a finding.
    """
    names = HEADLINE if finding is None else (finding,)
    parts = []
    for name in names:
        labels, chances = one.of(name)
        wrong = ~labels if kind == "false alarm" else labels
        usual = logit(np.clip(labels.mean(), 1e-4, 1 - 1e-4))
        surprise = logit(np.clip(chances, 1e-6, 1 - 1e-6)) - usual
        parts.append(
            one.films.loc[wrong, ["image_index", "patient"]].assign(
                finding=name,
                chance=chances[wrong],
                surprise=(surprise if kind == "false alarm" else -surprise)[wrong],
            )
        )
    table = pd.concat(parts).sort_values("surprise", ascending=False, kind="stable")
    return table.drop_duplicates(["patient", "finding"]).reset_index(drop=True)


def section(networks: dict[str, ScoredFilms]) -> None:
    """Filters, and the films."""
    first, second, third = st.columns(3)
    name = choose(first, "Mistakes of", networks, "mistaken")
    kind = second.segmented_control(
        "Kind", list(KINDS), format_func=KINDS.__getitem__, default="false alarm", required=True
    )
    chosen = third.selectbox(
        "Of", [ANY, *NAMES], format_func=lambda n: TITLES.get(n, n), key="mistake-finding"
    )
    table = ranked(networks[name], kind, None if chosen == ANY else chosen)
    shown = table[table["image_index"].isin(film_shelf.shelf().names)].head(COUNT)
    if shown.empty:
        st.info("None of these films is on this machine: set HEAILTH_DATA to the folder of films.")
        return
    words = "without" if kind == "false alarm" else "with"
    st.caption(
        f"The {len(shown)} test films {words} NIH's label where "
        f"{network_title(networks[name].card)} was "
        f"farthest off, of {len(networks[name].films):,} test films; one a patient and finding. "
        "Probabilities are calibrated on validation films. Some are mistakes of the label: it was "
        "text-mined from the report."
    )
    with st.container(horizontal=True, gap="small"):
        for number, row in enumerate(each_row(shown)):
            with st.container(width=WIDTH, gap=None):
                _film(row.image_index, row.finding, networks, number)
    save_table(
        f"{kind.replace(' ', '_')}s_{name}.csv",
        lambda: table.drop(columns="surprise"),
        "All of these mistakes (CSV)",
    )


def _film(image: str, finding: str, networks: dict[str, ScoredFilms], number: int) -> None:
    """A film with the finding's boxes, its labels, and what every network gave the finding."""
    picture = film_shelf.pictures((image,), finding)[image]
    any_network = next(iter(networks.values()))
    row = int(np.flatnonzero(any_network.films["image_index"] == image)[0])
    carried = [TITLES[name] for k, name in enumerate(NAMES) if any_network.labels[row, k]]
    said = []
    for one in networks.values():
        place = np.flatnonzero(one.films["image_index"] == image)
        if len(place):
            said.append(f"{network_title(one.card)} {100 * one.of(finding)[1][place[0]]:.1f} %")
    st.image(picture, width="stretch", alt=f"Test film, {TITLES[finding]} in question")
    st.markdown("  \n".join([f"**{TITLES[finding]}**", *said]))
    st.caption(f"NIH: {', '.join(carried) or 'No Finding'}")
    st.page_link(
        "pages/predict.py",
        label="Read this film",
        icon=":material/radiology:",
        query_params={"film": image},
        help=f"Mistake {number + 1}: {image}.",
    )
