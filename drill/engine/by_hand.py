"""By hand: what a facilitator may do to a script that is running: bring a rule forward, put it off, leave it out.

What was done stands in the World's flags, which are hashed; where nothing was done, nothing stands there.
"""

from __future__ import annotations

from typing import Any

from drill.level.level import ScriptRule
from drill.model.component import Process


class ByHand:
    """The part of a Script that is worked by hand. To be called within the calendar, as a process calls."""

    sim: Any
    fired: dict[str, int]

    def _effect(self, name: str, rule: ScriptRule) -> None:
        raise NotImplementedError

    def state(self, name: str) -> tuple[str, int]:
        """Return how a rule stands, and since when: ``came``, ``was skipped``, or ``waiting`` (a repeated one too)."""
        flags = self.sim.world.flags
        if flags.get(f"hand/{name}") == "skipped":
            return "was skipped", int(flags[f"skipped/{name}"])
        if name in self.fired and self.sim.level.script[name].repeat is None:
            return "came", self.fired[name]
        return "waiting", -1

    def fire(self, name: str) -> None:
        """Let a rule have its effect now, and not again when its own time comes."""
        flags, now = self.sim.world.flags, self.sim.world.now
        flags[f"hand/{name}"] = "fired"
        self.fired.setdefault(name, now)
        flags[f"fired/{name}"] = now
        self._effect(name, self.sim.level.script[name])

    def skip(self, name: str) -> None:
        """Let a rule never have its effect (again)."""
        self.sim.world.flags[f"hand/{name}"] = "skipped"
        self.sim.world.flags[f"skipped/{name}"] = self.sim.world.now

    def delay(self, name: str, ms: int) -> None:
        """Let a rule have its effect ``ms`` later."""
        flags = self.sim.world.flags
        flags[f"delay/{name}"] = int(flags.get(f"delay/{name}", 0)) + ms

    def _held_back(self, name: str) -> Process:
        """Wait for as long as a rule was delayed; meanwhile it may be delayed again."""
        flags, clock = self.sim.world.flags, self.sim.clock
        while ms := flags.pop(f"delay/{name}", 0):
            flags[f"held/{name}"] = clock.now + int(ms)
            yield clock.wait(int(ms), "script", name, first=True)
            del flags[f"held/{name}"]
