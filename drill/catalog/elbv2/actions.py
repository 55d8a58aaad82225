"""Elastic Load Balancing operations. A balancer has one target group here, and its name serves as both ARNs."""

from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.elbv2.balancer import LoadBalancer
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.listing import Listing, Row
from drill.model.world import World

KINDS = ("elb.application-load-balancer", "elb.network-load-balancer")
GroupArn = Annotated[str, ref(*KINDS)]


class Target(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """A target to register: the id of an instance."""

    id: Annotated[str, ref("ec2.instance", "autoscaling.group")]


class _OnTargets(Action, kw_only=True):
    on = KINDS
    subject = "target_group_arn"

    target_group_arn: GroupArn
    targets: list[Target]

    def balancer(self, world: World) -> LoadBalancer | Refusal:
        """Return the balancer of the target group, or AWS's refusal."""
        found = world.find(
            self, LoadBalancer, self.target_group_arn, "TargetGroupNotFound", "One or more target groups not found"
        )
        assert isinstance(found, LoadBalancer | Refusal)
        return found

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown groups, and targets that are no instances of the balancer's Region."""
        balancer = self.balancer(world)
        if isinstance(balancer, Refusal):
            return balancer
        for target in self.targets:
            found = world.components.get(target.id)
            if found is None or found.region != balancer.region:
                return self.refuse("InvalidTarget", f"The following targets are not valid: '{target.id}'")
        return None


class RegisterTargets(_OnTargets, kw_only=True, tag="elbv2:RegisterTargets"):
    """Register instances with a target group: they get requests after one passed check. Source: ELB API reference."""

    summary = "Register instances as targets"
    usual = 20

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The balancer's own loop starts the checks."""
        balancer = self.balancer(world)
        assert isinstance(balancer, LoadBalancer)
        for target in self.targets:
            if target.id not in balancer.targets:
                balancer.targets.append(target.id)
            for machine in world.components[target.id].fleet():
                balancer.draining.pop(machine.id, None)
        yield from ()


class DeregisterTargets(_OnTargets, kw_only=True, tag="elbv2:DeregisterTargets"):
    """Take instances out of a target group: no new requests reach them. Source: ELB API reference."""

    summary = "Take instances out of its targets"
    usual = 25

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """New requests go elsewhere at once; those under way end where they are, within the deregistration delay."""
        balancer = self.balancer(world)
        assert isinstance(balancer, LoadBalancer)
        leaving: list[str] = []
        for target in self.targets:
            if target.id in balancer.targets:
                balancer.targets.remove(target.id)
                leaving += [machine.id for machine in world.components[target.id].members(world)]
        for name in leaving:
            balancer.draining[name] = clock.now + int(balancer.deregistration_delay)
        yield clock.wait(balancer.deregistration_delay, "deregistration delay", balancer.name)
        for name in leaving:
            if balancer.draining.get(name, clock.now) <= clock.now:
                balancer.draining.pop(name, None)


class DescribeTargetHealth(Listing, kw_only=True, tag="elbv2:DescribeTargetHealth"):
    """Show each target's health as the balancer holds it. Source: ELB API reference."""

    summary = "Show each target's health"
    on = KINDS
    subject = "target_group_arn"
    lists = KINDS
    columns: ClassVar[dict[str, str]] = dict.fromkeys(("Target", "State"), "")

    target_group_arn: GroupArn

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown groups."""
        found = world.find(
            self, LoadBalancer, self.target_group_arn, "TargetGroupNotFound", "One or more target groups not found"
        )
        return found if isinstance(found, Refusal) else None

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return one row per target."""
        return list(seen.get("targets", {}).items())


class DescribeLoadBalancers(Listing, kw_only=True, tag="elbv2:DescribeLoadBalancers"):
    """List load balancers. Source: ELB API reference."""

    summary = "Show it: targets healthy, and zones"
    on = KINDS
    subject = "names"
    lists = KINDS
    columns: ClassVar[dict[str, str]] = {"Name": "", "State": "state", "Note": "note"}

    names: list[GroupArn] = msgspec.field(default_factory=list)
