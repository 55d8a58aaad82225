"""Warm pools: instances that were installed beforehand and stopped, so that scaling out is a start."""

from __future__ import annotations

from typing import Any

from drill.model.component import Process
from drill.model.machine import PENDING, STOPPING, give_capacity, take_capacity
from drill.model.units import MINUTE
from drill.model.world import World

RETRY = MINUTE  # after an instance could not be prepared


def fill(group: Any) -> None:
    """Have the pool of a level full at T+0, evenly over the zones."""
    group.warmed = dict.fromkeys(group.zones, 0)
    for i in range(group.warm_pool):
        group.warmed[group.zones[i % len(group.zones)]] += 1


def ready(group: Any) -> int:
    """Return how many instances wait in the pool."""
    total = 0
    for count in group.warmed.values():
        total += count
    return total


def keep_warm(group: Any, world: World, clock: Any) -> Process:
    """Prepare instances, one after another, until the pool is as large as it should be."""
    while True:
        yield clock.until(lambda: ready(group) < group.warm_pool and group.active("Launch"), "warm pool", group.name)
        zone = min(group.zones, key=lambda z: (not world.zone_up(z), group.warmed.get(z, 0), group.zones.index(z)))
        plane = world.plane("ec2", group.region)
        refused = yield from clock.turn("ec2", group.region)
        if refused or plane.down or not take_capacity(world, zone, group.type):
            yield clock.wait(RETRY, "warm pool", group.name)
            continue
        group.preparing += 1
        yield clock.wait(PENDING, "warm pool", group.name)
        fetches = group.fetches(world)
        if fetches is not None and not fetches():
            yield clock.until(fetches, "download", group.name)
        yield clock.wait(group.boot_ms() + STOPPING, "warm pool", group.name, shown=True)
        group.preparing -= 1
        give_capacity(world, zone, group.type)
        if ready(group) < group.warm_pool and world.zone_up(zone):
            group.warmed[zone] = group.warmed.get(zone, 0) + 1
