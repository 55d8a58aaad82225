"""Can the rules of a level fire? One trigger and one effect each, on something that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from drill.level.checks import Finding, View
from drill.level.errors import show, suggest
from drill.level.figures import moment
from drill.level.level import ScriptRule
from drill.level.shapes import Path
from drill.level.sound_graph import cycle
from drill.level.sound_world import reference
from drill.model.component import kind_of
from drill.model.units import SECOND, clock_text

_EFFECTS = ("fault", "clear", "demand", "message", "ask", "deal")


def triggers(view: View) -> Iterator[Finding]:
    """Each rule has one trigger, and that can come."""
    for path, rule, reader in view.rules:
        given = [name for name in ("at", "after", "when") if getattr(rule, name) is not None]
        if reader == "script" and path[-1] in view.dealt:
            if given:
                what = f"{show(path[-1])} is a card, which comes when it is dealt"
                yield Finding((*path, given[0]), what, f"leave `{given[0]}` out, or take it out of the deck")
        elif len(given) != 1:
            what = f"{show(path[-1])} has {len(given) or 'no'} trigger{'s' if len(given) > 1 else ''}"
            yield Finding(path, what, "give it one of at, after, when")
        if rule.repeat is not None and rule.repeat < SECOND:
            yield Finding((*path, "repeat"), "a rule repeats once a second at most", "write for example 10s")
        own = view.siblings[path[:-1]] if reader == "solution" else {}
        if rule.at is not None:
            yield from _instant(view, (*path, "at"), rule.at, own)
        if rule.after is not None:
            ids = {**own, **view.level.phases} if reader == "solution" else view.level.script
            yield from after((*path, "after"), rule.after, ids)
    yield from _loops(view)


def _instant(view: View, path: Path, at: str, own: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        anchor, offset = moment(at)
    except (ValueError, OverflowError) as error:
        yield Finding(path, f"{show(at)} is no instant", str(error))
        return
    if anchor and anchor != "end" and anchor not in own and anchor not in view.level.phases:
        fix = suggest(anchor, [*own, *view.level.phases], "phase")
        yield Finding(path, f"there is no phase or rule called {show(anchor)}", fix)
    if offset > view.level.length:
        what = f"{show(at)} is after the level's end at {clock_text(int(view.level.length))}"
        yield Finding(path, what, "bring it forward, or lengthen the level")


def after(path: Path, wanted: str, ids: Mapping[str, Any], part: str = ".started") -> Iterator[Finding]:
    """Check what an ``after`` names: one of ``ids``, perhaps with ``part`` behind it."""
    name = wanted.removesuffix(part)
    if name not in ids:
        yield Finding(path, f"there is nothing called {show(name)} to come after", suggest(name, ids, "rule"))


def _loops(view: View) -> Iterator[Finding]:
    graph: dict[str, list[str]] = {}
    for path, rule, _ in view.rules:
        before = (rule.after or "").removesuffix(".started")
        graph["/".join(map(str, path))] = ["/".join(map(str, (*path[:-1], before)))] if before else []
    loop = cycle({name: [n for n in before if n in graph] for name, before in graph.items()})
    if loop:
        place = next(path for path, _, _ in view.rules if "/".join(map(str, path)) == loop[0])
        what = "these wait for each other: " + " -> ".join(name.rpartition("/")[2] for name in loop[:12])
        yield Finding((*place, "after"), what, "give one of them another trigger")


def effects(view: View) -> Iterator[Finding]:
    """Each rule of the script has one effect, on something that is there."""
    for name, rule in view.level.script.items():
        path: Path = ("script", name)
        given = [effect for effect in _EFFECTS if getattr(rule, effect) is not None]
        if len(given) != 1:
            what = f"{show(name)} has {len(given) or 'no'} effect{'s' if len(given) > 1 else ''}"
            yield Finding(path, what, "give it one of " + ", ".join(_EFFECTS))
            continue
        yield from _spare(path, rule, given[0])
        if rule.fault is not None:
            yield from _target(view, path, name, rule)
        if rule.clear is not None:
            yield from _clear(view, path, rule)
        yield from _recovery(path, rule)
        if rule.demand is not None:
            if rule.demand.population not in view.level.traffic:
                what = f"there is no population called {show(rule.demand.population)}"
                fix = suggest(rule.demand.population, view.level.traffic, "population")
                yield Finding((*path, "demand", "population"), what, fix)
            if (rule.demand.rate is None) == (rule.demand.factor is None) or (rule.demand.factor or 0) < 0:
                yield Finding((*path, "demand"), "demand needs one of `rate` and `factor`", "add for example factor: 2")


def _spare(path: Path, rule: ScriptRule, effect: str) -> Iterator[Finding]:
    """Fields that belong to another effect."""
    spare = [("target", rule.target), ("with", rule.with_), ("for", rule.for_), ("recover", rule.recover)]
    for field, given in spare:
        if given and effect != "fault" and (field, effect) != ("recover", "clear"):
            yield Finding(
                (*path, field), f"`{field}` says nothing about a {effect}", "leave it out: it goes with a fault"
            )


def _target(view: View, path: Path, name: str, rule: ScriptRule) -> Iterator[Finding]:
    fault = view.faults.get(name)
    if fault is None:
        return
    kinds = list(type(fault).on)
    if not rule.target:
        if kinds:
            yield Finding(path, f"{kind_of(fault)} needs a target", f"add target: the name of {' or '.join(kinds)}")
        return
    if "service" in kinds:
        _, _, scope = rule.target.partition("/")
        if not scope or scope == "global" or scope in view.level.world.regions:
            return
        yield from reference(view, (*path, "target"), scope, ["region"])
        return
    yield from reference(view, (*path, "target"), rule.target, kinds)


def _clear(view: View, path: Path, rule: ScriptRule) -> Iterator[Finding]:
    cleared = view.level.script.get(rule.clear or "")
    if cleared is None or cleared.fault is None:
        struck = [name for name, other in view.level.script.items() if other.fault is not None]
        what = f"there is no fault by the id {show(rule.clear)} to clear"
        yield Finding((*path, "clear"), what, suggest(str(rule.clear), struck, "fault"))


def _recovery(path: Path, rule: ScriptRule) -> Iterator[Finding]:
    steps = [(int(time), float(share)) for time, share in rule.recover]
    if any(b[0] <= a[0] or b[1] < a[1] for a, b in pairwise(steps)):
        yield Finding((*path, "recover"), "the recovery does not go forward", "let times and shares grow")
    if steps and steps[-1][1] < 1.0:
        yield Finding((*path, "recover"), "the recovery never gets to 100%", "end it with [TIME, 100%]")
