"""Route 53 records. Answering and failing over is the data plane: it goes on when the API in us-east-1 does not."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.catalog.route53.checks import INTERVALS, PRICE, TIMEOUT, CheckState, HealthCheck
from drill.catalog.route53.checks import watch as watch_endpoint
from drill.model.component import STATE, Component, Metric, Process, kind_of, ref
from drill.model.units import Duration
from drill.model.world import World

FOLLOWS = 5_000  # ms until name servers follow a routing control or an alarm (typical)
MOST = 8  # answers of a multivalue record


class Check(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A health check of the endpoint: ``interval`` 10 s or 30 s, ``threshold`` answers in a row in either direction.

    With ``control`` it follows a routing control, with ``alarm`` a CloudWatch alarm, with ``of`` other health checks;
    with ``id`` it is one that stands on its own.
    """

    interval: Duration = Duration(30_000)  # 10s or 30s
    threshold: int = 3  # answers in a row, in either direction
    inverted: bool = False  # healthy counts as unhealthy: a failover on purpose
    disabled: bool = False  # counts as healthy
    control: str = ""  # panel/control: healthy while it is On
    alarm: str = ""  # healthy while this alarm is OK
    insufficient: Literal["Healthy", "Unhealthy", "LastKnownStatus"] = "LastKnownStatus"  # when the alarm has no data
    of: list[str] = []  # other checks, as record/answer: healthy while ``least`` of them are
    id: Annotated[str, ref("route53.health-check")] = ""
    least: int = 1  # checks of ``of`` that must be healthy


class Answer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One record of the set. ``to`` names what it points at; without a check it counts as healthy."""

    to: Annotated[str, ref()]
    check: Check | None = None
    weight: int = 1  # share among weighted answers
    near: dict[str, Duration] = {}  # place of users -> latency from there: latency records answer with the nearest
    evaluate: bool = False  # EvaluateTargetHealth: unhealthy too when the load balancer has no healthy target


class Record(Component, kw_only=True, tag="route53.record"):
    """A DNS name. ``simple`` answers with its one target; ``failover`` with the first healthy of primary, secondary.

    When both are unhealthy the answer is the primary. ``weighted`` spreads users by weight, ``latency`` sends them to
    the nearest, ``multivalue`` gives up to eight; where all are unhealthy, all count as healthy. Clients keep an answer
    for the TTL, and some keep it longer.
    """

    title = "Route 53 record"
    glyph = "◆"
    ascii = "*"
    tier = 10
    scope = "global"
    metrics = (
        Metric(
            "HealthCheckStatus",
            "healthy",
            lambda it, w: min([1.0 if s.healthy else 0.0 for s in it.checks.values()], default=None),
            "min",
        ),
    )
    figures = {
        "health check": "every 30 s or 10 s, 3 answers in a row, more than 18 % of checkers (documented)",
        "both unhealthy": "the primary is returned (documented)",
        "change": "up to 60 s until all name servers have it (documented)",
    }
    sources = (
        "Route 53 developer guide: how Route 53 chooses records when health checking is configured",
        "Route 53 API reference: ChangeResourceRecordSets",
    )

    domain: str  # the name that users ask for
    policy: Literal["simple", "failover", "weighted", "latency", "multivalue"] = "simple"
    cname: bool = False  # a CNAME keeps its own TTL; an alias has its target's, where that is shorter
    ttl: Duration = Duration(60_000)  # how long an answer may be remembered
    answers: dict[str, Answer]  # `primary` and `secondary` of failover, any names otherwise
    checks: Annotated[dict[str, CheckState], STATE] = {}
    published: Annotated[dict[str, Answer], STATE] = {}  # what name servers answer from; follows ``answers``
    published_ttl: Annotated[int, STATE] = 0  # ms
    busy_until: Annotated[int, STATE] = 0  # ms: until then its last change is being processed

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        names = list(self.answers)
        if self.policy == "failover" and sorted(names) != ["primary", "secondary"]:
            yield "a failover record has the answers `primary` and `secondary`"
        if self.policy == "simple" and len(names) != 1:
            yield "a simple record has one answer"
        for name, answer in self.answers.items():
            if self.policy == "latency" and not answer.near:
                yield f"a latency record says how far `{name}` is from whom: near: {{Europe: 20ms}}"
            if answer.evaluate and is_cdn(answer.to, world):
                yield f"`{name}` cannot evaluate the health of a CloudFront distribution"
            if answer.check is not None:
                yield from self._check_problems(name, answer.check, world)
            if answer.check is not None and answer.check.interval not in INTERVALS:
                yield f"the health check of `{name}` runs every 10s or 30s"

    def _check_problems(self, name: str, check: Check, world: World) -> Iterator[str]:
        panel, _, control = check.control.partition("/")
        if check.control and control not in getattr(world.components.get(panel), "controls", {}):
            yield f"the health check of `{name}` follows a routing control, as panel/control; {check.control!r} is none"
        for other in check.of:
            owner, _, answer = other.partition("/")
            if answer not in getattr(world.components.get(owner), "answers", {}):
                yield f"the health check of `{name}` counts checks, as record/answer; {other!r} is none"
        if len([kind for kind in (check.control, check.alarm, check.of, check.id) if kind]) > 1:
            yield f"the health check of `{name}` follows one thing: a control, an alarm or other checks"

    def begin(self, world: World) -> None:
        """Everything is published and healthy."""
        self.published = dict(self.answers)
        self.published_ttl = int(self.ttl)
        self.checks = {name: CheckState() for name, a in self.answers.items() if a.check is not None}

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return one health check per answer that has one."""
        for name in self.checks:
            yield check_of(self, name, world, clock)

    def leads_to(self, components: dict[str, Any]) -> Iterable[str]:
        """It may be changed to point at anything that takes requests, but not at other names."""
        return [n for n, c in components.items() if type(c).serve is not Component.serve or n in self._targets()]

    def _targets(self) -> list[str]:
        return [a.to for a in self.answers.values()]

    def healthy(self, name: str, world: World) -> bool:
        """Tell whether Route 53 holds one answer for healthy: its check, and its target where an alias evaluates it."""
        answer, state = self.published[name], self.checks.get(name)
        if answer.evaluate and answer.to in world.components and not world.components[answer.to].alias_healthy(world):
            return False
        if answer.check is None or state is None or answer.check.disabled:
            return True
        return state.healthy != answer.check.inverted

    def answer(self, world: World) -> dict[str, float]:
        """Return what is answered now to users of no particular place."""
        return self.answer_for(world, "")

    def answer_for(self, world: World, place: str) -> dict[str, float]:
        """Return what is answered now to users at ``place``."""
        rows = self.published
        if self.policy == "failover":
            if self.healthy("primary", world) or not self.healthy("secondary", world):
                return {rows["primary"].to: 1.0}
            return {rows["secondary"].to: 1.0}
        names = [n for n in rows if self.healthy(n, world)] or list(rows)
        if self.policy == "latency":
            return {rows[min(names, key=lambda n: (rows[n].near.get(place, 10_000), n))].to: 1.0}
        weights = {n: 1 if self.policy == "multivalue" else rows[n].weight for n in names[:MOST]}
        if self.policy == "weighted":
            weights = self._weights(names)
        total = 0
        for weight in weights.values():
            total += weight
        shares: dict[str, float] = {}
        for name, weight in weights.items():
            shares[rows[name].to] = shares.get(rows[name].to, 0.0) + weight / total
        return shares

    def _weights(self, healthy: list[str]) -> dict[str, int]:
        """Return the weights that count: of healthy answers above 0, else of healthy ones at 0, else of all alike."""
        rows = self.published
        if any(rows[n].weight for n in healthy):
            return {n: rows[n].weight for n in healthy if rows[n].weight}
        if len(healthy) < len(rows) or not any(row.weight for row in rows.values()):
            return dict.fromkeys(healthy, 1)
        return {n: row.weight for n, row in rows.items() if row.weight}

    def ttl_seconds(self, world: World) -> int:
        """Return the TTL."""
        return self.published_ttl // 1000

    def observed(self, world: World) -> dict[str, Any]:
        """Return what the record answers, and each check as Route 53 holds it."""
        current = list(self.answer(world))
        down = [name for name in self.published if not self.healthy(name, world)]
        off = [name for name in down if (check := self.published[name].check) is not None and check.control]
        failed = [name for name in down if name not in off]
        notes = [f"check failed: {', '.join(failed)}"] if failed else []
        if off:
            notes.append(f"switched off: {', '.join(off)}")
        word = "answers " + ", ".join(current)
        return {
            "state": word,
            "health": "warn" if failed else "ok",
            "note": "; ".join(notes),
            "answers": current,
            "standby": [a.to for a in self.published.values() if a.to not in current],
            "checks": {name: self.healthy(name, world) for name in self.published if name in self.checks},
            "policy": self.policy,
            "ttl": self.published_ttl // 1000,
        }

    def hourly(self, world: World) -> float:
        """Return the price of its health checks."""
        return float(self.price) if self.price is not None else PRICE * len(self.checks)


