"""Operations on routes: replace, create, delete, associate, describe."""

from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.vpc.addresses import network
from drill.catalog.vpc.routes import InternetGateway, NatGateway, RouteTable
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.listing import Listing, Row
from drill.model.world import World


class _OnRoute(Action, kw_only=True):
    on = ("vpc.route-table",)
    subject = "route_table_id"
    there: ClassVar[bool] = True  # whether the route must be there already

    route_table_id: Annotated[str, ref("vpc.route-table")]
    destination_cidr_block: str

    @classmethod
    def drafts(cls, component: Any) -> dict[str, str]:
        """Return the first destination that the table has."""
        blocks = list(component.routes) if isinstance(component, RouteTable) else []
        return {"destination_cidr_block": blocks[0]} if blocks and cls.there else {}

    def table(self, world: World) -> RouteTable | Refusal:
        """Return the route table, or AWS's refusal."""
        code, text = "InvalidRouteTableID.NotFound", f"The routeTable ID '{self.route_table_id}' does not exist"
        found = world.find(self, RouteTable, self.route_table_id, code, text)
        assert isinstance(found, RouteTable | Refusal)
        return found

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown tables and blocks that are none."""
        table = self.table(world)
        if isinstance(table, Refusal):
            return table
        if network(self.destination_cidr_block) is None:
            text = f"Value ({self.destination_cidr_block}) for parameter destinationCidrBlock is invalid."
            return self.refuse("InvalidParameterValue", text)
        known = self.destination_cidr_block in table.routes
        if known != self.there:
            if known:
                return self.refuse(
                    "RouteAlreadyExists", f"The route identified by {self.destination_cidr_block} already exists."
                )
            block = self.destination_cidr_block
            text = f"no route with destination-cidr-block {block} in route table {self.route_table_id}"
            return self.refuse("InvalidRoute.NotFound", text)
        return None


class _PutRoute(_OnRoute, kw_only=True):
    nat_gateway_id: Annotated[str, ref("vpc.nat-gateway")] = ""
    gateway_id: Annotated[str, ref("vpc.internet-gateway")] = ""

    def check(self, world: World) -> Refusal | None:
        """Refuse targets that do not exist, too."""
        refusal = super().check(world)
        if refusal is not None:
            return refusal
        if bool(self.nat_gateway_id) == bool(self.gateway_id):
            return self.refuse("InvalidParameterCombination", "Exactly one target must be specified for a route.")
        if self.nat_gateway_id:
            nat = world.components.get(self.nat_gateway_id)
            table = self.table(world)
            if not isinstance(nat, NatGateway) or nat.status == "deleted" or nat.region != getattr(table, "region", ""):
                text = f"The natGateway ID '{self.nat_gateway_id}' does not exist"
                return self.refuse("InvalidNatGatewayID.NotFound", text)
        elif not isinstance(world.components.get(self.gateway_id), InternetGateway):
            return self.refuse("InvalidGatewayID.NotFound", f"The gateway ID '{self.gateway_id}' does not exist")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Packets follow at once."""
        table = self.table(world)
        assert isinstance(table, RouteTable)
        table.routes[self.destination_cidr_block] = self.nat_gateway_id or self.gateway_id
        yield from ()


class ReplaceRoute(_PutRoute, kw_only=True, tag="ec2:ReplaceRoute"):
    """Give a route another target: subnets that use the table go through it at once. Source: EC2 API reference."""

    summary = "Send its subnets' packets another way"


class CreateRoute(_PutRoute, kw_only=True, tag="ec2:CreateRoute"):
    """Add a route to a table. Source: EC2 API reference."""

    summary = "Add a route"
    there: ClassVar[bool] = False


class DeleteRoute(_OnRoute, kw_only=True, tag="ec2:DeleteRoute"):
    """Take a route out of a table: packets there have nowhere to go. Source: EC2 API reference."""

    summary = "Take a route out"
    usual = 60

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It is gone at once."""
        table = self.table(world)
        assert isinstance(table, RouteTable)
        table.routes.pop(self.destination_cidr_block, None)
        yield from ()


class DescribeRouteTables(Listing, kw_only=True, tag="ec2:DescribeRouteTables"):
    """List route tables with their routes. Source: EC2 API reference."""

    summary = "Show its routes"
    on = ("vpc.route-table",)
    subject = "route_table_ids"
    columns: ClassVar[dict[str, str]] = dict.fromkeys(("RouteTableId", "Destination", "Target", "State"), "")

    route_table_ids: list[Annotated[str, ref("vpc.route-table")]] = msgspec.field(default_factory=list)

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return one row per route."""
        gone = seen.get("gone", ())
        return [(name, b, to, "blackhole" if b in gone else "active") for b, to in seen.get("routes", {}).items()]


class DescribeSubnets(Listing, kw_only=True, tag="ec2:DescribeSubnets"):
    """List subnets with their zones. Source: EC2 API reference."""

    summary = "Show it: zone, block, ACL"
    on = ("vpc.subnet",)
    subject = "subnet_ids"
    columns: ClassVar[dict[str, str]] = {
        "SubnetId": "", "AvailabilityZoneId": "zone", "CidrBlock": "cidr", "RouteTable": "note",
        "NetworkAcl": "network_acl",
    }  # fmt: skip

    subnet_ids: list[Annotated[str, ref("vpc.subnet")]] = msgspec.field(default_factory=list)
