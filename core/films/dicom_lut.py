"""Look-up tables of a DICOM header (PS3.3 C.11.1, C.11.2), which are broken more often than not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset


@dataclass(frozen=True)
class Table:
    """entries: float32; first: the value that the first entry stands for; bits: of an entry."""

    entries: np.ndarray
    first: int
    bits: int

    @property
    def top(self) -> float:
        """What an output of 1 is: the largest of the declared bits, else the largest entry.

        Some makers declare 16 bits and fill 12, or declare 8 and fill 12.
        """
        declared, largest = 2.0**self.bits - 1, float(self.entries.max())
        return declared if declared / 2 < largest <= declared else largest

    def of(self, values: np.ndarray) -> np.ndarray:
        """The entries that values stand for; those beyond an end take the entry at that end."""
        signed = self.first - 65_536 if self.first >= 32_768 and values.min() < 0 else self.first
        index = np.clip(np.rint(values).astype(np.int64) - signed, 0, len(self.entries) - 1)
        return self.entries[index]


def tables(header: Dataset, keyword: str) -> Iterator[Table | None]:
    """The tables of a sequence in their order; None for one that is empty or broken."""
    try:
        items = list(header.get(keyword) or [])
    except (ValueError, TypeError, OverflowError, NotImplementedError):
        yield None
        return
    for item in items:
        try:
            table = _table(item, header)
        except (AttributeError, ValueError, TypeError, OverflowError, NotImplementedError):
            table = None
        usable = table is not None and len(table.entries) > 1 and np.ptp(table.entries) > 0
        yield table if usable else None


def _table(item: Dataset, header: Dataset) -> Table:
    order = "<" if header.original_encoding[1] else ">"
    descriptor: Any = item.LUTDescriptor
    if isinstance(descriptor, bytes):
        descriptor = np.frombuffer(descriptor, f"{order}u2")
    entries, first, bits = (int(number) for number in descriptor)
    entries = entries % 65_536 or 65_536  # 0 stands for 2^16 (PS3.3 C.11.2.1.1)
    raw: Any = item.LUTData
    if isinstance(raw, bytes):
        raw = np.frombuffer(raw, f"{order}u2" if len(raw) >= 2 * entries else "u1")
    numbers = np.asarray(raw, dtype=np.int64).ravel()[:entries] % 65_536
    return Table(numbers.astype(np.float32), first, bits)
