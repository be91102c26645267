"""Seeds of one recipe: which runs of the log are alike, and what is said of them."""

import pandas as pd

from core import checkpoints, experiments, seeds

CARD = checkpoints.load_card("cnn")


def log_of(rows):
    own = experiments.load()
    own = own[own["run"] == CARD.id].to_dict("records")[0]
    changed = [{**own, **row} for row in rows]
    return pd.DataFrame([own, *changed]).assign(
        test_auroc=[0.7, *(row.get("test_auroc", 0.5) for row in rows)]
    )


def test_runs_of_another_recipe_and_untested_ones_do_not_count():
    log = log_of(
        [
            {"run": "second", "seed": 1, "test_auroc": 0.71},
            {"run": "third", "seed": 2, "test_auroc": 0.72},
            {"run": "untested", "seed": 3, "test_auroc": float("nan")},
            {"run": "no teacher", "seed": 4, "teacher": float("nan")},
            {"run": "fewer films", "seed": 5, "films": 100},
        ]
    )
    assert list(seeds.alike(CARD, log)["run"]) == [CARD.id, "second", "third"]
    assert seeds.in_words(CARD, log) == (
        "Plain CNN, 3 seeds of one recipe: mean of 13 .700, .710, .720 (mean .710, standard "
        "deviation .010)."
    )


def test_a_single_seed_and_an_unknown_network_say_nothing():
    assert seeds.in_words(CARD, log_of([])) == ""
    log = log_of([{"run": "second", "seed": 1}])
    assert seeds.in_words(CARD, log[log["run"] != CARD.id]) == ""
