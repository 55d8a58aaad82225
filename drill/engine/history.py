"""History: what was recorded while the simulation ran. The score and the debrief are folds over it; it decides nothing.

Seconds are simulated seconds since T+0. Arrays have one value per second and grow as time passes.
"""

from bisect import bisect_left
from typing import Any

import msgspec

#: Upper edges of the latency histogram, in ms. The last bucket is open.
LATENCY_EDGES: tuple[float, ...] = (
    5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 125, 150, 175, 200, 250, 300, 350, 400, 500, 600, 700, 800, 1000, 1200,
    1500, 1750, 2000, 2500, 3000, 4000, 5000, 6000, 8000, 10000, 15000, 20000, 30000,
)  # fmt: skip


class ClassTrack(msgspec.Struct, kw_only=True):
    """One request class. ``asks`` and ``good`` are indexed by the second of the user's first ask, so no player can
    move the denominator; a second's ``good`` is final once ``patience`` has passed."""

    name: str
    patience: int  # ms
    asks: list[float] = []
    good: list[float] = []
    answers: list[dict[float, float]] = []  # per second: how much was answered in it after how many ms
    reasons: dict[str, float] = {}  # failed asks by reason

    def p95(self, second: int) -> float:
        """Return the 95th percentile in ms of what was answered in ``second``; -1: nothing was."""
        ranked = sorted(self.answers[second].items()) if second < len(self.answers) else []
        if not ranked:
            return -1.0
        total = 0.0
        for _, amount in ranked:
            total += amount
        limit, seen = total * 0.95, 0.0
        for latency, amount in ranked:
            seen += amount
            if seen >= limit - 1e-9:
                return latency
        return ranked[-1][0]

    def histogram(self, start: int, end: int) -> list[float]:
        """Return the amounts answered in seconds ``start`` to ``end`` (left out), by bucket of LATENCY_EDGES."""
        counts = [0.0] * (len(LATENCY_EDGES) + 1)
        for second in range(start, min(end, len(self.answers))):
            for latency, amount in self.answers[second].items():
                counts[bisect_left(LATENCY_EDGES, latency)] += amount
        return counts


class Loss(msgspec.Struct, kw_only=True):
    """Acknowledged writes that no surviving copy holds: found out when a copy is promoted or restored."""

    at: int
    store: str
    writes: float
    seconds: float
    why: str


class Truth(msgspec.Struct, kw_only=True):
    """What really happened, for the debrief. ``kind``: fault, clear, state, loss, data, command."""

    at: int
    kind: str
    component: str
    text: str


class Known(msgspec.Struct, kw_only=True):
    """What the operators were shown, and when. ``kind``: alarm, notice, observation, evidence."""

    at: int
    kind: str
    subject: str
    text: str
    state: str = ""


class Given(msgspec.Struct, kw_only=True):
    """One command with what came of it. ``before`` and ``after``: share of good answers around it, for the debrief."""

    n: int
    at: int
    author: str
    line: str  # as the console writes it
    action: Any
    state: str = "waiting"
    error: str = ""
    message: str = ""
    output: str = ""
    done: int = -1


class Spell(msgspec.Struct, kw_only=True):
    """A phase as it was run: start and end in ms (-1: still open), and its full ``max``."""

    name: str
    start: int
    end: int = -1
    max: int = 0


class Bought(msgspec.Struct, kw_only=True):
    """A hint that was bought."""

    at: int
    hint: str
    cost: int


class Claim(msgspec.Struct, kw_only=True):
    """A status post or a declaration: what was said, and when."""

    at: int
    what: str  # "declare" or "status"
    text: str
    author: str = ""
    impact: str = ""  # the share of asks that fail, as it was said: "40%"
    eta: str = ""  # in how long all will be well: "10m"


class Steered(msgspec.Struct, kw_only=True):
    """What a facilitator did by hand. ``what``: the order's word, or ``fault``. A rewind stands where it went to."""

    at: int
    author: str
    what: str
    text: str


class History(msgspec.Struct, kw_only=True):
    """All of it."""

    classes: dict[str, ClassTrack] = {}
    spend: list[tuple[int, float, float]] = []  # (ms, spent so far, hourly from here on), when the rate changes
    losses: list[Loss] = []
    truths: list[Truth] = []
    known: list[Known] = []
    commands: list[Given] = []
    phases: list[Spell] = []
    hints: list[Bought] = []
    claims: list[Claim] = []
    orders: list[Steered] = []
    exposure: list[tuple[int, int]] = []  # (ms, open security findings), when it changes
    impact: int = -1  # ms of the first true impact on users, -1: none yet
    until: int = 0  # ms recorded so far

    def spent(self, at: int) -> float:
        """Return the US dollars spent by ``at``."""
        last = (0, 0.0, 0.0)
        for row in self.spend:
            if row[0] > at:
                break
            last = row
        return last[1] + last[2] * (at - last[0]) / 3_600_000
