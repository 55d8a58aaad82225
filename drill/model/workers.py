"""Workers of a control plane: one pool for every zone of its Region, and for everybody who calls it.

A call about a zone that is dead waits for an answer that does not come, and keeps its worker for as long. So a dead
zone takes the pool away from calls about all others: those wait in line, and where the line is full they are refused.
"""

import msgspec

from drill.model.units import SECOND

LONGEST = 60 * SECOND  # a call that has waited so long is given up


class Workers(msgspec.Struct, kw_only=True):
    """A pool of workers, and the line before it. Amounts are calls; all others' calls are one stream.

    ``count``: workers; ``queue``: calls that may wait; ``calls``: others' calls per second; ``takes``: ms that one
    needs its worker; ``stuck``: ms that one about a dead zone keeps it.
    """

    count: float
    queue: float
    calls: float
    takes: int
    stuck: int
    held: float = 0.0  # workers that calls about dead zones keep
    ends: dict[int, float] = {}  # second -> how many of those come free then
    waiting: float = 0.0  # calls in the line
    passed: float = 0.0  # calls that ever got a worker: whose turn it is
    refused: float = 0.0  # share of the calls of the second just gone that found the line full

    def busy(self) -> bool:
        """Tell whether it is otherwise than on a calm day."""
        return self.held > 0 or self.waiting > 0 or self.refused > 0

    def work(self, second: int, dead: float) -> None:
        """Let one second pass, in which the share ``dead`` of all calls is about dead zones."""
        if dead <= 0:  # whoever waited for them has an answer
            self.held, self.ends = 0.0, {}
        else:
            self.held = max(0.0, self.held - self.ends.pop(second, 0.0))
        free = max(0.0, self.count - self.held)
        each = (1.0 - dead) * self.takes / SECOND + dead  # workers that a call needs for this second
        wanted = self.waiting + self.calls
        done = min(wanted, free / each)
        over = max(0.0, wanted - done - self.queue)
        self.waiting = wanted - done - over
        self.passed += done
        self.refused = min(1.0, over / self.calls) if self.calls > 0 else 0.0
        if dead > 0 and done > 0:
            self.keep(second, done * dead)

    def keep(self, second: int, amount: float) -> None:
        """Let ``amount`` calls that were begun in ``second`` keep their workers until they are given up."""
        self.held += amount
        end = second + self.stuck // SECOND
        self.ends[end] = self.ends.get(end, 0.0) + amount
