"""The level's script and phases: rules that read the truth, each a process with one effect."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import msgspec

from drill.catalog import find
from drill.engine.by_hand import ByHand
from drill.engine.history import Known, Spell, Truth
from drill.engine.metrics import aging
from drill.engine.readers import holds
from drill.level.decks import cards, decks_of
from drill.level.figures import moment
from drill.level.level import UNANSWERED, AskSpec, Condition, Curve, Phase, ScriptRule
from drill.model.command import Fault
from drill.model.component import Process, kind_of
from drill.model.units import decode, duration_text
from drill.model.world import Notice

CURVE_STEP = 5_000  # ms: a demand curve moves in steps of this


def make_fault(rule: ScriptRule) -> Fault:
    """Return the fault that a rule of the script names."""
    cls = find(Fault, rule.fault or "")
    if cls is None:
        raise ValueError(f"no fault is called {rule.fault}")
    given = {**rule.with_, "fault": rule.fault, "target": rule.target}
    fault: Fault = msgspec.convert(given, cls, dec_hook=decode)
    return fault


class Script(ByHand):
    """Runs the rules and phases of one level in one simulation."""

    def __init__(self, sim: Any) -> None:
        self.sim = sim
        self.fired: dict[str, int] = {}
        self.faults: dict[str, Fault] = {}
        self.since: dict[str, dict[str, int]] = {}
        self.aging = [name for name, _, _ in aging(sim.world)]
        self.decks = decks_of(sim.level.draws)
        self.cards = cards(self.decks.values())

    def start(self) -> None:
        """Start everything that the level says happens."""
        clock, level = self.sim.clock, self.sim.level
        held = [rule for rules in self.cards.values() for rule in rules]  # cards wait to be dealt
        for name, rule in level.script.items():
            if name not in held:
                clock.start(self._run(name, rule))
        if level.phases:
            clock.start(self._phases(level.phases))
        for name, spec in level.traffic.items():
            if isinstance(spec.rate, Curve) and spec.rate.curve:
                clock.start(self._curve(name, spec.rate))

    # ---- triggers -------------------------------------------------------------------------------------------------

    def _run(self, name: str, rule: ScriptRule) -> Process:
        clock = self.sim.clock
        yield from self._trigger(name, rule)
        if rule.wait:
            yield clock.wait(int(rule.wait), "script", name, first=True)
        while True:
            yield from self._held_back(name)
            hand = self.sim.world.flags.get(f"hand/{name}")
            if hand == "skipped" or (hand and rule.repeat is None):
                return
            if hand:  # this time it came by hand already
                del self.sim.world.flags[f"hand/{name}"]
                yield clock.wait(int(rule.repeat or 0), "script", name, first=True)
                continue
            unless = rule.unless is not None and self._holds(rule.unless, f"{name}.unless")
            goes_on = rule.while_ is None or self._holds(rule.while_, f"{name}.while")
            if goes_on and not unless:
                self.fired.setdefault(name, clock.now)
                self.sim.world.flags[f"fired/{name}"] = clock.now
                self._effect(name, rule)
            if rule.repeat is None or not goes_on:
                return
            yield clock.wait(int(rule.repeat), "script", name, first=True)

    def _trigger(self, name: str, rule: ScriptRule) -> Process:
        clock = self.sim.clock
        if rule.at is not None:
            anchor, offset = moment(rule.at)
            if anchor == "end":
                offset = self.sim.world.length
            elif anchor:
                yield clock.until(lambda: self._phase_start(anchor) >= 0, "script", name)
                offset += self._phase_start(anchor)
            yield clock.wait(max(0, offset - clock.now), "script", name, first=True)
        elif rule.after is not None:
            other = rule.after.partition(".")[0]
            yield clock.until(lambda: other in self.fired, "script", name)
        elif rule.when is not None:
            yield from self._when(name, rule.when)

    def _when(self, name: str, condition: Condition) -> Process:
        """Wait for a condition; one with ``for`` is looked at again when its time is up."""
        clock = self.sim.clock
        on = reads(condition, self.aging)
        if condition.for_ is None:
            yield clock.until(lambda: self._holds(condition, name), "script", name, on)
            return
        bare = msgspec.structs.replace(condition, for_=None)
        while True:
            yield clock.until(lambda: self._holds(bare, name), "script", name, on)
            began = clock.now
            broken = clock.until(lambda: not self._holds(bare, name), "script", name, on)
            timer = clock.wait(int(condition.for_), "script", name)
            yield broken | timer
            if clock.now - began >= condition.for_ and self._holds(bare, name):
                return

    def _holds(self, condition: Condition, key: str) -> bool:
        return holds(condition, self.sim.truth, self.since.setdefault(key, {}))[0]

    def _phase_start(self, name: str) -> int:
        for spell in self.sim.history.phases:
            if spell.name == name:
                return int(spell.start)
        return -1

    # ---- effects --------------------------------------------------------------------------------------------------

    def _effect(self, name: str, rule: ScriptRule) -> None:
        sim, clock = self.sim, self.sim.clock
        if rule.fault is not None:
            self._strike(name, rule)
        elif rule.clear is not None and rule.clear in self.faults:
            fault = self.faults[rule.clear]
            if rule.recover:
                clock.start(self._recover(fault, rule, name))
            else:
                self.end_fault(rule.clear)
        elif rule.demand is not None:
            population = sim.world.traffic.populations[rule.demand.population]
            if rule.demand.rate is not None:
                population.calm = float(rule.demand.rate)
            if rule.demand.factor is not None:
                population.factor = float(rule.demand.factor)
            population.rate = population.calm * population.factor
            self._truth("demand", population.name, f"{population.rate:g} asks per second")
        elif rule.message is not None:
            sim.notify(rule.message.from_, rule.message.text, name)
        elif rule.ask is not None:
            self._ask(name, rule.ask)
        elif rule.deal is not None:
            clock.start(self._deal(rule.deal))

    def _deal(self, deck: str) -> Process:
        """Deal the hand that the seed has drawn: its first card now, each next one ``apart`` later."""
        clock, script = self.sim.clock, self.sim.level.script
        for n, card in enumerate(self.sim.world.draws[deck]):
            if n:
                yield clock.wait(int(self.decks[deck].apart), "deal", deck, first=True)
            for name in self.cards[card]:
                clock.start(self._run(name, script[name]))

    def _ask(self, name: str, ask: AskSpec) -> None:
        """Put a question to the operators; what they can choose is in the World from now on."""
        sim = self.sim
        sim.world.flags[f"question/{name}"] = {"choices": list(ask.choices), "answer": ""}
        sim.notify(ask.from_, question_text(name, ask), name)
        if ask.by is not None:
            sim.clock.start(self._close(name, ask.from_, int(ask.by)))

    def _close(self, name: str, source: str, by: int) -> Process:
        """Take a question that nobody has answered in time for unanswered."""
        yield self.sim.clock.wait(by, "script", name, first=True)
        asked = self.sim.world.flags[f"question/{name}"]
        if not asked["answer"]:
            asked["answer"] = UNANSWERED
            self.sim.notify(source, f"nobody answered {name}", f"{name}/{UNANSWERED}")

    def _strike(self, name: str, rule: ScriptRule) -> None:
        clock, fault = self.sim.clock, make_fault(rule)
        self.strike(name, fault, fault.summary or kind_of(fault))
        if rule.recover:
            clock.start(self._recover(fault, rule, name))
        elif rule.for_ is not None:
            clock.start(self._clear_after(fault, int(rule.for_), name))

    def strike(self, name: str, fault: Fault, text: str) -> None:
        """Let a fault strike now; from here on it is known by ``name``."""
        self.faults[name] = fault
        fault.strike(self.sim.world)
        self.sim.clock.start(fault.aftermath(self.sim.world, self.sim.clock))
        self._truth("fault", fault.target, text)

    def end_fault(self, name: str) -> None:
        """End the fault that is known by ``name``, as far as it can be undone."""
        fault = self.faults[name]
        fault.clear(self.sim.world)
        self._truth("clear", fault.target, f"over: {fault.summary or kind_of(fault)}")

    def _clear_after(self, fault: Fault, ms: int, name: str) -> Process:
        yield self.sim.clock.wait(ms, "fault", name, first=True)
        fault.clear(self.sim.world)
        self._truth("clear", fault.target, f"over: {fault.summary or kind_of(fault)}")

    def _recover(self, fault: Fault, rule: ScriptRule, name: str) -> Process:
        began = self.sim.clock.now
        after = int(rule.for_ or 0)
        for at, share in rule.recover:
            yield self.sim.clock.wait(max(0, began + after + int(at) - self.sim.clock.now), "fault", name, first=True)
            fault.recover(self.sim.world, float(share))
            self._truth("clear", fault.target, _back_text(float(share)))

    def _truth(self, kind: str, component: str, text: str) -> None:
        self.sim.history.truths.append(Truth(at=self.sim.world.now, kind=kind, component=component, text=text))

    # ---- phases and demand ----------------------------------------------------------------------------------------

    def _phases(self, phases: dict[str, Phase]) -> Process:
        clock, history = self.sim.clock, self.sim.history
        for name, phase in phases.items():
            spell = Spell(name=name, start=clock.now, max=int(phase.max))
            history.phases.append(spell)
            self.sim.world.flags["phase"] = name
            timer = clock.wait(int(phase.max), "phase", name)
            if phase.ends is not None:
                ends = phase.ends
                on = reads(ends, self.aging)
                over = clock.until(lambda c=ends, n=name: self._holds(c, f"phase.{n}"), "phase", name, on)
                yield over | timer
            else:
                yield timer
            spell.end = clock.now

    def _curve(self, name: str, spec: Curve) -> Process:
        clock = self.sim.clock
        population = self.sim.world.traffic.populations[name]
        last = int(spec.curve[-1][0])
        while clock.now <= last:
            rate = rate_at(spec, clock.now)
            if rate != population.calm:
                population.calm = rate
                population.rate = rate * population.factor
            yield clock.wait(CURVE_STEP, "demand", name, first=True)


def question_text(name: str, ask: AskSpec) -> str:
    """Return a question with its choices as the feed shows it, and how it is answered."""
    choices = "; ".join(f"{choice}: {text}" for choice, text in ask.choices.items())
    by = f" within {duration_text(int(ask.by))}" if ask.by is not None else ""
    return f"{ask.text} [{choices}] Answer{by}: ops answer --question {name} --choice ID"


def _back_text(share: float) -> str:
    """Say how much of what a fault has hit works again."""
    return "all that was hit is back" if share >= 1 else f"{share * 100:.0f} % of what was hit is back"


def reads(condition: Condition, aging: Container[str] = ()) -> str:
    """Return what can make a condition true: ``traffic`` when it measures, ``seconds`` when time alone can do it (an
    inner `for`, a measure that is in ``aging``), else ``events``."""
    inner = [*(condition.all or []), *(condition.any or []), *([condition.not_] if condition.not_ else [])]
    below = [reads(each, aging) for each in inner]
    if condition.measure in aging or any(each.for_ for each in inner) or "seconds" in below:
        return "seconds"
    return "traffic" if condition.measure is not None or "traffic" in below else "events"


def rate_at(spec: Curve, now: int) -> float:
    """Return the rate of a demand curve at ``now``: straight lines between its points, calm before the first."""
    before_at, before = 0, float(spec.calm)
    for at, rate in spec.curve:
        if now < at:
            return before + (float(rate) - before) * (now - before_at) / max(1, int(at) - before_at)
        before_at, before = int(at), float(rate)
    return before


def received(sim: Any, source: str, text: str, name: str) -> None:
    """Write a message that reached the operators into the World and the history."""
    sim.world.notices.append(Notice(at=sim.clock.now, source=source, id=name))
    sim.history.known.append(Known(at=sim.clock.now, kind="notice", subject=source, text=text))
