"""Twenty readers at the same time, one set of networks: nobody gets another's film."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np

from core.checkpoints import store
from core.paths import SAMPLES
from core.reading import batch
from core.reading.predictor import Predictor

READERS = 20


def test_twenty_films_read_at_the_same_time_are_read_as_each_alone():
    sources = batch.from_paths(sorted(SAMPLES.glob("*.png"))[:READERS])
    predictors = {name: Predictor(name) for name in store.names()}
    alone = [batch.answer(source, predictors) for source in sources]
    together = Barrier(READERS)

    def read(source: batch.Source) -> tuple:
        together.wait()
        return batch.answer(source, predictors)

    with ThreadPoolExecutor(READERS) as readers:
        at_once = list(readers.map(read, sources))
    assert len({said.sha256 for said, _ in alone}) == READERS
    for (first, film), (second, again) in zip(alone, at_once, strict=True):
        assert (first.file, first.status, first.sha256) == (
            second.file,
            second.status,
            second.sha256,
        )
        assert first.status == "ok"
        assert np.array_equal(film.pixels, again.pixels)
        for name in predictors:
            one, other = first.readings[name], second.readings[name]
            for part in ("logits", "probabilities", "maps", "features"):
                assert np.array_equal(getattr(one, part), getattr(other, part)), (name, part)
