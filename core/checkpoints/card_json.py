"""Cards as the JSON of card.json, and back; the only place that knows its keys."""

from dataclasses import asdict, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.checkpoints.card import CARD_VERSION, Card
from core.findings import NAMES
from core.statistics.points import OperatingPoints


def points_as_json(points: dict[str, OperatingPoints]) -> dict[str, dict[str, Any]]:
    """Operating points by finding: {point: {threshold, ...}}, or {"reason": ...}."""
    return {
        finding: {name: asdict(point) for name, point in found.by_name().items()}
        or {"reason": found.reason}
        for finding, found in points.items()
    }


def as_json(card: Card) -> dict[str, Any]:
    """The content of card.json, in its order."""
    content = asdict(card)
    content["operating_points"] = points_as_json(card.operating_points)
    content["cost"] = _said(content["cost"])
    content["shortcuts"] = content["shortcuts"] or {}
    content["test"] = _said(content["test"] or {}, optional=("floor", "panel"))
    if "floor" in content["test"]:
        floor = content["test"]["floor"]
        content["test"]["floor"] = {"is": floor.pop("made_by"), **floor}
    return content


def _said(content: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Without what nobody has measured yet; by default any key may be missing."""
    return {
        key: value
        for key, value in content.items()
        if value is not None or (optional and key not in optional)
    }


def from_json(content: Any) -> Card:
    """A card from the content of card.json.

    Raises ValueError, saying what is wrong, for anything that is no card of this version.
    """
    if not isinstance(content, dict):
        raise ValueError("holds no JSON object")
    needed = {part.name for part in fields(Card)}
    if odd := sorted(needed.symmetric_difference(content)):
        raise ValueError(f"lacks or adds {', '.join(odd)}")
    if content["card_version"] != CARD_VERSION or tuple(content["findings"]) != NAMES:
        raise ValueError(
            f"is of version {content['card_version']} for {len(content['findings'])} findings; "
            f"this program needs version {CARD_VERSION} for the 14 NIH findings in NIH order"
        )
    try:
        return _CARD.validate_python(_without_empty(content))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"has a wrong value at {where} ({first['msg']})") from error


def _without_empty(content: dict[str, Any]) -> dict[str, Any]:
    """Empty parts as None, and the floor's words under a name that Python allows."""
    content = content | {"test": content["test"] or None, "shortcuts": content["shortcuts"] or None}
    if content["test"] and content["test"].get("floor"):
        floor = dict(content["test"]["floor"])
        content["test"] = content["test"] | {"floor": {"made_by": floor.pop("is", ""), **floor}}
    return content


_CARD = TypeAdapter(Card)
