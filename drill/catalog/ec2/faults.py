"""Faults of EBS volumes."""

from collections.abc import Iterator

from drill.catalog.ec2.volumes import Volume
from drill.model.command import Fault
from drill.model.units import Duration
from drill.model.world import World


class _OnVolume(Fault, kw_only=True):
    on = ("ebs.volume",)
    sources = ("AWS FIS actions reference",)

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if not isinstance(world.components.get(self.target), Volume):
            yield f"the target of {type(self).__struct_config__.tag} is an EBS volume; {self.target!r} is none"

    def volume(self, world: World) -> Volume:
        """Return the volume that is struck."""
        found = world.components[self.target]
        assert isinstance(found, Volume)
        return found


class PauseIo(_OnVolume, kw_only=True, tag="aws:ebs:pause-volume-io"):
    """A volume's I/O hangs: no answer and no error, while everything calls it in-use."""

    summary = "the volume's I/O hangs"

    def strike(self, world: World) -> None:
        """Nothing comes back any more."""
        self.volume(world).paused = True

    def clear(self, world: World) -> None:
        """What waits is done."""
        self.volume(world).paused = False


class IoLatency(_OnVolume, kw_only=True, tag="aws:ebs:volume-io-latency"):
    """Each I/O of a volume takes longer."""

    summary = "the volume's I/O is slow"

    latency: Duration = Duration(100)  # on top of each read and write

    def strike(self, world: World) -> None:
        """Slow it down."""
        self.volume(world).slow = int(self.latency)

    def clear(self, world: World) -> None:
        """It is as fast as before."""
        self.volume(world).slow = 0
