"""Zones by their two names: the AZ id, the same for everyone, and the account's own name for it. What is in which."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from drill.model.command import Action
from drill.model.world import World


def zone_names(world: World, region: str) -> dict[str, str]:
    """Return this account's zone names of a Region, ``us-east-1a`` and on, each with the AZ id that it stands for.

    Each account has its own mapping: it follows from the seed, and not from the dice.
    """
    found = world.regions.get(region)
    ids = list(found.zones) if found is not None else []
    mixed = sorted(ids, key=lambda zone: random.Random(f"{world.seed}:account:{zone}").random())
    return {f"{region}{chr(ord('a') + i)}": zone for i, zone in enumerate(mixed)}


def zone_id(world: World, name: str) -> str:
    """Return the AZ id of a zone given by its id or by the account's name for it; unknown names as they are."""
    if name in world.zones:
        return name
    return zone_names(world, name[:-1]).get(name, name)


def dead_zones(world: World, region: str) -> list[str]:
    """Return the zones of a Region from which a control plane gets no answer."""
    found = world.regions.get(region)
    return [zone for zone in found.zones if not world.zone_up(zone)] if found is not None else []


def zones_in(action: Action, world: World) -> list[str]:
    """Return the zones of what an action names: zones, components and machines. What only reads asks no zone."""
    return [] if action.reads else list(dict.fromkeys(_zones(msgspec.to_builtins(action), world)))


def _zones(value: Any, world: World) -> list[str]:
    if isinstance(value, dict):
        return [zone for item in value.values() for zone in _zones(item, world)]
    if isinstance(value, list):
        return [zone for item in value for zone in _zones(item, world)]
    if not isinstance(value, str) or not value:
        return []
    known = zone_id(world, value)
    if known in world.zones:
        return [known]
    component = world.components.get(value)
    if component is not None:
        return [component.zone] if component.zone else []
    return [m.zone for c in world.components.values() for m in c.fleet() if m.id == value]
