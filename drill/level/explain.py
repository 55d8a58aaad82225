"""Everything that is wrong with the types of a map, with the place of each and what would be right.

Imported only once msgspec has refused something: it walks the tree along the class, field by field.
"""

from __future__ import annotations

import re
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from drill.level.errors import Problem, Problems, nearest, problem, show, suggest
from drill.level.shapes import quantity, settable
from drill.level.yaml_tree import Node
from drill.model.units import Quantity

_WORDS: dict[Any, tuple[str, str]] = {
    str: ("a text", '"some words"'),
    int: ("a whole number", "3"),
    float: ("a number", "1.5"),
    bool: ("true or false", "true"),
}
_QUANTITIES = {"Duration": "a duration", "Rate": "a rate", "Share": "a share", "Size": "a size",
               "Money": "an amount of money", "Price": "a price per hour"}  # fmt: skip
_EXAMPLES = {"at": "2m", "par": "75s", "target": "2m", "zero": "5m", "above": "0.9", "below": "99%"}
_STEP = r"\.([A-Za-z_][\w-]*)|\[(\d+)\]|(\[\.\.\.\])"


def explain(node: Node, cls: type[Any], said: str, tag: str = "", given: tuple[str, ...] = ()) -> list[Problem]:
    """Return what is wrong with ``node`` as a ``cls``. ``said``: msgspec's own message, for what is not found here.

    ``tag``: the field that chose the class; ``given``: fields that come from elsewhere.
    """
    found = Problems()
    _struct(node, cls, found, frozenset([tag, *given]) - {""})
    if found or not said:
        return found
    what, _, path = said.partition(" - at `$")
    at = node
    for match in re.finditer(_STEP, path.rstrip("`")):
        below = at.get(match[1] or int(match[2])) if not match[3] else None
        if below is None:
            break
        at = below
    return [problem(at.at, what[:1].lower() + what[1:], "see `drill schema` for what goes here")]


def _struct(node: Node, cls: type[Any], found: list[Problem], given: frozenset[str] = frozenset()) -> None:
    fields = settable(cls)
    for key, child in node.value.items():
        if key in fields:
            if key not in given:
                _value(child, fields[key].type, key, found)
        elif key not in given:
            found.append(_unknown(key, child, fields, cls))
    for name, field in fields.items():
        if field.required and name not in node.value and name not in given:
            text = f"{_title(cls)} needs the field `{name}`"
            found.append(problem(node.key or node.at, text, f"add {name}: {_describe(field.type, name)[1]}"))


def _unknown(key: str, child: Node, fields: dict[str, Any], cls: type[Any]) -> Problem:
    where = child.key or child.at
    if any(key == f.encode_name for f in msgspec.structs.fields(cls)):
        return problem(where, f"{show(key)} is for the drill to set, not for a level", "leave it out")
    what = f"{_title(cls)} has no field {show(key)}"
    return problem(where, what, suggest(key, fields) if fields else "leave it out")


def _value(node: Node, kind: Any, name: str, found: list[Problem]) -> None:
    options = _options(kind)
    if Any in options:
        return
    for option in options:
        origin = get_origin(option) or option
        if origin in (dict, list, tuple) or _is_struct(origin):
            wanted = list if origin in (list, tuple) else dict
            if isinstance(node.value, wanted):
                _inside(node, option, origin, name, found)
                return
    if not any(_fits(node, option) for option in options):
        found.append(_wrong(node, kind, options, name))


def _inside(node: Node, option: Any, origin: Any, name: str, found: list[Problem]) -> None:
    args = get_args(option)
    if _is_struct(origin):
        _struct(node, origin, found)
    elif origin is dict and len(args) == 2:
        for key, child in node.value.items():
            _value(child, args[1], key, found)
    elif origin is list and args:
        for child in node.value:
            _value(child, args[0], name, found)
    elif origin is tuple and args:
        kinds = args if args[-1] is not Ellipsis else [args[0]] * len(node.value)
        if len(kinds) != len(node.value):
            what = f"`{name}` takes {len(kinds)} values here, not {len(node.value)}"
            found.append(problem(node.at, what, f"write for example {_describe(option, name)[1]}"))
        else:
            for child, kind in zip(node.value, kinds, strict=True):
                _value(child, kind, name, found)


def _fits(node: Node, option: Any) -> bool:
    if isinstance(node.value, dict | list):
        return False
    try:
        msgspec.convert(node.value, option, dec_hook=quantity)
    except msgspec.ValidationError:
        return False
    return True


def _wrong(node: Node, kind: Any, options: list[Any], name: str) -> Problem:
    expected, example = _describe(kind, name)
    words = [v for option in options if get_origin(option) is Literal for v in get_args(option)]
    fix = f"write for example {example}"
    if words:
        close = nearest(node.value, [str(w) for w in words]) if isinstance(node.value, str) else None
        fix = f"did you mean `{close}`?" if close else f"write {example}"
    return problem(node.at, f"`{name}` must be {expected}, not {show(node.value)}", fix)


def _options(kind: Any) -> list[Any]:
    """Return the alternatives of a type, without their metadata and without None."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _options(get_args(kind)[0])
    if origin in (Union, types.UnionType):
        return [o for arg in get_args(kind) for o in _options(arg)]
    return [] if kind is type(None) else [kind]


def _describe(kind: Any, name: str) -> tuple[str, str]:
    """Return what a type is called in a sentence, and an example of it."""
    words: list[str] = []
    example = ""
    for option in _options(kind):
        text, sample = _describe_one(option, name)
        if text not in words:
            words.append(text)
        example = example or sample
    return " or ".join(words), _EXAMPLES.get(name, example) if str in _options(kind) else example


def _describe_one(option: Any, name: str) -> tuple[str, str]:
    origin = get_origin(option) or option
    args = get_args(option)
    if origin is Literal:
        return "one of " + ", ".join(str(a) for a in args), str(args[0])
    if origin in (list, tuple):
        inner = [_describe(a, name)[1] for a in args if a is not Ellipsis]
        return "a list", f"[{', '.join(inner)}]"
    if origin is dict:
        return "a map", f"{{name: {_describe(args[1], name)[1] if args else '...'}}}"
    if _is_struct(origin):
        needed = [n for n, f in settable(origin).items() if f.required] or list(settable(origin))[:1]
        return "a map", "{" + ", ".join(f"{n}: ..." for n in needed) + "}"
    if isinstance(origin, type) and issubclass(origin, Quantity):
        return _QUANTITIES.get(origin.__name__, origin.__name__.lower()), origin.example
    return _WORDS.get(origin, ("another value", "..."))


def _is_struct(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, msgspec.Struct)


def _title(cls: type[Any]) -> str:
    """Return what a class is called in a message: ``a level``, `` `ec2.instance` ``."""
    tag = cls.__struct_config__.tag
    if tag:
        return f"`{tag}`"
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__.removesuffix("Spec")).lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
