"""Shapes: what an Action's fields look like to a command line or a form. All of it is read off the Action class."""

import enum
from functools import cache
from typing import Any

import msgspec
import msgspec.inspect as look

from drill.console.words import kebab
from drill.model.command import Action, service_of
from drill.model.component import Component, kind_of

#: The value of ``FieldSpec.default`` and of a structure's key when there is none.
REQUIRED: Any = msgspec.NODEFAULT


class Key(msgspec.Struct, frozen=True):
    """One member of a structure."""

    shape: "Shape"
    default: Any


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a value may be. ``type`` is the AWS CLI's word for it; ``json`` is any JSON value.

    ``refs``: kinds of component whose names are meant here, ("",) for any kind, () when it is no name.
    """

    type: str
    choices: tuple[Any, ...] = ()
    refs: tuple[str, ...] = ()
    pattern: str = "{name}"  # how such a name is written
    item: "Shape | None" = None
    keys: dict[str, Key] = {}
    optional: bool = False  # may be None
    help: str = ""

    def word(self) -> str:
        """Return the type in words: ``list of strings``."""
        return f"list of {self.item.type}s" if self.item and self.type == "list" else self.type


class FieldSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One option of an action, for a command line or a form.

    ``name`` is the key in ``prefill`` and ``compose``; ``attributes`` the Action's fields that it fills (more than one
    where the CLI folds several parameters into one option, as ``--count`` of run-instances).
    """

    name: str
    option: str  # "--instance-ids"
    attributes: tuple[str, ...]
    param: str  # "InstanceIds"
    shape: Shape
    default: Any = REQUIRED
    positional: bool = False  # typed without its option: dig NAME

    @property
    def type(self) -> str:
        """AWS's word for the type: string, integer, float, boolean, list, structure, map."""
        return self.shape.type

    @property
    def required(self) -> bool:
        """Whether the AWS CLI insists on it."""
        return self.default is REQUIRED

    @property
    def many(self) -> bool:
        """Whether it takes several words."""
        return self.shape.type == "list"

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that it may be, where only some are allowed."""
        inner = self.shape.item if self.many and self.shape.item else self.shape
        return tuple(str(choice) for choice in inner.choices)

    @property
    def refs(self) -> tuple[str, ...]:
        """Kinds of component whose names it takes; ("",) for any kind, () for none."""
        inner = self.shape.item if self.many and self.shape.item else self.shape
        return inner.refs

    @property
    def sample(self) -> str:
        """What a nested value looks like, as JSON with its required members, to be filled in; "" for a simple one."""
        inner = self.shape.item or self.shape
        nested = any((key.shape.item or key.shape).keys for key in inner.keys.values())
        return msgspec.json.encode(skeleton(self.shape)).decode() if nested else ""

    @property
    def help(self) -> str:
        """What it is, as the Action's author says it."""
        return self.shape.help


_SCALARS: dict[type[Any], str] = {
    look.StrType: "string",
    look.IntType: "integer",
    look.FloatType: "float",
    look.BoolType: "boolean",
    look.AnyType: "json",
}


def shape_of(kind: Any, *, refs: tuple[str, ...] = (), text: str = "", optional: bool = False) -> Shape:
    """Return the shape of a type as msgspec describes it. TypeError: a type that a command line cannot carry."""
    if isinstance(kind, look.Metadata):
        found = tuple((kind.extra or {}).get("ref", refs)) or (("",) if "ref" in (kind.extra or {}) else ())
        return shape_of(kind.type, refs=found, text=(kind.extra_json_schema or {}).get("description", text),
                        optional=optional)  # fmt: skip
    if isinstance(kind, look.UnionType):
        rest = [t for t in kind.types if not isinstance(t, look.NoneType)]
        nullable = optional or len(rest) < len(kind.types)
        if len(rest) == 1:
            return shape_of(rest[0], refs=refs, text=text, optional=nullable)
        return Shape(type="json", help=text, optional=nullable)
    known: dict[str, Any] = {"optional": optional, "help": text}
    if type(kind) in _SCALARS:
        return Shape(type=_SCALARS[type(kind)], refs=refs, **known)
    if isinstance(kind, look.LiteralType):
        scalar = "integer" if all(isinstance(value, int) for value in kind.values) else "string"
        return Shape(type=scalar, choices=tuple(kind.values), **known)
    if isinstance(kind, look.EnumType):
        members: list[enum.Enum] = list(kind.cls)
        return Shape(type="string", choices=tuple(str(member.value) for member in members), **known)
    if isinstance(kind, look.ListType | look.VarTupleType):
        return Shape(type="list", item=shape_of(kind.item_type, refs=refs), **known)
    if isinstance(kind, look.DictType):
        return Shape(type="map", item=shape_of(kind.value_type), **known)
    if isinstance(kind, look.StructType):
        keys = {field.encode_name: Key(shape_of(field.type), default_of(field)) for field in kind.fields}
        return Shape(type="structure", keys=keys, **known)
    raise TypeError(f"the console has no words for {kind!r}")


