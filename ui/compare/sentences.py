"""What the comparison says in words."""

from typing import Any

from core.checkpoints import store
from core.checkpoints.card import Card
from core.evaluation import comparison
from core.evaluation.verdict import ONE_RUN, difference_sentence
from core.wording import decimal, with_interval
from ui.shared.file_cache import until_changed
from ui.shared.networks import network_title


@until_changed("scores.csv", networks=2, show_spinner="Comparing the networks film by film ...")
def difference(first: str, second: str) -> dict[str, Any]:
    """`comparison.paired_difference` of two networks' test scores, computed once per file."""
    return comparison.paired_difference(store.load_scores(first), store.load_scores(second))


def verdict(first: Card, second: Card, found: dict[str, Any]) -> str:
    """The paired difference of two networks in words."""
    return difference_sentence(network_title(first), network_title(second), found, ONE_RUN)


def measured_on(cards: dict[str, Card]) -> str:
    """Where the milliseconds were measured."""
    places = {card.cost.milliseconds_on for card in cards.values() if card.cost.milliseconds_on}
    return (
        f"Milliseconds: the network alone, on {' and on '.join(sorted(places))}." if places else ""
    )


def beneath(card: Card) -> str:
    """How far a network is above what metadata alone reach, in words."""
    floor = card.figures.floor
    if not floor:
        return ""
    ahead = floor.ahead_13
    return (
        f"{network_title(card)}: {with_interval(ahead.value, ahead.interval)} above "
        f"{decimal(floor.macro_auroc_13.value)}, the AUROC of age, sex, view and follow-up number "
        "without the film."
    )
