"""JSON Schema for level files, read off the same classes that load them: editors complete and check while one types.

Wherever a level may read a draw, ``$name`` is allowed beside the value itself.
"""

from __future__ import annotations

import inspect
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from drill.level.family import MAX_VARIANTS
from drill.level.includes import MAX_INCLUDES
from drill.level.level import CardSpec, DeckSpec, Level, Runbook, ScriptRule, SolutionRule, Solutions, WrongLesson
from drill.level.shapes import faults, kinds, settable
from drill.level.typed import MAX_COMPONENTS
from drill.model.units import Duration, Quantity, Share, Size

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"},
}  # fmt: skip
_DRAW: dict[str, Any] = {"$ref": "#/$defs/Draw"}

#: Their own fields never read a draw: what players read first, what solves the level, and draws themselves.
_FIXED: tuple[type[Any], ...] = (Level, Solutions, Runbook, SolutionRule, WrongLesson, DeckSpec, CardSpec)


def level_schema() -> dict[str, Any]:
    """Return the JSON Schema of a level file, with every kind of component and every fault of the catalog."""
    writer = Writer()
    writer.of(Level)
    defs = writer.defs
    level = defs.pop("Level")
    level["properties"]["includes"] = {
        "description": "World files to merge this level over: world, traffic, telemetry. Paths in the level's folder.",
        "type": "array",
        "items": {"type": "string"},
        "maxItems": MAX_INCLUDES,
    }
    level["properties"]["variants"] = {
        "description": "A family: levels by name, each a patch (RFC 7396, null deletes) over this whole file.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": MAX_VARIANTS,
        "propertyNames": {"pattern": "^[a-z0-9][a-z0-9-]{0,62}$"},
        "additionalProperties": {"type": "object"},
    }
    level["properties"]["draws"] = draws(writer)
    components(writer)
    effects(writer)
    curve = defs["Curve"]["properties"]["calm"]
    population = defs["PopulationSpec"]["properties"]
    population["rate"] = {"anyOf": [curve, population["rate"]]}
    defs["Draw"] = {"description": "What was drawn: see `draws`.", "type": "string", "pattern": r"\$[A-Za-z{]"}
    return {"$schema": DIALECT, "title": "Failure drill level", **level, "$defs": dict(sorted(defs.items()))}


class Writer:
    """Writes types as schemas; classes once, under ``$defs``."""

    def __init__(self) -> None:
        self.defs: dict[str, Any] = {}
        self._names: dict[type[Any], str] = {}

    def of(self, kind: Any, drawn: bool = False) -> dict[str, Any]:
        """Return the schema of a type. ``drawn``: a ``$draw`` may stand for it."""
        origin = get_origin(kind) or kind
        if origin is Annotated:
            return self._annotated(kind, drawn)
        if origin in (Union, types.UnionType):
            rows = [self.of(arg) for arg in get_args(kind) if arg is not type(None)]
            rows += [_DRAW] if drawn and _SCALARS[str] not in rows else []
            return rows[0] if len(rows) == 1 else {"anyOf": rows}
        if kind is Any:
            return {}
        if kind is str:
            return dict(_SCALARS[str])
        return _or_draw(self._one(kind, origin), drawn)

    def _one(self, kind: Any, origin: Any) -> dict[str, Any]:
        args = get_args(kind)
        if origin in _SCALARS:
            return dict(_SCALARS[origin])
        if origin is Literal:
            return {"enum": list(args)}
        if origin is list:
            return {"type": "array", "items": self.of(args[0], True)}
        if origin is tuple:
            items = [self.of(arg, True) for arg in args]
            return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(args[1], True)}
        if issubclass(origin, Quantity):
            return _quantity(origin)
        return {"$ref": f"#/$defs/{self.struct(origin)}"}

    def _annotated(self, kind: Any, drawn: bool) -> dict[str, Any]:
        inner, *notes = get_args(kind)
        found = self.of(inner, drawn)
        for note in notes:
            wanted = (note.extra or {}).get("ref") if isinstance(note, msgspec.Meta) else None
            if wanted is not None:
                found = {**found, "description": f"The name of a {' or '.join(wanted) or 'component'} of this world."}
        return found

    def struct(self, cls: type[Any]) -> str:
        """Write the schema of a class into ``$defs`` and return its name there."""
        if cls in self._names:
            return self._names[cls]
        tag = cls.__struct_config__.tag
        name = str(tag) if tag else cls.__name__
        if name in self._names.values():
            name = f"{cls.__module__.rpartition('.')[2]}.{name}"
        self._names[cls] = name
        self.defs[name] = self.fields(cls)
        return name

    def fields(self, cls: type[Any]) -> dict[str, Any]:
        """Return the schema of a class: the fields that a level may write."""
        properties: dict[str, Any] = {}
        needed: list[str] = []
        for key, field in settable(cls).items():
            properties[key] = _with_default(self.of(field.type, cls not in _FIXED), field.default)
            if field.required:
                needed.append(key)
        shown = {"description": _doc(cls)} if cls.__doc__ else {}
        return {**shown, "type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def draws(writer: Writer) -> dict[str, Any]:
    """Return the schema of ``draws``: what varies, as one of some values, as an amount, or as a deck of cards."""
    amount = {"type": ["string", "number"]}
    one_of = {
        "description": "One of these values, or one row of facts that agree.",
        "type": "object",
        "properties": {"one_of": {"type": "array", "minItems": 1}},
        "required": ["one_of"],
        "additionalProperties": False,
    }
    between = {
        "description": "An amount from the first to the second, in steps.",
        "type": "object",
        "properties": {
            "between": {"type": "array", "items": amount, "minItems": 2, "maxItems": 2},
            "step": amount,
        },
        "required": ["between"],
        "additionalProperties": False,
    }
    deck = {"$ref": f"#/$defs/{writer.struct(DeckSpec)}"}
    return {
        "description": "What varies from seed to seed, by name.",
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_]*$"},
        "additionalProperties": {"oneOf": [one_of, between, deck]},
    }


