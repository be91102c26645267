"""How fast the data set page answers to a filter, over all 112,120 films.

    python -m benchmarks.dataset_filter

Every chart's counts after each of several filter changes (`core.nih.census`, as the page calls it),
against what one would write at first: pandas on the raw NIH table, labels split and exploded for
every filter; and the same with the CSV read anew. Prints the median of several rounds, the
slowest filter, and the ratios.
"""

import statistics
import time
from collections.abc import Callable

import pandas as pd

from core.nih import census
from core.nih.census import Filter
from core.nih.panel import nih_against_panel, panel_on_silent
from core.nih.table import load_adjudicated, load_table
from core.paths import NIH

ROUNDS = 3
FILTERS = (
    Filter(),
    Filter(view="AP", sex="F"),
    Filter(ages=(30, 60), split="test"),
    Filter(findings=("Effusion", "Mass"), match="any"),
    Filter(findings=("Effusion", "Infiltration"), match="exactly"),
    Filter(follow_ups=(1, 183)),
)


def ours(table: pd.DataFrame, panel: pd.DataFrame, chosen: Filter) -> None:
    """Everything that the page counts, of all its sections."""
    films = chosen.apply(table)
    for count in (
        census.case_counts,
        census.labels_per_film,
        census.combinations,
        census.n_combinations,
        census.profile,
        census.ages_by_sex,
        census.per_patient,
        census.by_follow_up,
        census.prevalence_by_split,
    ):
        count(films)
    both = census.together(films)
    census.lift(both, len(films))
    census.share_of_row(both)
    nih_against_panel(films, panel)
    panel_on_silent(films, panel)


def at_first(raw: pd.DataFrame, chosen: Filter) -> None:
    """Case counts and pairs alone, the way a notebook does it."""
    labels = raw["Finding Labels"].str.split("|")
    keep = pd.Series(True, index=raw.index)
    if chosen.view:
        keep &= raw["View Position"] == chosen.view
    if chosen.sex:
        keep &= raw["Patient Gender"] == chosen.sex
    if chosen.ages:
        keep &= raw["Patient Age"].between(*chosen.ages)
    if chosen.findings:
        wanted = set(chosen.findings)
        keep &= labels.apply(lambda found: bool(wanted & set(found)))
    long = raw[keep].assign(label=labels[keep]).explode("label")
    long.groupby("label").agg({"Image Index": "nunique", "Patient ID": "nunique"})
    one_hot = raw.loc[keep, "Finding Labels"].str.get_dummies("|")
    one_hot.T @ one_hot


def seconds(work: Callable[[Filter], None]) -> list[float]:
    """Median CPU time of every filter: what else the machine does is left out."""
    medians = []
    for chosen in FILTERS:
        taken = []
        for _ in range(ROUNDS):
            start = time.process_time()
            work(chosen)
            taken.append(time.process_time() - start)
        medians.append(statistics.median(taken))
    return medians


def main() -> None:
    """Print the three ways."""
    path = NIH / "Data_Entry_2017_v2020.csv.gz"
    table, raw = load_table(), pd.read_csv(path)
    panel = load_adjudicated().query("set == 'test'")
    here = seconds(lambda chosen: ours(table, panel, chosen))
    pandas = seconds(lambda chosen: at_first(raw, chosen))
    anew = seconds(lambda chosen: at_first(pd.read_csv(path), chosen))
    print(f"{len(table):,} films, {len(FILTERS)} filters, median CPU time of {ROUNDS} rounds")
    for name, times in (
        ("core.nih.census, every chart of the page", here),
        ("pandas explode, counts and pairs alone", pandas),
        ("the same, CSV read anew", anew),
    ):
        ratio = statistics.median(times) / statistics.median(here)
        print(
            f"{name:42} {1000 * statistics.median(times):7.0f} ms  slowest "
            f"{1000 * max(times):7.0f} ms  {ratio:5.1f} x"
        )


if __name__ == "__main__":
    main()
