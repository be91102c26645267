"""The shipped figures as the Markdown table of README, from cards and scores alone."""

from core.checkpoints import store
from core.checkpoints.card import Card
from core.evaluation import comparison
from core.evaluation.verdict import ONE_RUN, difference_sentence
from core.findings import NAMES, TITLES
from core.wording import decimal, with_interval


def table(cards: list[Card]) -> str:
    """Markdown: a row a finding, AUROC with its 95 % interval per network; then the means.

    Raises ValueError where there is no checkpoint or one has not been evaluated.
    """
    if not cards:
        raise ValueError("There is no checkpoint: run `python -m core train mobilenet_v2`.")
    rows = [_heading(cards), "|---|---|" + "---|" * len(cards)]
    for name in NAMES:
        figures = [card.figures.findings[name] for card in cards]
        cells = " | ".join(with_interval(row.auroc, row.interval) for row in figures)
        rows.append(f"| {TITLES[name]} | {figures[0].n_positive} | {cells} |")
    for label, key in (("**mean of 13**", "macro_auroc_13"), ("mean of 14", "macro_auroc_14")):
        means = [getattr(card.figures, key) for card in cards]
        cells = " | ".join(with_interval(row.value, row.interval) for row in means)
        rows.append(f"| {label} | | {cells} |")
    return "\n".join(rows)


def made(card: Card) -> str:
    """How a network came about, in a line."""
    train, training = card.data.train, card.training
    return (
        f"- {card.title}: trained on {train.n_films:,} films of {train.n_patients:,} "
        f"patients in {training.minutes:.0f} minutes (best epoch {training.best_epoch} of "
        f"{training.epochs}, validation AUROC {decimal(training.val_auroc)}), tested on "
        f"{card.figures.n_films:,} films of {card.figures.n_patients:,} patients; "
        f"{card.cost.parameters:,} parameters, {card.cost.megabytes:.1f} MB"
    )


def _heading(cards: list[Card]) -> str:
    titles = " | ".join(card.title for card in cards)
    return f"| Finding | positive films | {titles} |"


def difference_in_words(cards: list[Card]) -> str:
    """Which of the first two networks is ahead on the mean of 13, or that the test cannot tell."""
    if len(cards) < 2:
        return ""
    first, second = cards[1], cards[0]
    paired = comparison.paired_difference(
        store.load_scores(first.name), store.load_scores(second.name)
    )
    return difference_sentence(first.title, second.title, paired, ONE_RUN)
