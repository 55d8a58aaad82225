"""Traffic: cohorts of requests on a grid of one second, and what the flow offers to those that handle them.

The flow moves amounts, not single requests. A cohort is an amount of equal requests: same class, same second of the
user's first ask, same second of sending, same attempt. Ages are therefore known, clients give up on time, and work
whose client has gone is still done.
"""

from typing import Any, Protocol

import msgspec

from drill.model.component import Hop

TINY = 1e-9  # requests; less than this is nothing
HAIR = 1.0 / 16_384  # requests; retries of two seconds that differ by less are as many
_PARTS = 402_653_184.0  # 1.5 x 2**28: see counted()
BURST = 10  # seconds of first asks whose retries a budget can save up (judgment)


def counted(amount: float) -> float:
    """Return ``amount`` in whole parts of 2**-24 (60 billionths of a request), as all amounts are.

    So their sums are exact in any order: seconds that are alike can be added up at once, and what has settled looks
    settled, instead of trembling in the last digits for ever.
    """
    return amount + _PARTS - _PARTS  # so large a float has no digits below 2**-24: they are rounded away


class Cohort(msgspec.Struct, gc=False):
    """An amount of equal requests on their way.

    ``cls``: index into ``Traffic.classes``; ``asked``: second of the user's first ask; ``sent``: second of this
    attempt; ``attempt``: 0 for the first; ``amount``: requests; ``latency``: ms spent so far; ``hops``: calls still to
    make, the one being made first; ``gone``: the client no longer waits for this attempt; ``judged``: the ask counts
    as failed already, so this is only load; ``held``: it is listed under the second in which its client gives up;
    ``via``: the component through which it came in (its address or load balancer), which counts how it ends;
    ``backup``: the component that has somebody else to ask when it fails (a distribution with an origin group).
    """

    cls: int
    asked: int
    sent: int
    attempt: int
    amount: float
    latency: float = 0.0
    hops: tuple[Hop, ...] = ()
    gone: bool = False
    judged: bool = False
    held: bool = False
    via: str = ""
    backup: str = ""

    def split(self, amount: float) -> "Cohort":
        """Take ``amount`` out of this cohort as one of its own (to be held again by whoever keeps it)."""
        amount = amount + _PARTS - _PARTS  # counted(), in the busiest of places
        self.amount -= amount
        return Cohort(
            self.cls,
            self.asked,
            self.sent,
            self.attempt,
            amount,
            self.latency,
            self.hops,
            self.gone,
            self.judged,
            False,
            self.via,
            self.backup,
        )


class RequestClass(msgspec.Struct, kw_only=True):
    """One class of requests of one population, and its books: requests since T+0, waiting ones left out."""

    name: str  # "shoppers.buy"
    population: str
    share: float
    patience: int  # ms
    tries: int  # retries after the first attempt
    gap: int  # seconds before a retry, at least 1
    staleness: int  # ms; -1: any age will do
    reads: float
    writes: float
    importance: int = 1
    backoff: float = 1.0  # each gap is so many times the one before
    cap: int = 0  # seconds: no gap is longer (0: no limit)
    jitter: bool = False  # retries are spread evenly over the gap
    budget: float = -1.0  # retries at most so many for each first ask; -1: no limit
    tokens: float = 0.0  # retries that the budget allows now
    offered: float = 0.0
    served: float = 0.0
    failed: dict[str, float] = {}

    def refill(self, asks: float, seconds: int = 1) -> None:
        """Let the first asks of each of ``seconds`` earn retries: what a few seconds earn can be kept."""
        earned = counted(self.budget * asks)
        self.tokens = min(self.tokens + earned * seconds, earned * BURST)

    def granted(self, amount: float) -> float:
        """Return how much of ``amount`` may be tried again, and take it from the budget."""
        if self.budget < 0:
            return amount
        allowed = min(amount, counted(self.tokens))
        self.tokens -= allowed
        return allowed

    def again(self, attempt: int, amount: float, second: int) -> list[tuple[int, float]]:
        """Return when how much of what failed in ``second`` is sent again; ``attempt``: 0 for the first."""
        if amount <= 0:
            return []
        gap = float(self.gap)
        for _ in range(attempt if self.backoff != 1.0 else 0):
            gap *= self.backoff
        seconds = max(1, int(gap))
        if self.cap:
            seconds = min(seconds, self.cap)
        if not self.jitter or seconds == 1:
            return [(second + seconds, amount)]
        each = counted(amount / seconds)
        return [(second + 1 + i, each if i else amount - each * (seconds - 1)) for i in range(seconds)]

    @property
    def waiting(self) -> float:
        """Return the first asks that are neither served nor failed yet."""
        left = self.offered - self.served
        for amount in self.failed.values():
            left -= amount
        return left


