"""CloudFront distribution: answers what it has, asks an origin for the rest, and needs time to get warm again."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec

from drill.catalog.cloudfront.origins import (
    CODES,
    FAILS_OVER,
    Caching,
    Origin,
    OriginGroup,
    stations_of,
    tallies_of,
)
from drill.model.component import STATE, Component, Metric, Tally
from drill.model.traffic import Cohort, Flow
from drill.model.units import Duration, Share
from drill.model.world import World

EDGE = 20.0  # ms: an answer from the cache
SURE = 0.95  # of requests to a failing origin are known to fail; the others find out


def _hit_rate(it: "Distribution", world: World) -> float | None:
    return 100.0 * it.hits / it.tally.arrived if it.tally.arrived > 0 else None


def _error_rate(it: "Distribution", world: World) -> float | None:
    return 100.0 * min(1.0, it.errors / it.tally.arrived) if it.tally.arrived > 0 else None


class Distribution(Component, kw_only=True, tag="cloudfront.distribution"):
    """A cache at the edge in front of an origin.

    What was invalidated, or lost, has to be fetched again, by everyone who asks for it: until the cache is warm the
    origin sees what it never sees on other days. Errors are cached too, for 10 s. An origin group tries the primary
    first on every request, and fails over for GET, HEAD and OPTIONS only.
    """

    title = "CloudFront distribution"
    glyph = "☁"
    ascii = "~"
    tier = 10
    scope = "global"
    metrics = (
        Metric("Requests", "/s", lambda it, w: it.tally.arrived),
        Metric("CacheHitRate", "%", _hit_rate),
        Metric("5xxErrorRate", "%", _error_rate),
        Metric("OriginRequests", "/s", lambda it, w: it.asked),
    )
    figures = {
        "error caching": "10 s (documented)",
        "origin connection": "3 attempts of 10 s each (documented)",
        "origin group": "on status codes; GET, HEAD, OPTIONS; every request tries the primary first (documented)",
        "invalidation": "effective after 15 s; seconds to a minute (typical)",
        "change of configuration": "4 min until all edges have it (a few minutes: documented)",
    }
    sources = (
        "CloudFront developer guide: optimize high availability with origin failover",
        "CloudFront developer guide: control how long errors are cached",
        "CloudFront developer guide: manage how long content stays in the cache",
    )

    domain: str  # the name that users ask for
    origins: dict[str, Origin]
    groups: dict[str, OriginGroup] = {}  # origin groups
    target: str  # TargetOriginId: an origin or an origin group
    classes: dict[str, Caching] = {}  # class of requests -> what is cached of it
    objects: int = 1_000  # different things to fetch until the cache is warm
    paths: dict[str, Share] = {}  # path pattern, as an invalidation names it -> share of the objects
    error_ttl: Duration = Duration(10_000)  # how long an error is cached
    stale: Duration = Duration(0)  # stale-if-error: how long an expired object serves while the origin fails
    tally: Annotated[Tally, STATE] = msgspec.field(default_factory=Tally)
    warm: Annotated[float, STATE] = 1.0  # share of what it usually has
    hits: Annotated[float, STATE] = 0.0  # per second
    asked: Annotated[float, STATE] = 0.0  # of the origin, per second
    reads: Annotated[dict[str, float], STATE] = {}  # of that, by origin, what may be cached
    others: Annotated[dict[str, float], STATE] = {}  # and what may not
    again: Annotated[list[Cohort], STATE] = []  # what the primary failed just now: the secondary is asked next
    moved: Annotated[dict[str, float], STATE] = {}  # of that, by origin, in the second just gone
    fills: Annotated[float, STATE] = 0.0  # share of what is asked that makes it warmer
    errors: Annotated[float, STATE] = 0.0  # per second
    failing: Annotated[float, STATE] = 0.0  # share of what the origin was asked that failed, lately
    failed_at: Annotated[list[float], STATE] = []  # errors per second, of the seconds in which they are cached
    fails_since: Annotated[int, STATE] = -1  # second
    status: Annotated[str, STATE] = "Deployed"
    changes: Annotated[int, STATE] = 0  # of its configuration since T+0

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if self.target not in self.origins and self.target not in self.groups:
            yield f"the target is one of the origins or groups; {self.target!r} is none"
        for name, group in self.groups.items():
            for part in (group.primary, group.secondary):
                if part not in self.origins:
                    yield f"the group `{name}` names origins; {part!r} is none"
            for code in group.status_codes:
                if code not in CODES:
                    yield f"the group `{name}` fails over on some of {', '.join(map(str, CODES))}; {code} is none"
        for name, origin in self.origins.items():
            if not 1_000 <= origin.connection_timeout <= 10_000 or not 1 <= origin.connection_attempts <= 3:
                yield f"the origin `{name}` is tried 1 to 3 times, for 1 s to 10 s"
        for name, caching in self.classes.items():
            if caching.method not in FAILS_OVER and caching.hit:
                yield f"answers to {caching.method} are not cached: `{name}` cannot have hits"
        if self.objects < 1:
            yield "a cache holds at least one object"

    # ---- traffic --------------------------------------------------------------------------------------------------

    def stations(self) -> list[str]:
        """One: all edges together."""
        return [self.name]

    def leads_to(self, components: dict[str, Any]) -> Iterable[str]:
        """Its origins."""
        return [origin.to for origin in self.origins.values()]

    def caching(self, flow: Flow, index: int) -> Caching:
        """Return what is cached of a class of requests."""
        name = flow.traffic.classes[index].name
        return self.classes.get(name) or self.classes.get(name.partition(".")[2]) or Caching()

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Answer what the cache has; pass the rest on to the origin."""
        self.tally.arrived = self.hits = self.asked = self.fills = self.errors = 0.0
        self.reads, self.others, self.moved = {}, {}, {}
        if self.again:
            self._ask_secondary(flow)
        for cohort in inbox:
            amount = cohort.amount
            self.tally.arrived += amount
            caching = self.caching(flow, cohort.cls)
            hit = caching.hit * self.warm
            if hit > 0:
                self.hits += amount * hit
                self._answer(cohort.split(amount * hit), flow)
            if cohort.amount <= 0:
                continue
            if caching.method in FAILS_OVER:
                self._stale(cohort, caching, flow)
                self._from_errors(cohort, caching, flow)
                self.fills += cohort.amount * caching.hit * (1.0 - self.warm) / max(1e-9, 1.0 - hit)
            self.asked += cohort.amount
            self._fetch(cohort, caching, flow)

    def _answer(self, cohort: Cohort, flow: Flow) -> None:
        cohort.latency += EDGE
        cohort.via = self.name
        flow.onward(cohort)

    def _from_errors(self, cohort: Cohort, caching: Caching, flow: Flow) -> None:
        """Objects whose last answer was an error get that error again while it is cached."""
        if not self.failed_at:
            return
        bad = 0.0
        for amount in self.failed_at:
            bad += amount
        share = min(SURE, bad / (self.objects * max(0.01, 1.0 - caching.hit * self.warm)))
        self.errors += cohort.amount * share
        flow.fail(cohort.split(cohort.amount * share), "cached error")

    def _fetch(self, cohort: Cohort, caching: Caching, flow: Flow) -> None:
        """Ask the origin. Of a group it is always the primary: what that fails to answer comes back (``instead``)."""
        group = self.groups.get(self.target)
        origin = self.origins[group.primary if group else self.target]
        if group and caching.method in FAILS_OVER:
            if self._silent(origin, flow.world):
                cohort.latency += float(origin.connection_timeout * origin.connection_attempts)
                origin = self.origins[group.secondary]
            else:
                cohort.backup = self.name
        asked = self.reads if caching.method in FAILS_OVER else self.others
        asked[origin.to] = asked.get(origin.to, 0.0) + cohort.amount
        self._push(cohort, origin, flow)

    def instead(self, cohort: Cohort, reason: str) -> bool:
        """Keep what the primary failed with one of the group's codes: the secondary is asked in the next second."""
        group = self.groups.get(self.target)
        code = int(reason[:3]) if reason[:3].isdecimal() else 503  # a connection that fails counts as a 503
        if group is None or code not in group.status_codes:
            return False
        name = self.origins[group.primary].to
        self.moved[name] = self.moved.get(name, 0.0) + cohort.amount
        cohort.backup = cohort.via = ""
        self.again.append(cohort)
        return True

    def _ask_secondary(self, flow: Flow) -> None:
        waiting, self.again = self.again, []
        group = self.groups.get(self.target)
        origin = self.origins[group.secondary if group else self.target]
        for cohort in waiting:
            if not cohort.gone:
                self.asked += cohort.amount
                self.reads[origin.to] = self.reads.get(origin.to, 0.0) + cohort.amount
                self._push(cohort, origin, flow)

    def _stale(self, cohort: Cohort, caching: Caching, flow: Flow) -> None:
        """While the origin fails, expired copies serve where stale-if-error allows it."""
        since = flow.second - self.fails_since if self.fails_since >= 0 else 0
        if self.failing > 0 and caching.hit and since * 1000 < self.stale:
            share = self.failing * self.warm * SURE
            self.hits += cohort.amount * share
            self._answer(cohort.split(cohort.amount * share), flow)

    def _silent(self, origin: Origin, world: World) -> bool:
        """Tell whether an origin gives no answer at all: each request then costs all attempts. Balancers do answer."""
        found = world.components[origin.to]
        if not (world.region_up(found.region) and world.zone_up(found.zone)):
            return True
        return not hasattr(found, "targets") and not found.responds(world, int(origin.connection_timeout))

    def _push(self, cohort: Cohort, origin: Origin, flow: Flow) -> None:
        rows = list(stations_of(flow.world, origin.to).items())
        if not rows:
            flow.fail(cohort, "502")
            return
        whole = cohort.amount
        for station, share in rows[1:]:
            flow.push(station, cohort.split(whole * share))
        flow.push(rows[0][0], cohort)

    def each_second(self, world: World, second: int) -> bool:
        """What the origin answered well makes the cache warmer; what it answered badly is cached as well."""
        ok = bad = cached = 0.0
        for name in dict.fromkeys(origin.to for origin in self.origins.values()):
            reads, others = self.reads.get(name, 0.0), self.others.get(name, 0.0)
            moved = self.moved.get(name, 0.0)  # for these the secondary will answer
            bad -= moved
            for tally in tallies_of(world.components[name]):
                ok += tally.ok
                bad += tally.failed
                if reads > 0 and not moved:
                    cached += tally.failed * reads / (reads + others)
        before = (self.warm, self.failing)
        bad = max(0.0, bad)
        self.errors += bad
        if self.warm < 1.0 and self.asked > 0:
            self.warm = min(1.0, self.warm + ok * self.fills / self.asked / self.objects)
            if self.warm > 0.999:
                self.warm = 1.0
        self.failing = bad / (ok + bad) if ok + bad > 0 else 0.0
        self.fails_since = (
            -1 if self.failing < 0.01 else (self.fails_since if self.fails_since >= 0 else world.now // 1000)
        )
        if cached > 0 or self.failed_at:
            seconds = self.error_ttl // 1000
            self.failed_at = [*self.failed_at, cached][-seconds:] if seconds else []
            if not any(self.failed_at):
                self.failed_at = []
        stale = self.fails_since >= 0 and (world.now // 1000 - self.fails_since) * 1000 < self.stale  # until it expires
        return bool(self.failed_at or self.again) or stale or before != (self.warm, self.failing)

    def etag(self) -> str:
        """Return what names the present version of its configuration."""
        return f"E{self.changes + 1}"

    def lose(self, share: float) -> None:
        """Forget ``share`` of what the cache holds."""
        self.warm *= 1.0 - share

    # ---- what others may know -------------------------------------------------------------------------------------

    def observed(self, world: World) -> dict[str, Any]:
        """Return its status, its hit ratio and where it fetches."""
        group = self.groups.get(self.target)
        origins = [group.primary, group.secondary] if group else [self.target]
        rate = _hit_rate(self, world)
        note = "" if rate is None else f"hits {rate:.0f}%"
        errors = _error_rate(self, world) or 0.0
        return {
            "state": self.status,
            "health": "busy" if self.status != "Deployed" else ("warn" if errors > 5.0 else "ok"),
            "note": note,
            "answers": [self.origins[origins[0]].to],
            "standby": [self.origins[name].to for name in origins[1:]],
        }
