"""Faults of single instances and databases."""

from collections.abc import Iterator
from typing import Any

from drill.model.command import Fault
from drill.model.component import Component, Process
from drill.model.machine import Machine, give_capacity
from drill.model.units import Share
from drill.model.world import World


class _OnMachines(Fault, kw_only=True):
    """Strikes machines of one component: all of them, or a share."""

    on = ("ec2.instance", "autoscaling.group")
    sources = ("AWS FIS actions reference",)

    share: Share = Share(1)  # of the machines

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        found = world.components.get(self.target)
        if found is None or type(found).fleet is Component.fleet:
            yield f"the target of {type(self).__struct_config__.tag} is an instance or an Auto Scaling group"

    def machines(self, world: World) -> list[Machine]:
        """Return the machines that are struck, in their own order."""
        members: list[Machine] = world.components[self.target].fleet()
        count = len(members) * self.share
        return [m for i, m in enumerate(members) if i < count]


class StopInstances(_OnMachines, kw_only=True, tag="aws:ec2:stop-instances"):
    """Instances are stopped. They stay stopped until somebody starts them."""

    summary = "instances are stopped"

    def strike(self, world: World) -> None:
        """Stop at once: a crash leaves no time for a shutdown."""
        for machine in self.machines(world):
            if machine.state in ("pending", "running", "stopping"):
                machine.state, machine.ready = "stopped", False
                machine.boots += 1
                give_capacity(world, machine.zone, machine.type)


class TerminateInstances(_OnMachines, kw_only=True, tag="aws:ec2:terminate-instances"):
    """Instances are terminated for good."""

    summary = "instances are terminated"

    def strike(self, world: World) -> None:
        """They are gone."""
        for machine in self.machines(world):
            if machine.state in ("pending", "running", "stopping"):
                give_capacity(world, machine.zone, machine.type)
            machine.state, machine.ready = "terminated", False
            machine.boots += 1


class HostFailure(_OnMachines, kw_only=True, tag="drill:ec2:host-failure"):
    """The hosts under instances die. EC2 goes on calling them running; only status checks know. A stop and a start
    move an instance to another host; a reboot does not."""

    summary = "the host under it dies"

    def strike(self, world: World) -> None:
        """The machine does nothing any more, and EC2 does not know it."""
        for machine in self.machines(world):
            machine.hurt = True

    def clear(self, world: World) -> None:
        """The host is mended."""
        for machine in world.components[self.target].fleet():
            machine.hurt = False


class HostDegraded(_OnMachines, kw_only=True, tag="drill:ec2:host-degraded"):
    """The hosts under instances give them only a part of their speed: a noisy neighbor, a failing disk, a repair that
    takes its time. Status checks go on passing. A stop and a start move an instance to another host."""

    summary = "the host under it is slow"

    speed: Share = Share(0.25)  # of its capacity that is left

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the fault."""
        yield from super().problems(world)
        if self.speed <= 0:
            yield "a degraded host keeps some speed; one without any is drill:ec2:host-failure"

    def strike(self, world: World) -> None:
        """Slow, and called running by everything."""
        for machine in self.machines(world):
            machine.speed = float(self.speed)

    def clear(self, world: World) -> None:
        """The hosts are themselves again."""
        for machine in world.components[self.target].fleet():
            machine.speed = 1.0


class RebootDbInstances(Fault, kw_only=True, tag="aws:rds:reboot-db-instances"):
    """A database fails over to its standby, or restarts where it has none."""

    summary = "the database fails over"
    on = ("rds.instance",)
    sources = ("AWS FIS actions reference",)

    def aftermath(self, world: World, clock: Any) -> Process:
        """RDS does it by itself."""
        database: Any = world.components[self.target]
        if database.status != "available":
            return
        if database.standby:
            yield from database.fail_over(world, clock)
            return
        database.status = "rebooting"
        yield clock.wait(30_000, "restart", database.name, shown=True)
        database.server.strand(world.traffic)
        database.status = "available"
