"""How networks learned: curves of any runs, live where one is in progress."""

import streamlit as st

from core.evaluation import learning_curve
from ui.compare import curve_charts, runs, score_charts
from ui.compare.runs import Run
from ui.shared.networks import usable


def section(shown: set[str]) -> None:
    """Curves of finished runs and of runs in progress, which are followed while there are any."""
    finished, problems = usable(runs.load_run)
    for problem in set(problems) - shown:
        st.warning(problem, icon=":material/warning:")
    every = "10s" if any(run.title.endswith(runs.GOING) for run in runs.live_runs()) else None
    st.fragment(curves, run_every=every)(list(finished.values()))
    if curve := learning_curve.load():
        st.subheader("What more films would bring", anchor=False)
        st.markdown(learning_curve.in_words(curve))
        figure = score_charts.learning_curve(curve)
        st.plotly_chart(figure, width="stretch", key="learning-curve", alt="Learning curve")


def curves(finished: list[Run]) -> None:
    """Accuracy, loss, mean AUROC and learning rate by epoch of the chosen runs."""
    found = {run.title: run for run in [*finished, *runs.live_runs()]}
    if not found:
        st.info("There is no history to draw yet: run `python -m core train cnn`.")
        return
    chosen = list(found)
    if len(found) > 1:
        chosen = st.pills("Runs", list(found), selection_mode="multi", default=list(found))
    selected = [found[title] for title in chosen]
    if not selected:
        st.info("Choose at least one run.")
        return
    charts = {
        "auroc": (runs.best_epochs(selected), curve_charts.auroc_curves(selected)),
        "accuracy": (
            runs.accuracy_says(selected),
            curve_charts.learning_curves(selected, "accuracy"),
        ),
        "loss": (
            "Loss: mean binary cross-entropy over the 14 findings, lower is better.",
            curve_charts.learning_curves(selected, "loss"),
        ),
        "rate": ("Learning rate at the end of each epoch.", curve_charts.rate_curves(selected)),
    }
    columns = [
        *st.columns(2, vertical_alignment="bottom"),
        *st.columns(2, vertical_alignment="bottom"),
    ]
    for column, (key, (title, figure)) in zip(columns, charts.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(figure, width="stretch", key=key, alt=f"{key} by epoch")
    st.caption(runs.learned_on(selected))
