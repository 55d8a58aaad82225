"""JSON Schema of event files, read off the classes that load them: editors complete and check while one types."""

from __future__ import annotations

from typing import Any

from drill.contest.event import Event
from drill.level.schema import DIALECT, Writer

_DRAW = {"$ref": "#/$defs/Draw"}  # events draw nothing but seeds


def event_schema() -> dict[str, Any]:
    """Return the JSON Schema of an event file."""
    writer = Writer()
    writer.of(Event)
    found: dict[str, Any] = _without_draws(writer.defs)
    return {"$schema": DIALECT, "title": "Failure drill event", **found.pop("Event"), "$defs": found}


def _without_draws(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_draws(each) for each in schema if each != _DRAW]
    if not isinstance(schema, dict):
        return schema
    made = {key: _without_draws(value) for key, value in schema.items()}
    rows = made.get("anyOf")
    return {**{k: v for k, v in made.items() if k != "anyOf"}, **rows[0]} if rows and len(rows) == 1 else made
