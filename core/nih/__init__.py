"""NIH ChestX-ray14: its tables, its films, who is in which split, and how to fetch it."""
