"""Figures as text, the same on pages, in reports and in README."""

import math
from collections.abc import Sequence


def decimal(value: float | None, digits: int = 3) -> str:
    """A figure without its leading zero, as the field writes it: .743, -.012; a dash for none."""
    if value is None or math.isnan(value):
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text


def bracket(interval: Sequence[float] | None, digits: int = 3) -> str:
    """An interval: [.690, .734]; empty where there is none."""
    return f"[{', '.join(decimal(end, digits) for end in interval)}]" if interval else ""


def with_interval(value: float | None, interval: Sequence[float] | None) -> str:
    """`.743 [.718, .766]`."""
    return f"{decimal(value)} {bracket(interval)}".strip()
