"""Route 53 health checks that stand on their own: made by an operator or a level, and used by records."""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.model.component import STATE, Component, Metric, Process, ref
from drill.model.units import Duration
from drill.model.world import World

TIMEOUT = 4_000  # ms: a checker wants a TCP connection within 4 s and an answer within 2 s more
PRICE = 0.5 / 730  # US dollars per hour for one health check of an AWS endpoint (list price, rounded)
INTERVALS = (10_000, 30_000)  # ms


class CheckState(msgspec.Struct, kw_only=True):
    """A health check as Route 53 holds it. Of a deleted one, what it held last stays."""

    healthy: bool = True
    count: int = 0
    phase: int = 0
    since: int = 0
    deleted: bool = False


class HealthCheck(Component, kw_only=True, tag="route53.health-check"):
    """A health check of one endpoint, from outside. Records that name it count as healthy while it is."""

    title = "Route 53 health check"
    glyph = "♥"
    ascii = "h"
    tier = 5
    scope = "global"
    metrics = (Metric("HealthCheckStatus", "healthy", lambda it, w: 1.0 if it.healthy(w) else 0.0, "min"),)
    figures = {"health check": "every 30 s or 10 s, 3 answers in a row, more than 18 % of checkers (documented)"}
    sources = ("Route 53 API reference: HealthCheckConfig",)

    to: Annotated[str, ref()]  # the endpoint
    interval: Duration = Duration(30_000)  # 10s or 30s
    threshold: int = 3  # answers in a row, in either direction
    inverted: bool = False  # healthy counts as unhealthy
    disabled: bool = False  # counts as healthy
    state: Annotated[CheckState, STATE] = msgspec.field(default_factory=CheckState)

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if self.interval not in INTERVALS:
            yield "a health check runs every 10s or 30s"
        if not 1 <= self.threshold <= 10:
            yield "a health check's threshold is 1 to 10 answers"

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return its checkers."""

        def passes() -> bool:
            return world.components[self.to].responds(world, TIMEOUT)

        yield watch(self.state, int(self.interval), self.threshold, passes, self.name, world, clock)

    def healthy(self, world: World) -> bool:
        """Tell whether records that use it count as healthy."""
        return self.disabled or self.state.healthy != self.inverted

    def observed(self, world: World) -> dict[str, Any]:
        """Return what get-health-check-status says."""
        if self.state.deleted:
            return {"state": "deleted", "health": "off", "checks": {}}
        well = self.healthy(world)
        return {"state": "Success" if well else "Failure", "health": "ok" if well else "bad",
                "note": f"of {self.to}", "checks": {"": well}}  # fmt: skip

    def hourly(self, world: World) -> float:
        """Return its price."""
        if self.state.deleted:
            return 0.0
        return float(self.price) if self.price is not None else PRICE


def watch(
    state: CheckState, interval: int, threshold: int, passes: Callable[[], bool], who: str, world: World, clock: Any
) -> Process:
    """Ask an endpoint from outside: ``threshold`` answers in a row flip what Route 53 holds."""
    state.phase = int(world.roll(f"check/{who}") * interval)
    name = who.partition("/")[0]
    while not state.deleted:
        yield clock.until(
            lambda: passes() != state.healthy or state.deleted, "health check", name, "queues", quiet=True
        )
        while not state.deleted:
            ahead = interval - (clock.now - state.phase) % interval
            yield clock.probe(ahead, "health check", name, quiet=True)
            if state.deleted or passes() == state.healthy:
                state.count = 0
                break
            state.count += 1
            if state.count >= threshold:
                state.healthy, state.count, state.since = not state.healthy, 0, clock.now
                clock.stir()
                break


#: What a check's type says of how an endpoint is asked; all of them want an answer in time here.
Asked = Literal["HTTP", "HTTPS", "TCP"]
