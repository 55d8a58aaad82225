"""The truth, as the level's script may read it. No operator and no runbook ever gets this reader."""

from __future__ import annotations

from typing import Any


class TruthFacts:
    """Answers conditions from the World itself, now."""

    def __init__(self, sim: Any) -> None:
        self.sim = sim

    @property
    def now(self) -> int:
        """Return the present, in ms."""
        return int(self.sim.world.now)

    def measure(self, name: str) -> list[tuple[float | None, dict[str, Any]]]:
        """Return what a metric is at this moment."""
        world = self.sim.world
        owner, _, metric = name.partition(".")
        if owner in world.traffic.populations:
            return [(self._users(owner, metric), {})]
        if owner in self.sim.level.telemetry.canaries:
            return [(self.sim.telemetry.last(name), {})]  # there is no more to it than what it found
        component = world.components[owner]
        for found in type(component).metrics:
            if found.name == metric:
                return [(found.read(component, world), {})]
        return [(None, {})]

    def _users(self, population: str, what: str) -> float | None:
        flow = self.sim.flow
        if what == "rate":
            return float(self.sim.world.traffic.populations[population].rate)
        served = failed = 0.0
        p95 = -1.0
        for index, cls in enumerate(self.sim.world.traffic.classes):
            if cls.population == population:
                ok, bad, latest = flow.last_second(index)
                served += ok
                failed += bad
                p95 = max(p95, latest)
        if what == "p95":
            return p95 if p95 >= 0 else None
        return served / (served + failed) if served + failed > 0 else None

    def state(self, name: str) -> str:
        """Return a component's state."""
        component = self.sim.world.components[name]
        return str(component.observed(self.sim.world).get("state", ""))

    def alarm(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """Return an alarm's state: alarms are the same for all."""
        rows: list[tuple[str, dict[str, Any]]] = self.sim.telemetry.alarm(name)
        return rows

    def did(self, operation: str, of: str | None) -> bool:
        """Tell whether an operation was given and has not failed."""
        return bool(self.sim.telemetry.did(operation, of))

    def knows(self, evidence: str) -> bool:
        """Tell whether the operators have found a piece of evidence."""
        return bool(self.sim.telemetry.knows(evidence))

    def message(self, name: str) -> bool:
        """Tell whether a message was sent."""
        return bool(self.sim.telemetry.message(name))

    def phase(self) -> str:
        """Return the phase's name."""
        return str(self.sim.telemetry.phase())

    def objective(self, name: str) -> str:
        """Objectives are judged when the drill is over."""
        return ""

    def draw(self, name: str) -> Any:
        """Return what was drawn; ``name.field`` for one fact of a row, ``name.1`` for the first card of a deck."""
        head, _, rest = name.partition(".")
        value = self.sim.world.draws.get(head)
        if rest.isdecimal() and isinstance(value, list):
            return value[int(rest) - 1] if 1 <= int(rest) <= len(value) else None
        return value.get(rest) if rest and isinstance(value, dict) else value
