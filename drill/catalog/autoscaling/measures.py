"""What an Auto Scaling group publishes: CPU that means work done, its numbers, and what its instances have eaten."""

from typing import Any, Literal

from drill.catalog.autoscaling.warm import ready
from drill.model.ageing import EATEN
from drill.model.component import Metric
from drill.model.server import Server

#: What an operator can suspend (Auto Scaling API reference).
ProcessName = Literal[
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
]


#: What goes first when launches in a zone fail: the number, or the balance (CapacityDistributionStrategy).
Distribution = Literal["balanced-best-effort", "balanced-only"]


class Cell(Server, kw_only=True):
    """The group's instances in one zone, as one server. ``can``: requests per second that they could do just now."""

    can: float = 0.0

    def busy(self) -> float:
        """Return the share of its capacity that it used: what waits for others is no work, so it shows as idle."""
        return min(1.0, self.done / self.can) if self.can > 0 else 0.0


def _cpu(it: Any, world: Any) -> float | None:
    load, count = 0.0, 0
    for zone, cell in it.cells.items():
        alive = it.alive(world, zone)
        load += cell.busy() * alive
        count += alive
    return 100.0 * load / count if count else None


def _cpu_by_zone(it: Any, world: Any) -> dict[str, float | None]:
    alive = {zone: it.alive(world, zone) for zone in it.cells}
    return {zone: 100.0 * (cell.busy() * alive[zone]) / alive[zone] for zone, cell in it.cells.items() if alive[zone]}


def _came_by_zone(it: Any, world: Any) -> dict[str, float | None]:
    return {zone: cell.arrived for zone, cell in it.cells.items() if it.alive(world, zone)}


def in_service(it: Any, world: Any) -> float:
    count = 0.0
    for machine in it.machines:
        if machine.state == "running" and not (machine.leaving or machine.standby):
            count += 1.0
    return count


def _number(field: str, wanted: Any) -> Any:
    def read(it: Any, world: Any) -> float:
        count = 0.0
        for machine in it.machines:
            if getattr(machine, field) == wanted:
                count += 1.0
        return count

    return read


METRICS = (
    Metric("CPUUtilization", "%", _cpu, "average", _cpu_by_zone),
    Metric("GroupInServiceInstances", "instances", in_service, "min"),
    Metric("GroupDesiredCapacity", "instances", lambda it, w: float(it.desired), "max"),
    Metric("GroupPendingInstances", "instances", _number("state", "pending"), "max"),
    Metric("GroupTerminatingInstances", "instances", _number("leaving", True), "max"),
    Metric("GroupStandbyInstances", "instances", _number("standby", True), "max"),
    Metric("WarmPoolWarmedCapacity", "instances", lambda it, w: float(ready(it)) if it.warm_pool else None, "min"),
    Metric("RequestCount", "/s", lambda it, w: it.arrived(), "average", _came_by_zone),
    Metric("QueueLength", "requests", lambda it, w: it.waiting()),
    *EATEN,
)
