"""Simulation: the World, the calendar and the flow of one drill. ``advance`` makes time pass, ``submit`` acts."""

from __future__ import annotations

import gc
from typing import Any

from drill.engine.alarm_actions import AlarmActions
from drill.engine.clock import Clock
from drill.engine.flow import FlowEngine
from drill.engine.history import Given, History, Loss
from drill.engine.people import People
from drill.engine.readers import Facts
from drill.engine.script import Script
from drill.engine.setup import set_up
from drill.engine.telemetry import Telemetry
from drill.engine.truth import TruthFacts
from drill.level.level import Level
from drill.model.command import DENIED, Action, Receipt, Refusal, subject_of, unauthorized
from drill.model.component import Process, kind_of
from drill.model.network import GATES
from drill.model.world import World

LOOK = 5_000  # ms between telemetry's looks


class Simulation(People):
    """One bound level, running. Everything in it follows from the level, the seed and what is submitted when."""

    def __init__(self, level: Level, seed: int, draws: dict[str, Any]) -> None:
        self.level = level
        self.history = History()
        self.world: World = set_up(level, seed, draws)
        self.clock = Clock(self.world)
        self.clock.lost = self._lost  # what processes of the catalog report
        self.flow = FlowEngine(self.world, self.history)
        self.clock.catch_up = self._catch_up
        self.telemetry = Telemetry(self.world, level, self.flow, self.history)
        self.actions = AlarmActions(self)
        self.truth: Facts = TruthFacts(self)
        self.script = Script(self)
        self._looked = -1
        self._hands = level.world.people.hands
        self._busy: list[int] = [0] * max(1, self._hands)
        self.script.start()
        for component in list(self.world.components.values()):
            for process in component.processes(self.world, self.clock):
                self.clock.start(process)
        self._instant(0)

    # ---- time -----------------------------------------------------------------------------------------------------

    def advance(self, to: int) -> None:
        """Do everything due at or before ``to`` (ms, at most the level's length); the World is then at ``to``."""
        collects = gc.isenabled()
        gc.disable()  # half an hour leaves hardly a cycle behind, and looking for one means walking the whole World
        try:
            self._advance(min(to, self.world.length))
        finally:
            if collects:
                gc.enable()

    def _advance(self, to: int) -> None:
        while True:
            due = self._next()
            if due > to:
                break
            self._instant(due)
        if to > self.world.now:
            self.world.now = to
        if self.flow.drifting:
            self._drift()
        elif self.flow.repeats:
            self._catch_up()
        self.history.until = self.world.now

    def _next(self) -> int:
        """Return the next instant at which anything is due."""
        due = min(self.clock.next_due(), (self._looked // LOOK + 1) * LOOK)
        traffic = self.world.traffic
        step = (traffic.stepped + 1) * 1000
        if self.flow.asleep:
            step = max(-(-self.world.now // 1000) * 1000, step) if self.clock.touched else self.world.length
        return int(due if step >= self.world.length else min(due, step))  # no second begins at the end

    def _catch_up(self) -> None:
        """Bring the World forward through the second that has begun: what acts now comes after its flow."""
        if self.flow.asleep:
            self.flow.coast(self._begun())

    def _drift(self) -> None:
        """Bring forward only what drifts, for whoever looks at it."""
        if self.flow.asleep:
            self.flow.drift(self._begun())

    def _begun(self) -> int:
        """Return the second after the one that has begun; no second begins at the end."""
        return min(self.world.now // 1000 + 1, -(-self.world.length // 1000))

    def _instant(self, at: int) -> None:
        self.world.now = at
        self.flow.repeats = self.flow.repeats and not self.clock.touched
        if self.flow.asleep and self.clock.next_due() <= at:
            self.flow.coast(-(-at // 1000))  # what happens now must find the seconds slept added up
        self.clock.run_instant(at, self._flow_step, self._look)
        if self.clock.touched:
            self.flow.repeats = False
            self._spend()
            if GATES in self.world.flags:
                self._expose()

    def _flow_step(self) -> None:
        now, traffic = self.world.now, self.world.traffic
        second = now // 1000
        if now % 1000 or second <= traffic.stepped or now >= self.world.length:
            return
        if self.flow.asleep and not self.clock.touched:
            return
        if self.clock.touched:
            self.flow.version += 1
            self._spend()
        if self.clock.topology_changed:
            self.clock.topology_changed = False
            self.flow.coast(second)
            self.flow.rebuild()
        self.clock.touched = False
        self.flow.step(second)
        if self.clock.ticking():
            self.flow.repeats = False
        self.clock.queues_moved = dict(self.flow.queues_moved)

    def _look(self) -> None:
        now = self.world.now
        if now % LOOK == 0 and now > self._looked:
            self._looked = now
            self._drift()
            self.actions.look()  # somebody may have set a state by hand, which does not last
            if self.telemetry.look():
                self._catch_up()
                self.clock.stir_conditions()
                self.actions.look()

    def _spend(self) -> None:
        """Note the spending rate when it changed."""
        if not self.clock.repriced:
            return
        self.clock.repriced = False
        world, rows = self.world, self.history.spend
        hourly = world.hourly()
        if not rows or rows[-1][2] != hourly:
            if rows:
                world.spent += rows[-1][2] * (world.now - world.spent_at) / 3_600_000
            world.spent_at = world.now
            rows.append((world.now, world.spent, hourly))

    def _expose(self) -> None:
        """Note how many security findings are open when that changed."""
        count = 0
        for component in self.world.components.values():
            count += len(component.findings(self.world))
        rows = self.history.exposure
        if count != (rows[-1][1] if rows else 0):
            rows.append((self.world.now, count))

    def settle_instant(self) -> None:
        """Let what was just started take effect in this instant."""
        self._instant(self.world.now)

    def before_command(self) -> None:
        """Close the second that a command falls on: asleep or awake, a command comes after that second's flow."""
        traffic, now = self.world.traffic, self.world.now
        if traffic.steady and now % 1000 == 0 and traffic.stepped < now // 1000:
            self.flow.coast(now // 1000 + 1)

    def settle(self) -> None:
        """Bring history up to now for whoever wants to look; the World does not change."""
        self.flow.fill(self.world.now // 1000)
        self.history.until = self.world.now

    def finish(self) -> None:
        """Run to the end of the level and close the books."""
        self.advance(self.world.length)
        self.flow.coast(-(-self.world.length // 1000))
        for spell in self.history.phases:
            if spell.end < 0:
                spell.end = self.world.length

    # ---- commands -------------------------------------------------------------------------------------------------

    def refusal(self, action: Action) -> Refusal | None:
        """Return why this action would be refused now, without changing anything."""
        if DENIED in self.world.flags:
            denied = unauthorized(action, self.world.flags[DENIED])
            if denied is not None:
                return denied
        if kind_of(action) == "ops:BuyHint":
            return self._hint_refused(action)
        if kind_of(action) == "cloudwatch:SetAlarmState":
            named: Any = action
            refused: Refusal | None = named.check_alarms([row.name for row in self.telemetry.alarm_rows()])
            return refused
        return action.check(self.world)

    def submit(self, action: Action, author: str, line: str) -> Receipt:
        """Give a command that was not refused: it takes effect after everything due at this instant."""
        world = self.world
        self.before_command()
        subject = subject_of(action)
        receipt = Receipt(
            n=len(world.receipts) + 1, at=world.now, author=author, action=kind_of(action), subject=subject
        )
        world.receipts.append(receipt)
        given = Given(n=receipt.n, at=world.now, author=author, line=line, action=action)
        self.history.commands.append(given)
        self.clock.start(self._command(action, receipt, given))
        self.settle_instant()
        return receipt

    def _command(self, action: Action, receipt: Receipt, given: Given) -> Process:
        yield from self._pass_hands(receipt)
        receipt.state = given.state = "calling"
        refusal: Refusal | None = None
        if kind_of(action).startswith("ops:"):
            yield self.clock.wait(action.takes, kind_of(action), receipt.subject)
        else:
            refusal = yield from self.clock.api(action, self.scope_of(action))
        refusal = refusal or self.refusal(action)
        receipt.done = given.done = self.clock.now
        if refusal is not None:
            receipt.state = given.state = "failed"
            receipt.error, receipt.message = refusal.code, str(refusal)
            given.error, given.message = refusal.code, str(refusal)
            return
        receipt.state = given.state = "done"
        self._ops(action, given.author)
        if action.reads:
            given.output = action.output(self.world, self.telemetry)
        self.clock.start(self._evidence(given.line))
        yield from action.run(self.world, self.clock, receipt)
        if receipt.error:
            receipt.state = given.state = "failed"
            given.error, given.message = receipt.error, receipt.message

    def _pass_hands(self, receipt: Receipt) -> Process:
        """Commands pass through hands one after another; each takes its time."""
        takes = int(self.level.world.people.per_command)
        if takes <= 0:
            return
        now = self.clock.now
        hand = min(range(len(self._busy)), key=lambda i: (self._busy[i], i))
        free = max(now, self._busy[hand]) + takes
        self._busy[hand] = free
        yield self.clock.wait(free - now, "hands", receipt.subject, shown=True)

    def scope_of(self, action: Action) -> str:
        """Return whose control plane answers: the action's own, else its subject's Region, else the first Region."""
        if action.scope != "region":
            return action.scope
        if action.region:
            return action.region
        component = self.world.components.get(subject_of(action))
        if component is not None and component.region:
            return component.region
        return next(iter(self.world.regions), "")

    def _lost(self, store: str, writes: float, seconds: float, why: str) -> None:
        if writes > 0:
            self.history.losses.append(Loss(at=self.clock.now, store=store, writes=writes, seconds=seconds, why=why))