def is_cdn(name: str, world: World) -> bool:
    """Tell whether an alias of this target cannot evaluate its health: CloudFront says nothing of its own."""
    found = world.components.get(name)
    return found is not None and kind_of(found).startswith("cloudfront.")


def check_of(record: Record, name: str, world: World, clock: Any) -> Process:
    """Return the process that keeps one answer's check: its endpoint is asked, or what it follows is looked at."""
    state, check = record.checks[name], record.answers[name].check
    assert check is not None
    if check.control or check.alarm or check.of or check.id:
        return _follow(record, state, check, world, clock)

    def passes() -> bool:
        target = world.components.get(record.published[name].to)
        return target is not None and target.responds(world, TIMEOUT)

    who = f"{record.name}/{name}"
    return watch_endpoint(state, int(check.interval), check.threshold, passes, who, world, clock)


def _follow(record: Record, state: CheckState, check: Check, world: World, clock: Any) -> Process:
    """Follow a routing control, an alarm or other checks: no endpoint is asked."""

    def now() -> bool:
        found = _followed(check, world)
        return state.healthy if found is None else found

    while not state.deleted:
        yield clock.until(lambda: now() != state.healthy or state.deleted, "health check", record.name, quiet=True)
        yield clock.wait(FOLLOWS, "health check", record.name)
        if now() != state.healthy and not state.deleted:
            state.healthy, state.since = not state.healthy, clock.now


def _followed(check: Check, world: World) -> bool | None:
    """Return what the thing that is followed says; None: nothing new."""
    if check.control:
        panel, _, control = check.control.partition("/")
        controls: dict[str, str] = getattr(world.components[panel], "controls", {})
        return controls[control] == "On"
    if check.alarm:
        state = world.flags.get(f"alarm/{check.alarm}", "OK")
        if state == "INSUFFICIENT_DATA":
            return None if check.insufficient == "LastKnownStatus" else check.insufficient == "Healthy"
        return bool(state == "OK")
    if check.id:
        stands: Any = world.components.get(check.id)
        known = isinstance(stands, HealthCheck) and not stands.state.deleted
        return stands.healthy(world) if known else None
    good = 0
    for other in check.of:
        owner, _, answer = other.partition("/")
        found = world.components[owner]
        assert isinstance(found, Record)
        good += found.healthy(answer, world)
    return good >= check.least
