"""Elastic IP addresses: a fixed public address that points at one instance of its Region at a time."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from drill.catalog.ec2.instance import Instance
from drill.catalog.ec2.snapshots import free_name
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import STATE, Component, Metric, Process, Tally, ref
from drill.model.listing import Listing
from drill.model.traffic import Cohort, Flow
from drill.model.world import World

REMAP = 5_000  # ms until packets follow a new association (judgment; AWS says "rapidly", 5 to 60 s reported)
NO_ALLOCATION = "InvalidAllocationID.NotFound"
QUOTA = 5  # addresses of a Region (default quota)
PRICE = 0.005  # US dollars per hour for any public IPv4 address


class ElasticIp(Component, kw_only=True, tag="ec2.elastic-ip"):
    """A public address. It outlives its instance and its zone, never leaves its Region, and moves only when told."""

    title = "Elastic IP"
    glyph = "◎"
    ascii = "@"
    tier = 20
    scope = "regional"
    metrics = (
        Metric("RequestCount", "/s", lambda it, w: it.tally.arrived),
        Metric("FailedRequests", "/s", lambda it, w: it.tally.failed),
    )
    figures = {
        "remap": "5 s until packets follow (judgment; reports range from 5 to 60 s)",
        "price": "$0.005/h for every public IPv4 address (list price)",
    }
    sources = ("EC2 User Guide: Elastic IP addresses",)

    instance: Annotated[str, ref("ec2.instance")] = ""  # what it points at
    released: Annotated[bool, STATE] = False  # it was given back
    points_at: Annotated[str, STATE] = ""  # where packets go; follows ``instance`` after the remap
    tally: Annotated[Tally, STATE] = msgspec.field(default_factory=Tally)

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        target = world.components.get(self.instance)
        if target is not None and target.region != self.region:
            yield f"an Elastic IP stays in its Region: {self.instance} is in {target.region}"

    def begin(self, world: World) -> None:
        """The level's association has long taken effect."""
        self.points_at = self.instance

    def leads_to(self, components: dict[str, Any]) -> Iterable[str]:
        """It can point at any instance of its Region."""
        return [n for n, c in components.items() if isinstance(c, Instance) and c.region == self.region]

    def stations(self) -> list[str]:
        """Packets to the address are requests."""
        return [self.name]

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Hand everything to the instance; without one, packets get no answer."""
        rate = 0.0
        up = self.points_at and flow.world.region_up(self.region)
        for cohort in inbox:
            rate += cohort.amount
            cohort.via = self.name
            if up:
                flow.push(self.points_at, cohort)
            else:
                flow.traffic.hold(cohort)
        self.tally.arrived = rate

    def responds(self, world: World, within_ms: int) -> bool:
        """Tell whether a health check from outside gets an answer through this address."""
        target = world.components.get(self.points_at)
        return target is not None and target.responds(world, within_ms)

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-addresses says."""
        if self.released:
            return {"state": "released", "health": "off"}
        return {
            "state": f"-> {self.instance}" if self.instance else "not associated",
            "health": "ok" if self.instance else "warn",
            "instance": self.instance,
        }

    def hourly(self, world: World) -> float:
        """Return the price of a public IPv4 address."""
        if self.released:
            return 0.0
        return float(self.price) if self.price is not None else PRICE


class AssociateAddress(Action, kw_only=True, tag="ec2:AssociateAddress"):
    """Point an Elastic IP at another instance in the same Region. Source: EC2 API reference."""

    summary = "Point an Elastic IP address at an instance"
    usual = 25
    on = ("ec2.elastic-ip", "ec2.instance")
    subject = "allocation_id"

    allocation_id: Annotated[str, ref("ec2.elastic-ip")]
    instance_id: Annotated[str, ref("ec2.instance")]
    allow_reassociation: bool = True

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown ids, the wrong Region, and an instance that is not there yet."""
        address = world.find(
            self,
            ElasticIp,
            self.allocation_id,
            NO_ALLOCATION,
            f"The allocation ID '{self.allocation_id}' does not exist",
        )
        if isinstance(address, Refusal):
            return address
        assert isinstance(address, ElasticIp)
        if address.released:
            return self.refuse(NO_ALLOCATION, f"The allocation ID '{self.allocation_id}' does not exist")
        missing = f"The instance ID '{self.instance_id}' does not exist"
        instance = world.find(self, Instance, self.instance_id, "InvalidInstanceID.NotFound", missing)
        if isinstance(instance, Refusal):
            return instance
        if instance.region != address.region:
            return self.refuse("InvalidInstanceID.NotFound", missing)
        assert isinstance(instance, Instance)
        if instance.machine.state not in ("running", "stopped"):
            return self.refuse(
                "IncorrectInstanceState",
                f"The instance '{self.instance_id}' is not in a valid state for this operation.",
            )
        if address.instance and address.instance != self.instance_id and not self.allow_reassociation:
            return self.refuse(
                "Resource.AlreadyAssociated",
                f"resource {self.allocation_id} is already associated with associate-id {address.instance}",
            )
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The record changes at once; packets follow a few seconds later."""
        address = world.components[self.allocation_id]
        assert isinstance(address, ElasticIp)
        address.instance = self.instance_id
        if address.points_at == self.instance_id:
            return
        yield clock.wait(REMAP, "remap", self.allocation_id, shown=True)
        if address.instance == self.instance_id:
            address.points_at = self.instance_id


