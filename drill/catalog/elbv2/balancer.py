"""Application Load Balancer: a node in each of its zones, and a health check for each of its targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.catalog.elbv2 import health
from drill.model.component import STATE, Component, Metric, Process, Tally, ref
from drill.model.machine import Machine
from drill.model.traffic import Cohort, Flow
from drill.model.units import Duration
from drill.model.world import World

PRICE = 0.0225 + 0.008  # US dollars per hour, with one capacity unit (list prices)
QUORUM = 0.18  # Route 53 holds an endpoint for healthy while more than 18 % of its checkers reach it


class HealthCheck(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How targets are checked. The defaults are those of the API."""

    interval: Duration = Duration(30_000)  # between checks of one target
    timeout: Duration = Duration(5_000)  # a later answer is a failure
    healthy: int = 5  # passes in a row to come back from unhealthy; a new target needs one
    unhealthy: int = 2  # failures in a row


class TargetHealth(msgspec.Struct, kw_only=True):
    """One target as the load balancer holds it."""

    state: Literal["initial", "healthy", "unhealthy"] = "initial"
    count: int = 0  # checks in a row that spoke against the state
    phase: int = 0  # ms: its checks come at phase + n x interval
    since: int = 0


def _count(it: LoadBalancer, world: World, state: str, zone: str = "") -> float:
    if not zone:
        return float(len([t for t in it.targets_health.values() if t.state == state]))
    here = [m.id for _, m in it.all_members(world) if m.zone == zone]
    return float(len([i for i in here if i in it.targets_health and it.targets_health[i].state == state]))


def _healthy(it: LoadBalancer, world: World, zone: str = "") -> float:
    return _count(it, world, "healthy", zone)


def _unhealthy(it: LoadBalancer, world: World, zone: str = "") -> float:
    return _count(it, world, "unhealthy", zone)


