"""Ways between VPCs of different Regions: peering connections, and transit gateways that peer with each other.

The VPCs of a Region count as one. As soon as a level has one of these ways, calls between Regions need one.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from drill.catalog.vpc.addresses import owner_of
from drill.model.component import STATE, Component, Metric, kind_of, ref
from drill.model.network import USERS, Gate
from drill.model.units import Rate
from drill.model.world import World

ATTACHED = 0.05  # US dollars per hour and attachment, list price, us-east-1; data comes on top
PUBLIC = ("s3.",)  # services with endpoints on the internet: nobody's VPC


class _Way(Gate, kw_only=True):
    """One way between two Regions: it carries what its neighbors call each other for."""

    tier = 14
    scope = "regional"

    def leads_to(self, components: dict[str, Any]) -> Iterable[str]:
        """Packets pass it; no request is worked on in it."""
        return ()

    def joins(self, world: World, source: str, target: str) -> bool:
        """Tell whether packets get from Region ``source`` to Region ``target`` through it now."""
        return False

    def carrier(self, world: World, source: str, target: str) -> str:
        """Return its name for what goes through it."""
        return self.name if _leading(world, source, target) is self else ""

    def passes(self, world: World, source: str, target: str) -> bool:
        """Tell whether packets between Regions find a way; all else is none of its business."""
        ends = _ends(world, source, target)
        return ends is None or _leading(world, source, target) is not None

    def carry(self, amount: float, passed: bool) -> float:
        """Take what is sent through it; return the share that does not fit."""
        return 0.0


class PeeringConnection(_Way, kw_only=True, tag="vpc.peering-connection"):
    """Joins the VPCs of two Regions, and only those: what one of them is peered with stays out of the other's reach.

    It has no bandwidth limit of its own and costs nothing but the data. Both sides' routes are taken to name it.
    """

    title = "VPC peering connection"
    glyph = "⇔"
    ascii = "="
    figures = {"price": "free, data between Regions comes on top (list price)", "bandwidth": "no limit of its own"}
    sources = ("VPC Peering Guide: how VPC peering connections work", "VPC Peering Guide: limitations")

    accepter: Annotated[str, ref("region")]  # the Region at the other end; its own Region is the requester's
    status: Annotated[Literal["active", "deleted"], STATE] = "active"

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if self.accepter == self.region:
            yield f"it joins {self.region} with itself; name another Region as `accepter`"
        for other in _ways(world):
            same = isinstance(other, PeeringConnection) and {other.region, other.accepter} == {
                self.region,
                self.accepter,
            }
            if same and other is not self:
                yield f"{other.name} joins the same VPCs; two VPCs have one peering connection"
                return

    def joins(self, world: World, source: str, target: str) -> bool:
        """It joins its two ends, while it is active."""
        return self.status == "active" and {source, target} == {self.region, self.accepter}

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-vpc-peering-connections says."""
        health = "ok" if self.status == "active" else "bad"
        return {"state": self.status, "health": health, "note": f"with {self.accepter}", "accepter": self.accepter}


def _in(it: "TransitGateway", world: World) -> float | None:
    return it.entered


def _out(it: "TransitGateway", world: World) -> float | None:
    return it.entered * (1.0 - it.dropped)