class DisassociateAddress(Action, kw_only=True, tag="ec2:DisassociateAddress"):
    """Take an Elastic IP off its instance. Source: EC2 API reference."""

    summary = "Take this address off its instance"
    usual = 50
    on = ("ec2.elastic-ip",)
    subject = "association_id"

    association_id: Annotated[str, ref("ec2.elastic-ip")]

    def check(self, world: World) -> Refusal | None:
        """Refuse an address that is not associated."""
        address = world.components.get(self.association_id)
        if not isinstance(address, ElasticIp) or not address.instance:
            return self.refuse(
                "InvalidAssociationID.NotFound", f"The association ID '{self.association_id}' does not exist"
            )
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Packets stop arriving."""
        address = world.components[self.association_id]
        assert isinstance(address, ElasticIp)
        address.instance = ""
        yield clock.wait(REMAP, "remap", self.association_id, shown=True)
        if not address.instance:
            address.points_at = ""


class AllocateAddress(Action, kw_only=True, tag="ec2:AllocateAddress"):
    """Get another Elastic IP address of this Region. It is paid from now on, used or not. Source: EC2 API reference."""

    summary = "Get another address"
    usual = 60
    on = ("ec2.elastic-ip",)

    domain: Literal["vpc"] = "vpc"

    def check(self, world: World) -> Refusal | None:
        """Refuse more than the account's quota in the Region."""
        region = self._region(world)
        mine = [c for c in world.components.values() if isinstance(c, ElasticIp) and c.region == region]
        if len([c for c in mine if not c.released]) >= QUOTA:
            return self.refuse("AddressLimitExceeded", "The maximum number of addresses has been reached.")
        return None

    def _region(self, world: World) -> str:
        return self.region or next(iter(world.regions), "")

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It is there at once, and points at nothing."""
        new = ElasticIp(name=free_name(world, "address"), region=self._region(world))
        world.components[new.name] = new
        clock.topology_changed = True
        yield from ()


class ReleaseAddress(Action, kw_only=True, tag="ec2:ReleaseAddress"):
    """Give an Elastic IP address back: others get it, and it does not come again. Source: EC2 API reference."""

    summary = "Give this address back"
    usual = 70
    on = ("ec2.elastic-ip",)
    subject = "allocation_id"

    allocation_id: Annotated[str, ref("ec2.elastic-ip")]

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown addresses, and one that is associated."""
        text = f"The allocation ID '{self.allocation_id}' does not exist"
        found = world.find(self, ElasticIp, self.allocation_id, NO_ALLOCATION, text)
        if isinstance(found, Refusal):
            return found
        assert isinstance(found, ElasticIp)
        if found.released:
            return self.refuse(NO_ALLOCATION, text)
        if found.instance:
            return self.refuse("InvalidIPAddress.InUse", f"Address {found.name} is in use.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Nothing answers there any more."""
        found = world.components[self.allocation_id]
        assert isinstance(found, ElasticIp)
        found.released, found.points_at = True, ""
        yield from ()


class DescribeAddresses(Listing, kw_only=True, tag="ec2:DescribeAddresses"):
    """List Elastic IP addresses and what they point at. Source: EC2 API reference."""

    summary = "Show addresses and what they point at"
    on = ("ec2.elastic-ip",)
    subject = "allocation_ids"
    columns: ClassVar[dict[str, str]] = {"AllocationId": "", "InstanceId": "instance"}

    allocation_ids: list[Annotated[str, ref("ec2.elastic-ip")]] = msgspec.field(default_factory=list)
