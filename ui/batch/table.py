"""The table of many readings: its rows, its filters, and what it comes to in words."""

import io
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core.findings import NAMES, TITLES
from ui.batch.reading import Entry
from ui.reading.session import Opinion
from ui.reading.text import listed
from ui.shared.rows import row_of

STATUS = {"ok": "read", "refused": "refused", "error": "unreadable"}
NONE_ABOVE = "none above"
FIRSTS = ("All", "Same first finding", "Different first finding")


def summary(entries: Sequence[Entry]) -> str:
    """How many films were read, refused and unreadable, and what one took."""
    count = Counter(entry.answer.status for entry in entries)
    films = f"{count['ok']} film{'s' * (count['ok'] != 1)} read"
    words = [films, f"{count['refused']} refused", f"{count['error']} unreadable"]
    if count["ok"]:
        took = np.median([e.milliseconds for e in entries if e.answer.status == "ok"])
        words.append(f"{took:.0f} ms a film")
    return f"{', '.join(words)}."


def first(opinion: Opinion) -> str:
    """The finding farthest above its operating point, or that none lies above."""
    top = opinion.findings.iloc[0]
    if opinion.findings["threshold"].notna().any() and not top["above"]:
        return NONE_ABOVE
    return str(top["title"])


def agree(entry: Entry) -> bool:
    """Whether all networks put the same finding first, or all put none above."""
    return len({first(opinion) for opinion in entry.opinions}) == 1


def above(entry: Entry, finding: str) -> int:
    """How many networks put a finding above its operating point."""
    return sum(bool(o.findings.set_index("finding").loc[finding, "above"]) for o in entry.opinions)


def most_often_above(entries: Sequence[Entry]) -> str:
    """The finding that the networks put above its operating point most often."""
    return max(NAMES, key=lambda name: sum(above(entry, name) for entry in entries))


def choose(entries: Sequence[Entry]) -> tuple[list[int], str]:
    """The filters: numbers of the entries that pass, and the finding whose scores are shown."""
    left, middle, right, last = st.columns([3, 3, 3, 3], vertical_alignment="bottom")
    status = left.selectbox(
        "Status", ["All", *STATUS], format_func=lambda s: str(STATUS.get(s, s)).capitalize()
    )
    likeliest = NAMES.index(most_often_above(entries))
    finding = middle.selectbox("Finding", NAMES, index=likeliest, format_func=TITLES.__getitem__)
    n = max((len(entry.opinions) for entry in entries), default=0)
    sides = {
        "All": range(n + 1),
        "Above, by one network or more": range(1, n + 1),
        "Above, by every network": range(n, n + 1),
        "Below, by every network": range(1),
    }
    side = right.selectbox("Its operating point", sides)
    same = last.selectbox("Networks", FIRSTS)
    kept = [
        number
        for number, entry in enumerate(entries)
        if status in ("All", entry.answer.status)
        and (side == "All" or (entry.opinions and above(entry, finding) in sides[side]))
        and (same == FIRSTS[0] or (entry.opinions and agree(entry) == (same == FIRSTS[1])))
    ]
    return kept, finding


def table(entries: Sequence[Entry], finding: str) -> pd.DataFrame:
    """A row a file: text columns, then per network the first finding, how many lie above, and the
    chosen finding's probability in percent (NaN where not read)."""
    rows = []
    for entry in entries:
        said = entry.answer
        row: dict[str, str | int | float | None] = {
            "File": said.file,
            "Status": STATUS[said.status],
        }
        row |= {"Reason or warning": said.reason, "View": entry.view}
        for opinion in entry.opinions:
            found = opinion.findings.set_index("finding")
            row[f"{opinion.title}: first"] = first(opinion)
            row[f"{opinion.title}: above"] = int(found["above"].sum())
            row[f"{opinion.title}: {TITLES[finding]}"] = 100 * row_of(found, finding)["probability"]
        rows.append(row)
    read = [row for row in rows if row["Status"] == STATUS["ok"]]
    full = pd.DataFrame(rows, columns=list((read or rows)[0])) if rows else pd.DataFrame()
    silent = [name for name in ("Reason or warning", "View") if rows and not full[name].any()]
    return full.drop(columns=silent)


def show(entries: Sequence[Entry], finding: str) -> int:
    """The table; gives the number of the row that is chosen, at first the first."""
    shown = table(entries, finding)
    settings = {
        column: st.column_config.NumberColumn(format="%.1f %%")
        for column in map(str, shown.columns)
        if column.endswith(f": {TITLES[finding]}")
    }
    settings["Reason or warning"] = st.column_config.TextColumn(width="small")
    state = st.dataframe(
        shown,
        hide_index=True,
        height=min(36 + 35 * len(shown), 420),
        column_config=settings,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        placeholder="–",
        alt="A row a film",
    )
    rows = state["selection"]["rows"]
    return rows[0] if rows and rows[0] < len(entries) else 0


def grey(entry: Entry) -> np.ndarray:
    """The small picture, uint8, H x W."""
    return np.asarray(Image.open(io.BytesIO(entry.picture)).convert("L"))


def how_to_read(opinions: Sequence[Opinion]) -> str:
    """What the columns are, in a line."""
    titles = listed([opinion.title for opinion in opinions])
    return (
        f"{titles}: first, the finding farthest above its operating point; above, how many of the "
        "14 lie above theirs; then the chosen finding's calibrated probability. Choose a row to "
        "see its film; click a column's head to sort. Milliseconds a film: median, from file to "
        "the readings of all networks."
    )