class TransitGateway(_Way, kw_only=True, tag="vpc.transit-gateway"):
    """A Region's hub: through peering attachments it reaches the hubs of other Regions, and what those are peered with.

    An attachment carries only so much; packets beyond are dropped, and their callers wait. It counts what its own
    Region's servers send. Static routes along the shortest chain of peers are taken to be there.
    """

    title = "Transit gateway"
    glyph = "⊛"
    ascii = "*"
    metrics = (Metric("PacketsIn", "/s", _in), Metric("PacketsOut", "/s", _out))
    figures = {
        "price": "$0.05/h for each attachment, data comes on top (list price)",
        "bandwidth": "what the level's `carries` says, in calls per second (documented: up to 100 Gbps an attachment)",
    }
    sources = ("Amazon VPC Transit Gateways: peering attachments", "Amazon VPC Transit Gateways: quotas")

    peers: list[Annotated[str, ref("vpc.transit-gateway")]] = []  # peering attachments; either side may name the other
    carries: Rate | None = None  # calls per second that its peering attachments carry; without one: no limit
    status: Annotated[Literal["available", "deleted"], STATE] = "available"
    blocked: Annotated[bool, STATE] = False  # its peering attachments pass nothing
    sent: Annotated[float, STATE] = 0.0
    entered: Annotated[float, STATE] = 0.0  # calls of the second just gone
    dropped: Annotated[float, STATE] = 0.0  # share of them that did not fit

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        for name in self.peers:
            other = world.components.get(name)
            if isinstance(other, TransitGateway) and other.region == self.region:
                yield f"its peer {name} is in {self.region} too; a peering attachment here leads to another Region"
        for other in _ways(world):
            if isinstance(other, TransitGateway) and other is not self and other.region == self.region:
                yield f"{other.name} is the transit gateway of {self.region} already"
                return

    def neighbors(self, world: World) -> "list[TransitGateway]":
        """Return the transit gateways that it passes packets to and from now."""
        if self.blocked or self.status != "available":
            return []
        return [
            other
            for other in _ways(world)
            if isinstance(other, TransitGateway)
            and not other.blocked
            and other.status == "available"
            and (other.name in self.peers or self.name in other.peers)
        ]

    def joins(self, world: World, source: str, target: str) -> bool:
        """It is where its own Region's packets set out, along the peers of its peers."""
        if source != self.region:
            return False
        known = [self]
        for hub in known:  # grows while it is read: breadth first
            if hub.region == target:
                return True
            known += [other for other in hub.neighbors(world) if other not in known]
        return False

    def carry(self, amount: float, passed: bool) -> float:
        """Count what sets out; return the share that found no room in the second just gone."""
        self.sent += amount
        return self.dropped

    def each_second(self, world: World, second: int) -> bool:
        """Close the second's count."""
        before = self.entered, self.dropped
        self.entered, self.sent = self.sent, 0.0
        limit = float(self.carries) if self.carries is not None else -1.0
        self.dropped = 1.0 - limit / self.entered if 0 <= limit < self.entered else 0.0
        return before != (self.entered, self.dropped)

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-transit-gateways says: its state does not follow its attachments."""
        note = "peers " + " ".join(self.peers) if self.peers else ""
        return {"state": self.status, "health": "ok" if self.status == "available" else "off", "note": note}

    def hourly(self, world: World) -> float:
        """Return its price: one attachment of its VPC, one for each peer."""
        count = 1
        for other in _ways(world):
            if isinstance(other, TransitGateway) and (other.name in self.peers or self.name in other.peers):
                count += 1
        return float(self.price) if self.price is not None else ATTACHED * count


def _ways(world: World) -> list[_Way]:
    return [found for found in world.components.values() if isinstance(found, _Way)]


def _region(world: World, station: str) -> str:
    """Return the Region whose VPC a station is in, "" for what is in none."""
    found: Component | None = world.components.get(owner_of(station))
    if station == USERS or found is None or type(found).scope == "global" or kind_of(found).startswith(PUBLIC):
        return ""
    return found.region


def _ends(world: World, source: str, target: str) -> tuple[str, str] | None:
    """Return from which Region's VPC to which packets go, None when they stay in one or touch none."""
    ends = _region(world, source), _region(world, target)
    return ends if ends[0] and ends[1] and ends[0] != ends[1] else None


def _leading(world: World, source: str, target: str) -> _Way | None:
    """Return the way that packets take: the peering connection of their two Regions first, then the hub of theirs."""
    ends = _ends(world, source, target)
    if ends is None:
        return None
    open_ = [way for way in _ways(world) if way.joins(world, *ends)]
    direct = [way for way in open_ if isinstance(way, PeeringConnection)]
    return (direct or open_ or [None])[0]
