"""Networks by name."""

from inspect import signature

from core.networks.architectures import REGISTRY, Architecture
from core.networks.film_network import FilmNetwork


def architecture(name: str) -> Architecture:
    """Look a network up; raises ValueError that lists the known ones."""
    if name not in REGISTRY:
        raise ValueError(f"There is no network '{name}': choose one of {', '.join(REGISTRY)}.")
    return REGISTRY[name]


def build(name: str, arguments: dict[str, int] | None = None, dropout: float = 0.2) -> FilmNetwork:
    """A network with fresh weights; `arguments` go to its trunk (kept in the model card).

    Raises ValueError for an argument that this network does not have.
    """
    build_trunk = architecture(name).trunk
    known = signature(build_trunk).parameters
    if odd := sorted(set(arguments or {}) - set(known)):
        raise ValueError(
            f"{name} has no {', '.join(odd)}: it takes {', '.join(known) or 'no arguments'}."
        )
    trunk, channels = build_trunk(**(arguments or {}))
    return FilmNetwork(trunk, channels, dropout)
