"""Faults of places: a zone without power, a Region cut off, a link between Regions."""

from collections.abc import Iterator
from typing import Any

from drill.model.command import Fault
from drill.model.component import Process
from drill.model.machine import Machine
from drill.model.units import Duration, Rate, Share
from drill.model.world import World


def _machines(world: World, zone: str) -> list[Machine]:
    return [m for c in world.components.values() for m in c.fleet() if m.zone == zone]


class ZonePower(Fault, kw_only=True, tag="drill:az:power-interruption"):
    """An Availability Zone goes dark: instances, databases and balancer nodes in it stop answering.

    When power comes back, hosts come back as ``recover`` says, [[time, share], ...], but for those ``lost``. With
    ``limps``, that share of the hosts then runs at ``limp_speed`` for the time ``heals``, and so does what is launched
    in the zone meanwhile: every check passes, and everything is slow. The FIS
    scenario "AZ Availability: Power Interruption" puts the same together from several actions.
    """

    summary = "the zone loses power"
    on = ("zone",)
    sources = ("AWS FIS scenario library: AZ Availability: Power Interruption",)

    lost: Share = Share(0)  # of the hosts that never come back
    limps: Share = Share(0)  # of the hosts that are slow once power is back
    limp_speed: Share = Share(0.25)  # how much of their speed those have
    heals: Duration = Duration(3_600_000)  # from power to hosts that are whole again

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if self.target not in world.zones:
            yield f"the target of a power interruption is a zone; {self.target!r} is none"
        if self.limp_speed <= 0:
            yield "a limping host keeps some speed; those that never come back are `lost`"

    def strike(self, world: World) -> None:
        """Everything in it is off; its control plane still calls its instances running."""
        world.zones[self.target].power = False
        for machine in _machines(world, self.target):
            machine.hurt = True

    def clear(self, world: World) -> None:
        """Power is back for all."""
        self.recover(world, 1.0)

    def recover(self, world: World, share: float) -> None:
        """Power is back; ``share`` of the hosts have come up again."""
        zone = world.zones[self.target]
        zone.power = True
        zone.limps, zone.limp_speed = float(self.limps), float(self.limp_speed)
        hurt = _machines(world, self.target)
        for i, machine in enumerate(hurt):
            if i < len(hurt) * share * (1.0 - self.lost) and machine.hurt:
                machine.hurt = False
                if zone.limps and world.roll(f"host/{machine.id}") < zone.limps:
                    machine.speed = zone.limp_speed

    def aftermath(self, world: World, clock: Any) -> Process:
        """Once power is back, the repairs take their time."""
        zone = world.zones[self.target]
        if not self.limps:
            return
        yield clock.until(lambda: zone.power, "power", self.target)
        yield clock.wait(int(self.heals), "repairs", self.target)
        zone.limps, zone.limp_speed = 0.0, 1.0
        for machine in _machines(world, self.target):
            machine.speed = 1.0


class ZoneNetwork(Fault, kw_only=True, tag="aws:network:disrupt-connectivity"):
    """A zone is cut off from the network: what runs in it goes on, and nobody can reach it."""

    summary = "the zone is cut off"
    on = ("zone",)
    sources = ("AWS FIS actions reference: aws:network:disrupt-connectivity",)

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if self.target not in world.zones:
            yield f"the target of a connectivity disruption is a zone; {self.target!r} is none"

    def strike(self, world: World) -> None:
        """Nothing in, nothing out."""
        world.zones[self.target].network = False

    def clear(self, world: World) -> None:
        """It is connected again."""
        world.zones[self.target].network = True


class RegionConnectivity(Fault, kw_only=True, tag="aws:network:route-table-disrupt-cross-region-connectivity"):
    """A Region cannot be reached: neither by users nor by other Regions. Inside, everything goes on."""

    summary = "the Region cannot be reached"
    on = ("region",)
    sources = ("AWS FIS scenario library: Cross-Region: Connectivity",)

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if self.target not in world.regions:
            yield f"the target of this disruption is a Region; {self.target!r} is none"

    def strike(self, world: World) -> None:
        """Cut it off."""
        world.regions[self.target].reachable = False

    def clear(self, world: World) -> None:
        """It can be reached again."""
        world.regions[self.target].reachable = True


class LinkDegraded(Fault, kw_only=True, tag="drill:network:link-degraded"):
    """A link between Regions carries less: replication falls behind."""

    summary = "a link between Regions carries less"
    on = ("link",)

    carries: Rate = Rate(0)  # writes per second that still get through; 0/s cuts it

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if self.target not in world.links:
            yield f"the target of a degraded link is one of the level's links; {self.target!r} is none"

    def strike(self, world: World) -> None:
        """Narrow it; remember what it carried."""
        link = world.links[self.target]
        world.flags.setdefault(f"link/{self.target}", float(link.carries))
        link.carries = float(self.carries)
        link.up = self.carries > 0

    def clear(self, world: World) -> None:
        """It carries again what it did."""
        link: Any = world.links[self.target]
        link.carries = world.flags.pop(f"link/{self.target}", -1.0)
        link.up = True
