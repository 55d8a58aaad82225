"""People: what they do outside AWS. They declare, say how things are, buy hints, and find things out."""

from __future__ import annotations

from typing import Any

from drill.engine.clock import Clock
from drill.engine.history import Bought, Claim, History
from drill.engine.readers import Facts, holds
from drill.engine.script import Script, received
from drill.engine.telemetry import Telemetry
from drill.level.level import Level
from drill.model.command import Refusal
from drill.model.component import Process, kind_of
from drill.model.world import World


class People:
    """The part of a simulation that is no API call."""

    level: Level
    history: History
    world: World
    clock: Clock
    telemetry: Telemetry
    truth: Facts
    script: Script

    def _ops(self, action: Any, author: str) -> None:
        tag = kind_of(action)
        now = self.clock.now
        if tag == "ops:DeclareIncident":
            self.history.claims.append(Claim(at=now, what="declare", text=f"severity {action.severity}", author=author))
        elif tag == "ops:PostStatus":
            said = Claim(
                at=now, what="status", text=action.text, author=author, impact=action.impact, eta=action.eta
            )  # fmt: skip
            self.history.claims.append(said)
        elif tag == "ops:BuyHint":
            hint = self.level.hints[action.hint_id]
            self.history.hints.append(Bought(at=now, hint=action.hint_id, cost=hint.cost))
            self.world.flags[f"hint/{action.hint_id}"] = now

    def offered(self, name: str) -> bool:
        """Tell whether a hint can be bought now: its time has come, and what it says is still to be done."""
        return self._due(name) and not self._idle(name)

    def _idle(self, name: str) -> bool:
        unless = self.level.hints[name].unless
        return unless is not None and self.telemetry.holds(unless, {})[0]

    def _due(self, name: str) -> bool:
        hint = self.level.hints[name]
        if hint.after is not None:
            fired = self.script.fired.get(hint.after, -1)
            return fired >= 0 and self.world.now >= fired + hint.wait
        return self.world.now >= (hint.at or 0) + hint.wait

    def _hint_refused(self, action: Any) -> Refusal | None:
        if action.hint_id not in self.level.hints or not self._due(action.hint_id):
            return Refusal(code="NoHint", message="there is no such hint yet", operation="BuyHint")
        if self._idle(action.hint_id):
            return Refusal(code="NoHint", message="this hint would help nobody as things are", operation="BuyHint")
        if f"hint/{action.hint_id}" in self.world.flags:
            return Refusal(code="NoHint", message="this hint was bought already", operation="BuyHint")
        return None

    def _evidence(self, line: str) -> Process:
        """A console line that finds something out: after the time it takes, if it can be known by then."""
        for name, spec in self.level.telemetry.evidence.items():
            if spec.by.split() != line.split() or name in self.telemetry.evidence:
                continue
            if any(need not in self.telemetry.evidence for need in spec.needs):
                continue
            yield self.clock.wait(int(spec.takes), "find out", name, shown=True)
            if spec.ready is not None and not self.telemetry_truth(spec.ready):
                continue
            self.telemetry.evidence[name] = self.clock.now
            self.world.flags[f"evidence/{name}"] = self.clock.now
            self.notify("evidence", spec.says, name)

    def telemetry_truth(self, condition: Any) -> bool:
        """Tell whether a condition holds in truth."""
        return holds(condition, self.truth, {})[0]

    def notify(self, source: str, text: str, name: str) -> None:
        """Let a message reach the operators."""
        received(self, source, text, name)
