"""Zones by their two names: the AZ id, the same for everyone, and the account's own name for it."""

from __future__ import annotations

import random

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
