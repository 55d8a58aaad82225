"""Faults of control planes and of capacity."""

from __future__ import annotations

from collections.abc import Iterator

from drill.model.command import Fault
from drill.model.units import Duration, Share
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