def default_of(field: look.Field) -> Any:
    """Return what a field is when it is not given, or ``REQUIRED``."""
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


@cache
def members(action_type: type[Action]) -> dict[str, look.Field]:
    """Return an action's fields as msgspec describes them, by attribute."""
    described: Any = look.type_info(action_type)
    return {field.name: field for field in described.fields}


@cache
def fields(action_type: type[Action]) -> list[FieldSpec]:
    """Return the options of an action: those it requires first, else as the class lists them, ``--region`` last.

    What people do outside AWS (``ops``) is in no Region.
    """
    known = members(action_type)
    folded = {attribute for attributes in action_type.aliases.values() for attribute in attributes}
    options = [(alias, f"--{alias}", attributes) for alias, attributes in action_type.aliases.items()]
    for name, field in known.items():
        if name not in folded and not (name == "region" and service_of(action_type) == "ops"):
            options.append((name, f"--{kebab(field.encode_name)}", (name,)))
    specs = [
        FieldSpec(
            name=name,
            option=option,
            attributes=attributes,
            param=known[attributes[0]].encode_name,
            shape=_special(action_type, name, shape_of(known[attributes[0]].type)),
            default=default_of(known[attributes[0]]),
            positional=name == action_type.positional,
        )
        for name, option, attributes in options
    ]
    return sorted(specs, key=lambda spec: (spec.name == "region", not spec.positional, not spec.required))


def _special(action_type: type[Action], name: str, shape: Shape) -> Shape:
    """Add what the type of a field cannot say."""
    if name == "region":
        return msgspec.structs.replace(shape, refs=("region",), help="the Region to act in; default: where it is")
    if name == action_type.subject and action_type.suggest:
        return msgspec.structs.replace(shape, refs=action_type.on, pattern=action_type.suggest)
    return shape


def within(shape: Shape, key: str) -> Shape | None:
    """Return the shape of the member ``key``, however deep it stands in a structure; None when there is none."""
    inner = shape.item or shape
    if key in inner.keys:
        return inner.keys[key].shape
    return next((found for each in inner.keys.values() if (found := within(each.shape, key)) is not None), None)


def skeleton(shape: Shape) -> Any:
    """Return a value of this shape with nothing but what is required in it, its texts empty."""
    if shape.type == "list" and shape.item:
        return [skeleton(shape.item)]
    if shape.keys:
        return {name: skeleton(key.shape) for name, key in shape.keys.items() if key.default is REQUIRED}
    empty: dict[str, Any] = {"string": "", "integer": 0, "float": 0.0, "boolean": False, "map": {}}
    return shape.choices[0] if shape.choices else empty.get(shape.type)


def is_bare(action_type: type[Action]) -> bool:
    """Tell whether an action is typed by its own name, as a tool: ``dig NAME``."""
    return bool(action_type.positional) and service_of(action_type) == "ops"


def prefill(action_type: type[Action], component: Component) -> dict[str, str]:
    """Return what a form can know from the selected component: what names it, and what the action makes of it."""
    return {**_subject(action_type, component), **action_type.drafts(component)}


def _subject(action_type: type[Action], component: Component) -> dict[str, str]:
    """Return the option that names the component, by ``FieldSpec.name``."""
    kind, specs = kind_of(component), fields(action_type)
    specs = sorted(specs, key=lambda spec: action_type.subject not in spec.attributes)  # the subject before the others
    for spec in specs:
        inner = spec.shape.item or spec.shape
        unmarked = inner.type == "string" and not spec.refs and action_type.subject in spec.attributes
        if _names(spec.refs, kind) or unmarked:
            return {spec.name: inner.pattern.format(name=component.name)}
        for key, member in inner.keys.items():
            if _names(member.shape.refs, kind):
                return {spec.name: f"{key}={component.name}"}
    return {}


def _names(refs: tuple[str, ...], kind: str) -> bool:
    return kind in refs or "" in refs
