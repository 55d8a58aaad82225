"""Vertical scaling: another instance type for the same instance. And which zone is which."""

from typing import Annotated, Any

import msgspec

from drill.catalog.ec2.instance import Instance
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.machine import PRICES
from drill.model.places import zone_names
from drill.model.world import World


class AttributeValue(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """A text."""

    value: str


class ModifyInstanceAttribute(Action, kw_only=True, tag="ec2:ModifyInstanceAttribute"):
    """Give a stopped instance another type: it is that big once it is started again. Source: EC2 API reference."""

    summary = "Change its type (stopped): bigger or smaller"
    on = ("ec2.instance",)
    subject = "instance_id"

    instance_id: Annotated[str, ref("ec2.instance")]
    instance_type: AttributeValue

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown ids and types, and an instance that is not stopped."""
        words = f"The instance ID '{self.instance_id}' does not exist"
        found = world.find(self, Instance, self.instance_id, "InvalidInstanceID.NotFound", words)
        if isinstance(found, Refusal):
            return found
        assert isinstance(found, Instance)
        if self.instance_type.value not in PRICES:
            return self.refuse("InvalidParameterValue", f"Invalid value '{self.instance_type.value}' for InstanceType.")
        if found.machine.state != "stopped":
            return self.refuse("IncorrectInstanceState", f"The instance '{found.name}' is not in the 'stopped' state.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The next start needs capacity of the new type."""
        found = world.components[self.instance_id]
        assert isinstance(found, Instance)
        found.machine.type = self.instance_type.value
        yield from ()


class DescribeAvailabilityZones(Action, kw_only=True, tag="ec2:DescribeAvailabilityZones"):
    """Show this account's names of the zones, and the AZ ids that are the same for everyone. Source: EC2 User Guide."""

    summary = "Show which zone this account calls what"
    on = ("ec2.instance",)
    reads = True
    bucket = (100.0, 20.0)

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row per zone."""
        regions = [self.region] if self.region else list(world.regions)
        rows = [(name, zone, "available") for region in regions for name, zone in zone_names(world, region).items()]
        return str(telemetry.table(("ZoneName", "ZoneId", "State"), rows))
