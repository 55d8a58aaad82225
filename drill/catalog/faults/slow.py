"""Faults of capacity that is there and does less: a lock, a vacuum, a bad query plan, a cold cache."""

from collections.abc import Iterator
from typing import Any

from drill.model.command import Fault
from drill.model.units import Rate, Share
from drill.model.world import World

KINDS = ("rds.instance", "ec2.instance", "autoscaling.group", "outside.service")


class Slowed(Fault, kw_only=True, tag="drill:server:slowed"):
    """What handles requests does only a share of what it can, until it is over. Nothing calls it broken."""

    summary = "it does only a part of its work"
    on = KINDS
    sources = ("Huang et al., Metastable failures in the wild (OSDI 2022): triggers that lower capacity",)

    to: Share = Share(0.1)  # of its capacity that is left

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if not hasattr(world.components.get(self.target), "capacity"):
            yield f"the target of a slowdown has a capacity; {self.target!r} has none"

    def strike(self, world: World) -> None:
        """Take the rest away; remember what it was."""
        found: Any = world.components[self.target]
        before = world.flags.setdefault(f"slowed/{self.target}", float(found.capacity))
        found.capacity = Rate(before * self.to)

    def clear(self, world: World) -> None:
        """It does again what it can."""
        found: Any = world.components[self.target]
        found.capacity = Rate(world.flags.pop(f"slowed/{self.target}", float(found.capacity)))
