"""Can composite alarms be evaluated? Rules that can be read, over alarms that are there, in no circle."""

from __future__ import annotations

from collections.abc import Iterator

from drill.level.alarm_rule import alarms_in, parse_rule
from drill.level.checks import Finding, View
from drill.level.errors import show, suggest
from drill.level.level import AlarmSpec
from drill.level.shapes import Path
from drill.level.sound_graph import cycle

#: What a composite alarm cannot have beside its rule.
_OF_METRICS = ("measure", "per", "above", "below", "via")


def composites(view: View) -> Iterator[Finding]:
    """A composite alarm has a rule and nothing to measure; what it names is there, and does not wait for it."""
    specs = view.level.telemetry.alarms
    pool = list(specs)
    for name, spec in specs.items():
        pool += [f"{name}-{zone}" for zone in view.zones] if spec.per == "zone" else []
    graph: dict[str, list[str]] = {}
    for name, spec in specs.items():
        if not spec.rule:
            continue
        path: Path = ("telemetry", "alarms", name)
        yield from _plain(path, spec)
        try:
            named = alarms_in(parse_rule(spec.rule))
        except ValueError as error:
            yield Finding((*path, "rule"), f"{show(spec.rule)} is no rule", str(error))
            continue
        for child in named:
            if child not in pool:
                yield Finding((*path, "rule"), f"there is no alarm called {show(child)}", suggest(child, pool, "alarm"))
        graph[name] = [child for child in named if child in specs and specs[child].rule]
    loop = cycle(graph)
    if loop and all(n in graph for n in loop):
        what = "these alarms follow from each other: " + " -> ".join(loop[:12])
        yield Finding(("telemetry", "alarms", loop[0], "rule"), what, "leave one of them out")


def _plain(path: Path, spec: AlarmSpec) -> Iterator[Finding]:
    for field in _OF_METRICS:
        if getattr(spec, field):
            what = f"an alarm with a rule has no `{field}`: it follows from other alarms"
            yield Finding((*path, field), what, "leave it out")
