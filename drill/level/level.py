"""Level: a validated drill, as data. The YAML loader fills it; the engine, the score and certify read it.

Every map is keyed by id, so that an includes or a patch can name what it changes. Field docstrings are the format's
reference; the JSON Schema and the linter come from these classes.
"""

from typing import Any, Literal

import msgspec

from drill.level.rules import (
    UNANSWERED,
    AskSpec,
    CardSpec,
    Condition,
    DeckSpec,
    DemandSpec,
    Hint,
    Rule,
    Says,
    ScriptRule,
    Strict,
)
from drill.model.units import Duration, Money, Rate, Share

__all__ = [
    "UNANSWERED", "AlarmAction", "AlarmSpec", "AskSpec", "CanarySpec", "CardSpec", "ClassSpec", "Condition", "Curve",
    "Debrief", "DeckSpec", "DemandSpec", "DnsHabits", "EvidenceSpec", "Hint", "Late", "Level", "LinkSpec", "Measure",
    "Objective", "PeopleSpec", "Phase", "PopulationSpec", "RegionSpec", "Retries", "Rule", "Runbook", "Says",
    "ScriptRule", "SolutionRule", "Solutions", "Strict", "TelemetrySpec", "Tier", "WorldSpec", "WrongLesson",
    "ZoneSpec",
]  # fmt: skip

Tier = Literal["guided", "hinted", "blind"]
Measure = Literal["rto", "rpo", "availability", "latency", "spend", "exposure", "lost", "time-to", "claim", "updates"]


class ZoneSpec(Strict, kw_only=True):
    """An Availability Zone. ``pools``: launches that still fit, by instance type."""

    pools: dict[str, int] = {}


class RegionSpec(Strict, kw_only=True):
    """A Region. ``zones``: AZ ids, or a map from AZ id to what is special about it. ``vcpus``: the account's quota."""

    zones: list[str] | dict[str, ZoneSpec] = []
    vcpus: int = -1


class LinkSpec(Strict, kw_only=True):
    """A network path between two Regions."""

    between: tuple[str, str]
    latency: Duration = Duration(60)
    carries: Rate | None = None


class PeopleSpec(Strict, kw_only=True):
    """How fast commands can be given: they pass through hands one after another, at any speed of play."""

    hands: int = 1
    per_command: Duration = Duration(0)


class WorldSpec(Strict, kw_only=True):
    """The topology."""

    regions: dict[str, RegionSpec]
    links: dict[str, LinkSpec] = {}
    components: dict[str, Any]  # after loading: dict[str, Component]
    people: PeopleSpec = msgspec.field(default_factory=PeopleSpec)


class Curve(Strict, kw_only=True):
    """How many first asks come. ``curve``: [time, rate] points, joined by straight lines."""

    calm: Rate
    curve: list[tuple[Duration, Rate]] = []


class Late(Strict, kw_only=True):
    """Clients that hold on to a DNS answer past its TTL: which share, and for how long."""

    share: Share = Share(0)
    for_: Duration = msgspec.field(name="for", default=Duration(0))


class DnsHabits(Strict, kw_only=True):
    """How the population's resolvers behave. ``connections`` in the population adds those that never ask again."""

    honours_ttl: Share = Share(1)
    late: Late = msgspec.field(default_factory=Late)


class Retries(Strict, kw_only=True):
    """What a client does when an attempt fails: how many more tries, after which gap.

    ``backoff``: each gap is so many times the one before, up to ``cap``. ``jitter``: ``full`` spreads retries evenly
    over the gap. ``budget``: retries that are allowed for each first ask, over all clients.
    """

    tries: int = 0
    gap: Duration = Duration(1000)
    backoff: float = 1.0
    cap: Duration = Duration(0)  # 0s: no limit
    jitter: Literal["none", "full"] = "none"
    budget: Share | None = None


class ClassSpec(Strict, kw_only=True):
    """A class of requests. ``staleness``: the oldest data that is still a good answer."""

    share: Share = Share(1)
    importance: int = 1
    patience: Duration = Duration(3000)
    retries: Retries = msgspec.field(default_factory=Retries)
    staleness: Duration | None = None
    reads: float = 1.0
    writes: float = 0.0


class PopulationSpec(Strict, kw_only=True):
    """Users of one place. A level may write ``rate: 250/s``, which is short for ``rate: {calm: 250/s}``."""

    place: str = "users"
    enters: str
    rate: Curve
    dns: DnsHabits = msgspec.field(default_factory=DnsHabits)
    connections: Late = msgspec.field(default_factory=Late)
    classes: dict[str, ClassSpec] = {}


class AlarmAction(Strict, kw_only=True):
    """What an alarm does by itself when it comes into ``state``: one of these.

    A ``policy`` of the group ``of``; ``recover``, ``reboot`` or ``stop`` an instance; ``notify`` with a text.
    """

    state: Literal["ALARM", "OK", "INSUFFICIENT_DATA"] = "ALARM"
    policy: str = ""
    of: str = ""
    recover: str = ""
    reboot: str = ""
    stop: str = ""
    notify: str = ""


