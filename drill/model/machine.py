"""Machine: one EC2 instance, on its own or in an Auto Scaling group, and what it takes to start one."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

from drill.model.component import Component, Hop, Need, Process, need_of
from drill.model.units import SECOND
from drill.model.world import World, Zone

InstanceState = Literal["pending", "running", "stopping", "stopped", "shutting-down", "terminated"]

#: What starting takes, in ms, and where the figure comes from.
PENDING = 17 * SECOND  # pending to running: 5-18 s (measured, 2021 and 2025)
BOOT_BAKED = 23 * SECOND  # running to port open, baked AMI (daemonology.net, 2021-08-12)
BOOT_BOOTSTRAPPED = 240 * SECOND  # packages and configuration pulled at boot: 180-600 s (judgment)
STOPPING = 20 * SECOND
TERMINATING = 30 * SECOND
REBOOT = 60 * SECOND  # "a few minutes" at most (EC2 User Guide); an operating system's minute

INSUFFICIENT = "InsufficientInstanceCapacity"
VCPU_LIMIT = "VcpuLimitExceeded"

#: Instance types: vCPUs, and the on-demand Linux price in us-east-1 (US dollars per hour; list prices, rounded).
_TYPES: dict[str, tuple[int, float]] = {
    "t3.micro": (2, 0.0104),
    "t3.small": (2, 0.0208),
    "t3.medium": (2, 0.0416),
    "t3.large": (2, 0.0832),
    "m5.large": (2, 0.096),
    "m5.xlarge": (4, 0.192),
    "m5.2xlarge": (8, 0.384),
    "m5.4xlarge": (16, 0.768),
    "m5.8xlarge": (32, 1.536),
    "m5a.large": (2, 0.086),
    "m5a.xlarge": (4, 0.172),
    "m6i.large": (2, 0.096),
    "m6i.xlarge": (4, 0.192),
    "c5.large": (2, 0.085),
    "c5.xlarge": (4, 0.17),
    "c5.2xlarge": (8, 0.34),
    "c5.4xlarge": (16, 0.68),
    "r5.large": (2, 0.126),
    "r5.xlarge": (4, 0.252),
    "r5.2xlarge": (8, 0.504),
}
PRICES = {kind: price for kind, (_, price) in _TYPES.items()}
VCPUS = {kind: cores for kind, (cores, _) in _TYPES.items()}


def times_as_big(kind: str, than: str) -> float:
    """Return how many times the vCPUs of the type ``than`` the type ``kind`` has; 1 where one is not known."""
    return VCPUS[kind] / VCPUS[than] if kind in VCPUS and than in VCPUS else 1.0


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
    told: bool = False  # somebody said so (SetInstanceHealth): it is replaced at once
    leaving: bool = False  # Auto Scaling is taking it out
    standby: bool = False  # Auto Scaling leaves it alone, and no balancer sends to it
    apart: bool = False  # launched while AddToLoadBalancer was suspended: no balancer knows it
    instead: str = ""  # launched to take this machine's place; until then the group does not count it
    since: int = 0  # ms: running since then (0: long before)
    speed: float = 1.0  # share of its capacity that its host gives it
    used: float = 0.0  # share of the memory, descriptors or disk that its leak has eaten
    worn: float = 0.0  # 0 to 1: how far that slows it down already
    full: bool = False  # all of it is eaten: the application does not answer
    aged: int = 0  # the start (``boots``) that ``used`` belongs to
    boots: int = 0  # how often it was started: an earlier start that was overtaken stops

    def fit(self) -> bool:
        """Tell whether the application on it does its work, given power."""
        return self.ready and self.state == "running" and not self.hurt and not self.full

    def works(self, world: World) -> bool:
        """Tell whether the application on it does its work (whether or not anyone can reach it)."""
        return self.fit() and world.zones[self.zone].power

    def reachable(self, world: World) -> bool:
        """Tell whether packets to it arrive, and answers come back."""
        place = world.zones[self.zone]
        return place.power and place.network and self.fit()

    def strength(self) -> float:
        """Return the share of its nominal capacity that it has: its host's speed, less what ageing takes."""
        return self.speed * (1.0 - 0.4 * self.worn)

    def drag(self) -> float:
        """Return how many times as long a request takes on it as on a fresh machine on a healthy host."""
        return (1.0 + 7.0 * self.worn) / self.speed

    def billed(self) -> bool:
        """Tell whether it costs anything now: only running is billed (EC2 User Guide, instance lifecycle)."""
        return self.state == "running"


