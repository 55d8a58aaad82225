"""EC2 Auto Scaling operations."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from drill.catalog.autoscaling.group import Group
from drill.catalog.autoscaling.measures import Cell, Distribution
from drill.catalog.autoscaling.upkeep import wake
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.listing import Listing, Row
from drill.model.machine import find_machine
from drill.model.units import Duration
from drill.model.world import World

GroupName = Annotated[str, ref("autoscaling.group")]


class _OnGroup(Action, kw_only=True):
    """What operations on one group share."""

    on = ("autoscaling.group",)
    subject = "auto_scaling_group_name"

    auto_scaling_group_name: GroupName

    def group(self, world: World) -> Group | Refusal:
        """Return the group, or AWS's refusal."""
        found = world.find(
            self, Group, self.auto_scaling_group_name, "ValidationError", "AutoScalingGroup name not found - null"
        )
        assert isinstance(found, Group | Refusal)
        return found

    def owner(self, world: World) -> Group:
        """Return the group of a call that was not refused."""
        found = world.components[self.auto_scaling_group_name]
        assert isinstance(found, Group)
        return found

    def check(self, world: World) -> Refusal | None:
        """Refuse a group that does not exist."""
        found = self.group(world)
        return found if isinstance(found, Refusal) else None


OnGroup = _OnGroup


class SetDesiredCapacity(_OnGroup, kw_only=True, tag="autoscaling:SetDesiredCapacity"):
    """Say how many instances the group should have, between its min and max. Source: Auto Scaling API reference."""

    summary = "Scale out or in: set how many it should have"
    usual = 10

    desired_capacity: int
    honor_cooldown: bool = False

    @classmethod
    def drafts(cls, component: Any) -> dict[str, str]:
        """Return the number that it has now."""
        return {"desired_capacity": str(component.desired)} if isinstance(component, Group) else {}

    def check(self, world: World) -> Refusal | None:
        """Refuse a number outside min and max."""
        group = self.group(world)
        if isinstance(group, Refusal):
            return group
        if self.desired_capacity > group.max:
            return self.refuse(
                "ValidationError",
                f"New SetDesiredCapacity value {self.desired_capacity} is above max value {group.max} "
                "for the AutoScalingGroup.",
            )
        if self.desired_capacity < group.min:
            return self.refuse(
                "ValidationError",
                f"New SetDesiredCapacity value {self.desired_capacity} is below min value {group.min} "
                "for the AutoScalingGroup.",
            )
        if self.honor_cooldown and world.now < group.cooling:
            return self.refuse(
                "ScalingActivityInProgress",
                f"Scaling activity is in progress and blocks this action: cooldown of {group.name} has not ended.",
            )
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The group's own loop does the rest."""
        group = self.group(world)
        assert isinstance(group, Group)
        group.desired = self.desired_capacity
        group.retry_at = 0
        yield from ()


