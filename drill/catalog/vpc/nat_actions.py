"""Operations on NAT gateways."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from drill.catalog.vpc.addresses import Subnet
from drill.catalog.vpc.routes import NatGateway
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.listing import Listing
from drill.model.world import World

CREATING = 120_000  # ms until it is available (typical)
DELETING = 30_000
QUOTA = 5  # NAT gateways of one zone (default quota)


class CreateNatGateway(Action, kw_only=True, tag="ec2:CreateNatGateway"):
    """Make a NAT gateway in a subnet. Route tables do not know of it until somebody tells them.

    Source: EC2 API reference.
    """

    summary = "Make a NAT gateway here"
    on = ("vpc.subnet",)
    subject = "subnet_id"

    subnet_id: Annotated[str, ref("vpc.subnet")]
    allocation_id: str = ""
    connectivity_type: Literal["public", "private"] = "public"

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown subnets, and more than the zone's quota."""
        text = f"The subnet ID '{self.subnet_id}' does not exist"
        found = world.find(self, Subnet, self.subnet_id, "InvalidSubnetID.NotFound", text)
        if isinstance(found, Refusal):
            return found
        here = [n for n in world.components.values() if isinstance(n, NatGateway) and n.zone == found.zone]
        if len([n for n in here if n.status in ("pending", "available", "deleting")]) >= QUOTA:
            return self.refuse("NatGatewayLimitExceeded", f"The maximum limit of {QUOTA} NAT gateways is reached")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It is pending for a while; in a zone without power it fails."""
        home = world.components[self.subnet_id]
        n = 1
        while f"nat-{n}" in world.components:
            n += 1
        new = NatGateway(zone=home.zone, region=home.region, subnet=home.name)
        new.name, new.status = f"nat-{n}", "pending"
        world.components[new.name] = new
        clock.topology_changed = True
        yield clock.wait(CREATING, "create NAT gateway", new.name, shown=True)
        if new.status == "pending":
            new.status = "available" if world.zone_up(new.zone) else "failed"


class DeleteNatGateway(Action, kw_only=True, tag="ec2:DeleteNatGateway"):
    """Delete a NAT gateway. Routes through it become black holes. Source: EC2 API reference."""

    summary = "Delete it"
    on = ("vpc.nat-gateway",)
    subject = "nat_gateway_id"

    nat_gateway_id: Annotated[str, ref("vpc.nat-gateway")]

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown ones."""
        text = f"The Nat Gateway {self.nat_gateway_id} was not found"
        found = world.find(self, NatGateway, self.nat_gateway_id, "NatGatewayNotFound", text)
        return found if isinstance(found, Refusal) else None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It passes nothing from now on."""
        found = world.components[self.nat_gateway_id]
        assert isinstance(found, NatGateway)
        found.status = "deleting"
        yield clock.wait(DELETING, "delete NAT gateway", found.name, shown=True)
        found.status = "deleted"


class DescribeNatGateways(Listing, kw_only=True, tag="ec2:DescribeNatGateways"):
    """List NAT gateways with their states. Source: EC2 API reference."""

    summary = "Show it: state, zone, who uses it"
    on = ("vpc.nat-gateway",)
    subject = "nat_gateway_ids"
    columns: ClassVar[dict[str, str]] = {"NatGatewayId": "", "Zone": "zone", "State": "state", "Routes": "note"}

    nat_gateway_ids: list[Annotated[str, ref("vpc.nat-gateway")]] = msgspec.field(default_factory=list)
