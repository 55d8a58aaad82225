"""Metrics: what every component and population publishes, read off the World and the flow's books."""

from __future__ import annotations

from collections.abc import Callable

from drill.engine.flow import FlowEngine
from drill.model.component import Component, Metric
from drill.model.world import World

PERIOD = 10_000  # ms: one sample of every metric
DELAY = 5_000  # ms until it can be read


class Books:
    """The populations' books at the last sample: what was answered and what failed since is a period's figure."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, float, float]] = {}
        self._seconds = 0

    def read(self, flow: FlowEngine, second: int) -> dict[str, float | None]:
        """Return success (share), rate (asks/s) and p95 (ms) of each population over the period just gone."""
        sums: dict[str, list[float]] = {}
        p95: dict[str, float] = {}
        for row in flow.books_at(second):
            total = sums.setdefault(row.population, [0.0, 0.0, 0.0])
            total[0] += row.offered
            total[1] += row.served
            total[2] += row.failed
            p95[row.population] = max(p95.get(row.population, -1.0), row.p95)
        seconds = flow.booked(second)
        values: dict[str, float | None] = {}
        for name, (offered, served, failed) in sums.items():
            before = self._last.get(name, (0.0, 0.0, 0.0))
            ok, bad = served - before[1], failed - before[2]
            values[f"{name}.success"] = ok / (ok + bad) if ok + bad > 1e-6 else None
            values[f"{name}.rate"] = (offered - before[0]) / max(1, seconds - self._seconds)
            values[f"{name}.p95"] = p95[name] if p95[name] >= 0 else None
            self._last[name] = (offered, served, failed)
        self._seconds = seconds
        return values


class Readings:
    """What is read off every component, and as what; worked out again where a component or its zones change."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Component, list[str], _Read]] = {}

    def read(self, world: World, monitored: Callable[[Component], bool]) -> dict[str, float | None]:
        """Return every metric of every component; None where nothing is published."""
        values: dict[str, float | None] = {}
        for name, component in world.components.items():
            zones, known = zones_of(component), self._known.get(name)
            if known is None or known[0] is not component or known[1] != zones:
                known = self._known[name] = (component, zones, _readings(name, component))
            heard = monitored(component)
            for measure, metric, of_zones in known[2]:
                values[measure] = metric.read(component, world) if heard else None
                if of_zones and metric.by_zone is not None:
                    found = metric.by_zone(component, world) if heard else {}
                    for zone, one in of_zones.items():
                        values[one] = found.get(zone)
        return values


_Read = list[tuple[str, Metric, dict[str, str]]]


def _readings(name: str, component: Component) -> _Read:
    """Return what is published of one component: the measure, the metric, and the measure of each zone."""
    found: _Read = []
    for metric in type(component).metrics:
        measure = f"{name}.{metric.name}"
        zones = zones_of(component) if metric.by_zone is not None else []
        found.append((measure, metric, {zone: f"{measure}/{zone}" for zone in zones}))
    return found


def aging(world: World) -> list[tuple[str, Component, Metric]]:
    """Return what goes on changing by time alone: the measure, whose it is, and how it is read."""
    return [(f"{n}.{m.name}", c, m) for n, c in world.components.items() for m in type(c).metrics if m.ages]


def zones_of(component: Component) -> list[str]:
    """Return the zones a component's zonal metrics are split by."""
    zones: list[str] = list(getattr(component, "zones", []) or [])
    return zones


def measures(world: World) -> list[str]:
    """Return the name of everything that can be measured in a World."""
    names = [f"{p}.{what}" for p in world.traffic.populations for what in ("success", "rate", "p95")]
    for name, component in world.components.items():
        names += [f"{name}.{metric.name}" for metric in type(component).metrics]
    return names
