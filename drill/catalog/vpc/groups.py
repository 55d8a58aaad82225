"""Security groups: stateful rules of who may talk to whom."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec

from drill.catalog.vpc.addresses import ANYWHERE, block_of, covers, network, owner_of
from drill.model.component import Metric, ref
from drill.model.network import USERS, Gate
from drill.model.world import World

PUBLIC = (80, 443)  # ports that may be open to the world (Security Hub control EC2.18, its default)


class Allow(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One inbound rule: a port or a range (-1: all), from a block of addresses or from the members of another group."""

    port: int = 443
    to_port: int = -1  # end of a range; -1: the one port
    cidr: str = ""
    group: Annotated[str, ref("vpc.security-group")] | None = None

    def last(self) -> int:
        """Return the end of its range of ports."""
        return 65535 if self.port < 0 else max(self.port, self.to_port)

    def spans(self, port: int) -> bool:
        """Tell whether it is about this port."""
        return self.port < 0 or self.port <= port <= self.last()

    def text(self) -> str:
        """Return it in short: ``443 from 0.0.0.0/0``."""
        ports = f"{self.port}-{self.to_port}" if self.to_port > self.port else f"{self.port}"
        ports = "all" if self.port < 0 else ports
        return f"{ports} from {self.group or self.cidr}"


class SecurityGroup(Gate, kw_only=True, tag="vpc.security-group"):
    """A firewall around its members. It only allows; what no rule of a member's groups allows is dropped in silence.

    It is stateful: answers come back whatever the rules. A rule takes effect at once. A member of two groups may be
    reached by what either allows.
    """

    title = "Security group"
    glyph = "⛨"
    ascii = "s"
    tier = 94
    scope = "regional"
    sources = (
        "VPC User Guide: security groups",
        "Security Hub: controls EC2.18, EC2.19 (open security groups)",
    )

    metrics = (Metric("InboundRules", "rules", lambda it, w: float(len(it.ingress))),)  # AWS Config's view, as a metric

    members_: list[Annotated[str, ref()]] = msgspec.field(name="of", default_factory=list)  # what it is attached to
    port: int = 443  # on which its members listen
    ingress: list[Allow] = []  # inbound rules

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        for rule in self.ingress:
            if bool(rule.cidr) == bool(rule.group):
                yield "a rule names either a block of addresses (`cidr`) or a group"
            elif rule.cidr and network(rule.cidr) is None:
                yield f"{rule.cidr!r} is no block of addresses; write it as 10.0.1.0/24"

    def leads_to(self, components: dict[str, Any]) -> Iterable[str]:
        """A rule is no call."""
        return ()

    def passes(self, world: World, source: str, target: str) -> bool:
        """All groups of a member are asked together; the first of them answers for all."""
        name = owner_of(target)
        if name not in self.members_:
            return True
        around = groups_of(world, name)
        if not around or around[0] is not self:
            return True
        port = self.port
        return any(group.allows(world, source, port) for group in around)

    def allows(self, world: World, source: str, port: int) -> bool:
        """Tell whether one of its rules lets ``source`` in on ``port``."""
        for rule in self.ingress:
            if not rule.spans(port):
                continue
            if rule.group:
                found = world.components.get(rule.group)
                if source != USERS and isinstance(found, SecurityGroup) and owner_of(source) in found.members_:
                    return True
            elif covers(rule.cidr, block_of(world, source)):
                return True
        return False

    def findings(self, world: World) -> list[str]:
        """Return each rule that lets the world in on a port that is not meant for it."""
        return [
            f"{self.name} lets anyone in: {rule.text()}"
            for rule in self.ingress
            if rule.cidr == ANYWHERE and not (rule.port == rule.last() and rule.port in PUBLIC)
        ]

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-security-groups says, and what the security checks say of it."""
        open_ = self.findings(world)
        rules = [rule.text() for rule in self.ingress]
        return {
            "state": "finding" if open_ else "1 rule" if len(rules) == 1 else f"{len(rules)} rules",
            "health": "warn" if open_ else "ok",
            "note": "; ".join(rules) or "nobody may come in",
            "rules": rules,
            "members": list(self.members_),
            "port": self.port,
        }


def groups_of(world: World, name: str) -> list[SecurityGroup]:
    """Return the security groups around a component."""
    return [c for c in world.components.values() if isinstance(c, SecurityGroup) and name in c.members_]


def port_of(world: World, name: str) -> int:
    """Return the port that a component listens on."""
    around = groups_of(world, name)
    return around[0].port if around else 443
