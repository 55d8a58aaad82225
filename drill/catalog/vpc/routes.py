"""Route tables, and where they lead: internet gateways, NAT gateways, endpoints."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from drill.catalog.vpc.addresses import ANYWHERE, Subnet, is_outside, network, owner_of, subnet_of
from drill.model.component import STATE, Component, Metric, ref
from drill.model.network import USERS, Gate
from drill.model.units import Duration
from drill.model.world import World

NAT_PRICE = 0.045  # US dollars per hour, list price, us-east-1; data comes on top
PORTS = 55_000  # connections to one destination at a time, of one address


class InternetGateway(Component, kw_only=True, tag="vpc.internet-gateway"):
    """What connects a VPC with the internet: redundant and Regional by itself. A subnet that routes to it is public."""

    title = "Internet gateway"
    glyph = "⊕"
    ascii = "+"
    tier = 15
    scope = "regional"
    sources = ("VPC User Guide: internet gateways",)

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-internet-gateways says."""
        return {"state": "attached", "health": "ok"}


def _established(it: "NatGateway", world: World) -> float | None:
    return it.connections if world.zone_up(it.zone) else None


def _attempts(it: "NatGateway", world: World) -> float | None:
    return it.attempts if world.zone_up(it.zone) else None


def _port_errors(it: "NatGateway", world: World) -> float | None:
    return it.connections * it.dropped if world.zone_up(it.zone) else None


class NatGateway(Component, kw_only=True, tag="vpc.nat-gateway"):
    """Lets servers in private subnets call out. It is redundant inside its zone, and gone with it.

    Which subnets go through it is said by their route tables, and nothing changes those when it dies: servers in other
    zones that lean on it are healthy and cannot call out. One address holds 55,000 connections to one destination.
    """

    title = "NAT gateway"
    glyph = "⇥"
    ascii = "n"
    tier = 88
    scope = "zonal"
    metrics = (
        Metric("ConnectionEstablishedCount", "/s", _established),
        Metric("ConnectionAttemptCount", "/s", _attempts),
        Metric("ErrorPortAllocation", "/s", _port_errors),
    )
    figures = {
        "available": "120 s after it was asked for (typical: one to a few minutes)",
        "connections": "55,000 to one destination for each of its addresses (documented)",
        "price": "$0.045/h, data comes on top (list price)",
    }
    sources = ("VPC User Guide: NAT gateways", "VPC User Guide: NAT gateway basics")

    subnet: Annotated[str, ref("vpc.subnet")] = ""  # the public subnet that it stands in
    open_for: Duration = Duration(1_000)  # how long a connection stays open
    addresses: int = 1  # Elastic IPs that it has: up to 8
    status: Annotated[Literal["pending", "available", "failed", "deleting", "deleted"], STATE] = "available"
    dead: Annotated[bool, STATE] = False
    connections: Annotated[float, STATE] = 0.0  # that went through in the second just gone
    attempts: Annotated[float, STATE] = 0.0
    dropped: Annotated[float, STATE] = 0.0  # share for which no port is left
    counted: Annotated[float, STATE] = 0.0
    tried: Annotated[float, STATE] = 0.0

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if not self.zone:
            yield "a NAT gateway stands in one zone; name it with `zone`"
        home = world.components.get(self.subnet)
        if home is not None and self.zone and home.zone != self.zone:
            yield f"a NAT gateway is in the zone of its subnet, and {self.subnet} is in {home.zone}"

    def works(self, world: World) -> bool:
        """Tell whether packets get through it, and out of its own subnet."""
        if self.status != "available" or self.dead or not world.zone_up(self.zone):
            return False
        home = world.components.get(self.subnet)
        table = world.components.get(home.route_table) if isinstance(home, Subnet) else None
        return not isinstance(table, RouteTable) or isinstance(table.target(world, ANYWHERE), InternetGateway)

    def carry(self, amount: float, passed: bool) -> float:
        """Count what is sent through it in this second; return the share for which it has no port left."""
        self.tried += amount
        if not passed:
            return 0.0
        self.counted += amount
        return self.dropped

    def each_second(self, world: World, second: int) -> bool:
        """Close the second's count."""
        moved = self.counted != self.connections or self.tried != self.attempts
        self.connections, self.attempts = self.counted, self.tried
        self.counted = self.tried = 0.0
        active = self.connections * self.open_for / 1000
        limit = float(PORTS * max(1, self.addresses))
        dropped = 1.0 - limit / active if active > limit else 0.0
        moved = moved or dropped != self.dropped
        self.dropped = dropped
        return moved

    def leans(self, world: World) -> list[str]:
        """Return the zones whose subnets send through it."""
        zones: list[str] = []
        for found in world.components.values():
            if isinstance(found, Subnet) and found.zone not in zones:
                table = world.components.get(found.route_table)
                if isinstance(table, RouteTable) and table.routes.get(ANYWHERE) == self.name:
                    zones.append(found.zone)
        return zones

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-nat-gateways says: its state does not follow what becomes of its zone."""
        health = {"available": "ok", "pending": "busy", "failed": "bad"}.get(self.status, "off")
        zones = self.leans(world)
        note = "used by " + " ".join(zone.rpartition("-")[2] for zone in zones) if zones else "unused"
        return {"state": self.status, "health": health, "note": note, "subnet": self.subnet}

    def hourly(self, world: World) -> float:
        """Return its price while it exists."""
        if self.status in ("failed", "deleted"):
            return 0.0
        return float(self.price) if self.price is not None else NAT_PRICE


class Endpoint(Component, kw_only=True, tag="vpc.endpoint"):
    """A private way to one service from the subnets whose route tables name it, past every NAT gateway."""

    title = "VPC endpoint"
    glyph = "⊸"
    ascii = "e"
    tier = 88
    scope = "regional"
    figures = {"price": "$0.01/h for each zone of an interface endpoint; gateway endpoints are free (list price)"}
    sources = ("AWS PrivateLink guide: interface endpoints, gateway endpoints",)

    to: Annotated[str, ref()]  # the service that it leads to
    route_tables: list[Annotated[str, ref("vpc.route-table")]] = []  # whose subnets use it
    type: Literal["Gateway", "Interface"] = "Gateway"

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-vpc-endpoints says."""
        return {"state": "available", "health": "ok", "note": f"{self.type} to {self.to}"}

    def hourly(self, world: World) -> float:
        """Return its price: a gateway endpoint costs nothing."""
        if self.price is not None:
            return float(self.price)
        return 0.0 if self.type == "Gateway" else 0.01 * len(self.route_tables)


