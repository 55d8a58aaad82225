"""On-demand capacity reservations: room for launches that nobody else gets, paid whether it is used or not."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from drill.catalog.ec2.actions import no_capacity
from drill.catalog.ec2.snapshots import free_name
from drill.model.command import Action, Fault, Receipt, Refusal
from drill.model.component import STATE, Component, Process, ref
from drill.model.listing import Listing
from drill.model.machine import INSUFFICIENT, PRICES, over_quota, pool_of, room_for
from drill.model.places import zone_id
from drill.model.units import SECOND, Duration, time_of_day
from drill.model.world import World

STEP = 5 * SECOND  # in which a rush takes capacity


class CapacityReservation(Component, kw_only=True, tag="ec2.capacity-reservation"):
    """Room for so many instances of one type in one zone, for this account alone.

    Running instances of that type and zone use it first, then launches and starts do, without being told to (open
    matching). What is not used costs as much as if it ran. It is no discount, and it is of its zone.
    """

    title = "Capacity Reservation"
    glyph = "▢"
    ascii = "R"
    tier = 60
    scope = "zonal"
    figures = {
        "price": "the on-demand price of each instance that it holds free (documented)",
        "without an end": "until it is canceled; with one it expires, and what runs in it runs on (documented)",
    }
    sources = ("EC2 User Guide: reserve compute capacity with On-Demand Capacity Reservations",)

    type: str = "m5.large"  # instance type
    count: int = 1  # instances that it holds room for
    ends: Duration | None = None  # when it expires; without, until it is canceled
    status: Annotated[Literal["active", "cancelled", "expired"], STATE] = "active"

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if not self.zone:
            yield "a capacity reservation is of one zone; name it with `zone`"
        if self.count < 1:
            yield "a capacity reservation holds room for at least one instance"

    def begin(self, world: World) -> None:
        """It was made long ago."""
        if self.zone in world.zones:
            hold(world, self.zone, self.type, self.count)

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return its end, where it has one."""
        return [] if self.ends is None else [expire(self, int(self.ends), world, clock)]

    def free(self, world: World) -> int:
        """Return how many instances still fit in it (with others of its type and zone: the last ones are free)."""
        return min(self.count, world.zones[self.zone].reserved.get(self.type, 0)) if self.status == "active" else 0

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-capacity-reservations says."""
        free = self.free(world)
        return {
            "state": self.status, "health": "ok" if self.status == "active" else "off", "type": self.type,
            "total": self.count, "available": free, "note": f"{free} of {self.count} free, {self.type}",
        }  # fmt: skip

    def hourly(self, world: World) -> float:
        """Return the price of what it holds free; what runs in it is paid as an instance."""
        each = float(self.price) if self.price is not None else PRICES.get(self.type, 0.0)
        return each * self.free(world)


def give_back(it: CapacityReservation, world: World, status: Literal["cancelled", "expired"]) -> None:
    """Let others have what it holds free. What runs in it runs on."""
    place, free = world.zones[it.zone], it.free(world)
    it.status = status
    place.reserved[it.type] = place.reserved.get(it.type, 0) - free
    place.claimed[it.type] = max(0, place.claimed.get(it.type, 0) - (it.count - free))
    pool = pool_of(place, it.type)
    if place.pools.get(pool, -1) >= 0:
        place.pools[pool] += free


def expire(it: CapacityReservation, at: int, world: World, clock: Any) -> Process:
    """End it when its time has come."""
    yield clock.wait(max(0, at - clock.now), "end of reservation", it.name)
    if it.status == "active":
        give_back(it, world, "expired")


def running(world: World, zone: str, kind: str) -> int:
    """Return how many of the account's instances of a type use capacity in a zone."""
    count = 0
    for component in world.components.values():
        for machine in component.fleet():
            if machine.zone == zone and machine.type == kind and machine.state in ("pending", "running", "stopping"):
                count += 1
    return count


def covered(world: World, zone: str, kind: str, count: int) -> int:
    """Return how many of ``count`` reserved places instances that run outside of any reservation would take."""
    return min(count, max(0, running(world, zone, kind) - world.zones[zone].claimed.get(kind, 0)))


def hold(world: World, zone: str, kind: str, count: int) -> None:
    """Reserve ``count`` places: those of running instances, the rest out of the zone's pool."""
    place = world.zones[zone]
    mine = covered(world, zone, kind, count)
    place.claimed[kind] = place.claimed.get(kind, 0) + mine
    place.reserved[kind] = place.reserved.get(kind, 0) + count - mine
    pool = pool_of(place, kind)
    if place.pools.get(pool, -1) >= 0:
        place.pools[pool] = max(0, place.pools[pool] - (count - mine))


