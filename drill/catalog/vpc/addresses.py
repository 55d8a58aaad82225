"""Subnets, and the addresses that rules speak of."""

from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Network, ip_network
from typing import Annotated, Any

from drill.model.component import ref
from drill.model.network import USERS, AddressSpace, space_of
from drill.model.world import World

ANYWHERE = "0.0.0.0/0"
RESERVED = 5  # addresses of each subnet (VPC User Guide: subnet sizing)
KEEPS = ("pending", "running", "stopping", "stopped", "shutting-down")  # states in which an instance has its address
INSIDE = "10.0.0.0/16"  # a VPC whose level names no addresses


@cache
def network(cidr: str) -> IPv4Network | None:
    """Return the block of addresses that a CIDR names, or None when it names none."""
    try:
        found = ip_network(cidr)
    except ValueError:
        return None
    return found if isinstance(found, IPv4Network) else None


def covers(rule: str, source: str) -> bool:
    """Tell whether the block ``rule`` holds all of ``source``."""
    outer, inner = network(rule), network(source)
    return outer is not None and inner is not None and inner.subnet_of(outer)


class Subnet(AddressSpace, kw_only=True, tag="vpc.subnet"):
    """A range of addresses in one Availability Zone. What its route table and its network ACL say holds for all in it.

    It holds those of ``holds`` that are in its zone; without ``holds``, all in its zone that no other subnet names.
    """

    title = "Subnet"
    glyph = "▭"
    ascii = "_"
    tier = 92
    scope = "zonal"
    figures = {"size": "all addresses of its block but five (documented)"}
    sources = ("VPC User Guide: subnets",)

    cidr: str = ""  # such as 10.0.1.0/24
    route_table: Annotated[str, ref("vpc.route-table")] = ""  # without one, the drill asks no question of routing
    network_acl: Annotated[str, ref("vpc.network-acl")] = ""  # without one: the default ACL, which lets all through

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if not self.zone:
            yield "a subnet is in one zone; name it with `zone`"
        if self.cidr and network(self.cidr) is None:
            yield f"{self.cidr!r} is no block of addresses; write it as 10.0.1.0/24"

    def addresses(self) -> str:
        """Return its block."""
        return self.cidr or INSIDE

    def room(self, world: World) -> int:
        """Return its free addresses. Five are AWS's own; stopped instances keep theirs, and so does each node in it."""
        block = network(self.cidr)
        if block is None:
            return -1
        used = RESERVED
        for name, component in world.components.items():
            machines = [m for m in component.fleet() if m.zone == self.zone and m.state in KEEPS]
            if machines and space_of(world, name, self.zone) is self:
                used += len(machines)
            elif name in self.holds and not component.fleet():
                used += 1
        return max(0, block.num_addresses - used)

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-subnets says."""
        return {"state": "available", "health": "ok", "note": self.route_table, "network_acl": self.network_acl,
                "cidr": self.addresses()}  # fmt: skip


def owner_of(station: str) -> str:
    """Return the component that a station belongs to."""
    return station.partition("/")[0]


def subnet_of(world: World, station: str) -> Subnet | None:
    """Return the subnet that a station is in, where the level has one."""
    name, _, zone = station.partition("/")
    component = world.components.get(name)
    zone = zone or (component.zone if component is not None else "")
    found = space_of(world, name, zone)
    return found if isinstance(found, Subnet) else None


def is_outside(world: World, station: str) -> bool:
    """Tell whether a station is not in the VPC: users, and services of others."""
    component = world.components.get(owner_of(station))
    return station == USERS or component is None or type(component).scope == "global"


def block_of(world: World, station: str) -> str:
    """Return the addresses that packets of a station come from."""
    if is_outside(world, station):
        return ANYWHERE
    found = subnet_of(world, station)
    return found.addresses() if found is not None else INSIDE
