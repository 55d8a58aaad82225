"""What classes say about their fields: which of them a level may write, and which name something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from drill.catalog import everything
from drill.model.command import Fault
from drill.model.component import Component
from drill.model.units import decode

#: A step on the way to a value: a field or a key, or an index.
Path = tuple[str | int, ...]

_LARGEST = 1 << 53

# What was found out about a class, kept: reading its annotations costs a third of a millisecond.
_settable: dict[type[Any], dict[str, FieldInfo]] = {}
_plans: dict[type[Any], list[tuple[str, str, list[str] | None]]] = {}


def kinds() -> dict[str, type[Component]]:
    """Return every kind of component by its tag."""
    return everything(Component)


def faults() -> dict[str, type[Fault]]:
    """Return every fault by its id."""
    return everything(Fault)


def settable(cls: type[Any]) -> dict[str, FieldInfo]:
    """Return the fields that a level may write, by the names it writes; those marked STATE are not among them."""
    found = _settable.get(cls)
    if found is None:
        fields = msgspec.structs.fields(cls)
        found = _settable[cls] = {f.encode_name: f for f in fields if _extra(f.type).get("role") != "state"}
    return found


def quantity(wanted: type[Any], raw: Any) -> Any:
    """Decode a quantity (msgspec's dec_hook), and refuse what is too large to count with."""
    try:
        found = decode(wanted, raw)
    except OverflowError:
        raise ValueError("write a smaller amount") from None
    if isinstance(found, int | float) and not abs(found) <= _LARGEST:
        raise ValueError("write a smaller amount")
    return found


def references(value: Any) -> Iterator[tuple[Path, str, list[str]]]:
    """Yield (path, name, kinds) of everything that a struct's fields name, structs within it included."""
    for field, attribute, wanted in _plan(type(value)):
        held = getattr(value, attribute)
        if held is not None and held != "":
            yield from _names((field,), held, wanted)


def _names(path: Path, held: Any, wanted: list[str] | None) -> Iterator[tuple[Path, str, list[str]]]:
    if isinstance(held, str):
        if wanted is not None and held:
            yield path, held, wanted
    elif isinstance(held, list | tuple):
        for index, item in enumerate(held):
            yield from _names((*path, index), item, wanted)
    elif isinstance(held, dict):
        for key, item in held.items():
            yield from _names((*path, key), item, wanted)
    elif isinstance(held, msgspec.Struct):
        for below, name, inner in references(held):
            yield (*path, *below), name, inner


def _plan(cls: type[Any]) -> list[tuple[str, str, list[str] | None]]:
    """Return (field, attribute, kinds) of what may name something; kinds None: only structs inside do."""
    if cls in _plans:
        return _plans[cls]
    found: list[tuple[str, str, list[str] | None]] = []
    for field in settable(cls).values():
        extra = _extra(field.type)
        if field.encode_name == "needs":  # a name on its own is as good as the long form
            found.append((field.encode_name, field.name, []))
        elif "ref" in extra:
            found.append((field.encode_name, field.name, list(extra["ref"])))
        elif _holds_struct(field.type):
            found.append((field.encode_name, field.name, None))
    _plans[cls] = found
    return found


def _extra(kind: Any) -> dict[str, Any]:
    """Return what the metadata of a type says, wherever in it the metadata stands."""
    found: dict[str, Any] = {}
    for arg in get_args(kind):
        if isinstance(arg, msgspec.Meta):
            found.update(arg.extra or {})
        elif get_origin(arg) is Annotated or get_args(arg):
            found.update(_extra(arg))
    return found


def _holds_struct(kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return True
    return any(_holds_struct(arg) for arg in get_args(kind))
