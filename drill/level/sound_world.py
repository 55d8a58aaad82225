"""Is the world that a level describes one that can run? Names that lead nowhere, cycles, figures out of range."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from drill.level.checks import Finding, View
from drill.level.errors import show, suggest
from drill.level.figures import datapoints, threshold
from drill.level.shapes import Path, references
from drill.level.sound_alarms import composites
from drill.level.sound_graph import cycle
from drill.model.component import Component, kind_of, need_of
from drill.model.units import DAY

MAX_LENGTH = 7 * DAY
SAMPLE = 10_000  # ms between two samples of a metric
_USERS = ("success", "p95", "rate")


def regions(view: View) -> Iterator[Finding]:
    """Each zone in one Region, each component in a zone and Region of this world."""
    world = view.level.world
    if not world.regions:
        yield Finding(("world", "regions"), "the world has no Region", "add one: {us-east-1: {zones: [use1-az1]}}")
    seen: set[str] = set()
    for name, spec in world.regions.items():
        for zone in spec.zones:
            if zone in seen:
                what = f"the zone {show(zone)} is named more than once"
                yield Finding(("world", "regions", name, "zones"), what, "name it in one Region, once")
            seen.add(zone)
        if isinstance(spec.zones, dict):
            for zone, special in spec.zones.items():
                for kind, left in special.pools.items():
                    if left < -1:
                        path = ("world", "regions", name, "zones", zone, "pools", kind)
                        yield Finding(path, f"{left} launches cannot be left", "write 0 or more, or -1 for no limit")
    for name, component in view.components.items():
        home = view.zones.get(component.zone)
        if home is not None and component.region != home:
            what = f"{show(name)} is in {component.region}, but its zone {component.zone} is in {home}"
            yield Finding(("world", "components", name, "region"), what, "leave `region` out, or name another zone")
        elif not component.region and type(component).scope == "regional":
            what = f"it does not say which Region {show(name)} is in"
            yield Finding(("world", "components", name), what, "add region: " + next(iter(world.regions), "us-east-1"))


def one_name_each(view: View) -> Iterator[Finding]:
    """No two things by one name: faults, measures and commands tell them apart by nothing else."""
    for name in view.components:
        if name in view.zones or name in view.level.world.regions:
            what = f"{show(name)} is the name of a Region or zone too"
            yield Finding(("world", "components", name), what, "name the component otherwise")
    for name in view.level.traffic:
        if name in view.components:
            what = f"{show(name)} is the name of a component too"
            yield Finding(("traffic", name), what, "name the population otherwise")


def names(view: View) -> Iterator[Finding]:
    """Everything that components and faults refer to."""
    for name, component in view.components.items():
        for below, wanted, kinds in references(component):
            yield from reference(view, ("world", "components", name, *below), wanted, kinds)
    for name, fault in view.faults.items():
        for below, wanted, kinds in references(fault):
            yield from reference(view, ("script", name, "with", *below), wanted, kinds)


def reference(view: View, path: Path, wanted: str, kinds: list[str]) -> Iterator[Finding]:
    """Check that ``wanted`` is the name of a component of one of ``kinds`` (none: of any), a Region or a zone."""
    pool: list[str] = []
    found = view.components.get(wanted)
    if "region" in kinds:
        pool += view.level.world.regions
    if "zone" in kinds:
        pool += view.zones
    if "link" in kinds:
        pool += view.level.world.links
    of_kind = [k for k in kinds if k not in ("region", "zone", "link")]
    if of_kind or not kinds:
        pool += [n for n, c in view.components.items() if not of_kind or kind_of(c) in of_kind]
    if wanted in pool:
        return
    noun = " or ".join(kinds) or "component"
    if found is not None:
        yield Finding(path, f"{show(wanted)} is of kind {kind_of(found)}, not {noun}", suggest(wanted, pool, noun))
    else:
        yield Finding(path, f"there is no {noun} called {show(wanted)}", suggest(wanted, pool, noun))


def links(view: View) -> Iterator[Finding]:
    """Links join two Regions of this world."""
    for name, link in view.level.world.links.items():
        for index, region in enumerate(link.between):
            yield from reference(view, ("world", "links", name, "between", index), region, ["region"])
        if link.between[0] == link.between[1]:
            what = f"the link {show(name)} joins a Region to itself"
            yield Finding(("world", "links", name, "between"), what, "name two Regions")


def numbers(view: View) -> Iterator[Finding]:
    """Amounts that would stop time, or never end."""
    level = view.level
    if not 0 < level.length <= MAX_LENGTH:
        yield Finding(("length",), "a level lasts from a moment to 7 days", "write for example length: 8m")
    if level.world.people.hands < 1:
        yield Finding(("world", "people", "hands"), "nobody is there to give commands", "write hands: 1")


def traffic(view: View) -> Iterator[Finding]:
    """Populations enter somewhere, their classes add up, and their figures are possible."""
    if not view.level.traffic:
        yield Finding(("traffic",), "the level has no users", "add a population")
    for name, spec in view.level.traffic.items():
        path: Path = ("traffic", name)
        yield from reference(view, (*path, "enters"), spec.enters, [])
        times = [int(time) for time, _ in spec.rate.curve]
        if any(later <= sooner for sooner, later in pairwise(times)):
            yield Finding((*path, "rate", "curve"), "the curve goes back in time", "put its points in order")
        if spec.dns.late.share + spec.connections.share > 1 + 1e-9:
            what = "late resolvers and held connections are more than all users"
            yield Finding((*path, "dns", "late", "share"), what, "make both shares add up to 100% at most")
        total = 0.0
        for label, cls in spec.classes.items():
            total += float(cls.share)
            below = (*path, "classes", label)
            if cls.reads < 0 or cls.writes < 0:
                yield Finding(below, f"{show(label)} has fewer than no reads or writes", "write 0 or more")
            if cls.patience < 1:
                yield Finding((*below, "patience"), f"{show(label)} has no patience at all", "write for example 3s")
            if not 0 <= cls.retries.tries <= 20:
                yield Finding((*below, "retries", "tries"), "clients try again 0 to 20 times", "write for example 2")
        if spec.classes and abs(total - 1.0) > 1e-6:
            what = f"the shares of the classes of {show(name)} add up to {total * 100:.6g} %"
            yield Finding((*path, "classes"), what, "make them add up to 100%")


def telemetry(view: View) -> Iterator[Finding]:
    """Alarms watch something that exists; evidence does not wait for itself."""
    told = view.level.telemetry
    if told.via:
        yield from reference(view, ("telemetry", "via"), told.via, [])
    for name, alarm in told.alarms.items():
        path: Path = ("telemetry", "alarms", name)
        if alarm.rule:
            continue
        yield from measured(view, (*path, "measure"), alarm.measure, alarm.per == "zone")
        yield from bound(path, alarm.above, alarm.below)
        if alarm.via:
            yield from reference(view, (*path, "via"), alarm.via, [])
        if alarm.period <= 0 or alarm.period % SAMPLE:
            yield Finding((*path, "period"), "a period is 10s or a multiple of it", "write for example 30s")
        try:
            datapoints(alarm.datapoints)
        except ValueError as error:
            yield Finding((*path, "datapoints"), f"{show(alarm.datapoints)} is no number of datapoints", str(error))
    for name, evidence in told.evidence.items():
        for index, other in enumerate(evidence.needs):
            if other not in told.evidence:
                path = ("telemetry", "evidence", name, "needs", index)
                yield Finding(path, f"there is no evidence {show(other)}", suggest(other, told.evidence, "evidence"))
    graph = {name: [n for n in e.needs if n in told.evidence] for name, e in told.evidence.items()}
    loop = cycle(graph)
    if loop:
        what = "this evidence waits for itself: " + " -> ".join(loop)
        yield Finding(("telemetry", "evidence", loop[0], "needs"), what, "leave one of them out")


def measured(view: View, path: Path, measure: str, per_zone: bool = False) -> Iterator[Finding]:
    """Check a measure: ``component.MetricName``, or ``population.success``, ``.p95`` or ``.rate``."""
    name, dot, metric = measure.rpartition(".")
    if not dot:
        yield Finding(path, f"{show(measure)} is no measure", "write component.Metric or population.success")
        return
    if name in view.level.traffic:
        if metric not in _USERS:
            what = f"users have no measure {show(metric)}"
            yield Finding(path, what, suggest(metric, _USERS))
        return
    if name in view.level.telemetry.canaries:
        if metric != "SuccessPercent" or per_zone:
            what = f"a canary has no metric {show(metric)}" + (" per zone" if per_zone else "")
            yield Finding(path, what, f"write {name}.SuccessPercent")
        return
    component = view.components.get(name)
    if component is None:
        pool = [*view.components, *view.level.traffic, *view.level.telemetry.canaries]
        what = f"there is no component or population called {show(name)}"
        yield Finding(path, what, suggest(name, pool, "component"))
        return
    known = {m.name: m for m in type(component).metrics}
    if metric not in known:
        what = f"{kind_of(component)} has no metric {show(metric)}"
        yield Finding(path, what, suggest(metric, known, "metric"))
    elif per_zone and known[metric].by_zone is None:
        yield Finding(path, f"{show(metric)} is not published per zone", "leave `per` out, or watch another metric")


def bound(path: Path, above: object, below: object) -> Iterator[Finding]:
    """Check that exactly one of above and below is there, and is a number."""
    if (above is None) == (below is None):
        yield Finding(path, "it needs one of `above` and `below`", "add for example below: 99%")
    for name, raw in (("above", above), ("below", below)):
        if raw is not None:
            try:
                threshold(raw)
            except ValueError as error:
                yield Finding((*path, name), f"{show(raw)} is no threshold", str(error))


def calls(view: View) -> Iterator[Finding]:
    """Requests never come back to where they have been."""
    owner = {station: name for name, c in view.components.items() for station in c.stations()}
    graph: dict[str, list[str]] = {}
    for name, component in view.components.items():
        targets = [need_of(item).to for item in component.leads_to(view.components)]
        graph[name] = [owner.get(t, t) for t in targets if owner.get(t, t) in view.components]
    loop = cycle(graph)
    if loop:
        what = "these call each other: " + " -> ".join(loop[:12])
        yield Finding(("world", "components", loop[0]), what, "take one of the calls out")


def takers(view: View) -> Iterator[Finding]:
    """What servers call, and where users enter, takes requests by that name."""
    takes = [name for name, c in view.components.items() if name in c.stations()]
    for name, component in view.components.items():
        for index, item in enumerate(component.needs):
            to = need_of(item).to
            if to in view.components and to not in takes:
                what = f"{show(to)} takes no calls by its name: it is of kind {kind_of(view.components[to])}"
                yield Finding(("world", "components", name, "needs", index), what, suggest("", takes, "server"))
    named = [n for n, c in view.components.items() if n in takes or type(c).answer is not Component.answer]
    for name, spec in view.level.traffic.items():
        if spec.enters in view.components and spec.enters not in named:
            what = f"users cannot enter at {show(spec.enters)}: it is of kind {kind_of(view.components[spec.enters])}"
            yield Finding(("traffic", name, "enters"), what, suggest("", named, "address"))


def hooks(view: View) -> Iterator[Finding]:
    """What components and faults themselves know to be wrong with how they were written."""
    for name, component in view.components.items():
        for what in component.problems(view.world):
            yield Finding(("world", "components", name), f"{show(name)}: {what}", "see `drill reference`")
    for name, fault in view.faults.items():
        for what in fault.problems(view.world):
            yield Finding(("script", name), f"{show(name)}: {what}", "see `drill reference`")


#: Each of these holds in any level that runs. The later ones may rely on the names being right.
NAMES = (
    ("world.regions", regions),
    ("world.one-name", one_name_each),
    ("world.names", names),
    ("world.links", links),
    ("world.numbers", numbers),
    ("traffic", traffic),
    ("telemetry", telemetry),
    ("telemetry.alarms", composites),
)
WIRING = (("world.calls", calls), ("world.takers", takers), ("world.hooks", hooks))
