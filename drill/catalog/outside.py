"""What is not AWS: services of others, somewhere on the internet."""

from typing import Annotated, Any, Literal

import msgspec

from drill.model.command import Fault
from drill.model.component import STATE, Component, Metric
from drill.model.server import Server
from drill.model.traffic import Cohort, Flow
from drill.model.units import Duration, Rate
from drill.model.world import World


class OutsideService(Component, kw_only=True, tag="outside.service"):
    """Something on the internet that servers call: a payment provider, a package mirror. Nobody here can repair it.

    Servers in private subnets reach it through what their route table says: a NAT gateway.
    """

    title = "Outside service"
    glyph = "☁"
    ascii = "o"
    tier = 95
    scope = "global"
    metrics = (Metric("RequestCount", "/s", lambda it, w: it.server.arrived),)
    sources = ("VPC User Guide: NAT gateways",)

    capacity: Rate = Rate(10_000)  # requests per second
    latency: Duration = Duration(80)  # of one request
    status: Annotated[Literal["up", "down"], STATE] = "up"
    server: Annotated[Server, STATE] = msgspec.field(default_factory=Server)

    def stations(self) -> list[str]:
        """One endpoint."""
        return [self.name]

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Answer, or leave its callers waiting."""
        if self.status == "up":
            self.server.work(inbox, flow, self, self.capacity, self.latency, self.capacity * 5)
            return
        for cohort in inbox:
            flow.traffic.hold(cohort)

    def responds(self, world: World, within_ms: int) -> bool:
        """Tell whether it answers those who reach it."""
        return self.status == "up"

    def observed(self, world: World) -> dict[str, Any]:
        """Return what its status page says."""
        up = self.status == "up"
        return {"state": "operational" if up else "outage", "health": "ok" if up else "bad"}


class OutsideOutage(Fault, kw_only=True, tag="drill:outside:outage"):
    """A service on the internet stops answering."""

    summary = "an outside service is down"
    on = ("outside.service",)

    def strike(self, world: World) -> None:
        """It no longer answers."""
        self._set(world, "down")

    def clear(self, world: World) -> None:
        """It answers again."""
        self._set(world, "up")

    def _set(self, world: World, status: Literal["up", "down"]) -> None:
        found = world.components[self.target]
        assert isinstance(found, OutsideService)
        found.status = status
