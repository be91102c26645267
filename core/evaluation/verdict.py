"""A paired difference of two networks as a sentence."""

from typing import Any

from core.wording import with_interval

ONE_RUN = " with the shipped weights, one run each"


def difference_sentence(first: str, second: str, paired: dict[str, Any], of_what: str = "") -> str:
    """A paired difference (first minus second) as a sentence with its interval.

    of_what: ends the sentence, such as `ONE_RUN`.
    """
    value, ends = paired["difference"], paired["interval"]
    if value is None or ends is None:
        return f"There are too few films to compare {first} and {second}."
    low, high = ends
    if low <= 0 <= high:
        return (
            f"The test shows no clear difference in mean AUROC between {first} and {second}"
            f"{of_what}: {with_interval(value, (low, high))}."
        )
    ahead, behind = (first, second) if value > 0 else (second, first)
    size = with_interval(abs(value), sorted((abs(low), abs(high))))
    return f"{ahead} has the higher mean AUROC{of_what}: {size} above {behind}."
