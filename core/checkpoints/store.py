"""What training leaves: one folder a network, and nothing is loaded that does not fit.

checkpoints/<name>/model.safetensors        weights (float32)
                   card.json                what the weights are and how they came about
                   history.csv              a line an epoch
                   validation_scores.csv    label and logit of every validation film
                   scores.csv               label and logit of every test film (by `evaluate`)
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.files import atomic_folder, settle_folder, settle_folders, write_json
from core.paths import ROOT

if TYPE_CHECKING:
    from core.networks.film_network import FilmNetwork
from core.checkpoints.card import Card
from core.checkpoints.card_json import as_json, from_json

CHECKPOINTS = ROOT / "checkpoints"
RUNS = ROOT / "runs"


def names() -> list[str]:
    """Networks that have a folder with a card, plain CNN first, then by name."""
    settle_folders(CHECKPOINTS)
    found = [path.parent.name for path in CHECKPOINTS.glob("[!.]*/card.json")]
    return sorted(found, key=lambda name: (name != "cnn", name))


def folder(name: str) -> Path:
    """The checkpoint's folder; raises FileNotFoundError with the command that makes it."""
    path = Path(name) if (Path(name) / "card.json").is_file() else CHECKPOINTS / name
    settle_folder(path)
    if not (path / "card.json").is_file():
        made = ", ".join(names()) or "none"
        raise FileNotFoundError(
            f"There is no checkpoint '{name}' (found: {made}): make it with "
            f"`python -m core train {name}`."
        )
    return path


def load_card(name: str) -> Card:
    """Read and check card.json; raises FileNotFoundError or ValueError saying what is wrong."""
    path = folder(name) / "card.json"
    again = f"Restore it from git, or train anew with `python -m core train {name}`."
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"The card of '{name}' is not readable JSON ({error}). {again}") from error
    try:
        return from_json(content)
    except ValueError as error:
        raise ValueError(f"The card of '{name}' {error}. {again}") from error


def load_network(name: str) -> "tuple[FilmNetwork, Card]":
    """The trained network (eval mode) and its card; refuses weights that are not the card's."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    from core.networks import registry

    card, content = _card_and_weights(name)
    again = f"Restore it from git, or train anew with `python -m core train {name}`."
    found = hashlib.sha256(content).hexdigest()
    if found != card.weights_sha256:
        raise ValueError(
            f"The weights of '{name}' are not those of its card (sha256 {found[:8]}, the card says "
            f"{card.weights_sha256[:8]}). {again}"
        )
    network = registry.build(card.network, card.arguments)
    try:
        network.load_state_dict(load(content))
    except (RuntimeError, SafetensorError) as error:
        raise ValueError(f"The weights of '{name}' do not fit {card.network}. {again}") from error
    return network.eval(), card


def _card_and_weights(name: str) -> tuple[Card, bytes]:
    """Both of one checkpoint, though a run may put another into its place between two reads."""
    card = load_card(name)
    path = folder(name) / "model.safetensors"
    if not path.is_file():
        raise FileNotFoundError(
            f"The weights of '{name}' are missing (model.safetensors). Restore them from git, or "
            f"train anew with `python -m core train {name}`."
        )
    content = path.read_bytes()
    if load_card(name).weights_sha256 != card.weights_sha256:
        return _card_and_weights(name)
    return card, content


def save(
    target: Path,
    card: Card,
    weights: dict[str, Any],
    history: pd.DataFrame,
    validation: pd.DataFrame,
    replaced: Path | None = None,
) -> Card:
    """Write a checkpoint folder, whole or not at all; returns its card with the weights' hash.

    A checkpoint that was there moves to `replaced`; without that it is removed.
    """
    from safetensors.torch import save as to_bytes

    content = to_bytes({key: value.contiguous() for key, value in weights.items()})
    card = replace(card, weights_sha256=hashlib.sha256(content).hexdigest())
    with atomic_folder(target, replaced) as part:
        (part / "model.safetensors").write_bytes(content)
        history.to_csv(part / "history.csv", index=False, float_format="%.6g")
        validation.to_csv(part / "validation_scores.csv", index=False, float_format="%.6f")
        write_card(part, card)
    return card


def write_card(target: Path, card: Card) -> None:
    """card.json, replaced whole."""
    write_json(target / "card.json", as_json(card))


def load_history(name: str) -> pd.DataFrame:
    """history.csv of a checkpoint."""
    return _read_csv(folder(name) / "history.csv", f"python -m core train {name}")


def load_scores(name: str) -> pd.DataFrame:
    """scores.csv of a checkpoint: a row a test film, label_* and logit_* per finding."""
    return _read_csv(folder(name) / "scores.csv", f"python -m core evaluate {name}")


def load_validation_scores(name: str) -> pd.DataFrame:
    """validation_scores.csv of a checkpoint: as `load_scores`, of the validation films."""
    return _read_csv(folder(name) / "validation_scores.csv", f"python -m core train {name}")


def _read_csv(path: Path, command: str) -> pd.DataFrame:
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} of '{path.parent.name}' is missing: run `{command}`.")
    try:
        return pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path.name} of '{path.parent.name}' is not a readable table: run `{command}` again."
        ) from error


def running() -> dict[str, pd.DataFrame]:
    """Histories of runs that have not become a checkpoint yet, by name."""
    live = {}
    for path in sorted(RUNS.glob("*/history.csv")):
        if (path.parent / "state.pt").is_file():
            live[path.parent.name] = pd.read_csv(path)
    return live