class Pool(msgspec.Struct, kw_only=True):
    """Clients that remember a DNS answer alike. ``period``: seconds until a changed answer has reached all of them.

    ``shares``: target -> share of the whole population; ``leaving``: what moves away from a target each second.
    """

    share: float = 1.0
    period: int = 0
    breaks: bool = False  # asks again at once when its target cannot be reached (a connection that was cut)
    answer: dict[str, float] = {}
    shares: dict[str, float] = {}
    leaving: dict[str, float] = {}
    ttl: int = -1  # seconds that answers given now may be kept
    frees: int = 0  # second by which the last answer that was given with a longer TTL has been forgotten


class Population(msgspec.Struct, kw_only=True):
    """Users of one place: how many, where they enter, and what their resolvers remember."""

    name: str
    place: str
    enters: str
    rate: float = 0.0  # first asks per second now
    calm: float = 0.0
    factor: float = 1.0
    classes: list[int] = []
    pools: list[Pool] = []


class Traffic(msgspec.Struct, kw_only=True):
    """All populations, classes, waiting clients and retries to come."""

    populations: dict[str, Population] = {}
    classes: list[RequestClass] = []
    deadlines: dict[int, list[Cohort]] = {}  # second -> cohorts whose clients give up then
    retries: dict[int, list[Cohort]] = {}  # second -> cohorts to be sent again
    echo: dict[int, float] = {}  # how many retries of which kind were sent in the last second
    stepped: int = -1  # the last second that was computed
    steady: bool = False  # the last step changed nothing: the flow sleeps

    def hold(self, cohort: Cohort) -> None:
        """List ``cohort`` under the second in which its client gives up."""
        if not (cohort.held or cohort.gone):
            cohort.held = True
            due = cohort.sent + self.classes[cohort.cls].patience // 1000 + 1
            waiting = self.deadlines.get(due)
            if waiting is None:
                self.deadlines[due] = [cohort]
            else:
                waiting.append(cohort)


class Flow(Protocol):
    """What a component may do with the requests that it is handed (the engine's flow, seen from the catalog)."""

    second: int
    changed: bool
    restless: bool  # what comes next depends on the time, not only on what is there now
    queues_moved: dict[str, bool]  # components at which the time that a call waits changed in this second
    version: int  # rises when anything but traffic touched the world: what follows from state may be remembered
    memo: dict[str, tuple[int, Any]]
    world: Any
    traffic: Traffic

    def push(self, station: str, cohort: Cohort) -> None:
        """Pass a cohort on to a station later in the order."""

    def onward(self, cohort: Cohort) -> None:
        """The current server is done with it: make its next call, or answer the client."""

    def fail(self, cohort: Cohort, reason: str) -> None:
        """Answer the client with an error, now."""

    def calls_of(self, component: Any) -> list[tuple[Hop, ...]]:
        """Return the calls that a request makes once ``component`` is done with it, by the index of its class."""

    def join(self, mine: tuple[Hop, ...], hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
        """Return the calls left once the first of ``hops`` was made, which itself leads to the calls ``mine``."""

    def pace_for(self, component: Any) -> float:
        """Return the share of its work that ``component`` may do: below 1 where what it calls is full."""


__all__ = ["HAIR", "TINY", "Cohort", "Flow", "Pool", "Population", "RequestClass", "Traffic", "counted"]
