"""Network Load Balancer: connections instead of requests, one static address per zone, cross-zone off by default."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec

from drill.catalog.elbv2 import health
from drill.catalog.elbv2.balancer import LoadBalancer
from drill.catalog.elbv2.targets import HealthCheck
from drill.model.component import STATE, Component, Process
from drill.model.machine import Machine
from drill.model.traffic import Cohort, Flow
from drill.model.units import Duration
from drill.model.world import World


def _tcp() -> HealthCheck:
    return HealthCheck(timeout=Duration(10_000))


class NetworkLoadBalancer(LoadBalancer, kw_only=True, tag="elb.network-load-balancer"):
    """Spreads connections over targets. Each zone has one address that never changes.

    A node sends to its own zone only, unless cross-zone is on: a zone with few targets gets as much as one with many,
    and one whose targets all fail leaves DNS. Clients of a target that is found unhealthy get a reset at once; so do
    those who reach a node without any target.
    """

    title = "Network Load Balancer"
    glyph = "⇉"
    ascii = ">"
    figures = {
        "cross-zone": "off (documented)",
        "health check": "TCP every 30 s, timeout 10 s, 2 failures out, 5 passes back in (documented)",
        "passive checks": "after 10 s of failing connections (that there are any: documented; 10 s: judgment)",
        "unhealthy target": "its clients get a TCP RST (documented)",
        "addresses": "one static address per zone (documented)",
        "price": "$0.0225/h and one capacity unit (list prices)",
    }
    sources = (
        "Network Load Balancers guide: health checks for target groups",
        "Network Load Balancers guide: cross-zone load balancing",
    )

    cross_zone: bool = False  # whether a node sends to targets in other zones too
    health_check: HealthCheck = msgspec.field(default_factory=_tcp)
    hanging: Annotated[list[Cohort], STATE] = []  # connections to targets that do not answer
    shunned: Annotated[list[str], STATE] = []  # targets that passive checks leave out

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        for problem in super().problems(world):
            if "two zones" not in problem:
                yield problem
        if not self.zones:
            yield "a Network Load Balancer needs at least one zone"

        if self.slow_start:
            yield "slow start is for Application Load Balancers"

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return its checks, the passive ones too."""
        yield from super().processes(world, clock)
        yield health.watch_connections(self, world, clock)

    def keep_alive(self) -> int:
        """It ends no connection for its age."""
        return 0

    def rotation(self, world: World, zone: str) -> list[tuple[Component, Machine]]:
        """Leave out what passive checks have found, while there are others."""
        rows = super().rotation(world, zone)
        return [row for row in rows if row[1].id not in self.shunned] or rows if self.shunned else rows

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Spread one second's connections of one node."""
        if self.hanging:
            self.hanging = [c for c in self.hanging if not c.gone]
            if self.hanging and not any(self.routes(flow.world, zone)[1] > 0 for zone in self.zones):
                for cohort in self.hanging:
                    flow.fail(cohort, "reset")
                self.hanging = []
        super().serve(station, inbox, flow)

    def no_target(self, cohort: Cohort, flow: Flow) -> None:
        """No target: the connection is reset."""
        flow.fail(cohort, "reset")

    def unanswered(self, cohort: Cohort, flow: Flow) -> None:
        """Packets to a dead target get no answer, until the balancer knows and resets the connection."""
        flow.traffic.hold(cohort)
        self.hanging.append(cohort)

    def addresses(self) -> dict[str, str]:
        """Return its static address in each zone (from the range kept for documentation)."""
        return {zone: f"203.0.113.{10 + i}" for i, zone in enumerate(self.zones)}

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-target-health says, and its addresses."""
        return {**super().observed(world), "addresses": self.addresses()}
