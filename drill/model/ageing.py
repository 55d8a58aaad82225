"""Ageing: what a machine's software eats while it runs, until nothing is left. Failures that can be had on a day of
one's own choosing: a fresh machine starts afresh."""

from typing import Any, Literal

import msgspec

from drill.model.component import Metric, Process
from drill.model.machine import Machine
from drill.model.units import SECOND, Duration, Share
from drill.model.world import World

TICK = 10 * SECOND  # how often ageing is worked out: each time is an event

#: From which share on it is felt: pages are swapped, calls for a descriptor fail, writes look for free blocks.
DRIFTS = {"memory": 0.90, "descriptors": 0.90, "disk": 0.95}


class Leak(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a machine's software eats while it works. At 100 % the application no longer answers.

    A reboot gives memory and descriptors back, and leaves a full disk full; a new machine starts ``fresh``.
    """

    what: Literal["memory", "descriptors", "disk"] = "memory"  # what runs out
    fills: Duration = Duration(2_400_000)  # from nothing to full, while it works
    used: Share = Share(0.5)  # share eaten at T+0, of the oldest machine
    spread: Share = Share(0)  # the youngest has eaten this much less
    fresh: Share = Share(0.2)  # share eaten by a machine that was launched or rebooted just now


def begin_leak(leak: Leak, machines: list[Machine]) -> None:
    """Give each machine its age at T+0: the first is the oldest, the others follow in even steps."""
    for i, machine in enumerate(machines):
        machine.used = float(leak.used) - float(leak.spread) * i / max(1, len(machines) - 1)
        _feel(leak, machine)


def age(owner: Any, leak: Leak, world: World, clock: Any) -> Process:
    """Let the machines of ``owner`` age, tick by tick."""
    while True:
        yield clock.wait(TICK, "ageing", owner.name)
        for machine in owner.fleet():
            if machine.aged != machine.boots:
                machine.aged = machine.boots
                if leak.what != "disk" or machine.used == 0.0:
                    machine.used = float(leak.fresh)
            elif machine.works(world):
                machine.used = min(1.0, machine.used + TICK / leak.fills)
            _feel(leak, machine)


def _feel(leak: Leak, machine: Machine) -> None:
    start = DRIFTS[leak.what]
    machine.worn = max(0.0, (machine.used - start) / (1.0 - start))
    machine.full = machine.used >= 1.0


def most_used(machines: list[Machine], zone: str = "") -> float | None:
    """Return the share eaten on the running machine that has eaten most (of one zone), in percent."""
    worst = -1.0
    for machine in machines:
        if machine.state == "running" and zone in ("", machine.zone):
            worst = max(worst, machine.used)
    return 100.0 * worst if worst >= 0 else None


def _eaten(what: str, name: str) -> Metric:
    def worst(it: Any, world: World) -> float | None:
        return most_used(it.fleet()) if it.leak is not None and it.leak.what == what else None

    def by_zone(it: Any, world: World) -> dict[str, float | None]:
        leaks = it.leak is not None and it.leak.what == what
        return {zone: most_used(it.fleet(), zone) for zone in it.zones} if leaks else {}

    return Metric(name, "%", worst, "max", by_zone)


#: What the CloudWatch agent reports of it, by the agent's names.
EATEN = (
    _eaten("memory", "mem_used_percent"),
    _eaten("descriptors", "fd_used_percent"),
    _eaten("disk", "disk_used_percent"),
)

__all__ = ["DRIFTS", "EATEN", "TICK", "Leak", "age", "begin_leak", "most_used"]
