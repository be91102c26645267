"""A paired difference of two networks as a sentence."""

from typing import Any

from core.wording import with_interval

ONE_RUN = " with these weights, one run of each"


def difference_sentence(first: str, second: str, paired: dict[str, Any], of_what: str = "") -> str:
    """A paired difference (first minus second) as a sentence with its interval.

    of_what: ends the sentence, such as `ONE_RUN`.
    """
    value, ends = paired["difference"], paired["interval"]
    if value is None or ends is None:
        return f"Between {first} and {second} these films are too few to tell a difference."
    low, high = ends
    if low <= 0 <= high:
        return (
            f"Between {first} and {second} there is no difference that this test can show: "
            f"{with_interval(value, (low, high))} in mean AUROC{of_what}."
        )
    ahead, behind = (first, second) if value > 0 else (second, first)
    size = with_interval(abs(value), sorted((abs(low), abs(high))))
    return f"{ahead} is ahead of {behind} by {size} in mean AUROC{of_what}."
