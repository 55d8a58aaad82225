"""A bound tree -> a typed Level: components by their ``kind``, faults by their id, everything else by its class.

What is right is converted at once by msgspec. Only when that fails is the tree walked field by field, to say
everything that is wrong and where (``explain``).
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from drill.catalog import find
from drill.level.errors import LevelError, Problem, Problems, problem, show, suggest
from drill.level.level import Level
from drill.level.shapes import faults, kinds, quantity, settable
from drill.level.yaml_tree import Node
from drill.model.command import Fault
from drill.model.component import Component

MAX_COMPONENTS = 500
_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
_WORD = "use letters, digits, - and _; at most 63"
_LEVEL_ID = r"[a-z0-9][a-z0-9-]{0,62}(/[a-z0-9][a-z0-9-]{0,62})?"

#: Maps keyed by id, whose keys other parts of a level may name.
_BY_ID = (
    ("world", "regions"), ("world", "links"), ("traffic",), ("telemetry", "alarms"), ("telemetry", "canaries"),
    ("telemetry", "evidence"), ("phases",), ("script",), ("objectives",), ("hints",),
)  # fmt: skip


def build(root: Node) -> tuple[Level, dict[str, Fault]]:
    """Return the level that a tree without draws stands for, and its faults by script rule. Raises LevelError."""
    bad = Problems()
    write_rates_out(root)
    components = _components(root, bad)
    struck = _faults(root, bad)
    _names(root, bad)
    data = root.plain()
    if isinstance(data.get("world"), dict) and isinstance(data["world"].get("components"), dict):
        data["world"]["components"] = {}
    level = _level(data, root, bad)
    if bad or level is None:
        raise LevelError(sorted(bad, key=lambda p: (p.file, p.line, p.col)))
    level.world.components = components
    _place(level, components)
    return level, struck


def _level(data: dict[str, Any], root: Node, bad: list[Problem]) -> Level | None:
    try:
        return msgspec.convert(data, Level, dec_hook=quantity)
    except msgspec.ValidationError as error:
        from drill.level.explain import explain

        bad.extend(explain(root, Level, str(error)))
    return None


def write_rates_out(root: Node) -> None:
    """Write ``rate: 250/s`` out as the curve that it is short for. A rate still to be drawn is left for later."""
    for population in _map(root.get("traffic")).values():
        rate = population.get("rate")
        if rate is not None and not rate.holes and not isinstance(rate.value, dict):
            population.value["rate"] = Node({"calm": Node(rate.value, rate.at, rate.key)}, rate.at, rate.key)


def _components(root: Node, bad: list[Problem]) -> dict[str, Component]:
    found: dict[str, Component] = {}
    nodes = _map(root.get("world", "components"))
    if len(nodes) > MAX_COMPONENTS:
        at = root.get("world", "components")
        where = (at.key or at.at) if at else root.at
        what = f"{len(nodes)} components are more than {MAX_COMPONENTS}"
        raise LevelError([*bad, problem(where, what, "make the world smaller")])
    for name, node in nodes.items():
        if not re.fullmatch(_ID, name):
            what = f"{show(name)} cannot name a component"
            bad.append(problem(node.key or node.at, what, _WORD))
        component = _component(name, node, bad)
        if component is not None:
            component.name = name
            found[name] = component
    return found


def _component(name: str, node: Node, bad: list[Problem]) -> Component | None:
    where = node.key or node.at
    if not isinstance(node.value, dict):
        bad.append(problem(node.at, f"the component {show(name)} must be a map", "write {kind: ec2.instance, ...}"))
        return None
    kind = node.get("kind")
    if kind is None:
        bad.append(problem(where, f"the component {show(name)} has no `kind`", suggest("", kinds(), "kind")))
        return None
    cls = find(Component, kind.value) if isinstance(kind.value, str) else None
    if cls is None:
        bad.append(problem(kind.at, f"no kind of component is called {show(kind.value)}", _like(kind.value, kinds())))
        return None
    found = convert(node, cls, "kind", bad)
    return found if isinstance(found, Component) else None


def convert(node: Node, cls: type[Any], tag: str, bad: list[Problem], extra: dict[str, Any] | None = None) -> Any:
    """Return the struct that a map stands for, or None (and why in ``bad``). ``tag``: the field naming the class."""
    allowed = settable(cls)
    if all(key in allowed or key == tag for key in node.value):
        try:
            return msgspec.convert({**node.plain(), **(extra or {})}, cls, dec_hook=quantity)
        except msgspec.ValidationError as error:
            message = str(error)
    else:
        message = ""
    from drill.level.explain import explain

    bad.extend(explain(node, cls, message, tag, tuple(extra or ())))
    return None


def _faults(root: Node, bad: list[Problem]) -> dict[str, Fault]:
    found: dict[str, Fault] = {}
    for name, rule in _map(root.get("script")).items():
        wanted = rule.get("fault")
        if wanted is None:
            continue
        cls = find(Fault, wanted.value) if isinstance(wanted.value, str) else None
        if cls is None:
            bad.append(problem(wanted.at, f"no fault is called {show(wanted.value)}", _like(wanted.value, faults())))
            continue
        target = rule.get("target")
        given = rule.get("with") or Node({}, rule.at, rule.key)
        if not isinstance(given.value, dict) or (target and not isinstance(target.value, str)):
            continue  # said when the rule itself is converted
        twice = given.get("target") or given.get("fault")
        if twice is not None:
            what = f"{show(name)} names its fault or its target in `with`"
            bad.append(problem(twice.key or twice.at, what, "write it beside `with`"))
            continue
        fault = convert(given, cls, "fault", bad, {"target": target.value if target else ""})
        if fault is not None:
            found[name] = fault
    return found


def _names(root: Node, bad: list[Problem]) -> None:
    own = root.get("id")
    if own is not None and isinstance(own.value, str) and not re.fullmatch(_LEVEL_ID, own.value):
        fix = "use small letters, digits and -, as in the file's name"
        bad.append(problem(own.at, f"{show(own.value)} cannot be a level's id", fix))
    places = [root.get(*path) for path in _BY_ID]
    places += [p.get("classes") for p in _map(root.get("traffic")).values()]
    for node in places:
        for key, child in _map(node).items():
            if not re.fullmatch(_ID, key):
                what = f"{show(key)} cannot be a name here"
                bad.append(problem(child.key or child.at, what, _WORD))


def _place(level: Level, components: dict[str, Component]) -> None:
    """Fill in the Region where it follows: from the zone, or because there is only one."""
    region_of = {zone: name for name, spec in level.world.regions.items() for zone in spec.zones}
    only = next(iter(level.world.regions), "") if len(level.world.regions) == 1 else ""
    for component in components.values():
        if not component.region:
            zones = [component.zone] if component.zone else getattr(component, "zones", [])
            if zones:
                component.region = region_of.get(next(iter(zones)), "")
            elif type(component).scope != "global":
                component.region = only


def _map(node: Node | None) -> dict[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _like(value: Any, known: dict[str, Any]) -> str:
    return suggest(value if isinstance(value, str) else "", known, "kind")
