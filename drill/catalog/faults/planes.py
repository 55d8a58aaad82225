"""Faults of control planes and of capacity."""

from collections.abc import Iterator
from typing import Any

from drill.model.command import DENIED, Fault
from drill.model.component import Process
from drill.model.places import dead_zones
from drill.model.units import SECOND, Duration, Rate, Share
from drill.model.workers import Workers
from drill.model.world import World


class ApiImpaired(Fault, kw_only=True, tag="aws:fis:inject-api-internal-error"):
    """The API of one service in one Region is slow, fails, or is away. What runs, runs on.

    ``target`` is ``service/Region``, such as ``ec2/us-east-1``.
    """

    summary = "an API is impaired"
    on = ("service",)
    sources = ("AWS FIS actions reference: aws:fis:inject-api-internal-error",)

    errors: Share = Share(0)  # of calls that fail
    latency: Duration = Duration(0)  # on top of what a call takes
    down: bool = False  # every call fails

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        service, _, region = self.target.partition("/")
        if not service or region not in world.regions:
            yield f"the target of an impaired API is service/Region, such as ec2/us-east-1; not {self.target!r}"

    def strike(self, world: World) -> None:
        """Impair it."""
        plane = world.plane(*self.target.split("/", 1))
        plane.errors, plane.latency, plane.down = float(self.errors), int(self.latency), self.down

    def clear(self, world: World) -> None:
        """It answers as it should."""
        plane = world.plane(*self.target.split("/", 1))
        plane.errors, plane.latency, plane.down = 0.0, 0, False


class PermissionsMissing(Fault, kw_only=True, tag="drill:iam:permissions-missing"):
    """A change of policies goes wrong: the operators may no longer call a service, or one operation of it.

    ``target`` is a service, such as ``ec2``, or an operation, such as ``ec2:RunInstances``. What runs, runs on with the
    permissions of its own.
    """

    summary = "operators lack a permission"
    on = ("service",)
    sources = ("IAM User Guide: policy evaluation logic", "EC2 API reference: common client error codes")

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if not self.target or "/" in self.target:
            yield f"the target is a service or an operation, such as ec2:RunInstances; not {self.target!r}"

    def strike(self, world: World) -> None:
        """Denied from now on."""
        world.flags[DENIED] = [*world.flags.get(DENIED, []), self.target]

    def clear(self, world: World) -> None:
        """Allowed again."""
        left = [name for name in world.flags.get(DENIED, []) if name != self.target]
        world.flags.pop(DENIED, None)
        if left:
            world.flags[DENIED] = left


class InsufficientCapacity(Fault, kw_only=True, tag="aws:ec2:api-insufficient-instance-capacity-error"):
    """A zone has no capacity left for an instance type (``type``; empty: for any that the level uses)."""

    summary = "a zone has no capacity left"
    on = ("zone",)
    sources = ("AWS FIS actions reference: aws:ec2:api-insufficient-instance-capacity-error",)

    type: str = ""  # instance type; "" for any that the level uses
    left: int = 0  # launches that still fit

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if self.target not in world.zones:
            yield f"the target of a capacity exhaustion is a zone; {self.target!r} is none"

    def _types(self, world: World) -> list[str]:
        if self.type:
            return [self.type]
        machines = [machine for component in world.components.values() for machine in component.fleet()]
        return sorted({machine.type for machine in machines})

    def strike(self, world: World) -> None:
        """Others have taken it."""
        for kind in self._types(world):
            world.flags.setdefault(f"pool/{self.target}/{kind}", world.zones[self.target].pools.get(kind, -1))
            world.zones[self.target].pools[kind] = self.left

    def clear(self, world: World) -> None:
        """There is capacity again."""
        for kind in self._types(world):
            before = world.flags.pop(f"pool/{self.target}/{kind}", -1)
            if before < 0:
                world.zones[self.target].pools.pop(kind, None)
            else:
                world.zones[self.target].pools[kind] = before


class SharedWorkers(Fault, kw_only=True, tag="drill:api:shared-workers"):
    """The API of one service in one Region works with one pool of workers for all zones, and fills it up with calls
    about a zone that is dead. Nothing follows until a zone is.

    ``target`` is ``service/Region``, such as ``ec2/us-east-1``. Calls about a dead zone keep their workers for
    ``stuck``. Calls about other zones wait in line, and are refused where it is full. It is over when the zone answers
    again, or when this is cleared: calls about a dead zone are then turned away at once.
    """

    summary = "an API has one pool of workers for all zones"
    on = ("service",)
    sources = (
        "AWS post-event summary: Amazon EC2 and RDS service disruption in the US East Region, April 2011",
        "Amazon Builders' Library: using dependency isolation to contain concurrency overload",
    )

    workers: int = 400  # calls that can be worked on at once
    queue: int = 400  # calls that may wait
    calls: Rate = Rate(60.0)  # of everybody in the Region
    takes: Duration = Duration(400)  # for one call
    stuck: Duration = Duration(60_000)  # for one call about a dead zone

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target, and with a pool that is too small on a calm day."""
        service, _, region = self.target.partition("/")
        if not service or region not in world.regions:
            yield f"the target of shared workers is service/Region, such as ec2/us-east-1; not {self.target!r}"
        if self.calls * self.takes / SECOND > self.workers:
            yield "so many calls need more workers than there are, on any day: give `workers` or lower `calls`"
        if self.stuck < SECOND:
            yield "a call about a dead zone keeps its worker for a second or longer"

    def strike(self, world: World) -> None:
        """One pool from now on."""
        world.plane(*self.target.split("/", 1)).workers = Workers(
            count=float(self.workers), queue=float(self.queue), calls=float(self.calls), takes=int(self.takes),
            stuck=int(self.stuck),
        )  # fmt: skip

    def clear(self, world: World) -> None:
        """Calls about a dead zone keep nobody any more."""
        world.plane(*self.target.split("/", 1)).workers = None

    def aftermath(self, world: World, clock: Any) -> Process:
        """Follow the pool, second by second, for as long as a zone is dead or somebody waits."""
        plane = world.plane(*self.target.split("/", 1))
        pool, region = plane.workers, self.target.partition("/")[2]

        def idle() -> bool:
            return pool is None or not (pool.busy() or dead_zones(world, region))

        while pool is not None and plane.workers is pool:
            if idle():
                yield clock.until(lambda: plane.workers is not pool or not idle(), "workers", self.target)
            yield clock.wait(SECOND, "workers", self.target)
            dead = len(dead_zones(world, region)) / max(1, len(world.regions[region].zones))
            pool.work(clock.now // SECOND, dead)
