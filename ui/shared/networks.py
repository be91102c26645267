"""Networks on any page: which can be used, their titles, and what they were tested on."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from core.checkpoints import store
from core.checkpoints.card import Card
from ui.shared import cache

AUROC_IS = (
    "AUROC is the chance that a film with the finding scores higher than one without: .5 is "
    "guessing, 1 is perfect."
)
PROJECT = ("cnn", "mobilenet_v2")
"""The two networks that the project sets side by side: missed when they are not there."""

_PRETRAINED = {"none": "none", "shipped": "ImageNet", "imagenet": "ImageNet"}

Loaded = TypeVar("Loaded")


def usable(
    load: Callable[[str], Loaded], names: Iterable[str] | None = None
) -> tuple[dict[str, Loaded], list[str]]:
    """What `load` gives for each of `names`, and a sentence for each that cannot be used.

    names: by default every network that there is or should be.
    """
    good, problems = {}, []
    every = sorted({*PROJECT, *store.names()}, key=lambda name: (name != "cnn", name))
    for name in every if names is None else names:
        try:
            good[name] = load(name)
        except (ValueError, OSError) as error:
            problems.append(str(error))
    return good, problems


def network_title(card: Card) -> str:
    """A network's title, with the checkpoint's name where that is another than the network's."""
    return card.title if card.name == card.network else f"{card.title} ({card.name})"


def pretraining(card: Card) -> str:
    """What a network's trunk had learnt before it saw a film."""
    return _PRETRAINED.get(card.recipe.init, "own weights")


def load_tested(name: str) -> Card:
    """A card with test figures; ValueError names the command where there are none."""
    card = cache.card(name)
    card.refuse_untested()
    return card


def by_auroc(cards: dict[str, Card]) -> list[str]:
    """Names of the networks, best test AUROC over 13 findings first."""
    return sorted(cards, key=lambda name: -(cards[name].figures.macro_auroc_13.value or 0))


def tested_on(cards: dict[str, Card]) -> str:
    """The test set in a sentence; one for each where networks were tested on different films."""
    return said_once("Test", list(cards.values()), _tested)


def _tested(card: Card) -> str:
    test = card.figures
    return (
        f"{test.n_films:,} films of {test.n_patients:,} patients of the "
        f"{test.split}, from the {test.origin}; 95 % intervals: {test.bootstrap}."
    )


def said_once(topic: str, cards: list[Card], say: Callable[[Card], str]) -> str:
    """`topic: words` where all networks share the words, else the words under their names."""
    sets: dict[str, list[str]] = {}
    for card in cards:
        sets.setdefault(say(card), []).append(network_title(card))
    if len(sets) == 1:
        return f"{topic}: {next(iter(sets))}"
    return " ".join(f"{' and '.join(titles)}: {words}" for words, titles in sets.items())
