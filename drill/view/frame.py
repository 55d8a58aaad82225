"""Frame: a frozen view-model of one instant, made from Telemetry, that any front end draws. Nothing here is the truth.

Words for state are one vocabulary everywhere, so that color is never alone:
``ok`` (calm), ``warn`` (needs a look), ``bad`` (needs a decision), ``busy`` (on its way), ``off`` (not in use),
``unknown`` (not known any more).
"""

from typing import Literal

import msgspec

State = Literal["ok", "warn", "bad", "busy", "off", "unknown"]

#: Load (0..1 and beyond) from which a look is worth it, and from which a decision is due: what is shown as 100 %.
HOT, FULL = 0.85, 0.995

NOT_TOLD = -1  # the seed, for whom it could tell what is to come


class Gauge(msgspec.Struct, frozen=True, kw_only=True):
    """One objective while it runs. ``left``: share of the budget from 0 to zero-points that is still there."""

    name: str
    label: str  # "RTO"
    actual: str  # "01:52", "97.4 %", "$0.61"
    target: str  # "05:00"
    left: float  # 1.0 untouched .. 0.0 spent
    state: State
    must: bool = False


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """What users feel, as far as monitoring knows. ``success`` None: no data."""

    success: float | None
    p95: float | None  # ms
    rate: float | None  # asks per second
    history: tuple[float | None, ...] = ()  # success per sample, oldest first
    state: State = "ok"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A population of users and where its traffic goes."""

    name: str
    place: str
    rate: float | None
    enters: str
    failed: float | None = None
    state: State = "ok"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One component (or its part in one zone) on the map."""

    id: str  # component name, or "web-asg/use1-az1"
    component: str
    kind: str
    glyph: str
    ascii: str
    title: str
    region: str = ""  # "" global
    zone: str = ""  # "" regional
    tier: int = 50
    state: State = "ok"
    word: str = ""  # "running", "3 of 3", "no power"
    role: str = ""  # "primary", "replica", "standby"
    load: float | None = None  # 0..1 and beyond
    rate: float | None = None  # requests per second
    failed: float | None = None  # failures per second
    sheds: str = ""  # "sheds 30 %": what it was told to turn away
    lines: tuple[str, ...] = ()  # further facts, most important first ("lag 3.1 s")
    progress: tuple[str, float | None, int] | None = None  # ("boot", 0.4, ms left); share None: no end known
    seen: int | None = None  # ms since it was last known, when that is not now
    changed: int = -1  # ms, when state or word last changed

    @property
    def phrase(self) -> str:
        """The word, where there is room to say what it counts: of a group's part, the healthy of those that run."""
        return f"{self.word} healthy" if self.id != self.component and " of " in self.word else self.word


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """Traffic or replication from one card to another. ``kind`` traffic | standby | replication."""

    source: str
    target: str
    kind: Literal["traffic", "standby", "replication"] = "traffic"
    rate: float | None = None
    failed: float | None = None
    state: State = "ok"
    label: str = ""


class ZoneBox(msgspec.Struct, frozen=True, kw_only=True):
    """One Availability Zone."""

    name: str
    state: State = "ok"
    word: str = ""


class RegionBox(msgspec.Struct, frozen=True, kw_only=True):
    """One Region, its zones in order, and what its control planes look like."""

    name: str
    zones: tuple[ZoneBox, ...] = ()
    state: State = "ok"
    note: str = ""  # "EC2 API slow 4 s"


class AlarmRow(msgspec.Struct, frozen=True, kw_only=True):
    """One CloudWatch alarm. ``state`` is AWS's word: OK, ALARM, INSUFFICIENT_DATA."""

    name: str
    state: str
    text: str  # "189/s > 10/s"
    since: int


class FeedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the feed. ``source``: you, ec2, health, support, alarm, drill..."""

    at: int
    source: str
    text: str
    state: State = "ok"


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Something on the timeline. ``kind``: fault (only once known), alarm, action, message, end."""

    at: int
    kind: str
    text: str
    until: int = -1
    state: State = "ok"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Work on its way that an operator can see. ``share`` None: no end known."""

    what: str
    who: str
    share: float | None
    left: int | None  # ms


class Echo(msgspec.Struct, frozen=True, kw_only=True):
    """One command given and what became of it. ``state``: waiting, calling, done, failed, refused."""

    n: int
    at: int
    author: str
    line: str
    state: str
    text: str = ""  # the error, or the output of a reading command
    took: int | None = None


class HintOffer(msgspec.Struct, frozen=True, kw_only=True):
    """The next hint, if one is for sale: its price; its text once bought."""

    id: str
    cost: int
    text: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question that waits for an answer: who asks, and what can be chosen, as (id, words)."""

    id: str
    source: str
    text: str
    choices: tuple[tuple[str, str], ...]
    left: int | None = None  # ms until it closes; None: it stays open


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Why one might end the drill now: it can no longer be won, or all is well again."""

    kind: Literal["lost", "well"]
    text: str


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of one component, one value per period, None where no data came."""

    name: str
    unit: str
    values: tuple[float | None, ...]
    period: int  # ms
    until: int  # ms, end of the last period


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One instant as an operator can know it."""

    level: str
    title: str
    tier: str
    seed: int  # or NOT_TOLD
    operator: str
    now: int  # ms
    length: int  # ms
    phase: str = ""
    over: bool = False
    users: Users
    spend: float  # US dollars so far
    hourly: float  # US dollars per hour now
    gauges: tuple[Gauge, ...] = ()
    deadline: tuple[int, str] | None = None  # (ms, "RTO runs out")
    sources: tuple[Source, ...] = ()
    cards: tuple[Card, ...] = ()
    lanes: tuple[Lane, ...] = ()
    regions: tuple[RegionBox, ...] = ()
    alarms: tuple[AlarmRow, ...] = ()
    feed: tuple[FeedRow, ...] = ()
    marks: tuple[Mark, ...] = ()
    jobs: tuple[Job, ...] = ()
    echoes: tuple[Echo, ...] = ()
    hints: tuple[HintOffer, ...] = ()
    next_hint: HintOffer | None = None
    asked: tuple[Asked, ...] = ()
    guide: str = ""  # what a guided level says to do now
    guide_plain: str = ""  # the same in words for line-by-line play
    closing: Closing | None = None
    entries: int = 0
    saving: bool = True
