"""Networks: what stands between two others, lets packets through or drops them, and what carries them out."""

from typing import Annotated, Any

from drill.model.component import Component, ref
from drill.model.world import World

USERS = ""  # the source of what comes from outside
NO_ADDRESS = "InsufficientFreeAddressesInSubnet"
GATES = "gates"  # the World's flag that lists gates by name: a world without any pays nothing
SPACES = "spaces"  # the same of address spaces


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


class _AddressSpace(Component, kw_only=True):
    """Something that machines of one zone have their addresses from: a subnet."""

    holds: list[Annotated[str, ref()]] = []  # components (or their part in this zone) that are in it; none: the rest

    def begin(self, world: World) -> None:
        """Give out addresses from now on."""
        world.flags[SPACES] = [*world.flags.get(SPACES, []), self.name]

    def room(self, world: World) -> int:
        """Return how many addresses are free; -1: no limit."""
        return -1


def space_of(world: World, name: str, zone: str) -> _AddressSpace | None:
    """Return what the component ``name`` has its addresses from in ``zone``, where the level has that."""
    rest: _AddressSpace | None = None
    for space in world.flags.get(SPACES, ()):
        found: _AddressSpace = world.components[space]  # type: ignore[assignment]
        if found.zone == zone and zone:
            if name in found.holds:
                return found
            if not found.holds and rest is None:
                rest = found
    return rest


def too_few_addresses(world: World, name: str, zone: str, count: int) -> str:
    """Return AWS's words where ``count`` more machines like ``name`` find no address in ``zone``, or ""."""
    space = space_of(world, name, zone)
    room = space.room(world) if space is not None else -1
    if space is None or room < 0 or room >= count:
        return ""
    return f"There are not enough free addresses in subnet '{space.name}' to satisfy the requested number of instances."


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


AddressSpace = _AddressSpace
Gate = _Gate
