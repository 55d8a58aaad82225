"""What a balancer holds of its targets, and the figures that CloudWatch gets of it."""

from collections.abc import Callable
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


Zones = dict[str, float | None]


def count(state: str) -> tuple[Callable[[Any, World], float], Callable[[Any, World], Zones]]:
    """Return what counts the targets that are in this state: all of them, and those of each zone."""

    def whole(it: Any, world: World) -> float:
        found = 0.0
        for target in it.targets_health.values():
            if target.state == state:
                found += 1.0
        return found

    def zones(it: Any, world: World) -> Zones:
        known, found = it.targets_health, dict.fromkeys(it.zones, 0.0)
        for _, machine in it.all_members(world):
            if machine.id in known and known[machine.id].state == state:
                found[machine.zone] += 1.0
        return {**found}

    return whole, zones


healthy, healthy_by_zone = count("healthy")
unhealthy, unhealthy_by_zone = count("unhealthy")


def arrived(it: Any, world: World) -> float:
    """Return the requests of the last second."""
    total = 0.0
    for tally in it.tallies.values():
        total += tally.arrived
    return total


def failed(it: Any, world: World) -> float:
    """Return the requests of the last second that ended badly."""
    total = 0.0
    for tally in it.tallies.values():
        total += tally.failed
    return total


def failed_by_zone(it: Any, world: World) -> Zones:
    """Return the same for the node of each zone."""
    return {station.partition("/")[2]: tally.failed for station, tally in it.tallies.items()}


def summary(it: Any, world: World) -> dict[str, Any]:
    """Return what describe-target-health says of a balancer, summed up."""
    total = len(it.targets_health)
    well = int(healthy(it, world))
    word = f"{well} of {total} targets healthy" if total else "no targets"
    health_word = "ok" if well == total and total else ("warn" if well else "bad")
    zones: dict[str, dict[str, int]] = {}
    for _, machine in it.all_members(world):
        row = zones.setdefault(machine.zone, {"healthy": 0, "unhealthy": 0, "initial": 0})
        found = it.targets_health.get(machine.id)
        if found is not None:
            row[found.state] += 1
    targets: dict[str, str] = {name: found.state for name, found in it.targets_health.items()}
    targets.update(dict.fromkeys(it.draining, "draining"))
    unused = it.unused(world)
    targets.update(dict.fromkeys(unused, "unused"))
    notes = [f"shifted away from {it.shifted}"] if it.shifted else []
    if it.shifted and not it.away(world):
        notes = [f"shift from {it.shifted} has no effect: no healthy target elsewhere"]
    if unused:
        notes.append(f"{len(unused)} unused: zone not enabled")
    if it.draining:
        notes.append(f"{len(it.draining)} draining")
    return {
        "note": ", ".join(notes),
        "state": word,
        "health": health_word,
        "count": well,
        "of": total,
        "zones": zones,
        "targets": targets,
    }
