"""Answers: what operators, their screens and their runbooks are told when they ask; never the truth itself."""

from typing import Any

import msgspec

from drill.engine.alarms import Alarm
from drill.engine.history import History
from drill.engine.readers import Bindings, holds
from drill.level.level import Condition
from drill.model.component import kind_of
from drill.model.network import USERS, connected
from drill.model.units import clock_text
from drill.model.world import World


class Seen(msgspec.Struct, kw_only=True):
    """What a describe call said of a component, when, and since when it has said so."""

    at: int
    says: dict[str, Any]
    changed: int = -1


class AlarmView(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm, for a table."""

    name: str
    state: str
    text: str
    since: int


class Answers:
    """Answers from what telemetry has published and observed, and from probes."""

    world: World
    history: History
    samples: list[dict[str, float | None]]
    known: dict[str, Seen]
    evidence: dict[str, int]
    alarms: list[Alarm]
    composites: list[Alarm]
    alarm_states: dict[str, list[Alarm]]

    # ---- for describe calls and screens ---------------------------------------------------------------------------

    def state_of(self, alarm: Alarm) -> str:
        """Return an alarm's state: what its last evaluation said, unless somebody set it by hand since."""
        return str(self.world.flags.get(f"alarm/{alarm.name}", alarm.state))

    def describe(self, kind: str, names: list[str], region: str) -> list[tuple[str, dict[str, Any]]]:
        """Return (name, what was last observed) of every component of ``kind`` (or of those named)."""
        rows: list[tuple[str, dict[str, Any]]] = []
        for name, component in self.world.components.items():
            if kind_of(component) != kind or (names and name not in names):
                continue
            if region and component.region not in ("", region):
                continue
            seen = self.known.get(name)
            rows.append((name, seen.says if seen else {"state": "unknown"}))
        return rows

    def last(self, measure: str) -> float | None:
        """Return the newest published value of a measure."""
        return self.samples[-1].get(measure) if self.samples else None

    def recent(self, measure: str, count: int) -> list[float | None]:
        """Return up to ``count`` newest published values, oldest first."""
        return [sample.get(measure) for sample in self.samples[-count:]]

    def alarm_rows(self) -> list[AlarmView]:
        """Return every alarm, with the words of its threshold."""
        return [
            AlarmView(name=alarm.name, state=self.state_of(alarm), text=alarm.text, since=alarm.since)
            for alarm in [*self.alarms, *self.composites]
        ]

    def probe(self, name: str) -> str:
        """Return how one request from outside to ``name`` ends."""
        world = self.world
        component = world.components[name]
        shares = component.answer(world)
        if shares is not None:
            for target in shares:
                below = target.partition("/")[0]
                if below != name:
                    return self.probe(below)
        blocked = not connected(world, USERS, (component.stations() or [name])[0])
        if blocked or not world.region_up(component.region) or not world.zone_up(component.zone):
            return f"curl: (28) Failed to connect to {name}: Connection timed out"
        points_at = getattr(component, "points_at", None)
        if points_at is not None:
            if points_at not in world.components:
                return f"curl: (28) Failed to connect to {name}: Connection timed out"
            return self.probe(points_at)
        if component.responds(world, 5_000):
            return f"{name}: HTTP/1.1 200 OK"
        machines = component.members(world)
        if machines and machines[0].state == "running" and not machines[0].ready:
            return f"curl: (7) Failed to connect to {name}: Connection refused"
        if machines or component.title.endswith("instance"):
            return f"curl: (28) Failed to connect to {name}: Connection timed out"
        return f"{name}: HTTP/1.1 504 Gateway Time-out"

    @staticmethod
    def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
        """Return rows under their headings, in columns as wide as they need."""
        if not rows:
            return "(none)"
        widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
        lines = ["  ".join(str(cell).ljust(widths[i]) for i, cell in enumerate(row)).rstrip() for row in [head, *rows]]
        return "\n".join(lines)

    @staticmethod
    def clock(ms: int) -> str:
        """Return an instant as ``T+MM:SS``."""
        return f"T+{clock_text(ms)}"

    # ---- conditions, as an operator can answer them ---------------------------------------------------------------

    def holds(self, condition: Condition, since: dict[str, int]) -> tuple[bool, Bindings]:
        """Tell whether a condition holds, from what an operator can know, and what its ``as`` names saw."""
        return holds(condition, self, since)

    @property
    def now(self) -> int:
        """Return the present, in ms."""
        return self.world.now

    def measure(self, name: str) -> list[tuple[float | None, dict[str, Any]]]:
        """Return the newest published value."""
        return [(self.last(name), {})]

    def state(self, name: str) -> str:
        """Return the state last observed."""
        seen = self.known.get(name)
        return str(seen.says.get("state", "")) if seen else ""

    def alarm(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the state of an alarm, zone by zone where it has one per zone."""
        return [(self.state_of(a), {"zone": a.zone, "alarm": a.name}) for a in self.alarm_states.get(name, [])]

    def did(self, operation: str, of: str | None) -> bool:
        """Tell whether an operation was given and has not failed."""
        return any(
            r.action.endswith(f":{operation}") and r.state != "failed" and of in (None, r.subject)
            for r in self.world.receipts
        )

    def knows(self, evidence: str) -> bool:
        """Tell whether a piece of evidence was found."""
        return evidence in self.evidence

    def message(self, name: str) -> bool:
        """Tell whether a message of the script was received."""
        return any(notice.id == name for notice in self.world.notices)

    def phase(self) -> str:
        """Return the name of the phase."""
        return self.history.phases[-1].name if self.history.phases else ""

    def objective(self, name: str) -> str:
        """An operator cannot read an objective's verdict before the end."""
        return ""

    def draw(self, name: str) -> Any:
        """An operator never sees a draw."""
        return None
