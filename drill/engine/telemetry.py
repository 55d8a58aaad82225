"""Telemetry: what an operator can know. Metrics per period and late, alarms, what describe calls last said."""

from __future__ import annotations

from drill.engine.alarms import Alarm, alarms_of, compose, composites_of
from drill.engine.answers import Answers, Seen
from drill.engine.flow import FlowEngine
from drill.engine.history import History, Known
from drill.engine.metrics import DELAY, PERIOD, Books, Readings, aging, zones_of
from drill.level.level import Level
from drill.model.command import Pending
from drill.model.component import Component, Metric
from drill.model.world import World

KEEP_STILL = 30  # equal samples in a row after which an alarm on plain data cannot change any more


class Telemetry(Answers):
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
