"""Networks: what stands between two others, lets packets through or drops them, and what carries them out."""

from __future__ import annotations

from typing import Any

from drill.model.component import Component
from drill.model.world import World

USERS = ""  # the source of what comes from outside
GATES = "gates"  # the World's flag that lists gates by name: a world without any pays nothing


class _Gate(Component, kw_only=True):
    """Something that packets between two others must pass: a route table, a security group, a network ACL."""

    def begin(self, world: World) -> None:
        """Stand in the way from now on."""
        world.flags[GATES] = [*world.flags.get(GATES, []), self.name]

    def passes(self, world: World, source: str, target: str) -> bool:
        """Tell whether packets from station ``source`` (``USERS``: from outside) reach station ``target``, and back."""
        return True

    def carrier(self, world: World, source: str, target: str) -> str:
        """Return what it sends them through (a NAT gateway), or ""."""
        return ""


def passage(world: World, source: str, target: str) -> tuple[bool, str]:
    """Tell whether packets from ``source`` reach ``target`` and come back, and what carries them out ("": nothing)."""
    through = ""
    for name in world.flags.get(GATES, ()):
        gate: Any = world.components[name]
        through = gate.carrier(world, source, target) or through
        if not gate.passes(world, source, target):
            return False, through
    return True, through


def connected(world: World, source: str, target: str) -> bool:
    """Tell whether packets from ``source`` reach ``target`` and come back: what a health check finds out."""
    return GATES not in world.flags or passage(world, source, target)[0]


Gate = _Gate