class LoadBalancer(Component, kw_only=True, tag="elb.application-load-balancer"):
    """Spreads requests over targets in two or more zones of one Region.

    A target that fails its checks gets no more requests; when every target fails, all of them get requests again
    (fail open). Without any registered target the answer is 503. It does not survive the loss of its Region.
    """

    title = "Application Load Balancer"
    glyph = "⇄"
    ascii = "="
    tier = 30
    scope = "regional"
    metrics = (
        Metric("RequestCount", "/s", lambda it, w: it.tally.arrived),
        Metric("HTTPCode_5XX_Count", "/s", lambda it, w: it.tally.failed),
        Metric("HealthyHostCount", "targets", _healthy, "min", _healthy),
        Metric("UnHealthyHostCount", "targets", _unhealthy, "max", _unhealthy),
    )
    figures = {
        "health check": "every 30 s, timeout 5 s, 2 failures out, 5 passes back in; a new target needs 1 (documented)",
        "DNS": "60 s TTL; a zone without a working node leaves DNS after 30 s (TTL documented, delay typical)",
        "price": "$0.0225/h and one capacity unit at $0.008/h (list prices)",
    }
    sources = (
        "Application Load Balancers guide: health checks for target groups",
        "Application Load Balancers guide: target group health, fail open",
    )

    zones: list[Annotated[str, ref("zone")]]  # one node in each
    targets: list[Annotated[str, ref("ec2.instance", "autoscaling.group")]]  # what it sends requests to
    health_check: HealthCheck = msgspec.field(default_factory=HealthCheck)
    cross_zone: bool = True  # whether a node sends to targets in other zones too
    tally: Annotated[Tally, STATE] = msgspec.field(default_factory=Tally)
    targets_health: Annotated[dict[str, TargetHealth], STATE] = {}
    dns_zones: Annotated[list[str], STATE] = []

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if len(self.zones) < 2:
            yield "an Application Load Balancer needs at least two zones"
        regions = {world.zones[z].region for z in self.zones if z in world.zones}
        for name in self.targets:
            if name in world.components and world.components[name].region:
                regions.add(world.components[name].region)
        if len(regions) > 1:
            yield "a load balancer and its targets stay in one Region; these are in " + " and ".join(sorted(regions))

    def begin(self, world: World) -> None:
        """All targets have passed their checks long ago."""
        if not self.region and self.zones and self.zones[0] in world.zones:
            self.region = world.zones[self.zones[0]].region
        self.dns_zones = list(self.zones)

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return its health checks and the upkeep of its DNS name."""
        yield health.register(self, world, clock)
        yield health.keep_dns(self, world, clock)

    def fresh_health(self) -> TargetHealth:
        """Return the health of a target that was registered just now."""
        return TargetHealth()

    # ---- names and traffic ----------------------------------------------------------------------------------------

    def answer(self, world: World) -> dict[str, float]:
        """Return its nodes in zones that are in DNS."""
        zones = self.dns_zones or self.zones
        return {f"{self.name}/{zone}": 1.0 / len(zones) for zone in zones}

    def stations(self) -> list[str]:
        """One node per zone."""
        return [f"{self.name}/{zone}" for zone in self.zones]

    def entrance(self, world: World, station: str) -> str:
        """With cross-zone on, every node that works spreads requests alike: the first of them does for all."""
        if not self.cross_zone or not world.region_up(self.region):
            return station
        up = [zone for zone in self.zones if world.zone_up(zone)]
        return f"{self.name}/{up[0]}" if station.partition("/")[2] in up else station

    def leads_to(self, components: dict[str, Any]) -> Iterable[str]:
        """Any instance or group of its Region may be registered."""
        return [
            name
            for name, c in components.items()
            if name in self.targets or (c.region == self.region and type(c).members is not Component.members)
        ]

    def all_members(self, world: World) -> Iterator[tuple[Component, Machine]]:
        """Yield every registered machine with the component that it belongs to."""
        for name in self.targets:
            owner = world.components.get(name)
            if owner is not None:
                for machine in owner.members(world):
                    yield owner, machine

    def rotation(self, world: World, zone: str) -> list[tuple[Component, Machine]]:
        """Return the machines that the node in ``zone`` sends requests to."""
        known = [
            (owner, machine)
            for owner, machine in self.all_members(world)
            if (self.cross_zone or machine.zone == zone) and machine.id in self.targets_health
        ]
        healthy = [row for row in known if self.targets_health[row[1].id].state == "healthy"]
        return healthy or [row for row in known if self.targets_health[row[1].id].state != "initial"] or known

    def routes(self, world: World, zone: str) -> tuple[list[tuple[str, float]], float]:
        """Return each station's share of the node's requests, and the share that goes to machines that are gone."""
        rotation = self.rotation(world, zone)
        shares: dict[str, float] = {}
        dead = 0
        for owner, machine in rotation:
            if machine.reachable(world):
                station = owner.station_of(machine)
                shares[station] = shares.get(station, 0.0) + 1.0
            else:
                dead += 1
        count = len(rotation)
        return [(station, n / count) for station, n in shares.items()], (dead / count if count else -1.0)

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Spread one second's requests of one node."""
        zone = station.partition("/")[2]
        if zone == self.zones[0]:
            self.tally.arrived = 0.0
        if not inbox:
            return
        world = flow.world
        if not (world.zone_up(zone) and world.region_up(self.region)):
            for cohort in inbox:
                flow.traffic.hold(cohort)
            return
        found = flow.memo.get(station)
        if found is None or found[0] != flow.version:
            found = flow.memo[station] = (flow.version, self.routes(world, zone))
        shares, dead = found[1]
        for cohort in inbox:
            cohort.via = self.name
            self.tally.arrived += cohort.amount
            amount = cohort.amount
            if dead < 0:
                flow.fail(cohort, "503")
                continue
            if dead > 0:
                flow.traffic.hold(cohort.split(amount * dead))
            for target, share in shares[1:]:
                flow.push(target, cohort.split(amount * share))
            if shares:
                flow.push(shares[0][0], cohort)

    # ---- what others may know -------------------------------------------------------------------------------------

    def responds(self, world: World, within_ms: int) -> bool:
        """Tell whether checkers from outside hold it for healthy: more than 18 % of requests get a good answer."""
        if not world.region_up(self.region):
            return False
        up = [zone for zone in self.zones if world.zone_up(zone)]
        good = total = 0
        for zone in up:
            for owner, machine in self.rotation(world, zone):
                total += 1
                good += owner.machine_responds(world, machine, within_ms)
        return total > 0 and good / total * len(up) / len(self.zones) > QUORUM

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-target-health says, summed up."""
        total = len(self.targets_health)
        healthy = int(_healthy(self, world))
        word = f"{healthy} of {total} targets healthy" if total else "no targets"
        health_word = "ok" if healthy == total and total else ("warn" if healthy else "bad")
        zones: dict[str, dict[str, int]] = {}
        for _, machine in self.all_members(world):
            row = zones.setdefault(machine.zone, {"healthy": 0, "unhealthy": 0, "initial": 0})
            found = self.targets_health.get(machine.id)
            if found is not None:
                row[found.state] += 1
        targets = {name: found.state for name, found in self.targets_health.items()}
        return {
            "state": word,
            "health": health_word,
            "count": healthy,
            "of": total,
            "zones": zones,
            "targets": targets,
        }

    def hourly(self, world: World) -> float:
        """Return its price per hour."""
        return float(self.price) if self.price is not None else PRICE
