"""Learning rate by torch's schedulers, and the moving average, against their formulas."""

import math

import pytest
import torch
from torch.optim.swa_utils import AveragedModel

from core.training.optimisation import warm_average, warmup_cosine

PEAK = 2e-3


def _rates(warm, total):
    """The learning rate of each step, and that after the last."""
    optimiser = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
    schedule = warmup_cosine(optimiser, warm, total)
    rates = []
    for _ in range(total):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return [*rates, schedule.get_last_lr()[0]]


def _formula(step, warm, total):
    """By which the shipped networks were trained."""
    if step < warm:
        return PEAK * (step + 1) / (warm + 1)
    return PEAK * 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm) / max(1, total - warm))))


@pytest.mark.parametrize(
    ("warm", "total"),
    [(236, 40 * 236), (236, 6 * 236), (5, 15), (7, 7), (14, 7), (0, 20), (1, 2)],
)
def test_rates_are_those_of_the_shipped_runs(warm, total):
    found = torch.tensor(_rates(warm, total), dtype=torch.float64)
    expected = torch.tensor([_formula(n, warm, total) for n in range(total + 1)]).double()
    exact = torch.tensor([_formula(n, warm, total) for n in range(total + 1)], dtype=torch.float64)
    assert torch.allclose(found, exact, rtol=1e-11, atol=1e-17)
    assert torch.equal(found.float().double(), expected), "to the last bit of the weights' type"


def test_warm_up_and_cosine_by_hand():
    found = _rates(3, 7)
    assert found[:4] == pytest.approx([PEAK / 4, PEAK / 2, PEAK * 3 / 4, PEAK])
    assert found[5] == pytest.approx(PEAK / 2), "half way down"
    assert found[7] == 0


def test_a_schedule_goes_on_from_its_state():
    def made():
        optimiser = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
        return optimiser, warmup_cosine(optimiser, 3, 12)

    optimiser, schedule = made()
    for _ in range(5):
        optimiser.step()
        schedule.step()
    again, resumed = made()
    again.load_state_dict(optimiser.state_dict())
    resumed.load_state_dict(schedule.state_dict())
    for _ in range(6):
        for part in (optimiser, schedule, again, resumed):
            part.step()
        assert again.param_groups[0]["lr"] == optimiser.param_groups[0]["lr"]


def test_the_average_starts_fast_and_copies_whole_numbers():
    network = torch.nn.BatchNorm1d(1)
    average = AveragedModel(network, multi_avg_fn=warm_average(0.9), use_buffers=True)
    expected = None
    for n, value in enumerate([1.0, 2.0, 4.0]):
        network.weight.data.fill_(value)
        network.num_batches_tracked.fill_(n)
        average.update_parameters(network)
        keep = (1 + n) / (10 + n)
        expected = value if expected is None else keep * expected + (1 - keep) * value
        assert average.module.weight.item() == pytest.approx(expected)
        assert average.module.num_batches_tracked.item() == n
