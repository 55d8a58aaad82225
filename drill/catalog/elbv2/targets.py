"""What a balancer holds of its targets, and the figures that CloudWatch gets of it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from drill.model.units import Duration
from drill.model.world import World


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


def count(it: Any, world: World, state: str, zone: str = "") -> float:
    """Return how many targets are in this state."""
    if not zone:
        return float(len([t for t in it.targets_health.values() if t.state == state]))
    here = [m.id for _, m in it.all_members(world) if m.zone == zone]
    return float(len([i for i in here if i in it.targets_health and it.targets_health[i].state == state]))


def healthy(it: Any, world: World, zone: str = "") -> float:
    """Return how many targets are healthy."""
    return count(it, world, "healthy", zone)


def unhealthy(it: Any, world: World, zone: str = "") -> float:
    """Return how many targets are unhealthy."""
    return count(it, world, "unhealthy", zone)


def arrived(it: Any, world: World, zone: str = "") -> float:
    """Return the requests of the last second."""
    total = 0.0
    for station, tally in it.tallies.items():
        if zone in ("", station.partition("/")[2]):
            total += tally.arrived
    return total


def failed(it: Any, world: World, zone: str = "") -> float:
    """Return the requests of the last second that ended badly."""
    total = 0.0
    for station, tally in it.tallies.items():
        if zone in ("", station.partition("/")[2]):
            total += tally.failed
    return total
