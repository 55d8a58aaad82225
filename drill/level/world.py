"""A level's topology as a World: what stands where at T+0, before anything has begun."""

from __future__ import annotations

from typing import Any

from drill.level.level import Level
from drill.model.world import Link, Region, World, Zone


def world_of(level: Level, seed: int = 0, draws: dict[str, Any] | None = None) -> World:
    """Return the Regions, zones, links and components of a bound level (the components themselves, not copies)."""
    world = World(seed=seed, length=int(level.length), draws=draws or {}, components=level.world.components)
    for name, spec in level.world.regions.items():
        world.regions[name] = Region(name=name, zones=list(spec.zones), vcpus=spec.vcpus)
        special = spec.zones if isinstance(spec.zones, dict) else {}
        for zone in spec.zones:
            pools = dict(special[zone].pools) if zone in special else {}
            world.zones[zone] = Zone(name=zone, region=name, pools=pools)
    for name, path in level.world.links.items():
        carries = -1.0 if path.carries is None else float(path.carries)
        source, target = path.between
        world.links[name] = Link(source=source, target=target, latency=int(path.latency), carries=carries)
    return world