class AlarmSpec(Strict, kw_only=True):
    """A CloudWatch alarm. ``measure``: ``component.MetricName`` or ``population.success``.

    A composite alarm has a ``rule`` over other alarms instead, in CloudWatch's words: ``ALARM(a) AND NOT OK(b)``.
    """

    measure: str = ""
    rule: str = ""
    per: Literal["zone"] | None = None
    above: float | str | None = None
    below: float | str | None = None
    period: Duration = Duration(10_000)
    datapoints: str = "3 of 3"
    missing: Literal["missing", "breaching", "notBreaching", "ignore"] = "missing"
    via: str = ""
    actions: list[AlarmAction] = []


class CanarySpec(Strict, kw_only=True):
    """A canary asks ``hits`` for an answer each ``every``, from another Region (``from``) or from outside all of them.

    It publishes ``name.SuccessPercent``: 100 or 0, whatever the Region that it looks at can still say of itself.
    """

    hits: str
    every: Duration = Duration(60_000)
    from_: str = msgspec.field(name="from", default="")


class EvidenceSpec(Strict, kw_only=True):
    """Something that can be found out by a console line, once it can be known at all."""

    by: str
    takes: Duration = Duration(10_000)
    ready: Condition | None = None
    needs: list[str] = []
    says: str = ""
    true: bool = True


class TelemetrySpec(Strict, kw_only=True):
    """What monitoring stands on, and what it watches."""

    via: str = ""
    alarms: dict[str, AlarmSpec] = {}
    canaries: dict[str, CanarySpec] = {}
    evidence: dict[str, EvidenceSpec] = {}


class Phase(Strict, kw_only=True):
    """A stretch of the drill. ``prepare``, ``outage``, ``recovery`` and ``fail-back`` are usual names."""

    ends: Condition | None = None
    max: Duration
    pace: float | None = None
    budget: Money | None = None


class Objective(Strict, kw_only=True):
    """One measure of the score. ``par < target < zero``, all of them badness."""

    is_: Measure = msgspec.field(name="is")
    class_: str | None = msgspec.field(name="class", default=None)
    store: str | None = None
    queue: str | None = None
    phase: str | None = None
    floor: Share | None = None  # rto: the share of good answers below which it is down
    stable: Duration | None = None  # rto: unbroken time above the floor that ends an outage
    of: str | None = None  # time-to: the operation (DeclareIncident)
    by: Literal["seconds", "writes"] = "seconds"  # rpo
    carry: Duration | None = None  # spend: prices the rate left standing
    calm: bool = False  # spend: only up to the first fault, what was held ready while nothing was wrong
    par: str | float
    target: str | float
    zero: str | float
    weight: float = 1.0
    must: bool = False


class SolutionRule(Rule, kw_only=True):
    """One rule of a runbook: when it fires, it types ``do`` into the console. ``{z.zone}`` is what ``as: z`` saw."""

    do: list[str]


class Runbook(Strict, kw_only=True):
    """Rules played as an operator would, from telemetry only. ``think``: time between seeing and typing."""

    think: Duration = Duration(20_000)
    rules: dict[str, SolutionRule] = {}


class WrongLesson(Strict, kw_only=True):
    """A runbook that a wrong belief would play. ``loses``: the objective on which it must lose clearly."""

    name: str
    why: str
    think: Duration | None = None
    rules: dict[str, SolutionRule] = {}
    from_: str | None = msgspec.field(name="from", default=None)
    patch: dict[str, Any] = {}
    loses: str


class Solutions(Strict, kw_only=True):
    """How it is done, and how it is not. Never reaches a player's screen, a Frame or a run file."""

    reference: Runbook
    key: str | None = None  # rule of the reference without which it must lose (default: its first)
    wrong: list[WrongLesson] = []


class Debrief(Strict, kw_only=True):
    """What is said afterwards."""

    question: str = ""
    chain: list[str] = []
    concept: str = ""
    won: str = ""
    lost: str = ""
    what_if: list[str] = []
    history: str = ""


class Level(Strict, kw_only=True):
    """A drill. See the fields; ``docs/levels.md`` shows each of them at work."""

    drill: Literal[1]
    id: str
    title: str
    tier: Tier
    teaches: list[str]
    length: Duration
    brief: str = ""
    draws: dict[str, Any] = {}
    world: WorldSpec
    traffic: dict[str, PopulationSpec]
    telemetry: TelemetrySpec = msgspec.field(default_factory=TelemetrySpec)
    phases: dict[str, Phase] = {}
    script: dict[str, ScriptRule]
    objectives: dict[str, Objective]
    hints: dict[str, Hint] = {}
    solutions: Solutions
    debrief: Debrief = msgspec.field(default_factory=Debrief)
    sources: list[str] = []
