"""Where the project keeps its files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "core" / "data"
NIH = DATA / "nih"
"""The tables that NIH ships: labels, official lists, boxes, the 2019 panel's answers."""
STARTER = ROOT / "data" / "starter"
SAMPLES = ROOT / "samples"
