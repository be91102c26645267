"""Which network, and how did they learn? Curves, test results and cost, network beside network."""

import pandas as pd
import streamlit as st

from core.checkpoints import Card
from core.summary import bracket, decimal
from ui import result_charts as charts
from ui import results
from ui.frame import frame

PNEUMONIA = (
    "Pneumonia stays out of the mean of 13: its test films come from sources that can be told from "
    "the picture, so its figure also measures the source."
)
RIGHT = st.column_config.TextColumn(alignment="right")


def main() -> None:
    """Draw the page."""
    frame("compare")
    cards, problems = results.usable(results.load_tested)
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    if cards:
        answer({name: cards[name] for name in results.by_auroc(cards)})
    learning(set(problems))
    if cards:
        test_results(cards)
        sources(cards)
        cost(cards)


def answer(cards: dict[str, Card]) -> None:
    """The best network, how far ahead it is, and every network's mean AUROC."""
    best, *others = cards
    for other in others:
        try:
            found = results.difference(best, other)
            st.subheader(results.verdict(cards[best], cards[other], found), anchor=False)
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
    st.caption(results.tested_on(cards))


def learning(shown: set[str]) -> None:
    """Curves of finished runs and of runs in progress, which are followed while there are any."""
    st.subheader("How they learned", anchor=False)
    finished, problems = results.usable(results.load_run)
    for problem in set(problems) - shown:
        st.warning(problem, icon=":material/warning:")
    every = "10s" if results.live_runs() else None
    st.fragment(curves, run_every=every)(list(finished.values()))


def curves(finished: list[results.Run]) -> None:
    """Accuracy, loss and mean AUROC by epoch of the chosen runs."""
    runs = {run.title: run for run in [*finished, *results.live_runs()]}
    if not runs:
        st.info("There is no history to draw yet: run `python -m core train cnn`.")
        return
    chosen = list(runs)
    if len(runs) > 1:
        chosen = st.pills("Runs", list(runs), selection_mode="multi", default=list(runs))
    selected = [runs[title] for title in chosen]
    if not selected:
        st.info("Choose at least one run.")
        return
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{results.accuracy_says(selected)}**")
        figure = charts.learning_curves(selected, "accuracy")
        st.plotly_chart(figure, width="stretch", key="accuracy", alt="Accuracy by epoch")
    with right:
        st.markdown("**Loss: mean binary cross-entropy over the 14 findings, lower is better.**")
        figure = charts.learning_curves(selected, "loss")
        st.plotly_chart(figure, width="stretch", key="loss", alt="Loss by epoch")
    st.markdown(f"**{results.best_epochs(selected)}**")
    figure = charts.auroc_curves(selected)
    st.plotly_chart(figure, width="stretch", key="auroc", alt="Mean validation AUROC by epoch")
    st.caption(results.learned_on(selected))


def test_results(cards: dict[str, Card]) -> None:
    """AUROC per finding on the test films: dots with intervals, and the table."""
    st.subheader("How good they are, finding by finding", anchor=False)
    st.markdown(results.AUROC_IS)
    order = st.segmented_control("Order", results.ORDERS, default=results.ORDERS[0], required=True)
    table = results.in_order(results.finding_table(cards), cards, order)
    figure = charts.finding_dots(table, cards)
    st.plotly_chart(figure, width="stretch", key="findings", alt="Test AUROC by finding")
    st.caption(
        f"{results.tested_on(cards)} In brackets: films with the finding. Bars: 95 % intervals."
    )
    show(results.shown_findings(table, cards))
    st.caption("AP: average precision; guessing reaches the prevalence.")
    st.download_button(
        "Download the table (CSV)",
        results.finding_table(cards).to_csv(index=False).encode(),
        "test_auroc_by_finding.csv",
        "text/csv",
        icon=":material/download:",
    )


def sources(cards: dict[str, Card]) -> None:
    """The same test by source of the films, and why Pneumonia is not in the headline."""
    st.subheader("Where the test films come from", anchor=False)
    st.markdown(PNEUMONIA)
    try:
        pneumonia = results.pneumonia_by_source(next(iter(cards)))
    except (ValueError, OSError):
        pneumonia = {}  # without scores the column stays empty; the rest is from the cards
    show(results.source_table(cards, pneumonia))
    st.caption(
        "A to E: the collections that the starter films came from. Mean AUROC: over those of the "
        "13 findings with at least 10 positive films in a source."
    )


def cost(cards: dict[str, Card]) -> None:
    """What the quality costs."""
    st.subheader("What they cost", anchor=False)
    show(results.cost_table(cards))


def show(table: pd.DataFrame) -> None:
    """A small table: its first column names the row, figures stand to the right."""
    settings = dict.fromkeys(table.columns[1:], RIGHT)
    st.dataframe(table, hide_index=True, height="content", column_config=settings)


main()
