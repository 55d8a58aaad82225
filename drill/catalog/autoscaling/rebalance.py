"""AZ rebalancing: a group whose zones are uneven moves machines, the new one first."""

from __future__ import annotations

from typing import Any

from drill.catalog.autoscaling.upkeep import counted, launch, per_zone, swap
from drill.model.component import Process
from drill.model.machine import Machine, room_for
from drill.model.units import SECOND
from drill.model.world import World

LOOK = 60 * SECOND  # until it acts on uneven zones ("within minutes"; judgment)
WHY = "taken out of service in response to an instance rebalancing activity"


def keep_even(group: Any, world: World, clock: Any) -> Process:
    """Move machines from the fullest zone to the emptiest, while they differ by more than one."""

    def uneven() -> bool:
        return _uneven(group, world) is not None

    while True:
        yield clock.until(uneven, "AZ rebalancing", group.name, own=group.name, quiet=True)
        yield clock.wait(LOOK, "AZ rebalancing", group.name)
        if world.plane("ec2", group.region).down:
            continue
        while (move := _uneven(group, world)) is not None:
            old, zone = move
            new = launch(group, zone, world, clock, instead=old.id)
            if new is None:
                break
            clock.start(swap(group, new, old, world, clock, WHY))


def spare_room(group: Any) -> int:
    """Return how many machines may still be launched before others are terminated: up to 10 % or one above max."""
    total = len([m for m in group.machines if not m.leaving and not m.standby])
    return int(group.max + max(1, group.max // 10) - total)


def _uneven(group: Any, world: World) -> tuple[Machine, str] | None:
    """Return the machine to move next and where to; None while all is even, or nothing may be done about it."""
    if len(group.zones) < 2 or not group.active("AZRebalance") or not group.active("Launch"):
        return None
    leaves = [m.instead for m in group.machines if m.instead and not m.leaving]
    count = per_zone(group)
    for machine in group.machines:
        if machine.instead and not machine.leaving:
            count[machine.zone] = count.get(machine.zone, 0) + 1
        elif machine.id in leaves and not machine.leaving:
            count[machine.zone] -= 1
    open_zones = [z for z in group.zones if z not in group.closed]
    for zone in sorted(open_zones, key=lambda z: count[z]):
        most = max(count[z] for z in open_zones)
        if most - count[zone] < 2:
            return None
        if room_for(world, zone, group.type) == 0:
            continue
        here = counted(group)
        if len(here) < group.desired or spare_room(group) <= 0:
            return None
        movable = [m for m in here if count[m.zone] == most and m.id not in leaves]
        return (movable[0], zone) if movable else None
    return None
