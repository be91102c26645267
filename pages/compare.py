"""Which network, and is the difference real? Answer first, then how they learned and fail."""

from typing import Any

import streamlit as st

from core.checkpoints.card import Card
from core.evaluation import seeds
from core.wording import bracket, decimal
from ui import (
    finding_section,
    group_section,
    learning_section,
    mistakes,
    results,
    score_charts,
    threshold_section,
)
from ui.frame import frame, one_sentence
from ui.results import download, show
from ui.tested import all_tested, differences


def main() -> None:
    """Draw the page: the answer, and the one section that is open."""
    frame("compare")
    cards, problems = results.usable(results.load_tested)
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    cards = {name: cards[name] for name in results.by_auroc(cards)}
    sections = {"How they learned": lambda: learning_section.section(set(problems))}
    if cards:
        answer(cards)
        overview(cards)
        sections |= {
            "A finding": lambda: one_finding(cards),
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
    """The verdict on the networks, and every network's mean AUROC above its floor."""
    trained = trained_anew(cards)
    over_seeds = seeds.differences_in_words(trained)
    for words in over_seeds:
        st.subheader(words, anchor=False)
    if over_seeds:
        st.caption(seeds.intervals_in_words(trained))
    best, *others = cards
    for other in others:
        try:
            found = results.difference(best, other)
            words = results.verdict(cards[best], cards[other], found)
            if over_seeds:
                st.markdown(words)
            else:
                st.subheader(words, anchor=False)
        except (ValueError, OSError) as error:
            st.warning(str(error), icon=":material/warning:")
    for column, card in zip(st.columns(len(cards)), cards.values(), strict=True):
        macro = card.test["macro_auroc_13"]
        column.metric(
            f"{results.called(card)}: mean test AUROC over 13 findings",
            decimal(macro["value"]),
            delta=f"95 % interval {bracket(macro['interval'])}",
            delta_color="off",
            delta_arrow="off",
            help=results.AUROC_IS,
            border=True,
        )
        column.caption(results.beneath(card))
        if trained and (words := seeds.in_words(trained, card.network)):
            column.caption(words)
    st.caption(results.tested_on(cards))


def trained_anew(cards: dict[str, Card]) -> dict[str, Any]:
    """Other seeds of these very weights, where there are any."""
    try:
        return seeds.of_these(list(cards.values()))
    except ValueError as error:
        st.warning(str(error), icon=":material/warning:")
        return {}


def overview(cards: dict[str, Card]) -> None:
    """AUROC per finding on the test films: dots with intervals, and the table."""
    order = st.segmented_control("Order", results.ORDERS, default=results.ORDERS[0], required=True)
    table = results.in_order(results.finding_table(cards), cards, order)
    figure = score_charts.finding_dots(table, cards)
    st.plotly_chart(figure, width="stretch", key="findings", alt="Test AUROC by finding")
    st.caption(
        f"{results.AUROC_IS} In brackets: test films with the finding. Bars: 95 % intervals."
    )
    with st.expander("The figures as a table"):
        show(results.shown_findings(table, cards))
        st.caption("AP: average precision; guessing reaches the prevalence.")
        download(results.finding_table(cards), "test_auroc_by_finding.csv")


def one_finding(cards: dict[str, Card]) -> None:
    """Everything about a chosen finding: curves, thresholds, the differences of all findings."""
    networks = all_tested(cards)
    finding = finding_section.choose_finding()
    best, *others = networks
    pairs = results.usable(lambda other: differences(best, other), others)[0]
    for other, found in pairs.items():
        words = finding_section.verdict(finding, found, cards[best], cards[other])
        st.markdown(f"**{words}**")
    finding_section.curves(networks, finding)
    st.subheader("What a threshold does", anchor=False)
    threshold_section.explorer(networks, finding)
    for other, found in pairs.items():
        titles = f"{results.called(cards[best])} and {results.called(cards[other])}"
        st.subheader(f"Is the difference of {titles} real, finding by finding?", anchor=False)
        show(finding_section.difference_table(found, cards[best], cards[other]))
        st.caption(f"{finding_section.DIFFERENCE_IS} {results.tested_on({best: cards[best]})}")
        download(found, f"difference_{best}_{other}.csv")


def errors(cards: dict[str, Card]) -> None:
    """The most confident mistakes, as films."""
    mistakes.section(all_tested(cards))


def by_group(cards: dict[str, Card]) -> None:
    """Views, sexes, ages, sources, and the labels of the panel."""
    group_section.groups(cards)
    st.subheader("Where the test films come from", anchor=False)
    group_section.sources(cards)
    st.subheader("Against radiologists who read the films again", anchor=False)
    group_section.panel(cards)


def cost(cards: dict[str, Card]) -> None:
    """What the quality costs."""
    show(results.cost_table(cards))
    st.caption(f"{results.tested_on(cards)} {results.measured_on(cards)}")
    download(results.cost_table(cards), "cost.csv")


main()