class RouteTable(Gate, kw_only=True, tag="vpc.route-table"):
    """Where packets that leave a subnet go, by destination; the longest prefix wins. Inside the VPC all is local.

    A route whose target is gone is a black hole: packets vanish, and callers wait until they give up.
    """

    title = "Route table"
    glyph = "⑂"
    ascii = "r"
    tier = 93
    scope = "regional"
    sources = ("VPC User Guide: route tables",)

    routes: dict[str, str] = {}  # destination block -> internet or NAT gateway

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        for block, to in self.routes.items():
            if network(block) is None:
                yield f"{block!r} is no block of addresses; write it as 0.0.0.0/0"
            if to in world.components and not isinstance(world.components[to], InternetGateway | NatGateway):
                yield f"a route leads to an internet or NAT gateway; {to!r} is none"

    def leads_to(self, components: dict[str, Any]) -> Iterable[str]:
        """Routes are no calls."""
        return ()

    def target(self, world: World, block: str) -> Component | None:
        """Return what the route for a block of addresses leads to."""
        wanted, best = network(block), -1
        to = ""
        for mine, name in self.routes.items():
            net = network(mine)
            if net is not None and wanted is not None and wanted.subnet_of(net) and net.prefixlen > best:
                best, to = net.prefixlen, name
        return world.components.get(to)

    def _mine(self, world: World, station: str) -> bool:
        home = subnet_of(world, station)
        return home is not None and home.route_table == self.name

    def _private(self, world: World, target: str) -> bool:
        for found in world.components.values():
            if isinstance(found, Endpoint) and found.to == owner_of(target) and self.name in found.route_tables:
                return True
        return False

    def passes(self, world: World, source: str, target: str) -> bool:
        """Packets out need a way out; those of users need a way back, which only a public subnet has."""
        if source == USERS and target and self._mine(world, target):
            return isinstance(self.target(world, ANYWHERE), InternetGateway)
        if source != USERS and is_outside(world, target) and self._mine(world, source):
            way = self.target(world, ANYWHERE)
            if self._private(world, target) or isinstance(way, InternetGateway):
                return True
            return isinstance(way, NatGateway) and way.works(world)
        return True

    def carrier(self, world: World, source: str, target: str) -> str:
        """Return the NAT gateway that its subnets' packets go through."""
        if source == USERS or not is_outside(world, target) or not self._mine(world, source):
            return ""
        way = self.target(world, ANYWHERE)
        return way.name if isinstance(way, NatGateway) and not self._private(world, target) else ""

    def blackholes(self, world: World) -> list[str]:
        """Return the destinations whose target is gone, as AWS knows it: deleted or failed, not merely out of order."""
        gone = []
        for block, to in self.routes.items():
            way = world.components.get(to)
            if way is None or (isinstance(way, NatGateway) and way.status in ("failed", "deleted")):
                gone.append(block)
        return gone

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-route-tables says."""
        gone = self.blackholes(world)
        note = " ".join(f"{'out' if block == ANYWHERE else block} via {to}" for block, to in self.routes.items())
        return {
            "state": "blackhole" if gone else "active",
            "health": "bad" if gone else "ok",
            "note": note or "local only",
            "routes": dict(self.routes),
            "gone": gone,
        }
