"""Traffic: cohorts of requests on a grid of one second, and the queue that every server has.

The flow moves amounts, not single requests. A cohort is an amount of equal requests: same class, same second of the
user's first ask, same second of sending, same attempt. Ages are therefore known, clients give up on time, and work
whose client has gone is still done.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from drill.model.component import Hop

TINY = 1e-9  # requests; less than this is nothing


class Cohort(msgspec.Struct, gc=False):
    """An amount of equal requests on their way.

    ``cls``: index into ``Traffic.classes``; ``asked``: second of the user's first ask; ``sent``: second of this
    attempt; ``attempt``: 0 for the first; ``amount``: requests; ``latency``: ms spent in service so far; ``hops``:
    calls still to make; ``gone``: the client has given up on this attempt, or the ask was already judged.
    """

    cls: int
    asked: int
    sent: int
    attempt: int
    amount: float
    latency: float = 0.0
    hops: tuple[Hop, ...] = ()
    gone: bool = False
    judged: bool = False  # the ask counts as failed already; this is only load


class RequestClass(msgspec.Struct, kw_only=True):
    """One class of requests of one population, and its books. Amounts are requests since T+0."""

    name: str  # "shoppers.buy"
    population: str
    share: float
    patience: int  # ms
    tries: int  # retries after the first attempt
    gap: int  # ms before a retry
    staleness: int  # ms; -1: any age will do
    reads: float
    writes: float
    importance: int = 1
    offered: float = 0.0
    served: float = 0.0
    failed: dict[str, float] = {}
    waiting: float = 0.0


class Pool(msgspec.Struct, kw_only=True):
    """Clients that remember one DNS answer alike: target -> share, and how fast each share leaves, per second."""

    shares: dict[str, float] = {}
    leaving: dict[str, float] = {}
    period: int = 0  # seconds until a changed answer has reached all of them


class Population(msgspec.Struct, kw_only=True):
    """Users of one place: how many, where they enter, and what their resolvers remember."""

    name: str
    place: str
    enters: str
    rate: float = 0.0  # first asks per second now
    classes: list[int] = []
    honours_ttl: float = 1.0
    late_share: float = 0.0
    late_for: int = 0  # seconds
    prompt: Pool = msgspec.field(default_factory=Pool)
    late: Pool = msgspec.field(default_factory=Pool)


class Traffic(msgspec.Struct, kw_only=True):
    """All populations, classes, waiting clients and retries to come."""

    populations: dict[str, Population] = {}
    classes: list[RequestClass] = []
    deadlines: dict[int, list[Cohort]] = {}  # second -> cohorts whose clients give up then
    retries: dict[int, list[Cohort]] = {}  # second -> cohorts to be sent again
    stepped: int = -1  # the last second that was computed
    steady: bool = False  # the last step changed nothing: the flow sleeps


class Server(msgspec.Struct, kw_only=True):
    """What handles requests one after another: a queue and its books for the second just gone.

    ``want``: work it would have done unhindered; ``pace``: the share of its callers' wants that it lets in next.
    """

    queue: list[Cohort] = []
    head: int = 0
    waiting: float = 0.0  # requests in the queue
    wait: float = 0.0  # ms a request that comes now waits
    load: float = 0.0  # share of capacity used
    arrived: float = 0.0
    done: float = 0.0
    refused: float = 0.0
    want: float = 0.0
    pace: float = 1.0


class Flow(Protocol):
    """What a component may do with the requests that it is handed (the engine's flow, seen from the catalogue)."""

    second: int
    world: object

    def push(self, station: str, cohort: Cohort) -> None:
        """Pass a cohort on to a station later in the order."""

    def onward(self, cohort: Cohort) -> None:
        """The current server is done with it: make its next call, or answer the client."""

    def fail(self, cohort: Cohort, reason: str) -> None:
        """Answer the client with an error, now."""

    def hold(self, cohort: Cohort) -> None:
        """Let the client wait until it gives up, unless the cohort is passed on before."""