class CreateCapacityReservation(Action, kw_only=True, tag="ec2:CreateCapacityReservation"):
    """Reserve room for instances of a type in a zone, paid from now on. Source: EC2 API reference."""

    summary = "Reserve capacity in a zone"
    usual = 85
    on = ("ec2.instance", "ec2.capacity-reservation")

    instance_type: str
    instance_platform: Literal["Linux/UNIX"]
    availability_zone: Annotated[str, ref("zone")]
    instance_count: int
    end_date_type: Literal["unlimited", "limited"] = "unlimited"
    end_date: str = ""  # a drill begins at 00:00:00Z

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown zones and types, quotas, and a zone that has not so much left."""
        zone = zone_id(world, self.availability_zone)
        place = world.zones.get(zone)
        if place is None or (self.region and place.region != self.region):
            return self.refuse("InvalidAvailabilityZone", f"Invalid availability zone: [{self.availability_zone}]")
        if self.instance_type not in PRICES:
            return self.refuse("InvalidParameterValue", f"Invalid value '{self.instance_type}' for InstanceType.")
        if self.instance_count < 1:
            return self.refuse("InvalidParameterValue", f"Invalid instance count: {self.instance_count}")
        if (self.end_date_type == "limited") != bool(self.end_date):
            text = "You must specify EndDate if EndDateType is limited, and not otherwise."
            return self.refuse("InvalidParameterCombination", text)
        if self.end_date and (time_of_day(self.end_date) or 0) <= world.now:
            return self.refuse("InvalidParameterValue", f"Value ({self.end_date}) for parameter endDate is invalid.")
        new = self.instance_count - covered(world, zone, self.instance_type, self.instance_count)
        words = over_quota(world, zone, self.instance_type, place.reserved.get(self.instance_type, 0) + new)
        if words:
            return self.refuse("InstanceLimitExceeded", words)
        left = place.pools.get(pool_of(place, self.instance_type), -1)
        if room_for(world, zone, self.instance_type) == 0 or 0 <= left < new:
            return self.refuse(INSUFFICIENT, no_capacity(self.instance_type, zone))
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It is active at once."""
        zone = zone_id(world, self.availability_zone)
        new = CapacityReservation(
            name=free_name(world, "reserved"), zone=zone, region=world.zones[zone].region,
            type=self.instance_type, count=self.instance_count,
            ends=Duration(time_of_day(self.end_date) or 0) if self.end_date else None,
        )  # fmt: skip
        new.begin(world)
        world.components[new.name] = new
        for process in new.processes(world, clock):
            clock.start(process)
        clock.topology_changed = True
        yield from ()


class CancelCapacityReservation(Action, kw_only=True, tag="ec2:CancelCapacityReservation"):
    """Give reserved room back. What runs in it runs on. Source: EC2 API reference."""

    summary = "Cancel this reservation"
    on = ("ec2.capacity-reservation",)
    subject = "capacity_reservation_id"

    capacity_reservation_id: Annotated[str, ref("ec2.capacity-reservation")]

    def check(self, world: World) -> Refusal | None:
        """Refuse an unknown one, and one that was canceled."""
        name = self.capacity_reservation_id
        words = f"The capacity reservation '{name}' does not exist"
        found = world.find(self, CapacityReservation, name, "InvalidCapacityReservationId.NotFound", words)
        if isinstance(found, Refusal):
            return found
        assert isinstance(found, CapacityReservation)
        if found.status != "active":
            return self.refuse("InvalidCapacityReservationState", f"The capacity reservation '{name}' is not active.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Others may have it now."""
        found = world.components[self.capacity_reservation_id]
        assert isinstance(found, CapacityReservation)
        give_back(found, world, "cancelled")
        yield from ()


class DescribeCapacityReservations(Listing, kw_only=True, tag="ec2:DescribeCapacityReservations"):
    """List reservations: type, zone, total and available. Source: EC2 API reference."""

    summary = "Show how much of it is free"
    on = ("ec2.capacity-reservation",)
    subject = "capacity_reservation_ids"
    columns: ClassVar[dict[str, str]] = {
        "CapacityReservationId": "", "Type": "type", "Zone": "zone", "State": "state", "Total": "total",
        "Available": "available",
    }  # fmt: skip

    capacity_reservation_ids: list[Annotated[str, ref("ec2.capacity-reservation")]] = msgspec.field(
        default_factory=list
    )


class CapacityRush(Fault, kw_only=True, tag="drill:ec2:capacity-rush"):
    """Other tenants fail over too: what a zone has left of an instance type is gone within minutes.

    Only what a zone's ``pools`` count can be taken. Reserved capacity stays.
    """

    summary = "other tenants take the capacity that is left"
    on = ("zone",)
    sources = ("AWS Well-Architected, reliability pillar: static stability using Availability Zones",)

    type: str = ""  # instance type; "" for every type that the zone counts
    over: Duration = Duration(60 * SECOND)  # how long it takes them
    leaves: int = 0  # launches that still fit when they are done

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        place = world.zones.get(self.target)
        if place is None:
            yield f"the target of a capacity rush is a zone; {self.target!r} is none"
        elif not place.pools or (self.type and self.type not in place.pools):
            yield f"nothing says how much {self.type or 'capacity'} {self.target} has; give it `pools`"

    def aftermath(self, world: World, clock: Any) -> Process:
        """Take an equal part in each step."""
        place = world.zones[self.target]
        kinds = [self.type] if self.type else list(place.pools)
        steps = max(1, int(self.over) // STEP)
        world.flags[f"rush/{self.target}"] = True
        for step in range(steps):
            yield clock.wait(STEP, "rush", self.target)
            if not world.flags.get(f"rush/{self.target}"):
                return
            for kind in kinds:
                left = place.pools.get(kind, -1)
                if left > self.leaves:
                    taken = -(-(left - self.leaves) // (steps - step))
                    place.pools[kind] = left - taken
                    key = f"rush/{self.target}/{kind}"
                    world.flags[key] = world.flags.get(key, 0) + taken

    def clear(self, world: World) -> None:
        """The others go home, and leave what they had taken."""
        place = world.zones[self.target]
        world.flags.pop(f"rush/{self.target}", None)
        for kind in list(place.pools):
            place.pools[kind] += world.flags.pop(f"rush/{self.target}/{kind}", 0)
