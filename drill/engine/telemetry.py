"""Telemetry: what an operator can know. Metrics per period and late, alarms, what describe calls last said."""

from __future__ import annotations

from typing import Any

import msgspec

from drill.engine.alarms import Alarm, alarms_of, compose, composites_of
from drill.engine.flow import FlowEngine
from drill.engine.history import History, Known
from drill.engine.metrics import DELAY, PERIOD, Books, Readings, aging, zones_of
from drill.engine.readers import Bindings, holds
from drill.level.level import Condition, Level
from drill.model.command import Pending
from drill.model.component import Component, Metric, kind_of
from drill.model.network import USERS, connected
from drill.model.units import clock_text
from drill.model.world import World

KEEP_STILL = 30  # equal samples in a row after which an alarm on plain data cannot change any more


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


class Telemetry:
    """Watches a World from outside: samples, publishes, remembers. It changes nothing in it."""

    def __init__(self, world: World, level: Level, flow: FlowEngine, history: History) -> None:
        self.world = world
        self.level = level
        self.flow = flow
        self.history = history
        self.samples: list[dict[str, float | None]] = []  # one per period that can be read, the first at T+0
        self.published = 0  # ms: end of the last period that can be read
        self.known: dict[str, Seen] = {}
        self.evidence: dict[str, int] = {}
        self.outputs: dict[int, str] = {}  # receipt number -> what the command printed
        self._books = Books()
        self._readings = Readings()
        self._sample: dict[str, float | None] = {}
        self._marker = -1
        self._calm = False
        self._aging: list[tuple[str, Component, Metric]] = []
        self._outside: dict[str, float | None] = {}  # what canaries found at their last run
        self._observed = -1
        self.observed_at = 0  # ms: when describe calls were last made
        self.reached: dict[str, bool] = {}  # by Region: whether they got an answer then
        self.alarms = alarms_of(level.telemetry.alarms, self._zones_of_measure)
        self.alarm_states: dict[str, list[Alarm]] = {}
        self.composites = composites_of(level.telemetry.alarms)
        for alarm in [*self.alarms, *self.composites]:
            base = alarm.name.removesuffix(f"-{alarm.zone}") if alarm.zone else alarm.name
            self.alarm_states.setdefault(base, []).append(alarm)
            if alarm.zone:
                self.alarm_states.setdefault(alarm.name, []).append(alarm)

    # ---- watching -------------------------------------------------------------------------------------------------

    def look(self) -> bool:
        """Do what is due at this instant: take a sample every 10 s; publish it, and observe, 5 s later.

        Return whether conditions must look: an alarm changed.
        """
        now = self.world.now
        moved = self._compose(now) if self.composites else False  # somebody may have set a state by hand
        if now == 0:
            self._prime()
        elif now % PERIOD == 0:
            self._take()
        elif now % PERIOD == DELAY:
            self.observe()
            if self.published < now - DELAY:
                moved = self._publish(now) or moved
                moved = self._compose(now) or moved
        return moved

    def _prime(self) -> None:
        """At T+0 the system has run for long: what can be known is there from the start."""
        self.observe()
        self._take()
        self.samples.append(self._sample)

    def _take(self) -> None:
        """Sample every metric. While nothing changes, the last sample is still right: the very same one is kept."""
        marker = self.flow.steps
        quiet = self.flow.asleep and marker == self._marker
        if quiet and self._calm:
            self._books.read(self.flow, self.world.now // 1000)  # a period's figures start where the last one ended
            self._age()
        else:
            self._calm, self._marker = quiet, marker
            self._aging = aging(self.world)
            self._sample = self._books.read(self.flow, self.world.now // 1000)
            self._sample.update(self._readings.read(self.world, self.monitored))
        if self.level.telemetry.canaries:
            self._run_canaries()

    def _age(self) -> None:
        """Read again what changes by time alone."""
        found = {
            name: metric.read(component, self.world) if self.monitored(component) else None
            for name, component, metric in self._aging
        }
        if any(self._sample[name] != value for name, value in found.items()):
            self._sample = {**self._sample, **found}

    def _run_canaries(self) -> None:
        """Let the canaries that are due ask for an answer; between its runs, what a canary last found stands."""
        found = dict(self._outside)
        for name, canary in self.level.telemetry.canaries.items():
            if self.world.now % int(canary.every) == 0:
                answered = 100.0 if self.probe(canary.hits).endswith("200 OK") else 0.0
                found[f"{name}.SuccessPercent"] = answered if self.world.region_up(canary.from_) else None
        if found != self._outside:
            self._outside = found
        if any(name not in self._sample or self._sample[name] != value for name, value in found.items()):
            self._sample = {**self._sample, **found}

    def _publish(self, now: int) -> bool:
        blind = self.level.telemetry.via and not self._stands(self.level.telemetry.via)
        self.samples.append(self._outside if blind else self._sample)
        self.published = now - DELAY
        count = self.published // PERIOD
        same = len(self.samples) > KEEP_STILL and all(s is self.samples[-1] for s in self.samples[-KEEP_STILL:])
        moved = False
        for alarm in self.alarms:
            forced = self.state_of(alarm) != alarm.state
            if count % alarm.every == 0 and (forced or not (same and not alarm.via and alarm.still)):
                moved = self._judge(alarm, now) or moved
        return moved

    def _compose(self, now: int) -> bool:
        """Evaluate the composite alarms, from below: each where an alarm in its rule changed."""
        moved = False
        for alarm in self.composites:
            alarm.state = self.state_of(alarm)
            states = {name: [self.state_of(a) for a in rows] for name, rows in self.alarm_states.items()}
            if compose(alarm, states, now):
                self._changed(alarm, now)
                moved = True
        return moved

    def _changed(self, alarm: Alarm, now: int) -> None:
        self.history.known.append(Known(at=now, kind="alarm", subject=alarm.name, text=alarm.text, state=alarm.state))
        self.world.flags[f"alarm/{alarm.name}"] = alarm.state  # what acts on alarms by itself reads it there

    def state_of(self, alarm: Alarm) -> str:
        """Return an alarm's state: what its last evaluation said, unless somebody set it by hand since."""
        return str(self.world.flags.get(f"alarm/{alarm.name}", alarm.state))

    def _judge(self, alarm: Alarm, now: int) -> bool:
        samples = self.recent(alarm.measure, alarm.every)
        if alarm.via and not self._stands(alarm.via):
            samples = [None] * len(samples)
        alarm.state = self.state_of(alarm)
        if alarm.take(samples, now):
            self._changed(alarm, now)
            return True
        return False

    def observe(self) -> None:
        """Ask every describe call that can be reached what it says now; when nothing happened, that is the same."""
        now = self.observed_at = self.world.now
        self.reached = {name: region.reachable for name, region in self.world.regions.items()}
        marker = self.flow.steps
        if self.flow.asleep and marker == self._observed and len(self.known) == len(self.world.components):
            for name, seen in self.known.items():
                if self.monitored(self.world.components[name]):
                    seen.at = now
            return
        self._observed = marker
        for name, component in self.world.components.items():
            if not self.monitored(component):
                continue
            says = component.observed(self.world)
            says["zone"], says["region"] = component.zone, component.region
            before = self.known.get(name)
            if before is None:
                self.known[name] = Seen(at=now, says=says, changed=-1)
            else:
                if before.says.get("state") != says.get("state"):
                    before.changed = now
                    if component.title:
                        text = str(says.get("state", ""))
                        self.history.known.append(Known(at=now, kind="observation", subject=name, text=text))
                before.at, before.says = now, says

    def heard(self, component: Component) -> bool:
        """Tell whether a component's Region answered when it was last asked."""
        return self.reached.get(component.region, True)

    def tells(self, work: Pending) -> bool:
        """Tell whether operators can know of work on its way: their own at once, any other once it was looked at."""
        name = work.who.partition("/")[0]
        owner = self.world.components.get(name)
        if not work.shown or (owner is not None and not self.heard(owner)):
            return False
        mine = owner is None or name not in self.known or any(r.subject == name for r in self.world.receipts)
        return mine or work.since <= self.observed_at

    def monitored(self, component: Component) -> bool:
        """Tell whether what a component's Region says can be heard."""
        return self.world.region_up(component.region)

    def _stands(self, via: str) -> bool:
        world = self.world
        if via in world.components:
            return world.components[via].responds(world, 5_000)
        return world.zone_up(via) and world.region_up(via)

    def _zones_of_measure(self, measure: str) -> list[str]:
        component = self.world.components.get(measure.partition(".")[0])
        return zones_of(component) if component is not None else []

    # ---- for describe calls and screens ---------------------------------------------------------------------------

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
