"""Application Load Balancer: a node in each of its zones, and a health check for each of its targets."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec

from drill.catalog.elbv2 import health, targets
from drill.catalog.elbv2.targets import HealthCheck, TargetHealth
from drill.model.component import STATE, Component, Metric, Process, Tally, ref
from drill.model.machine import Machine
from drill.model.traffic import Cohort, Flow
from drill.model.units import Duration
from drill.model.world import World
from drill.model.zonal import ZonalResource, keep_autoshift

PRICE = 0.0225 + 0.008  # US dollars per hour, with one capacity unit (list prices)
CONNECT = 10  # s that it waits for a connection to a target before it answers 504
QUORUM = 0.18  # Route 53 holds an endpoint for healthy while more than 18 % of its checkers reach it


class LoadBalancer(ZonalResource, kw_only=True, tag="elb.application-load-balancer"):
    """Spreads requests over targets in two or more zones of one Region.

    A target that fails its checks gets no more requests; when every target fails, all of them get requests again
    (fail open). Without any registered target the answer is 503; from a closed port 502; without any answer 504 after
    10 s, or a client that has given up before. Targets in zones that are not enabled get nothing. It does not survive
    the loss of its Region.
    """

    title = "Application Load Balancer"
    glyph = "⇄"
    ascii = "="
    tier = 30
    scope = "regional"
    metrics = (
        Metric("RequestCount", "/s", targets.arrived),
        Metric("HTTPCode_5XX_Count", "/s", targets.failed, "average", targets.failed_by_zone),
        Metric("HealthyHostCount", "targets", targets.healthy, "min", targets.healthy_by_zone),
        Metric("UnHealthyHostCount", "targets", targets.unhealthy, "max", targets.unhealthy_by_zone),
    )
    figures = {
        "health check": "every 30 s, timeout 5 s, 2 failures out, 5 passes back in; a new target needs 1 (documented)",
        "deregistration": "300 s in which a target only ends what it has begun (documented)",
        "slow start": "30 s to 15 min, beside a target that takes requests in full (documented)",
        "zonal shift": "off unless enabled; one zone at a time, and only to healthy targets elsewhere (documented)",
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
    deregistration_delay: Duration = Duration(300_000)  # how long a target that leaves may end what it has begun
    sticky: Duration = Duration(0)  # how long clients stay with their target (0: not at all)
    slow_start: Duration = Duration(0)  # over which a new target's share grows (0: at once), 30s to 15m
    client_keep_alive: Duration = Duration(3_600_000)  # how long a client may keep its connection to a node
    tallies: Annotated[dict[str, Tally], STATE] = {}  # by node
    draining: Annotated[dict[str, int], STATE] = {}  # machine id -> ms until it is out
    sessions: Annotated[dict[str, float], STATE] = {}  # share of its fair share that a new target gets by now
    late: Annotated[dict[int, list[Cohort]], STATE] = {}  # second -> requests that are answered 504 then
    targets_health: Annotated[dict[str, TargetHealth], STATE] = {}
    dns_zones: Annotated[list[str], STATE] = []

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if len(self.zones) < 2:
            yield "an Application Load Balancer needs at least two zones"
        if self.slow_start and not 30_000 <= self.slow_start <= 900_000:
            yield "slow start takes 30s to 15m, or 0s for none"
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
        self.tallies = {station: Tally() for station in self.stations()}

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return its health checks and the upkeep of its DNS name."""
        yield health.register(self, world, clock)
        yield health.keep_dns(self, world, clock)
        if self.autoshift:
            yield keep_autoshift(self, world, clock)

    def enable(self, zones: list[str]) -> None:
        """Have a node in each of ``zones`` from now on, and nowhere else; DNS follows a little later."""
        self.zones = zones
        self.dns_zones = [zone for zone in self.dns_zones if zone in zones] or list(zones)
        self.tallies = {station: self.tallies.get(station) or Tally() for station in self.stations()}

    def fresh_health(self) -> TargetHealth:
        """Return the health of a target that was registered just now."""
        return TargetHealth()

    def admit(self, machine_id: str, since: int) -> None:
        """Let a target that has just become healthy start slowly, where others took requests in full at ``since``."""
        others = [(name, known) for name, known in self.targets_health.items() if name != machine_id]
        well = [name for name, known in others if known.state == "healthy" and known.since <= since]
        if self.slow_start and any(name not in self.sessions for name in well):
            self.sessions[machine_id] = 0.0

    def keep_alive(self) -> int:
        """Return for how many seconds a client may keep its connection."""
        return self.client_keep_alive // 1000

    def can_leave(self, world: World, zone: str) -> bool:
        """A shift takes effect while another zone has a healthy target."""
        return any(
            m.zone != zone and m.id in self.targets_health and self.targets_health[m.id].state == "healthy"
            for _, m in self.all_members(world)
        )

    def alias_healthy(self, world: World) -> bool:
        """An alias that evaluates target health wants one healthy target; with no target it is unhealthy."""
        return world.region_up(self.region) and targets.healthy(self, world) > 0

    # ---- names and traffic ----------------------------------------------------------------------------------------

    def answer(self, world: World) -> dict[str, float]:
        """Return its nodes in zones that are in DNS."""
        zones, away = self.dns_zones or self.zones, self.away(world)
        zones = [zone for zone in zones if zone != away] or zones
        return {f"{self.name}/{zone}": 1.0 / len(zones) for zone in zones}

    def stations(self) -> list[str]:
        """One node per zone."""
        return [f"{self.name}/{zone}" for zone in self.zones]

    def entrance(self, world: World, station: str) -> str:
        """With cross-zone on, every node that works spreads requests alike: the first of them does for all."""
        if not self.cross_zone or not world.region_up(self.region) or world.flags.get("gray"):
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

    def all_members(self, world: World) -> list[tuple[Component, Machine]]:
        """Return every registered machine in an enabled zone, with the component that it belongs to."""
        zones, components = self.zones, world.components
        return [
            (components[name], machine)
            for name in self.targets
            if name in components
            for machine in components[name].members(world)
            if machine.zone in zones
        ]

    def unused(self, world: World) -> list[str]:
        """Return the ids of registered machines in zones that are not enabled: they get nothing."""
        owners = [world.components[name] for name in self.targets if name in world.components]
        return [m.id for owner in owners for m in owner.members(world) if m.zone not in self.zones]

    def rotation(self, world: World, zone: str) -> list[tuple[Component, Machine]]:
        """Return the machines that the node in ``zone`` sends requests to."""
        away = self.away(world) if self.cross_zone else ""
        known = [
            (owner, machine)
            for owner, machine in self.all_members(world)
            if (self.cross_zone or machine.zone == zone) and machine.id in self.targets_health and machine.zone != away
        ]
        well = [row for row in known if self.targets_health[row[1].id].state == "healthy"]
        return well or [row for row in known if self.targets_health[row[1].id].state != "initial"] or known

    def routes(self, world: World, zone: str) -> tuple[list[tuple[str, float]], float, float]:
        """Return each station's share of the node's requests, and what goes to machines that are gone or refuse it.

        Gone is -1 where the node knows no machine at all.
        """
        shares: dict[str, float] = {}
        dead = closed = whole = 0.0
        rows, growing = self.rotation(world, zone), self.sessions
        if growing and not any(growing.get(machine.id, 1.0) > 0 for _, machine in rows):
            growing = {}  # nobody is with another target: all are alike
        for owner, machine in rows:
            weight = growing.get(machine.id, 1.0)
            whole += weight
            if machine.reachable(world):
                station = owner.station_of(machine)
                shares[station] = shares.get(station, 0.0) + weight
            elif machine.state == "running" and not machine.hurt and world.zone_up(machine.zone):
                closed += weight
            else:
                dead += weight
        if whole <= 0:
            return [], -1.0, 0.0
        return [(station, n / whole) for station, n in shares.items()], dead / whole, closed / whole

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Spread one second's requests of one node."""
        tally = self.tallies[station]
        tally.arrived = 0.0
        if not inbox and not self.late:
            return
        zone = station.partition("/")[2]
        if zone == self.zones[0] and self.late:
            for cohort in self.late.pop(flow.second, ()):
                flow.fail(cohort, "504")
        if not inbox:
            return
        world = flow.world
        if not (world.zone_up(zone) and world.region_up(self.region)):
            for cohort in inbox:
                flow.traffic.hold(cohort)
            return
        found = flow.memo.get(station)
        if found is None or found[0] != flow.version:
            known = -1 if self.sessions else flow.version  # while sessions move, shares do
            found = flow.memo[station] = (known, self.routes(world, zone))
        shares, dead, closed = found[1]
        last, others = (shares[0][0], shares[1:]) if shares else ("", [])
        push, arrived = flow.push, 0.0
        for cohort in inbox:
            cohort.via = station
            amount = cohort.amount
            arrived += amount
            if dead < 0:
                self.no_target(cohort, flow)
                continue
            if dead > 0:
                self.unanswered(cohort.split(amount * dead), flow)
            if closed > 0:
                flow.fail(cohort.split(amount * closed), "502")
            for target, share in others:
                push(target, cohort.split(amount * share))
            if last:
                push(last, cohort)
        tally.arrived = arrived

    def no_target(self, cohort: Cohort, flow: Flow) -> None:
        """Answer when there is nothing to send it to."""
        flow.fail(cohort, "503")

    def unanswered(self, cohort: Cohort, flow: Flow) -> None:
        """Wait for a target that does not answer: 504 after 10 s, unless the client gives up sooner."""
        flow.traffic.hold(cohort)
        if flow.traffic.classes[cohort.cls].patience > CONNECT * 1000:
            self.late.setdefault(flow.second + CONNECT, []).append(cohort)

    def coast(self, world: World, seconds: int) -> None:
        """Who waits for an answer like those of the second before gets it so much later."""
        if self.late:
            self.late = {at + seconds: cohorts for at, cohorts in self.late.items()}

    def each_second(self, world: World, second: int) -> bool:
        """A new target's share grows as the sessions of others end, or over the time of the slow start."""
        if not self.sessions:
            return False
        step = 1000.0 / max(self.sticky, self.slow_start, 1)
        for name in list(self.sessions):
            known = self.targets_health.get(name)
            if known is None or (self.slow_start and known.state == "unhealthy") or self.sessions[name] + step >= 1.0:
                del self.sessions[name]
            elif known.state == "healthy":
                self.sessions[name] += step
        return True

    # ---- what others may know -------------------------------------------------------------------------------------

    def responds(self, world: World, within_ms: int) -> bool:
        """Tell whether checkers from outside hold it for healthy: more than 18 % of requests get a good answer."""
        if not world.region_up(self.region):
            return False
        away = self.away(world)
        up = [zone for zone in self.zones if world.zone_up(zone) and zone != away]
        good = total = 0
        for zone in up:
            for owner, machine in self.rotation(world, zone):
                total += 1
                good += owner.machine_responds(world, machine, within_ms)
        return total > 0 and good / total * len(up) / max(1, len(self.zones) - (away != "")) > QUORUM

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-target-health says, summed up."""
        return targets.summary(self, world)

    def hourly(self, world: World) -> float:
        """Return its price per hour."""
        return float(self.price) if self.price is not None else PRICE