def components(writer: Writer) -> None:
    """Say what each kind of component may hold."""
    rows: list[dict[str, Any]] = []
    for tag, cls in sorted(kinds().items()):
        own = writer.defs[writer.struct(cls)]
        own["properties"] = {"kind": {"const": tag}, **own["properties"]}
        own["required"] = ["kind", *own["required"]]
        rows.append({"$ref": f"#/$defs/{tag}"})
    writer.defs["Component"] = {
        "description": "One thing in the topology; `kind` says which.",
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": sorted(kinds())}},
        "oneOf": rows,
    }
    writer.defs["WorldSpec"]["properties"]["components"] = {
        "description": "Components by name.",
        "type": "object",
        "maxProperties": MAX_COMPONENTS,
        "additionalProperties": {"$ref": "#/$defs/Component"},
    }


def effects(writer: Writer) -> None:
    """Say which faults there are, and what ``with`` may hold for each."""
    rule = writer.defs[writer.struct(ScriptRule)]
    known = sorted(faults().items())
    rule["properties"]["fault"] = {
        "description": "What breaks: the id of a fault.",
        "anyOf": [*({"const": tag, "description": _doc(cls)} for tag, cls in known), _DRAW],
    }
    rule["allOf"] = []
    for tag, cls in known:
        given = writer.fields(cls)
        given["properties"].pop("target", None)
        then: dict[str, Any] = {"properties": {"with": given}}
        if given["required"]:
            then["required"] = ["with"]
        rule["allOf"].append({"if": {"properties": {"fault": {"const": tag}}, "required": ["fault"]}, "then": then})


def _quantity(cls: type[Quantity]) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string", "pattern": cls.pattern, "examples": [cls.example]}
    if cls is Share:
        return {"description": _doc(cls), "anyOf": [text, {"type": "number", "minimum": 0, "maximum": 1}]}
    return {"description": _doc(cls), **text}


def _or_draw(schema: dict[str, Any], drawn: bool) -> dict[str, Any]:
    return {"anyOf": [schema, _DRAW]} if drawn and schema else schema


def _with_default(schema: dict[str, Any], default: Any) -> dict[str, Any]:
    """Add the default as a level would write it; what is empty or built anew goes without saying."""
    if default is msgspec.NODEFAULT or default in (None, ""):
        return schema
    if isinstance(default, Duration):
        return {**schema, "default": f"{default // 1000}s" if default % 1000 == 0 else f"{int(default)}ms"}
    if isinstance(default, Share):
        return {**schema, "default": f"{default * 100:g}%"}
    if isinstance(default, Size):
        return {**schema, "default": f"{int(default)} B"}
    if isinstance(default, Quantity) or not isinstance(default, str | int | float | bool):
        return schema
    return {**schema, "default": default}


def _doc(cls: type[Any]) -> str:
    return " ".join(inspect.cleandoc(cls.__doc__ or "").replace("``", "`").split())
