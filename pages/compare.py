"""Which network, and is the difference real? Answer first, then how they learned and fail."""

from typing import Any

import streamlit as st

from core.checkpoints.card import Card
from core.evaluation import seeds
from core.wording import bracket, decimal
from ui.compare import (
    finding_section,
    group_section,
    learning_section,
    mistakes,
    score_charts,
    sentences,
    tables,
)
from ui.compare.scored_films import load_all
from ui.shared.downloads import save_table
from ui.shared.frame import frame, one_sentence
from ui.shared.networks import AUROC_IS, by_auroc, load_tested, network_title, tested_on, usable
from ui.shared.tables import show_table


def main() -> None:
    """Draw the page: the answer, and the one section that is open."""
    frame("compare")
    cards, problems = usable(load_tested)
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    cards = {name: cards[name] for name in by_auroc(cards)}
    sections = {"How they learned": lambda: learning_section.section(set(problems))}
    if cards:
        answer(cards)
        sections |= {
            "All findings": lambda: overview(cards),
            "A finding": lambda: finding_section.section(cards),
            "Mistakes": lambda: errors(cards),
            "Groups and shortcuts": lambda: by_group(cards),
            "Cost": lambda: cost(cards),
        }
    tabs = st.tabs(list(sections), key="section", on_change="rerun", bind="query-params")
    for tab, section in zip(tabs, sections.values(), strict=True):
        if tab.open:
            with tab, one_sentence():
                section()


def answer(cards: dict[str, Card]) -> None:
    """The verdict in one line, each network's mean AUROC, and behind it how it was measured."""
    trained = trained_anew(cards)
    shipped = shipped_differences(cards)
    over_seeds = seeds.differences_in_words(trained)
    for words in over_seeds or shipped:
        st.markdown(f"**{words}**")
    for column, card in zip(st.columns(len(cards)), cards.values(), strict=True):
        macro = card.figures.macro_auroc_13
        column.metric(
            f"{network_title(card)}: mean test AUROC",
            decimal(macro.value),
            delta=f"95 % interval {bracket(macro.interval)}",
            delta_color="off",
            delta_arrow="off",
            help=f"Mean over 13 findings, without Pneumonia. {AUROC_IS}",
            border=True,
        )
    with st.expander("How this was measured"):
        said = [tested_on(cards), *(sentences.beneath(card) for card in cards.values())]
        if over_seeds:
            said += [*seeds.sentences(trained)[len(over_seeds) :], *shipped]
        st.markdown("\n".join(f"- {words}" for words in said if words))


def shipped_differences(cards: dict[str, Card]) -> list[str]:
    """The best network against each other one, with the shipped weights."""
    best, *others = cards
    said = []
    for other in others:
        try:
            found = sentences.difference(best, other)
            said.append(sentences.verdict(cards[best], cards[other], found))
        except (ValueError, OSError) as error:
            st.warning(str(error), icon=":material/warning:")
    return said


def trained_anew(cards: dict[str, Card]) -> dict[str, Any]:
    """Other seeds of these very weights, where there are any."""
    try:
        return seeds.of_these(list(cards.values()))
    except ValueError as error:
        st.warning(str(error), icon=":material/warning:")
        return {}


def overview(cards: dict[str, Card]) -> None:
    """AUROC per finding on the test films: dots with intervals, and the table."""
    order = st.segmented_control("Order", tables.ORDERS, default=tables.ORDERS[0], required=True)
    table = tables.in_order(tables.finding_table(cards), cards, order)
    figure = score_charts.finding_dots(table, cards)
    st.plotly_chart(figure, width="stretch", key="findings", alt="Test AUROC by finding")
    st.caption(f"{AUROC_IS} In brackets: test films with the finding. Bars: 95 % intervals.")
    with st.expander("The figures as a table"):
        show_table(tables.shown_findings(table, cards))
        st.caption("AP: average precision; guessing reaches the prevalence.")
        save_table("test_auroc_by_finding.csv", lambda: tables.finding_table(cards))


def errors(cards: dict[str, Card]) -> None:
    """The most confident mistakes, as films."""
    mistakes.section(load_all(cards))


def by_group(cards: dict[str, Card]) -> None:
    """Views, sexes, ages, sources, and the labels of the panel."""
    group_section.groups(cards)
    st.subheader("Where the test films come from", anchor=False)
    group_section.sources(cards)
    st.subheader("Against radiologists who read the films again", anchor=False)
    group_section.panel(cards)


def cost(cards: dict[str, Card]) -> None:
    """What the quality costs."""
    show_table(tables.cost_table(cards))
    st.caption(f"{tested_on(cards)} {sentences.measured_on(cards)}")
    save_table("cost.csv", lambda: tables.cost_table(cards))


main()
