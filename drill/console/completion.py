"""Completion: what may come next on a line. It knows names and kinds, never how anything is doing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from drill.console.grammar import Lookup, find, switches
from drill.console.registry import services
from drill.console.shape import FieldSpec, Shape, fields, is_bare
from drill.console.words import ConsoleError, cut, is_option, quote
from drill.model.command import Action
from drill.model.component import kind_of


class Completion(NamedTuple):
    """One way to go on. ``text``: the whole line with it; ``label``: what is new; ``help``: what it is."""

    text: str
    label: str
    help: str = ""


class _Offer(NamedTuple):
    word: str  # the whole word, unquoted
    label: str
    help: str
    glue: str = " "  # what follows it: nothing where the word goes on


def complete(line: str, lookup: Lookup | None = None) -> list[Completion]:
    """Return what the last word of ``line`` (or the next, after a blank) may become, likely ones first."""
    done, partial, at = cut(line)
    offers = list(_offers(done, partial, lookup))
    typed = partial.lower()
    fitting = [offer for offer in offers if offer.word.lower().startswith(typed)]
    if not fitting and not typed.startswith("-"):
        fitting = [offer for offer in offers if typed in offer.label.lower()]
    return [Completion(line[:at] + _written(offer), offer.label, offer.help) for offer in fitting]


def _written(offer: _Offer) -> str:
    return (offer.word if not offer.glue else quote(offer.word)) + offer.glue


def _offers(done: list[str], partial: str, lookup: Lookup | None) -> Iterator[_Offer]:
    known = services()
    if not done:
        yield from _tools(known)
        return
    words = [word for word in done[1:] if not word.startswith("--region=")]
    if "--region" in words[:1]:
        words = words[2:]
    if done == ["aws", "--region"]:
        yield from _names(Shape(type="string", refs=("region",)), lookup)
    elif done[0] == "aws" and not words:
        for service, operations in known.items():
            if service != "ops":
                yield _Offer(service, service, f"{len(operations)} operations")
    elif done[0] == "ops" and not words:
        yield from _operations(known.get("ops", {}))
    elif done[0] == "aws" and len(words) == 1:
        yield from _operations(known.get(words[0], {}))
    else:
        try:
            call = find(done)
        except ConsoleError:
            return
        yield from _arguments(call.action, call.rest, partial, lookup)


def _tools(known: dict[str, dict[str, type[Action]]]) -> Iterator[_Offer]:
    """Yield what a line can begin with."""
    yield _Offer("aws", "aws", "the AWS CLI")
    if "ops" in known:
        yield _Offer("ops", "ops", "what people do: declare, post, ask")
    for name, cls in known.get("ops", {}).items():
        if is_bare(cls):
            yield _Offer(name, name, cls.summary)


def _operations(operations: dict[str, type[Action]]) -> Iterator[_Offer]:
    for name in sorted(operations):
        yield _Offer(name, name, operations[name].summary)


def _arguments(action: type[Action], rest: list[str], partial: str, lookup: Lookup | None) -> Iterator[_Offer]:
    """Yield options not yet given, or values of the option being typed."""
    by_option = {option: spec for spec in fields(action) for option in switches(spec)}
    last = max((i for i, word in enumerate(rest) if is_option(word)), default=-1)
    given = rest[last + 1 :]
    option, equals, typed = partial.partition("=")
    if equals and option in by_option:
        for offer in _values(by_option[option].shape, typed, [], lookup):
            yield offer._replace(word=f"{option}={offer.word}")
        return
    spec = by_option.get(rest[last]) if last >= 0 else None
    if spec is not None and spec.type == "boolean":
        spec = None
    wanting = spec is not None and (spec.many or not given)
    if spec is not None and wanting and not given and spec.sample:
        yield _Offer(spec.sample, spec.sample, "to be filled in")
    elif spec is not None and wanting and not partial.startswith("-"):
        yield from _values(spec.shape, partial, given, lookup)
    if not wanting or (given and spec is not None and spec.many):
        yield from _more(action, rest, given if spec is None else [], lookup)


def _more(action: type[Action], rest: list[str], loose: list[str], lookup: Lookup | None) -> Iterator[_Offer]:
    """Yield the options not yet given, after the values of the one that needs none."""
    used = {word.partition("=")[0] for word in rest}
    for spec in fields(action):
        if used.intersection(switches(spec)):
            continue
        if spec.positional and not loose:
            yield from _names(spec.shape, lookup)
        if not (spec.positional and is_bare(action)):
            for option in switches(spec):
                yield _Offer(option, option, _about(spec))


def _about(spec: FieldSpec) -> str:
    parts = ["required" if spec.required else "", spec.shape.word(), spec.help]
    return ", ".join(part for part in parts if part)


def _values(shape: Shape, partial: str, given: list[str], lookup: Lookup | None) -> Iterator[_Offer]:
    """Yield values for an option of this shape, those not yet given."""
    inner = shape.item if shape.type == "list" and shape.item else shape
    if inner.type == "structure":
        yield from _members(inner, partial, lookup)
        return
    for offer in _names(inner, lookup):
        if offer.word not in given:
            yield offer


def _members(shape: Shape, partial: str, lookup: Lookup | None) -> Iterator[_Offer]:
    """Yield keys of a shorthand structure, or values of the key being typed: ``Id=we`` -> ``Id=web-1``."""
    head, comma, tail = partial.rpartition(",")
    key, equals, _ = tail.partition("=")
    base = head + comma
    if equals and key in shape.keys:
        for offer in _values(shape.keys[key].shape, "", [], lookup):
            yield offer._replace(word=f"{base}{key}={offer.word}")
    elif not equals:
        used = {pair.partition("=")[0] for pair in head.split(",")}
        for name, member in shape.keys.items():
            if name not in used:
                yield _Offer(f"{base}{name}=", f"{name}=", member.shape.word(), "")


def _names(shape: Shape, lookup: Lookup | None) -> Iterator[_Offer]:
    """Yield what a scalar may be: its choices, or the names that it refers to."""
    for choice in ("true", "false") if shape.type == "boolean" else shape.choices:
        yield _Offer(str(choice), str(choice), "")
    if lookup is None or not shape.refs:
        return
    if "region" in shape.refs:
        for name in lookup.regions:
            yield _Offer(name, name, "Region")
    if "zone" in shape.refs:
        for name, zone in lookup.zones.items():
            yield _Offer(name, name, getattr(zone, "region", "Availability Zone"))
    offered: dict[str, _Offer] = {}
    for name, component in lookup.components.items():
        if "" in shape.refs or kind_of(component) in shape.refs:
            place, written = component.zone or component.region, shape.pattern.format(name=name)
            offered[name] = _Offer(written, written, " · ".join(part for part in (component.title, place) if part))
    for kind, _, field in (ref.partition("/") for ref in shape.refs):
        owners = [c for c in lookup.components.values() if field and kind_of(c) == kind and getattr(c, field, "")]
        for owner in owners:
            value = str(getattr(owner, field))
            offered.setdefault(value, _Offer(value, value, f"{field} of {owner.name}"))
    yield from offered.values()


def choices_for(spec: FieldSpec, lookup: Lookup | None = None) -> list[str]:
    """Return the words that a form offers for a field: its choices, or the names of what it refers to."""
    inner = spec.shape.item if spec.many and spec.shape.item else spec.shape
    return [offer.word for offer in _names(inner, lookup)]
