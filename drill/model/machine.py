"""Machine: one EC2 instance, on its own or in an Auto Scaling group, and what it takes to start one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from drill.model.component import Component, Hop, Need, Process, need_of
from drill.model.units import SECOND
from drill.model.world import World

InstanceState = Literal["pending", "running", "stopping", "stopped", "shutting-down", "terminated"]

#: What starting takes, in ms, and where the figure comes from.
PENDING = 17 * SECOND  # pending to running: 5-18 s (measured, 2021 and 2025)
BOOT_BAKED = 23 * SECOND  # running to port open, baked AMI (daemonology.net, 2021-08-12)
BOOT_BOOTSTRAPPED = 240 * SECOND  # packages and configuration pulled at boot: 180-600 s (judgment)
STOPPING = 20 * SECOND
TERMINATING = 30 * SECOND
REBOOT = 60 * SECOND  # "a few minutes" at most (EC2 User Guide); an operating system's minute

INSUFFICIENT = "InsufficientInstanceCapacity"

#: On-demand Linux prices in us-east-1, US dollars per hour (list prices, rounded).
PRICES = {
    "t3.micro": 0.0104,
    "t3.small": 0.0208,
    "t3.medium": 0.0416,
    "m5.large": 0.096,
    "m5.xlarge": 0.192,
    "m5.2xlarge": 0.384,
    "c5.large": 0.085,
    "c5.xlarge": 0.17,
    "r5.large": 0.126,
}


class Machine(msgspec.Struct, kw_only=True):
    """One virtual machine. ``state`` is AWS's word; ``ready``: the application answers; ``hurt``: its host is dead."""

    id: str
    zone: str
    type: str = "m5.large"
    state: InstanceState = "pending"
    ready: bool = False
    hurt: bool = False
    launched: int = 0  # ms
    marked: bool = False  # Auto Scaling holds it for unhealthy
    leaving: bool = False  # Auto Scaling is taking it out
    boots: int = 0  # how often it was started: an earlier start that was overtaken stops

    def works(self, world: World) -> bool:
        """Tell whether the application on it does its work (whether or not anyone can reach it)."""
        return self.ready and self.state == "running" and not self.hurt and world.zones[self.zone].power

    def reachable(self, world: World) -> bool:
        """Tell whether packets to it arrive, and answers come back."""
        return self.works(world) and world.zones[self.zone].network

    def billed(self) -> bool:
        """Tell whether it costs anything now: only running is billed (EC2 User Guide, instance lifecycle)."""
        return self.state == "running"


def take_capacity(world: World, zone: str, kind: str) -> bool:
    """Take one launch from the zone's pool of that instance type; False when there is none left."""
    place = world.zones.get(zone)
    if place is None or not place.power:
        return False
    left = place.pools.get(kind, -1)
    if left == 0:
        return False
    if left > 0:
        place.pools[kind] = left - 1
    return True


def give_capacity(world: World, zone: str, kind: str) -> None:
    """Give a stopped or terminated instance's place back to the pool."""
    place = world.zones.get(zone)
    if place is not None and place.pools.get(kind, -1) >= 0:
        place.pools[kind] += 1


def boot(machine: Machine, clock: Any, who: str, seconds_ms: int) -> Process:
    """Bring a machine from pending to ready, unless it is stopped, terminated or loses its host on the way."""
    machine.boots += 1
    mine = machine.boots
    machine.state, machine.ready = "pending", False
    machine.launched = clock.now
    yield clock.wait(PENDING, "launch", who, shown=True)
    if machine.boots != mine or machine.state != "pending":
        return
    machine.state = "running"
    yield clock.wait(seconds_ms, "boot", who, shown=True)
    if machine.boots == mine and machine.state == "running":
        machine.ready = True


def find_machine(world: World, instance_id: str) -> tuple[Component, Machine] | None:
    """Return the machine with this instance id and the component it belongs to."""
    for component in world.components.values():
        for machine in component.fleet():
            if machine.id == instance_id:
                return component, machine
    return None


def hops_for(needs: Iterable[str | Need], reads: float, writes: float) -> tuple[Hop, ...]:
    """Return the calls that a request with so many reads and writes makes, in the order in which needs name them."""
    hops: list[Hop] = []
    for item in needs:
        need = need_of(item)
        if need.how == "reads":
            hop = Hop(need.to, reads * need.calls, 0.0, False)
        elif need.how == "writer":
            hop = Hop(need.to, 0.0, writes * need.calls, False)
        else:
            hop = Hop(need.to, reads * need.calls, writes * need.calls, need.how == "soft")
        if hop.reads > 0 or hop.writes > 0:
            hops.append(hop)
    return tuple(hops)


__all__ = [
    "BOOT_BAKED",
    "BOOT_BOOTSTRAPPED",
    "INSUFFICIENT",
    "PENDING",
    "PRICES",
    "REBOOT",
    "STOPPING",
    "TERMINATING",
    "InstanceState",
    "Machine",
    "boot",
    "give_capacity",
    "hops_for",
    "take_capacity",
]
