"""World: all components, control planes, capacity, traffic and pending work at one instant. All of it is hashed."""

import hashlib
import random
from typing import Any

import msgspec

from drill.model.command import Pending, Receipt, Refusal
from drill.model.component import Component
from drill.model.traffic import Traffic
from drill.model.units import plain
from drill.model.workers import Workers


class Zone(msgspec.Struct, kw_only=True):
    """An Availability Zone, named by its AZ id. ``pools``: instance type -> launches that still fit (-1: no limit).

    ``reserved``: instance type -> launches that capacity reservations keep for this account alone; ``claimed``: those
    of them that are in use.
    """

    name: str
    region: str
    power: bool = True
    limps: float = 0.0  # share of its hosts that run at ``limp_speed`` after it came back
    limp_speed: float = 1.0
    network: bool = True
    pools: dict[str, int] = {}
    reserved: dict[str, int] = {}
    claimed: dict[str, int] = {}


class Region(msgspec.Struct, kw_only=True):
    """An AWS Region. ``reachable``: users and other Regions can reach it over the network.

    ``vcpus``: the account's quota of running on-demand vCPUs here (-1: no limit).
    """

    name: str
    zones: list[str] = []
    vcpus: int = -1
    reachable: bool = True


class Link(msgspec.Struct, kw_only=True):
    """A network path between two Regions. ``carries`` is what replication can send over it, in writes per second."""

    source: str
    target: str
    latency: int = 60  # ms, one way
    carries: float = -1.0  # writes/s; -1: no limit
    up: bool = True


class Plane(msgspec.Struct, kw_only=True):
    """The control plane of one service in one scope: how its API answers just now. Data planes are the components.

    ``workers``: the pool that its calls share, where a level says that it has one; None: enough for everybody.
    """

    service: str
    scope: str
    latency: int = 0  # ms on top of what the call takes
    errors: float = 0.0  # share of calls that fail with a 5xx
    down: bool = False
    tokens: dict[str, tuple[float, int]] = {}  # operation -> (tokens left, at ms)
    workers: Workers | None = None


class Notice(msgspec.Struct, kw_only=True):
    """Something said to the operators: which, when, by whom. What it says is prose: it stands in the history."""

    at: int
    source: str
    id: str = ""


class World(msgspec.Struct, kw_only=True):
    """Everything that decides what happens next."""

    seed: int
    now: int = 0  # ms
    length: int = 0  # ms, the end of the level
    regions: dict[str, Region] = {}
    zones: dict[str, Zone] = {}
    links: dict[str, Link] = {}
    components: dict[str, Component] = {}
    planes: dict[str, Plane] = {}
    traffic: Traffic = msgspec.field(default_factory=Traffic)
    pending: dict[int, Pending] = {}
    waits: int = 0  # pending work ever registered: the next key
    dice: dict[str, int] = {}
    draws: dict[str, Any] = {}
    receipts: list[Receipt] = []
    notices: list[Notice] = []
    flags: dict[str, Any] = {}  # what rules and phases remember: fired ids, since when a condition holds
    spent: float = 0.0  # US dollars, to ``spent_at``
    spent_at: int = 0

    def digest(self) -> str:
        """Return the fingerprint of the whole World, pending work included."""
        return hashlib.blake2b(_ENCODER.encode(self), digest_size=16).hexdigest()

    def shape(self) -> bytes:
        """Return all that a second of traffic can change, as bytes: two Worlds with the same go on alike."""
        return _ENCODER.encode([self.components, self.traffic, self.flags, self.dice])

    def roll(self, who: str) -> float:
        """Return the next number in [0, 1) of ``who``'s own dice."""
        n = self.dice.get(who, 0)
        self.dice[who] = n + 1
        return random.Random(f"{self.seed}:{who}:{n}").random()

    def plane(self, service: str, scope: str) -> Plane:
        """Return the control plane of ``service`` in ``scope`` (a Region), made on first use."""
        key = f"{service}/{scope}"
        found = self.planes.get(key)
        if found is None:
            found = self.planes[key] = Plane(service=service, scope=scope)
        return found

    def hourly(self) -> float:
        """Return what all components cost now, in US dollars per hour."""
        total = 0.0
        for component in self.components.values():
            total += component.hourly(self)
        return total

    def link(self, source: str, target: str) -> Link | None:
        """Return the link between two Regions, either way round, or None when the level names none."""
        for found in self.links.values():
            if {found.source, found.target} == {source, target}:
                return found
        return None

    def zone_up(self, zone: str) -> bool:
        """Tell whether ``zone`` has power and network; a component with no zone counts as up."""
        found = self.zones.get(zone)
        return found is None or (found.power and found.network)

    def region_up(self, region: str) -> bool:
        """Tell whether ``region`` can be reached from outside; global things count as up."""
        found = self.regions.get(region)
        return found is None or found.reachable

    def find(self, action: Any, kind: type[Component], name: str, code: str, message: str) -> Component | Refusal:
        """Return the component of ``kind`` named ``name`` in the action's Region, or AWS's refusal."""
        found = self.components.get(name)
        wrong_region = bool(action.region and found and found.region and found.region != action.region)
        if found is None or not isinstance(found, kind) or wrong_region:
            refusal: Refusal = action.refuse(code, message)
            return refusal
        return found


_ENCODER = msgspec.msgpack.Encoder(enc_hook=plain)
