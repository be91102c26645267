"""Test figures by group, what the source gives away, and the labels of the 2019 panel."""

import pandas as pd
import streamlit as st

from core.checkpoints.card import Card
from core.evaluation.groups import AGE_GROUPS
from core.findings import TITLES
from core.wording import decimal, with_interval
from ui.compare import tables
from ui.shared.downloads import save_table
from ui.shared.groups import GROUPS, PREFIXES
from ui.shared.networks import network_title
from ui.shared.tables import show_table

ANSWERS = {
    "pneumothorax": "Pneumothorax",
    "nodule_or_mass": "Nodule or mass",
    "airspace_opacity": "Airspace opacity",
}
PNEUMONIA = (
    "Pneumonia is not in the mean of 13: most of its test films come from sources that the picture "
    "gives away, so its AUROC also measures the source."
)


def groups(cards: dict[str, Card]) -> None:
    """Mean AUROC by view, sex and age."""
    first = next(iter(cards.values())).figures
    rows = [
        {
            "Group": words.get(group, f"{PREFIXES.get(key, '')}{group}"),
            "Films": f"{part.n_films:,}",
            "Patients": f"{part.n_patients:,}",
            **{network_title(card): _mean(card, key, group) for card in cards.values()},
        }
        for key, words in GROUPS.items()
        if key != "sources"
        for group, part in sorted(first.groups(key).items(), key=lambda item: _place(item[0]))
    ]
    table = pd.DataFrame(rows)
    show_table(table)
    st.caption(
        "Mean AUROC over those of the 13 findings with at least 10 positive films in a group, "
        "which can differ between groups. This describes the groups; it does not show that one is "
        "read better."
    )
    save_table("auroc_by_group.csv", lambda: table)


def _place(group: str) -> tuple[int, str]:
    """Ages from young to old, other groups by name."""
    return AGE_GROUPS.index(group) if group in AGE_GROUPS else -1, group


def _mean(card: Card, key: str, group: str) -> str:
    part = card.figures.groups(key).get(group)
    return with_interval(part.mean_auroc, part.interval) if part else "–"


def sources(cards: dict[str, Card]) -> None:
    """By source of the films, and how well the source can be told."""
    st.markdown(PNEUMONIA)
    try:
        pneumonia = tables.pneumonia_by_source(next(iter(cards)))
    except (ValueError, OSError):
        pneumonia = {}  # without scores the column stays empty; the rest is from the cards
    table = tables.source_table(cards, pneumonia)
    show_table(table)
    st.caption(
        "A to E: the collections that the starter films came from. Mean AUROC: over those of the "
        "13 findings with at least 10 positive films in a source."
    )
    save_table("auroc_by_source.csv", lambda: table)
    table = told(cards)
    if table.empty:
        return
    st.markdown("**What gives the source away can be learnt in place of a disease**")
    show_table(table)
    st.caption(
        "AUROC of telling a source from source C among No Finding films of the train_val list, .5: "
        "it cannot be told. Picture: five numbers of sharpness and grey. Features: what a network "
        "has learnt to see."
    )
    save_table("source_told.csv", lambda: table)
    for card in cards.values():
        if card.shortcuts is None:
            continue
        within = card.shortcuts.pneumonia_within_source
        figure = with_interval(within.value, within.interval)
        st.caption(
            f"{network_title(card)}, Pneumonia within source {within.source}, patients held out "
            f"of training: AUROC {figure}, {within.n_films} films, "
            f"{within.n_positive} positive."
        )


def told(cards: dict[str, Card]) -> pd.DataFrame:
    """A row a pair of sources; empty where no card holds such figures."""
    known = {
        network_title(card): card.shortcuts.source_told
        for card in cards.values()
        if card.shortcuts and card.shortcuts.source_told
    }
    if not known:
        return pd.DataFrame()
    first = next(iter(known.values()))
    return pd.DataFrame(
        {
            "Source": list(first),
            "Films": [f"{row.n[0]} and {row.n[1]}" for row in first.values()],
            "From the picture": [decimal(row.picture) for row in first.values()],
            **{
                f"From {title}'s features": [
                    decimal(pairs[pair].features if pair in pairs else None) for pair in first
                ]
                for title, pairs in known.items()
            },
        }
    )


def panel(cards: dict[str, Card]) -> None:
    """AUROC against the panel's answers beside that against NIH's labels, on the same films."""
    read = {
        network_title(card): card.figures.panel
        for card in cards.values()
        if card.figures.panel and card.figures.panel.n_films
    }
    if not read:
        st.info("None of the test films was read again by the 2019 panel.")
        return
    first = next(iter(read.values()))
    rows = first.answers
    table = pd.DataFrame(
        {
            "Panel's answer (NIH labels)": [
                f"{ANSWERS[answer]} ({', '.join(TITLES[name] for name in row.findings)})"
                for answer, row in rows.items()
            ],
            "n positive, panel / NIH": [
                f"{row.n_positive} / {row.n_positive_nih}" for row in rows.values()
            ],
        }
    )
    for title, panel in read.items():
        for words, key in (("panel", "auroc"), ("NIH", "auroc_nih")):
            figures = [getattr(panel.answers[answer], key) for answer in rows]
            table[f"{title}, {words}"] = [with_interval(f.value, f.interval) for f in figures]
    show_table(table)
    st.caption(
        f"AUROC on the {first.n_films} test films ({first.n_patients} patients) that three "
        "radiologists read again (Majkowska et al., Radiology 2020), once against their answer and "
        "once against NIH's text-mined label. How far the labels agree on all films stands on the "
        "data set page, under Label quality."
    )
    save_table("auroc_against_panel.csv", lambda: table)
