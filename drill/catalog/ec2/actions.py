"""EC2 operations on instances: run, start, stop, reboot, terminate, describe."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.ec2.instance import Instance, reboot
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Component, Process, ref
from drill.model.listing import Listing, Row
from drill.model.machine import (
    INSUFFICIENT,
    REBOOT,
    STOPPING,
    TERMINATING,
    VCPU_LIMIT,
    Machine,
    boot,
    find_machine,
    give_capacity,
    over_quota,
    room_for,
    take_capacity,
)
from drill.model.world import World

NOT_THERE = ("stopping", "stopped", "shutting-down", "terminated")  # states of instances that do not run
InstanceIds = list[Annotated[str, ref("ec2.instance")]]


class _OnInstances(Action, kw_only=True):
    """What the operations on a list of instance ids share."""

    on = ("ec2.instance",)
    subject = "instance_ids"

    instance_ids: InstanceIds

    def amount(self) -> int:
        """Return how many resource tokens it takes."""
        return len(self.instance_ids)

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown ids, the wrong Region and what `check_machine` finds; nothing is done for any of them then."""
        for name in self.instance_ids:
            found = find_machine(world, name)
            if found is None or (self.region and found[0].region != self.region):
                return self.refuse("InvalidInstanceID.NotFound", f"The instance ID '{name}' does not exist")
            refusal = self.check_machine(world, *found)
            if refusal:
                return refusal
        return None

    def check_machine(self, world: World, owner: Component, machine: Machine) -> Refusal | None:
        """Refuse what depends on the one machine."""
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Start one process per machine."""
        for name in self.instance_ids:
            found = find_machine(world, name)
            if found is not None:
                clock.start(self.each(world, clock, receipt, *found))
        yield from ()

    def each(self, world: World, clock: Any, receipt: Receipt, owner: Component, machine: Machine) -> Process:
        """Do it to one machine."""
        raise NotImplementedError


class _FromStates(_OnInstances, kw_only=True):
    """What is done to instances in some states only."""

    states: ClassVar[tuple[str, ...]] = ()
    past: ClassVar[str] = ""  # what is done to them, in the past

    def check_machine(self, world: World, owner: Component, machine: Machine) -> Refusal | None:
        """Refuse any other state."""
        return self.wrong_state(machine)

    def wrong_state(self, machine: Machine) -> Refusal | None:
        """Return AWS's refusal where the machine is in any other state."""
        if machine.state in self.states:
            return None
        text = f"The instance '{machine.id}' is not in a state from which it can be {self.past}: it is {machine.state}."
        return self.refuse("IncorrectInstanceState", text)


class StartInstances(_FromStates, kw_only=True, tag="ec2:StartInstances"):
    """Start stopped instances. Needs capacity of their type in their zone, like a launch. Source: EC2 API reference."""

    summary = "Start it again"
    usual = 10
    bucket = (5.0, 2.0)
    resources = (1000.0, 2.0)
    states = ("stopped", "running", "pending")
    past = "started"

    @classmethod
    def applies(cls, says: Mapping[str, str]) -> bool:
        """Only what is stopped can be started."""
        return says.get("state", "stopped") == "stopped"

    def check_machine(self, world: World, owner: Component, machine: Machine) -> Refusal | None:
        """Refuse the wrong state, what is beyond the account's quota, and a zone without capacity of that type."""
        refused = self.wrong_state(machine)
        if refused is not None or machine.state != "stopped":
            return refused
        words = over_quota(world, machine.zone, machine.type, 1)
        if words:
            return self.refuse(VCPU_LIMIT, words)
        if room_for(world, machine.zone, machine.type) == 0:
            return self.refuse(INSUFFICIENT, no_capacity(machine.type, machine.zone))
        return None

    def each(self, world: World, clock: Any, receipt: Receipt, owner: Component, machine: Machine) -> Process:
        """Take capacity, then boot on a healthy host."""
        if machine.state != "stopped":
            return
        if not take_capacity(world, machine.zone, machine.type):
            receipt.error, receipt.message = INSUFFICIENT, no_capacity(machine.type, machine.zone)
            return
        machine.hurt = False
        yield from boot(machine, clock, machine.id, _boot_ms(owner), _fetches(owner, world))


