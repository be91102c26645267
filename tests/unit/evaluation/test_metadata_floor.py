"""The metadata floor: fitted on the train list, known for every test film, above chance only."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.checkpoints import store
from core.evaluation import metadata_floor
from core.findings import NAMES
from core.nih.table import load_table


def test_the_floor_knows_every_film_of_the_test_list_and_no_other():
    table = load_table()
    assert set(metadata_floor.load()["image_index"]) == set(
        table.query("split == 'test'")["image_index"]
    )


def test_the_whole_list_is_scored_as_scikit_learn_does():
    known = metadata_floor.load().merge(load_table(), on="image_index")
    whole = metadata_floor.whole_list()
    for name in NAMES:
        expected = roc_auc_score(known[name], known[f"logit_{name}"])
        assert whole.findings[name] == pytest.approx(expected, abs=1e-4)
    # what others found with metadata alone: .60 to .63
    assert 0.58 < whole.macro_auroc_14 < 0.66
    assert whole.n_films == 25_596


def test_floor_takes_the_films_of_the_network_in_their_order():
    scores = store.load_scores("cnn").sample(frac=1, random_state=1)
    beneath = metadata_floor.on(scores)
    assert list(beneath["image_index"]) == list(scores["image_index"])
    known = metadata_floor.load().set_index("image_index")["logit_Mass"]
    assert np.array_equal(beneath["logit_Mass"], known.loc[scores["image_index"]])
    assert np.array_equal(beneath["label_Mass"], scores["label_Mass"])


def test_a_film_off_the_test_list_is_refused():
    scores = store.load_validation_scores("cnn")
    with pytest.raises(ValueError, match="test list only"):
        metadata_floor.on(scores)