def take_capacity(world: World, zone: str, kind: str) -> bool:
    """Take one launch of that instance type in the zone, a reserved one first; False when there is none left."""
    place = world.zones.get(zone)
    if place is None or not place.power:
        return False
    if place.reserved.get(kind, 0) > 0:
        place.reserved[kind] -= 1
        place.claimed[kind] = place.claimed.get(kind, 0) + 1
        return True
    pool = pool_of(place, kind)
    left = place.pools.get(pool, -1)
    if left == 0:
        return False
    if left > 0:
        place.pools[pool] = left - 1
    return True


def pool_of(place: Zone, kind: str) -> str:
    """Return the pool of a zone that an instance type is launched from: its own, or ``*`` for all that have none."""
    return kind if kind in place.pools else "*"


def room_for(world: World, zone: str, kind: str) -> int:
    """Return how many launches of that type still fit in the zone, reserved ones included; -1: no limit."""
    place = world.zones[zone]
    if not place.power:
        return 0
    left = place.pools.get(pool_of(place, kind), -1)
    return left if left < 0 else left + place.reserved.get(kind, 0)


def give_capacity(world: World, zone: str, kind: str) -> None:
    """Give a stopped or terminated instance's place back: to the reservation that it ran in, else to the pool."""
    place = world.zones.get(zone)
    if place is None:
        return
    if place.claimed.get(kind, 0) > 0:
        place.claimed[kind] -= 1
        place.reserved[kind] = place.reserved.get(kind, 0) + 1
    elif place.pools.get(pool_of(place, kind), -1) >= 0:
        place.pools[pool_of(place, kind)] += 1


def over_quota(world: World, zone: str, kind: str, count: int) -> str:
    """Return AWS's words when ``count`` more instances of ``kind`` are beyond the account's quota, or "".

    What reservations keep free counts as if it ran; what is launched into it adds nothing.
    """
    place = world.zones[zone]
    limit = world.regions[place.region].vcpus
    if limit < 0:
        return ""
    more = max(0, count - place.reserved.get(kind, 0)) * VCPUS.get(kind, 2)
    if not more or _vcpus_in_use(world, place.region) + more <= limit:
        return ""
    return (
        f"You have requested more vCPU capacity than your current vCPU limit of {limit} allows for the instance bucket "
        "that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to "
        "request an adjustment to this limit."
    )


def _vcpus_in_use(world: World, region: str) -> int:
    used = 0
    for component in world.components.values():
        if component.region == region:
            for machine in component.fleet():
                if machine.state in ("pending", "running"):
                    used += VCPUS.get(machine.type, 2)
    for name in world.regions[region].zones:
        for kind, free in world.zones[name].reserved.items():
            used += free * VCPUS.get(kind, 2)
    return used


def boot(
    machine: Machine, clock: Any, who: str, seconds_ms: int, downloads: Callable[[], bool] | None = None
) -> Process:
    """Bring a machine from pending to ready, unless it is stopped, terminated or loses its host on the way.

    ``downloads`` tells whether what it installs at boot can be fetched: while it cannot, the machine runs and is
    never ready.
    """
    machine.boots += 1
    mine = machine.boots
    machine.state, machine.ready = "pending", False
    machine.launched = clock.now
    yield clock.wait(PENDING, "launch", who, shown=True)
    if machine.boots != mine or machine.state != "pending":
        return
    machine.state, machine.since = "running", clock.now
    if downloads is not None and not downloads():
        yield clock.until(lambda: machine.boots != mine or downloads(), "download", who)
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
    "VCPUS",
    "VCPU_LIMIT",
    "InstanceState",
    "Machine",
    "boot",
    "give_capacity",
    "hops_for",
    "over_quota",
    "pool_of",
    "room_for",
    "take_capacity",
    "times_as_big",
]
