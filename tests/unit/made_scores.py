"""Made scores tables with a known skill."""

import numpy as np
import pandas as pd

from core.findings import NAMES


def made_scores(films=400, skill=1.0, seed=0):
    random = np.random.default_rng(seed)
    labels = np.random.default_rng(9).random((films, len(NAMES))) < 0.15
    logits = random.normal(size=labels.shape) + skill * labels - 2
    table = pd.DataFrame(
        {
            "image_index": [f"{n:08d}_000.png" for n in range(films)],
            "patient": np.arange(films) // 3,
            "source": np.where(np.arange(films) % 2, "C", "D"),
            "view": "PA",
        }
    )
    parts = [
        pd.DataFrame(labels.astype(int), columns=[f"label_{n}" for n in NAMES]),
        pd.DataFrame(logits, columns=[f"logit_{n}" for n in NAMES]),
    ]
    return pd.concat([table, *parts], axis=1)