class AvailabilityZoneDistribution(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """What goes first when launches in a zone fail."""

    capacity_distribution_strategy: Distribution


class UpdateAutoScalingGroup(_OnGroup, kw_only=True, tag="autoscaling:UpdateAutoScalingGroup"):
    """Change a group's sizes, zones or health check. Source: Auto Scaling API reference."""

    summary = "Change its min, max, desired, zones or health check"
    usual = 15

    min_size: int | None = None
    max_size: int | None = None
    desired_capacity: int | None = None
    availability_zones: list[Annotated[str, ref("zone")]] | None = None
    availability_zone_distribution: AvailabilityZoneDistribution | None = None
    health_check_type: Literal["EC2", "ELB"] | None = None
    health_check_grace_period: int | None = None
    default_cooldown: int | None = None
    default_instance_warmup: int | None = None

    @classmethod
    def drafts(cls, component: Any) -> dict[str, str]:
        """Return the sizes and zones that it has now."""
        if not isinstance(component, Group):
            return {}
        sizes = (component.min, component.max, component.desired)
        known = dict(zip(("min_size", "max_size", "desired_capacity"), map(str, sizes), strict=True))
        return {**known, "availability_zones": " ".join(component.zones)}

    def check(self, world: World) -> Refusal | None:
        """Refuse sizes that contradict each other, and zones of another Region."""
        group = self.group(world)
        if isinstance(group, Refusal):
            return group
        low = group.min if self.min_size is None else self.min_size
        high = group.max if self.max_size is None else self.max_size
        desired = self.desired_capacity
        if low < 0 or low > high:
            return self.refuse(
                "ValidationError", f"Max bound, {high}, must be greater than or equal to min bound, {low}"
            )
        if desired is not None and not low <= desired <= high:
            return self.refuse(
                "ValidationError",
                f"Desired capacity:{desired} must be between the specified min size:{low} and max size:{high}",
            )
        for zone in self.availability_zones or ():
            if zone not in world.zones or world.zones[zone].region != group.region:
                return self.refuse("ValidationError", f"The availability zone '{zone}' is not valid in {group.region}")
        if self.availability_zones == []:
            return self.refuse("ValidationError", "At least one Availability Zone or VPC Subnet is required.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Desired capacity follows when it would fall outside the new bounds."""
        group = self.group(world)
        assert isinstance(group, Group)
        group.resize(self.min_size, self.max_size, self.desired_capacity)
        if self.health_check_type is not None:
            group.health_check = self.health_check_type
        if self.health_check_grace_period is not None:
            group.grace = Duration(self.health_check_grace_period * 1000)
            for machine in group.machines:  # time alone ends a grace period: be there
                if machine.boots and machine.state == "running":
                    clock.start(wake(group, machine.since + int(group.grace), clock))
        if self.default_cooldown is not None:
            group.cooldown = Duration(self.default_cooldown * 1000)
        if self.default_instance_warmup is not None:
            group.warmup = Duration(self.default_instance_warmup * 1000)
        if self.availability_zone_distribution is not None:
            group.distribution = self.availability_zone_distribution.capacity_distribution_strategy
        if self.availability_zones:
            self._move(group, clock)
        yield from ()

    def _move(self, group: Group, clock: Any) -> None:
        """New zones get a cell; machines in zones left out are replaced elsewhere. Old cells drain."""
        zones = list(self.availability_zones or ())
        for zone in zones:
            group.cells.setdefault(zone, Cell())
        for machine in group.machines:
            if machine.zone not in zones:
                machine.marked = True
        group.zones = zones + [z for z in group.cells if z not in zones and any(m.zone == z for m in group.machines)]
        group.closed = [z for z in group.zones if z not in zones]
        clock.topology_changed = True


class TerminateInstanceInAutoScalingGroup(Action, kw_only=True, tag="autoscaling:TerminateInstanceInAutoScalingGroup"):
    """Terminate one instance of a group; the group replaces it unless told otherwise. Source: API reference."""

    summary = "Terminate one instance of the group"
    usual = 30
    on = ("autoscaling.group",)

    instance_id: str
    should_decrement_desired_capacity: bool

    def check(self, world: World) -> Refusal | None:
        """Refuse an instance that belongs to no group."""
        found = find_machine(world, self.instance_id)
        if found is None or not isinstance(found[0], Group):
            return self.refuse(
                "ValidationError", f"Instance Id not found - No managed instance found for {self.instance_id}"
            )
        if self.should_decrement_desired_capacity and found[0].desired <= found[0].min:
            return self.refuse(
                "ValidationError",
                "Currently, desiredSize equals minSize. Terminating instance without replacement will violate group's "
                "min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min "
                "size.",
            )
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The group's loop takes it out and launches another."""
        found = find_machine(world, self.instance_id)
        if found is not None and isinstance(found[0], Group):
            found[1].marked = found[1].told = True
            if self.should_decrement_desired_capacity:
                found[0].desired -= 1
        yield from ()


class DescribeAutoScalingGroups(Listing, kw_only=True, tag="autoscaling:DescribeAutoScalingGroups"):
    """Show groups: sizes, and instances per zone. Source: Auto Scaling API reference."""

    summary = "Show its sizes and its instances per zone"
    on = ("autoscaling.group",)
    subject = "auto_scaling_group_names"
    columns: ClassVar[dict[str, str]] = dict.fromkeys(
        ("AutoScalingGroupName", "Sizes", "Zone", "Running", "Starting"), ""
    )

    auto_scaling_group_names: list[GroupName] = msgspec.field(default_factory=list)

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return one row per zone."""
        zones, sizes = seen.get("zones", {}).items(), seen.get("note", "")
        return [(name, sizes, zone, here["running"], here["pending"]) for zone, here in zones]


class DescribeScalingActivities(Action, kw_only=True, tag="autoscaling:DescribeScalingActivities"):
    """Show what groups did lately, failed launches included. Source: Auto Scaling API reference."""

    summary = "Show what it did lately, and what failed"
    on = ("autoscaling.group",)
    subject = "auto_scaling_group_name"
    reads = True
    bucket = (100.0, 20.0)

    auto_scaling_group_name: GroupName = ""

    def output(self, world: World, telemetry: Any) -> str:
        """Return the newest activities first."""
        lines = []
        for name, component in world.components.items():
            if isinstance(component, Group) and self.auto_scaling_group_name in ("", name):
                for activity in reversed(component.activities[-8:]):
                    state = "Failed" if activity.failed else "Successful"
                    lines.append((telemetry.clock(activity.at), name, state, activity.text))
        return str(telemetry.table(("Time", "Group", "StatusCode", "Description"), lines))
