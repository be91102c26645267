"""The reading of a film as the page shows it, put together for the PDF."""

from datetime import datetime

import pandas as pd

from core.findings import TITLES
from core.maps import colours
from core.reading.pdf_report import Report, pdf
from ui.reading import session, text
from ui.reading.session import Examined, Opinion
from ui.reading.text import percent
from ui.shared.limits import LIMITS


def as_pdf(examined: Examined, opinions: list[Opinion]) -> bytes:
    """One page: the film, each network's map of its first finding, the table, the networks."""
    grey = colours.window(examined.shown, 0, 1)
    pictures = [("The film as read", grey)]
    for opinion in opinions:
        first = str(opinion.findings["finding"].iloc[0])
        cells = session.cells(opinion, examined, first, session.methods()[0])
        said = text.map_says(opinion, first, cells, examined.zone(cells))
        pictures.append((f"{opinion.title}: {said}", colours.overlay(grey, cells, 0.6)))
    heading = " ".join(filter(None, [text.first_places(opinions), text.agreement(opinions)]))
    return pdf(
        Report(
            heading=heading,
            facts=f"Film {examined.digest[:12]} (SHA-256 of the file): {_facts(examined)}",
            pictures=tuple(pictures),
            table=_table(opinions),
            notes=_notes(examined, opinions),
            made=datetime.now(),
        )
    )


def _facts(examined: Examined) -> str:
    """What is known of the film, without the file's name."""
    return text.facts(examined.film).removeprefix(f"{examined.film.name}: ")


def _table(opinions: list[Opinion]) -> pd.DataFrame:
    """Findings in NIH order: probability, operating point and above or below, a network each."""
    table = pd.DataFrame({"Finding": TITLES.values()})
    for opinion in opinions:
        rows = opinion.findings.set_index("finding").loc[list(TITLES)]
        known = rows["threshold"].notna()
        side = rows["above"].map({True: "above", False: "below"}).where(known, "no point")
        table[opinion.title] = rows["probability"].map(percent).to_numpy()
        table[f"operating point ({opinion.title})"] = [
            f"{percent(point)}, {word}" if has else word
            for point, word, has in zip(rows["threshold"], side, known, strict=True)
        ]
    return table


def _notes(examined: Examined, opinions: list[Opinion]) -> tuple[str, ...]:
    warned = [f"Warning: {caution.sentence}" for caution in examined.verdict.warnings]
    changed = [f"Before reading, the film was changed: {', '.join(examined.corrections)}."]
    networks = [
        f"{o.title} ({o.card.id}): trained on {o.card.data.train.n_films:,} films of "
        f"{o.card.data.train.n_patients:,} patients of NIH ChestX-ray14."
        for o in opinions
    ]
    limits = "Limits: " + " ".join(LIMITS.replace("- ", "").split())
    return (
        *warned,
        *(changed if examined.corrections else []),
        text.what_the_numbers_are(opinions),
        text.map_is(opinions, exact=True),
        text.sides(examined),
        *networks,
        limits,
    )
