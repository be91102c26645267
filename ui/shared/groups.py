"""Groups of test films that a card may hold figures of."""

GROUPS = {
    "views": {"PA": "PA view", "AP": "AP view"},
    "sexes": {"F": "women", "M": "men"},
    "ages": {},
    "sources": {},
}
"""Parts of the test films that a card may hold figures of, and what their groups are called."""


PREFIXES = {"ages": "age ", "sources": "source "}
