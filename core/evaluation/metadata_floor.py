"""The floor under every network: what age, sex, view and follow-up number alone predict.

Fitted on the 86,524 films of the official train_val list, it scores all 25,596 of the test list
without a look at any film. What a network does not have beyond it, it has not seen in the picture.
"""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from core.checkpoints.figures import Floor, FloorOfFinding, FloorOfList
from core.evaluation.auroc import auroc_draws, macro, macro_draws
from core.findings import HEADLINE, NAMES
from core.nih.table import load_table
from core.paths import DATA
from core.statistics.bootstrap import figure, interval, patient_draws, rounded

FILE = DATA / "metadata_floor.parquet"
FEATURES = ("age", "sex", "view", "follow_up")
DECIMALS = 3


def write() -> pd.DataFrame:
    """Fit one gradient boosting a finding, score the test list and write the logits to `FILE`."""
    table = load_table()
    features = pd.DataFrame(
        {
            "age": table["age"],
            "sex": table["sex"] == "M",
            "view": table["view"] == "AP",
            "follow_up": table["follow_up"],
        }
    ).astype(float)
    train, test = (table["split"] == split for split in ("train_val", "test"))
    logits = {"image_index": table.loc[test, "image_index"].to_numpy()}
    for name in NAMES:
        model = HistGradientBoostingClassifier(
            learning_rate=0.05, max_iter=150, max_leaf_nodes=8, random_state=0
        )
        model.fit(features[train], table.loc[train, name])
        logits[f"logit_{name}"] = model.decision_function(features[test]).round(DECIMALS)
    scores = pd.DataFrame(logits)
    scores.to_parquet(FILE, index=False)
    return scores


def load() -> pd.DataFrame:
    """image_index and logit_* of all 25,596 test films; FileNotFoundError names the command."""
    if not FILE.is_file():
        raise FileNotFoundError(
            f"The metadata floor {FILE.name} is missing: write it by `python -m core floor`."
        )
    return pd.read_parquet(FILE)


def on(scores: pd.DataFrame) -> pd.DataFrame:
    """A scores table like `scores` whose logits are the floor's, for the same films.

    Raises ValueError where a film is not on the official test list.
    """
    known = load().set_index("image_index")
    strangers = ~scores["image_index"].isin(known.index)
    if strangers.any():
        raise ValueError(
            f"The metadata floor knows the official test list only, and {int(strangers.sum())} of "
            f"{len(scores)} films are not on it: score films of the test split."
        )
    columns = [f"logit_{name}" for name in NAMES]
    found = known.loc[scores["image_index"], columns].reset_index(drop=True)
    rest = scores.drop(columns=columns).reset_index(drop=True)
    return pd.concat([rest, found], axis=1)


def beside(scores: pd.DataFrame, seed: int = 0) -> Floor:
    """The floor on the films of `scores`, and how far the network is above it, film for film."""
    weights = patient_draws(scores["patient"].to_numpy(), seed=seed)
    network, floor = auroc_draws(scores, weights), auroc_draws(on(scores), weights)
    gap = network - floor
    findings = {
        name: FloorOfFinding(
            rounded(floor[0, k]), interval(floor[1:, k]), rounded(gap[0, k]), interval(gap[1:, k])
        )
        for k, name in enumerate(NAMES)
    }
    return Floor(
        made_by=f"gradient boosting on {', '.join(FEATURES)}; no look at the film",
        macro_auroc_13=macro(floor, HEADLINE),
        macro_auroc_14=macro(floor, NAMES),
        ahead_13=figure(macro_draws(gap, HEADLINE)),
        findings=findings,
        whole_test_list=whole_list(),
    )


def whole_list() -> FloorOfList:
    """The floor's plain AUROC on all 25,596 test films, without interval."""
    table = load().merge(load_table(), on="image_index", validate="one_to_one")
    labels = table[list(NAMES)].add_prefix("label_").astype(int)
    logits = table[[f"logit_{name}" for name in NAMES]]
    one = np.ones((1, len(table)), np.float32)
    aurocs = auroc_draws(pd.concat([labels, logits], axis=1), one)[0]
    return FloorOfList(
        n_films=len(table),
        macro_auroc_13=rounded(aurocs[[NAMES.index(name) for name in HEADLINE]].mean()),
        macro_auroc_14=rounded(aurocs.mean()),
        findings={name: rounded(value) for name, value in zip(NAMES, aurocs, strict=True)},
    )
