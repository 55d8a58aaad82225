"""Network ACLs: numbered, stateless rules around whole subnets."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from drill.catalog.vpc.addresses import ANYWHERE, block_of, covers, is_outside, network, owner_of, subnet_of
from drill.catalog.vpc.groups import port_of
from drill.model.component import Metric
from drill.model.network import Gate
from drill.model.world import World

EPHEMERAL = 32_768  # a port that answers come back to (1024 to 65535)
LAST = 32_766  # the highest number of a rule; after it everything is denied


class Entry(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One numbered rule. ``port`` -1: every port."""

    action: Literal["allow", "deny"] = "allow"
    cidr: str = ANYWHERE
    port: int = -1
    to_port: int = -1  # end of a range; -1: the one port

    def matches(self, block: str, port: int) -> bool:
        """Tell whether it is about packets from (or to) this block, to this port."""
        inside = self.port < 0 or self.port <= port <= max(self.port, self.to_port)
        return inside and covers(self.cidr, block)


def _all() -> dict[str, Entry]:
    return {"100": Entry()}


class NetworkAcl(Gate, kw_only=True, tag="vpc.network-acl"):
    """A filter at the edge of its subnets. The lowest number that matches decides; what none matches is denied.

    It is stateless: answers need a rule of their own, out to the ports that clients use. Inside a subnet it is not
    asked.
    """

    title = "Network ACL"
    glyph = "≣"
    ascii = "l"
    tier = 94
    scope = "regional"
    sources = ("VPC User Guide: network ACLs", "Security Hub: control EC2.21 (network ACLs)")

    metrics = (Metric("DenyRules", "rules", lambda it, w: float(it.denies())),)  # AWS Config's view, as a metric

    ingress: dict[str, Entry] = msgspec.field(default_factory=_all)  # by number
    egress: dict[str, Entry] = msgspec.field(default_factory=_all)

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        for number, entry in [*self.ingress.items(), *self.egress.items()]:
            if not number.isdigit() or not 1 <= int(number) <= LAST:
                yield f"rules are numbered 1 to {LAST}; {number!r} is none of these"
            if network(entry.cidr) is None:
                yield f"{entry.cidr!r} is no block of addresses; write it as 10.0.1.0/24"

    def leads_to(self, components: dict[str, Any]) -> Iterable[str]:
        """A rule is no call."""
        return ()

    def denies(self) -> int:
        """Return how many of its rules deny."""
        return len([rule for rule in [*self.ingress.values(), *self.egress.values()] if rule.action == "deny"])

    def rules(self, egress: bool) -> dict[str, Entry]:
        """Return its rules of one direction."""
        return self.egress if egress else self.ingress

    def lets(self, egress: bool, block: str, port: int) -> bool:
        """Tell whether the first rule that matches allows it."""
        rules = self.rules(egress)
        for number in sorted(rules, key=int):
            if rules[number].matches(block, port):
                return rules[number].action == "allow"
        return False

    def passes(self, world: World, source: str, target: str) -> bool:
        """Ask it for what crosses the edge of its subnets, in both directions: it remembers nothing."""
        mine = [self._around(world, source), self._around(world, target)]
        if not any(mine) or subnet_of(world, source) is subnet_of(world, target):
            return True
        port = port_of(world, owner_of(target))
        if mine[0]:
            there = block_of(world, target)
            if not (self.lets(True, there, port) and self.lets(False, there, EPHEMERAL)):
                return False
        if mine[1]:
            there = block_of(world, source)
            return self.lets(False, there, port) and self.lets(True, there, EPHEMERAL)
        return True

    def _around(self, world: World, station: str) -> bool:
        if is_outside(world, station):
            return False
        home = subnet_of(world, station)
        return home is not None and home.network_acl == self.name

    def findings(self, world: World) -> list[str]:
        """Return what lets the world in to the ports that people administer servers by."""
        found = []
        for port in (22, 3389):
            if self._shut(port):
                continue
            found.append(f"{self.name} lets anyone in to port {port}")
        return found[:1]

    def _shut(self, port: int) -> bool:
        """The ACL that every VPC starts with lets all in, and is not held against anybody here."""
        return self.ingress == _all() or not self.lets(False, ANYWHERE, port)

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-network-acls says."""
        rows = [
            (way, int(number), entry.action, "all" if entry.port < 0 else str(entry.port), entry.cidr)
            for way, rules in (("in", self.ingress), ("out", self.egress))
            for number, entry in sorted(rules.items(), key=lambda row: int(row[0]))
        ]
        denies = [f"{way} {number} deny {port} {cidr}" for way, number, action, port, cidr in rows if action == "deny"]
        open_ = bool(self.findings(world))
        return {
            "state": "finding" if open_ else f"{len(rows)} rules",
            "health": "warn" if open_ else "ok",
            "note": "; ".join(denies),
            "rules": rows,
        }
