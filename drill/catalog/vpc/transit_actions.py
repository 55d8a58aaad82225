"""Operations on ways between VPCs, and what takes those ways away."""

from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.vpc.transit import PeeringConnection, TransitGateway
from drill.model.command import Fault
from drill.model.component import ref
from drill.model.listing import Listing
from drill.model.world import World


class DescribeVpcPeeringConnections(Listing, kw_only=True, tag="ec2:DescribeVpcPeeringConnections"):
    """List peering connections with their ends and states. Source: EC2 API reference."""

    summary = "Show it: state, both ends"
    on = ("vpc.peering-connection",)
    subject = "vpc_peering_connection_ids"
    columns: ClassVar[dict[str, str]] = {
        "VpcPeeringConnectionId": "", "Requester": "region", "Accepter": "accepter", "Status": "state",
    }  # fmt: skip

    vpc_peering_connection_ids: list[Annotated[str, ref("vpc.peering-connection")]] = msgspec.field(
        default_factory=list
    )


class DescribeTransitGateways(Listing, kw_only=True, tag="ec2:DescribeTransitGateways"):
    """List transit gateways with their states. Source: EC2 API reference."""

    summary = "Show it: state, peers"
    on = ("vpc.transit-gateway",)
    subject = "transit_gateway_ids"
    columns: ClassVar[dict[str, str]] = {
        "TransitGatewayId": "", "Region": "region", "State": "state", "Description": "note",
    }  # fmt: skip

    transit_gateway_ids: list[Annotated[str, ref("vpc.transit-gateway")]] = msgspec.field(default_factory=list)


class TransitBlocked(Fault, kw_only=True, tag="aws:network:transit-gateway-disrupt-cross-region-connectivity"):
    """A transit gateway's peering attachments pass nothing on. AWS goes on calling the gateway available."""

    summary = "its peering attachments pass nothing on"
    on = ("vpc.transit-gateway",)
    sources = ("AWS FIS actions reference: aws:network:transit-gateway-disrupt-cross-region-connectivity",)

    def strike(self, world: World) -> None:
        """Packets between Regions vanish in it."""
        self._set(world, True)

    def clear(self, world: World) -> None:
        """They pass again."""
        self._set(world, False)

    def _set(self, world: World, blocked: bool) -> None:
        found = world.components[self.target]
        assert isinstance(found, TransitGateway)
        found.blocked = blocked


class PeeringDeleted(Fault, kw_only=True, tag="drill:vpc:peering-connection-deleted"):
    """A change goes wrong: somebody deletes a peering connection, and its routes lead nowhere."""

    summary = "a peering connection was deleted"
    on = ("vpc.peering-connection",)

    def strike(self, world: World) -> None:
        """It is gone at once, for both sides."""
        self._set(world, "deleted")

    def clear(self, world: World) -> None:
        """There is one again."""
        self._set(world, "active")

    def _set(self, world: World, status: Any) -> None:
        found = world.components[self.target]
        assert isinstance(found, PeeringConnection)
        found.status = status
