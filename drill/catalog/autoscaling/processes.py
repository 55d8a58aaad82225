"""Auto Scaling operations that hold a group back or tell it what it cannot see: processes, health, standby."""

from typing import Any, Literal, get_args

import msgspec

from drill.catalog.autoscaling.actions import OnGroup
from drill.catalog.autoscaling.group import Group
from drill.catalog.autoscaling.measures import ProcessName
from drill.catalog.autoscaling.upkeep import in_grace
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process
from drill.model.machine import Machine, find_machine
from drill.model.world import World

_ALL: tuple[ProcessName, ...] = get_args(ProcessName)


class SuspendProcesses(OnGroup, kw_only=True, tag="autoscaling:SuspendProcesses"):
    """Hold back some of what a group does by itself; without a list, all of it. Source: Auto Scaling API reference."""

    summary = "Hold back what it does by itself"

    scaling_processes: list[ProcessName] = msgspec.field(default_factory=list)

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """What is under way goes on; nothing new begins."""
        group = self.owner(world)
        for name in self.scaling_processes or _ALL:
            if name not in group.suspended:
                group.suspended.append(name)
        yield from ()


class ResumeProcesses(OnGroup, kw_only=True, tag="autoscaling:ResumeProcesses"):
    """Let a group do again what was suspended; without a list, all of it. Source: Auto Scaling API reference."""

    summary = "Let it do again what was suspended"

    scaling_processes: list[ProcessName] = msgspec.field(default_factory=list)

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """What has piled up is done at once: what is unhealthy is replaced, what is missing launched."""
        group = self.owner(world)
        back = self.scaling_processes or _ALL
        group.suspended = [name for name in group.suspended if name not in back]
        group.retry_at = 0
        yield from ()


def _managed(action: Action, world: World, name: str) -> tuple[Group, Machine] | Refusal:
    """Return a group's machine and its group, or AWS's refusal."""
    found = find_machine(world, name)
    if found is None or not isinstance(found[0], Group) or found[1].leaving:
        return action.refuse("ValidationError", f"Instance Id not found - No managed instance found for {name}")
    return found[0], found[1]


class SetInstanceHealth(Action, kw_only=True, tag="autoscaling:SetInstanceHealth"):
    """Tell a group that an instance is unhealthy: it is replaced at once. Source: Auto Scaling API reference."""

    summary = "Call one instance unhealthy: it is replaced at once"
    usual = 45
    on = ("autoscaling.group",)

    instance_id: str
    health_status: Literal["Healthy", "Unhealthy"]
    should_respect_grace_period: bool = True

    def check(self, world: World) -> Refusal | None:
        """Refuse an instance that belongs to no group."""
        found = _managed(self, world, self.instance_id)
        return found if isinstance(found, Refusal) else None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """During its grace period a new instance stays healthy, unless told to disregard that."""
        found = _managed(self, world, self.instance_id)
        if isinstance(found, Refusal):
            return
        group, machine = found
        if self.health_status == "Healthy":
            machine.marked = machine.told = False
        elif not (self.should_respect_grace_period and in_grace(group, machine, world.now)):
            machine.marked = machine.told = True
        yield from ()


class DescribeAutoScalingInstances(Action, kw_only=True, tag="autoscaling:DescribeAutoScalingInstances"):
    """Show the instances of groups: where, in which state, and whether held for healthy. Source: API reference."""

    summary = "Show its instances, one by one"
    on = ("autoscaling.group",)
    reads = True
    bucket = (100.0, 20.0)

    instance_ids: list[str] = msgspec.field(default_factory=list)

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row per instance; what their hosts do is not known here."""
        rows = []
        for component in world.components.values():
            if not isinstance(component, Group) or self.region not in ("", component.region):
                continue
            for machine in component.machines:
                if not self.instance_ids or machine.id in self.instance_ids:
                    held = "UNHEALTHY" if machine.marked else "HEALTHY"
                    rows.append((machine.id, component.name, machine.zone, _lifecycle(machine), held))
        head = ("InstanceId", "AutoScalingGroupName", "AvailabilityZone", "LifecycleState", "HealthStatus")
        return str(telemetry.table(head, rows))


def _lifecycle(machine: Machine) -> str:
    """Return the lifecycle state, in AWS's word."""
    if machine.leaving:
        return "Terminating"
    if machine.standby:
        return "Standby"
    return "Pending" if machine.state == "pending" else "InService"


class _Standby(OnGroup, kw_only=True):
    """What going to standby and coming back share."""

    instance_ids: list[str] = msgspec.field(default_factory=list)

    def machines(self, world: World) -> list[Machine]:
        """Return the machines named, in order."""
        every = self.owner(world).machines
        return [machine for name in self.instance_ids for machine in every if machine.id == name]

    def check_each(self, world: World, group: Group, standby: bool) -> Refusal | None:
        """Refuse instances of other groups, and those in another state."""
        for name in self.instance_ids:
            found = next((m for m in group.machines if m.id == name and not m.leaving), None)
            if found is None:
                return self.refuse(
                    "ValidationError", f"The instance {name} is not part of Auto Scaling group {group.name}."
                )
            if found.standby != standby or (not standby and found.state != "running"):
                wanted = "Standby" if standby else "InService"
                return self.refuse("ValidationError", f"The instance {name} is not in {wanted}.")
        return None


class EnterStandby(_Standby, kw_only=True, tag="autoscaling:EnterStandby"):
    """Take instances out of service without terminating them: to look at them. Source: Auto Scaling API reference."""

    summary = "Take one out of service and keep it"

    should_decrement_desired_capacity: bool

    def check(self, world: World) -> Refusal | None:
        """Refuse what would bring desired capacity below min."""
        group = self.group(world)
        if isinstance(group, Refusal):
            return group
        left = group.desired - len(self.instance_ids)
        if self.should_decrement_desired_capacity and left < group.min:
            return self.refuse(
                "ValidationError",
                f"AutoScalingGroup {group.name} has min-size={group.min}, max-size={group.max}, and desired-size="
                f"{group.desired}. To place into standby {len(self.instance_ids)} instances, please update the "
                "AutoScalingGroup sizes appropriately.",
            )
        return self.check_each(world, group, standby=False)

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """No balancer sends to them and no check counts; without the decrement the group launches others."""
        for machine in self.machines(world):
            machine.standby = True
            if self.should_decrement_desired_capacity:
                self.owner(world).desired -= 1
        yield from ()


class ExitStandby(_Standby, kw_only=True, tag="autoscaling:ExitStandby"):
    """Put instances back into service; desired capacity grows by them. Source: Auto Scaling API reference."""

    summary = "Put one back into service"

    def check(self, world: World) -> Refusal | None:
        """Refuse what would bring desired capacity above max."""
        group = self.group(world)
        if isinstance(group, Refusal):
            return group
        if group.desired + len(self.instance_ids) > group.max:
            return self.refuse(
                "ValidationError",
                f"AutoScalingGroup {group.name} has min-size={group.min}, max-size={group.max}, and desired-size="
                f"{group.desired}. To take out of standby {len(self.instance_ids)} instances, please update the "
                "AutoScalingGroup sizes appropriately.",
            )
        return self.check_each(world, group, standby=True)

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """They are registered with the balancer again, as new targets."""
        for machine in self.machines(world):
            machine.standby = False
            self.owner(world).desired += 1
        yield from ()
