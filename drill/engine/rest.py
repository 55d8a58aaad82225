"""Rest: when the next second need not be computed, because it will be like the last one.

*Calm*: nothing waits and nothing changed; Traffic.steady says so. *Repeating*: a failure has found its shape, and all
that differs from the second before is that it is a second later: every cohort, and every count by the same amount. Or
all is calm but for what *drifts*: a replica falls behind, or resolvers move between nodes that do the same, and no ask
fares differently for it; then these alone are moved on. What follows from a World like that is known, until something
touches it. Amounts are counted in whole parts (``counted``), so adding up many seconds at once gives exactly what
computing each of them would give.
"""

from __future__ import annotations

from typing import Any

from drill.engine.history import History
from drill.engine.ledger import Ledger
from drill.engine.wiring import Wiring
from drill.model.traffic import Cohort
from drill.model.world import World

PATIENCE = 32  # at most so many seconds until a failure is looked at again that looked settled and was not


class Rest(Wiring, Ledger):
    """Tells when the flow may sleep, and moves what it left behind through the seconds slept."""

    restless: bool  # something moves by itself in this second, whatever the requests do
    version: int
    queues_moved: dict[str, bool]

    def __init__(self, world: World, history: History) -> None:
        Wiring.__init__(self, world)
        Ledger.__init__(self, world, history)
        self.repeats = False
        self.drifting: list[Any] = []  # components and populations that moved in this second, and no request with them
        self._shape: tuple[int, int, bytes] = (-1, -1, b"")  # what the World looked like after a second of a version
        self._still = 0  # seconds in which the books have been alike
        self._again_at = 0
        self._patience = 1

    @property
    def asleep(self) -> bool:
        """Whether the next second is known: nobody needs to compute it."""
        return self.traffic.steady or self.repeats

    def coast(self, second: int) -> None:
        """Bring books, cohorts and history to the end of the second before ``second``: each was like the last step."""
        if self.drifting:
            self.drift(second)
        slept = second - self.traffic.stepped - 1
        if slept <= 0 or self.traffic.stepped < 0:
            return
        self.fill(second)
        self._pass(slept)

    def _pass(self, seconds: int) -> None:
        """Let ``seconds`` like the last one pass over the World (below 0: take them back)."""
        self._add(seconds)
        for component in self._coasters:
            component.coast(self.world, seconds)
        if not self.traffic.steady:
            self._later(seconds)
        self.traffic.stepped += seconds

    def drift(self, second: int) -> None:
        """Bring what drifts to the end of the second before ``second``, or until it has come to rest: all is calm."""
        seconds, calm = 0, not self.drifting
        for at in range(self.traffic.stepped + 1, second):
            if calm:
                break
            seconds += 1
            calm = not [what for what in self.drifting if self._drift(what, at)]
        if seconds:
            self.fill(self.traffic.stepped + 1 + seconds)
            self._add(seconds)
            for component in self._coasters:
                if not any(component is what for what in self.drifting):
                    component.coast(self.world, seconds)
            self.traffic.stepped += seconds
        if calm and self.drifting:
            self.drifting.clear()
            self.repeats, self.traffic.steady = False, True

    def _drift(self, what: Any, second: int) -> bool:
        """Move one thing that drifts on by ``second`` (the flow's)."""
        raise NotImplementedError

    def _later(self, seconds: int) -> None:
        """Move every request that waits, or will be sent again, by ``seconds``."""
        traffic = self.traffic
        cohorts: dict[int, Cohort] = {}
        rows = [*traffic.deadlines.values(), *traffic.retries.values(), *(server.queue for server in self._queues)]
        for row in rows:
            for cohort in row:
                cohorts[id(cohort)] = cohort  # who waits stands under a deadline and in a queue
        for cohort in cohorts.values():
            cohort.asked += seconds
            cohort.sent += seconds
        traffic.deadlines = {at + seconds: row for at, row in traffic.deadlines.items()}
        traffic.retries = {at + seconds: row for at, row in traffic.retries.items()}

    def _rest(self, second: int) -> None:
        """Decide after ``second`` was computed whether the next one is known."""
        self.repeats = False
        drifting = bool(self.drifting)
        self.traffic.steady = not (self.changed or drifting)
        if drifting and not self.changed:
            self.repeats, self._still = True, 0
            return
        self.drifting.clear()
        moves = not self.changed or self.restless or drifting or self.queues_moved or not self.alike
        self._still = 0 if moves else self._still + 1
        if self._still > 1 and second >= self._again_at:
            before, self._shape = self._shape, (second, self.version, b"")
            if before[:2] == (second - 1, self.version):
                self.repeats = self._is_later(before[2])
            if not self.repeats:
                self._shape = (second, self.version, self.world.shape())

    def _is_later(self, before: bytes) -> bool:
        """Tell whether the World is as it was a second ago, when it looked like ``before``, but for that second."""
        self._pass(-1)
        alike = self.world.shape() == before
        self._pass(1)
        self._patience = 1 if alike else min(PATIENCE, 2 * self._patience)
        self._again_at = self.second if alike else self.second + self._patience
        return alike
