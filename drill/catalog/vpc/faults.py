"""Faults of networks: a gateway that dies, a change that somebody made."""

from collections.abc import Iterator

from drill.catalog.vpc.acls import Entry, NetworkAcl
from drill.catalog.vpc.groups import SecurityGroup
from drill.catalog.vpc.routes import NatGateway
from drill.model.command import Fault
from drill.model.world import World


class NatGatewayDead(Fault, kw_only=True, tag="drill:vpc:nat-gateway-dead"):
    """A NAT gateway passes nothing on any more. AWS goes on calling it available."""

    summary = "a NAT gateway passes nothing on"
    on = ("vpc.nat-gateway",)

    def strike(self, world: World) -> None:
        """Packets vanish in it."""
        self._set(world, True)

    def clear(self, world: World) -> None:
        """It works again."""
        self._set(world, False)

    def _set(self, world: World, dead: bool) -> None:
        found = world.components[self.target]
        assert isinstance(found, NatGateway)
        found.dead = dead


class RuleRemoved(Fault, kw_only=True, tag="drill:vpc:security-group-rule-removed"):
    """A change goes wrong: the rules that let ``group`` (or ``cidr``) into a security group are taken out."""

    summary = "a security group's rule was taken out"
    on = ("vpc.security-group",)

    group: str = ""
    cidr: str = ""

    def strike(self, world: World) -> None:
        """Take the rules out."""
        found = world.components[self.target]
        assert isinstance(found, SecurityGroup)
        found.ingress = [
            rule
            for rule in found.ingress
            if not ((self.group and rule.group == self.group) or (self.cidr and rule.cidr == self.cidr))
        ]


class AclChanged(Fault, kw_only=True, tag="drill:vpc:network-acl-changed"):
    """A change goes wrong: a network ACL gets a rule that denies, with a number that comes before others."""

    summary = "a network ACL denies what it used to let through"
    on = ("vpc.network-acl",)

    number: int = 90
    cidr: str = "0.0.0.0/0"
    port: int = -1
    to_port: int = -1
    egress: bool = False

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if not isinstance(world.components.get(self.target), NetworkAcl):
            yield f"the target of a changed ACL is a vpc.network-acl; {self.target!r} is none"

    def strike(self, world: World) -> None:
        """Put the rule in."""
        found = world.components[self.target]
        assert isinstance(found, NetworkAcl)
        entry = Entry(action="deny", cidr=self.cidr, port=self.port, to_port=self.to_port)
        found.rules(self.egress)[str(self.number)] = entry
