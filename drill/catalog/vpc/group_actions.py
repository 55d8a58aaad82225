"""Operations on security groups."""

from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.vpc.addresses import network
from drill.catalog.vpc.groups import Allow, SecurityGroup
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.listing import Listing, Row
from drill.model.world import World


class _OnRules(Action, kw_only=True):
    on = ("vpc.security-group",)
    subject = "group_id"
    aliases: ClassVar[dict[str, tuple[str, ...]]] = {
        "protocol": ("ip_protocol",),
        "port": ("from_port", "to_port"),
        "cidr": ("cidr_ip",),
        "source-group": ("source_security_group_name",),
    }
    there: ClassVar[bool] = False  # whether the rule must be there already

    group_id: Annotated[str, ref("vpc.security-group")]
    ip_protocol: str = "tcp"
    from_port: int = 443
    to_port: int = 443
    cidr_ip: str = ""
    source_security_group_name: Annotated[str, ref("vpc.security-group")] = ""

    def rule(self) -> Allow:
        """Return the rule that the call is about."""
        port = -1 if self.ip_protocol == "-1" else self.from_port
        last = self.to_port if port >= 0 and self.to_port != self.from_port else -1
        return Allow(port=port, to_port=last, cidr=self.cidr_ip, group=self.source_security_group_name or None)

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown groups, rules without a source, and rules that are (not) there."""
        text = f"The security group '{self.group_id}' does not exist"
        found = world.find(self, SecurityGroup, self.group_id, "InvalidGroup.NotFound", text)
        if not isinstance(found, SecurityGroup):
            assert isinstance(found, Refusal)
            return found
        source = self.source_security_group_name
        if bool(self.cidr_ip) == bool(source):
            return self.refuse("InvalidParameterCombination", "Name one source: a CIDR block or a security group.")
        if source and not isinstance(world.components.get(source), SecurityGroup):
            return self.refuse("InvalidGroup.NotFound", f"The security group '{source}' does not exist")
        if self.cidr_ip and network(self.cidr_ip) is None:
            return self.refuse("InvalidParameterValue", f"CIDR block {self.cidr_ip} is malformed")
        known = self.rule() in found.ingress
        if known and not self.there:
            text = f'the specified rule "peer: {self.cidr_ip or source}, {self.ip_protocol}, ALLOW" already exists'
            return self.refuse("InvalidPermission.Duplicate", text)
        if self.there and not known:
            text = "The specified rule does not exist in this security group."
            return self.refuse("InvalidPermission.NotFound", text)
        return None


class AuthorizeSecurityGroupIngress(_OnRules, kw_only=True, tag="ec2:AuthorizeSecurityGroupIngress"):
    """Let somebody in: a block of addresses, or the members of another group. Source: EC2 API reference."""

    summary = "Let somebody in on a port"

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It holds at once."""
        found = world.components[self.group_id]
        assert isinstance(found, SecurityGroup)
        found.ingress = [*found.ingress, self.rule()]
        yield from ()


class RevokeSecurityGroupIngress(_OnRules, kw_only=True, tag="ec2:RevokeSecurityGroupIngress"):
    """Take an inbound rule out: new connections are dropped. Source: EC2 API reference."""

    summary = "Take an inbound rule out"
    usual = 60
    there: ClassVar[bool] = True

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It holds at once."""
        found = world.components[self.group_id]
        assert isinstance(found, SecurityGroup)
        found.ingress = [rule for rule in found.ingress if rule != self.rule()]
        yield from ()


class DescribeSecurityGroups(Listing, kw_only=True, tag="ec2:DescribeSecurityGroups"):
    """List security groups with their inbound rules. Source: EC2 API reference."""

    summary = "Show its inbound rules"
    on = ("vpc.security-group",)
    subject = "group_ids"
    columns: ClassVar[dict[str, str]] = dict.fromkeys(("GroupId", "Members", "Inbound"), "")

    group_ids: list[Annotated[str, ref("vpc.security-group")]] = msgspec.field(default_factory=list)

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return one row per rule."""
        listens = f"{' '.join(seen.get('members', ()))} on {seen.get('port', '')}"
        return [(name, listens, rule) for rule in seen.get("rules", ()) or ("(no rule)",)]
