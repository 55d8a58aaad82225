"""Values of options: words of a command line or JSON -> plain values that fit a shape, and back."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec

from drill.console import shorthand
from drill.console.shape import REQUIRED, FieldSpec, Shape
from drill.console.words import ConsoleError, is_option

_INTEGER = r"[+-]?[0-9]{1,18}"
_FLOAT = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_PLAIN = ("string", "integer", "float", "boolean")
_WRONG = {"string": "a string", "integer": "an integer", "float": "a number", "boolean": "true or false",
          "list": "a list", "structure": "a structure", "map": "a map"}  # fmt: skip


def read(spec: FieldSpec, words: list[str]) -> Any:
    """Return the plain value that ``words`` give an option, or raise ConsoleError."""
    shape, where = spec.shape, spec.param
    if len(spec.attributes) > 1:
        return [_leaf(part, shape, spec.option) for part in words[0].split(":")]
    if shape.type == "list":
        assert shape.item is not None
        if len(words) == 1 and words[0].lstrip().startswith("["):
            return fit(_json(spec, words[0]), shape, where)
        nested = shape.item.type in ("structure", "map", "list", "json")
        if not nested:
            return [_leaf(word, shape.item, spec.option) for word in words]
        return [_nested(spec, shape.item, word, f"{where}[{i}]") for i, word in enumerate(words)]
    if shape.type in ("structure", "map", "json"):
        return _nested(spec, shape, words[0], where)
    return _leaf(words[0], shape, spec.option)


def _nested(spec: FieldSpec, shape: Shape, word: str, where: str) -> Any:
    """Read one structure, by JSON or by shorthand."""
    start = word.lstrip()[:1]
    if word.startswith(("file://", "fileb://")):
        raise ConsoleError(f"Error parsing parameter '{spec.option}': the drill reads no files; write the value itself")
    if start in ("{", "[") or shape.type == "json":
        return fit(_json(spec, word), shape, where)
    try:
        return fit(shorthand.read(word), shape, where, text=True)
    except shorthand.ShorthandError as error:
        raise ConsoleError(f"Error parsing parameter '{spec.option}': {error}") from None


def _json(spec: FieldSpec, word: str) -> Any:
    try:
        return msgspec.json.decode(word)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise ConsoleError(f"Error parsing parameter '{spec.option}': Invalid JSON: {error}") from None


def fit(raw: Any, shape: Shape, where: str, text: bool = False) -> Any:
    """Return ``raw`` as ``shape`` wants it. ``text``: leaves are texts (shorthand), else JSON's own types.

    ``where`` names the value as AWS does: ``Targets[0].Port``.
    """
    if shape.type == "json" or (raw is None and shape.optional):
        return raw
    if shape.type == "list":
        assert shape.item is not None
        if not isinstance(raw, list):
            if not text:
                raise _wrong(where, raw, shape)
            raw = [raw]
        return [fit(value, shape.item, f"{where}[{i}]", text) for i, value in enumerate(raw)]
    if shape.type in ("structure", "map"):
        if not isinstance(raw, dict):
            raise _wrong(where, raw, shape)
        return _members(raw, shape, where, text)
    if text:
        if not isinstance(raw, str):
            raise _wrong(where, raw, shape)
        return _leaf(raw, shape, where)
    return _checked(raw, shape, where)


def _members(raw: dict[str, Any], shape: Shape, where: str, text: bool) -> dict[str, Any]:
    if shape.item is not None:
        return {key: fit(value, shape.item, f"{where}.{key}", text) for key, value in raw.items()}
    known = ", ".join(shape.keys)
    for key in raw:
        if key not in shape.keys:
            raise ConsoleError(
                f'Parameter validation failed: Unknown parameter in {where}: "{key}", must be one of: {known}'
            )
    for key, member in shape.keys.items():
        if member.default is REQUIRED and key not in raw:
            raise ConsoleError(f'Parameter validation failed: Missing required parameter in {where}: "{key}"')
    return {key: fit(value, shape.keys[key].shape, f"{where}.{key}", text) for key, value in raw.items()}


def _leaf(word: str, shape: Shape, where: str) -> Any:
    """Return the scalar that a word stands for."""
    found: Any = word
    if shape.type == "integer" and re.fullmatch(_INTEGER, word):
        found = int(word)
    elif shape.type == "float" and re.fullmatch(_FLOAT, word) and math.isfinite(float(word)):
        found = float(word)
    elif shape.type == "boolean" and word.lower() in ("true", "false"):
        found = word.lower() == "true"
    return _checked(found, shape, where)


def _checked(value: Any, shape: Shape, where: str) -> Any:
    """Return a scalar if it has the shape's type and is one of its choices."""
    at = f"aws: error: argument {where}" if where.startswith("--") else f"Parameter validation failed: {where}"
    fits = {
        "string": isinstance(value, str),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "float": isinstance(value, int | float) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
    }[shape.type]
    if not fits:
        raise ConsoleError(f"{at}: {value!r} is not {_WRONG[shape.type]}")
    if shape.choices and value not in shape.choices:
        valid = " | ".join(str(choice) for choice in shape.choices)
        raise ConsoleError(f"{at}: Invalid choice {value!r}, valid choices are: {valid}")
    return value


def _wrong(where: str, raw: Any, shape: Shape) -> ConsoleError:
    return ConsoleError(f"Parameter validation failed: {where}: {raw!r} is not {_WRONG[shape.type]}")


def slim(value: Any, shape: Shape) -> Any:
    """Return a plain value without the members that are what they would be anyway."""
    if isinstance(value, list) and shape.item:
        return [slim(item, shape.item) for item in value]
    if isinstance(value, dict) and shape.keys:
        return {k: slim(v, shape.keys[k].shape) for k, v in value.items() if v != plain(shape.keys[k].default)}
    return value


def plain(default: Any) -> Any:
    """Return a default as it looks in a log, to compare with."""
    return default if default is REQUIRED or default is None else msgspec.to_builtins(default)


def write(spec: FieldSpec, value: Any) -> list[str]:
    """Return the words that give an option this plain value: shorthand where it is exact, else JSON."""
    shape = spec.shape
    value = slim(value, shape)
    if isinstance(value, list) and shape.item:
        words = [word for item in value if (word := _word(item, shape.item)) is not None]
        if value and len(words) == len(value) and not any(is_option(w) or w[:1] in ("[", "{") for w in words):
            return words
        return [_dump(value)]
    word = _word(value, shape)
    return [_dump(value) if word is None else word]


def _dump(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _word(value: Any, shape: Shape) -> str | None:
    """Return one word for a scalar or a flat structure; None: only JSON can say it."""
    if shape.type in ("json", "list"):
        return None
    if not isinstance(value, dict):
        return _scalar(value)
    parts = [f"{key}={leaf}" for key, item in value.items() if (leaf := _flat(key, item, shape)) is not None]
    return ",".join(parts) if value and len(parts) == len(value) else None


def _flat(key: str, value: Any, shape: Shape) -> str | None:
    """Return a member of a structure in shorthand; None: only JSON can say it."""
    inner = shape.keys[key].shape if shape.keys else shape.item
    if inner is None or (inner.item or inner).type not in _PLAIN or not re.fullmatch(shorthand.KEY, key):
        return None
    words = [_scalar(item) for item in (value if isinstance(value, list) else [value]) if item is not None]
    exact = bool(words) and all(re.fullmatch(shorthand.SIMPLE, word) for word in words)
    return ",".join(words) if exact else None


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
