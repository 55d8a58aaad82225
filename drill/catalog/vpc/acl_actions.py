"""Operations on network ACLs."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from drill.catalog.vpc.acls import LAST, Entry, NetworkAcl
from drill.catalog.vpc.addresses import ANYWHERE, network
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.listing import Listing, Row
from drill.model.world import World


class PortRange(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True, omit_defaults=True):
    """A range of ports."""

    from_: int = msgspec.field(name="From")
    to: int


class _OnEntry(Action, kw_only=True):
    on = ("vpc.network-acl",)
    subject = "network_acl_id"
    there: ClassVar[bool] = True  # whether the rule must be there already

    network_acl_id: Annotated[str, ref("vpc.network-acl")]
    rule_number: int
    egress: bool

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown ACLs, and rules that are (not) there."""
        text = f"The networkAcl ID '{self.network_acl_id}' does not exist"
        found = world.find(self, NetworkAcl, self.network_acl_id, "InvalidNetworkAclID.NotFound", text)
        if not isinstance(found, NetworkAcl):
            assert isinstance(found, Refusal)
            return found
        if not 1 <= self.rule_number <= LAST:
            text = f"Value ({self.rule_number}) for parameter ruleNumber is invalid."
            return self.refuse("InvalidParameterValue", text)
        known = str(self.rule_number) in found.rules(self.egress)
        if known and not self.there:
            text = f"The network acl entry identified by {self.rule_number} already exists."
            return self.refuse("NetworkAclEntryAlreadyExists", text)
        if self.there and not known:
            text = f"The network acl entry identified by {self.rule_number} does not exist."
            return self.refuse("InvalidNetworkAclEntry.NotFound", text)
        return None

    def acl(self, world: World) -> NetworkAcl:
        """Return the ACL."""
        found = world.components[self.network_acl_id]
        assert isinstance(found, NetworkAcl)
        return found


class _PutEntry(_OnEntry, kw_only=True):
    protocol: str
    rule_action: Literal["allow", "deny"]
    cidr_block: str = ANYWHERE
    port_range: PortRange | None = None

    def check(self, world: World) -> Refusal | None:
        """Refuse blocks that are none, too."""
        if network(self.cidr_block) is None:
            return self.refuse("InvalidParameterValue", f"CIDR block {self.cidr_block} is malformed")
        return super().check(world)

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It holds at once."""
        ports = self.port_range
        first, last = (ports.from_, ports.to) if ports is not None and self.protocol != "-1" else (-1, -1)
        entry = Entry(action=self.rule_action, cidr=self.cidr_block, port=first, to_port=last)
        self.acl(world).rules(self.egress)[str(self.rule_number)] = entry
        yield from ()


class ReplaceNetworkAclEntry(_PutEntry, kw_only=True, tag="ec2:ReplaceNetworkAclEntry"):
    """Put another rule in the place of one. Source: EC2 API reference."""

    summary = "Put another rule in its place"


class CreateNetworkAclEntry(_PutEntry, kw_only=True, tag="ec2:CreateNetworkAclEntry"):
    """Add a numbered rule: lower numbers are asked first. Source: EC2 API reference."""

    summary = "Add a numbered rule"
    there: ClassVar[bool] = False


class DeleteNetworkAclEntry(_OnEntry, kw_only=True, tag="ec2:DeleteNetworkAclEntry"):
    """Take a numbered rule out. Source: EC2 API reference."""

    summary = "Take a numbered rule out"
    usual = 60

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It holds at once."""
        self.acl(world).rules(self.egress).pop(str(self.rule_number), None)
        yield from ()


class DescribeNetworkAcls(Listing, kw_only=True, tag="ec2:DescribeNetworkAcls"):
    """List network ACLs with their rules, in the order in which they are asked. Source: EC2 API reference."""

    summary = "Show its rules"
    on = ("vpc.network-acl",)
    subject = "network_acl_ids"
    columns: ClassVar[dict[str, str]] = dict.fromkeys(("NetworkAclId", "Way", "Number", "Action", "Port", "Block"), "")

    network_acl_ids: list[Annotated[str, ref("vpc.network-acl")]] = msgspec.field(default_factory=list)

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return one row per rule; after the last one everything is denied."""
        return [(name, *row) for row in seen.get("rules", ())]