class StopInstances(_FromStates, kw_only=True, tag="ec2:StopInstances"):
    """Stop running instances: they can be started again, on another host. Source: EC2 API reference."""

    summary = "Stop it"
    usual = 22
    bucket = (100.0, 5.0)
    resources = (1000.0, 20.0)
    states = ("running", "pending", "stopping", "stopped")
    past = "stopped"
    force: bool = False

    @classmethod
    def applies(cls, says: Mapping[str, str]) -> bool:
        """What is stopped is so already."""
        return says.get("state") not in NOT_THERE

    def each(self, world: World, clock: Any, receipt: Receipt, owner: Component, machine: Machine) -> Process:
        """Shut down, then give the capacity back."""
        if machine.state in ("stopped", "stopping"):
            return
        machine.state, machine.ready = "stopping", False
        machine.boots += 1
        yield clock.wait(STOPPING, "stop", machine.id, shown=True)
        if machine.state == "stopping":
            machine.state = "stopped"
            give_capacity(world, machine.zone, machine.type)


class RebootInstances(_OnInstances, kw_only=True, tag="ec2:RebootInstances"):
    """Reboot instances on the host they are on. Does nothing for one that is not running. Source: EC2 API reference."""

    summary = "Reboot it where it is"
    usual = 20

    @classmethod
    def applies(cls, says: Mapping[str, str]) -> bool:
        """Only what runs can be rebooted."""
        return says.get("state") not in NOT_THERE

    def each(self, world: World, clock: Any, receipt: Receipt, owner: Component, machine: Machine) -> Process:
        """The application is away for as long as the operating system takes."""
        if machine.state != "running":
            return
        yield from reboot(machine, clock, REBOOT)


class TerminateInstances(_OnInstances, kw_only=True, tag="ec2:TerminateInstances"):
    """Terminate instances for good. Source: EC2 API reference."""

    summary = "Terminate it for good"
    usual = 60
    bucket = (100.0, 5.0)
    resources = (1000.0, 20.0)

    def each(self, world: World, clock: Any, receipt: Receipt, owner: Component, machine: Machine) -> Process:
        """Shut down; there is no way back."""
        if machine.state in ("terminated", "shutting-down"):
            return
        held = machine.state != "stopped"
        machine.state, machine.ready = "shutting-down", False
        machine.boots += 1
        yield clock.wait(TERMINATING, "terminate", machine.id, shown=True)
        machine.state = "terminated"
        if held:
            give_capacity(world, machine.zone, machine.type)


class DescribeInstances(Listing, kw_only=True, tag="ec2:DescribeInstances"):
    """List instances with the state that EC2 holds them to be in. Source: EC2 API reference."""

    summary = "Show the state that EC2 holds it to be in"
    on = ("ec2.instance",)
    subject = "instance_ids"
    columns: ClassVar[dict[str, str]] = {
        "InstanceId": "", "Type": "type", "Zone": "zone", "ImageId": "image", "State": "state",
    }  # fmt: skip

    instance_ids: InstanceIds = msgspec.field(default_factory=list)


class DescribeInstanceStatus(Listing, kw_only=True, tag="ec2:DescribeInstanceStatus"):
    """Show the status checks of running instances: they run every minute. Source: EC2 User Guide, status checks."""

    summary = "Show its status checks"
    on = ("ec2.instance",)
    subject = "instance_ids"
    columns: ClassVar[dict[str, str]] = {"InstanceId": "", "State": "state", "InstanceStatus": "check"}

    instance_ids: InstanceIds = msgspec.field(default_factory=list)

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return the instance's row: the last status check that came in."""
        failed = telemetry.last(f"{name}.StatusCheckFailed")
        check = "insufficient-data" if failed is None else ("impaired" if failed else "ok")
        return [(name, seen.get("state", ""), check)]


def no_capacity(kind: str, zone: str) -> str:
    return (
        f"We currently do not have sufficient {kind} capacity in the Availability Zone you requested ({zone}). "
        "Our system will be working on provisioning additional capacity."
    )


def _boot_ms(owner: Component) -> int:
    found: int = owner.boot_ms() if hasattr(owner, "boot_ms") else 0
    return found


def _fetches(owner: Component, world: World) -> Any:
    return owner.fetches(world) if isinstance(owner, Instance) else None
