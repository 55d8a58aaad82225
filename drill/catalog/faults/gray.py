"""Gray failure: a zone in which part of the requests get lost or slow while every health check passes."""

from collections.abc import Iterator

from drill.model.command import Fault
from drill.model.units import Duration, Share
from drill.model.world import World


class ZoneGray(Fault, kw_only=True, tag="drill:az:gray"):
    """A share of all requests in a zone get no answer, another one a late answer. Health checks go on passing.

    It holds for everything in the zone: a balancer's node, servers, databases. Nothing that looks at single machines
    can tell; what users get from the zone can.
    """

    summary = "part of the requests in a zone get lost"
    on = ("zone",)
    sources = ("AWS whitepaper: Advanced Multi-AZ Resilience Patterns, gray failures",)

    lost: Share = Share(0.3)  # of requests: no answer at all
    slow: Share = Share(0)  # of requests: a late answer
    by: Duration = Duration(0)  # how much later

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the fault."""
        if self.target not in world.zones:
            yield f"the target of a gray failure is a zone; {self.target!r} is none"
        if self.lost + self.slow > 1:
            yield "`lost` and `slow` are shares of the same requests: together at most 100%"
        if not self.lost and not (self.slow and self.by):
            yield "say what gets lost, or what gets slow and `by` how much"

    def strike(self, world: World) -> None:
        """From now on, some of it never arrives."""
        world.flags.setdefault("gray", {})[self.target] = [float(self.lost), float(self.slow), float(self.by)]

    def clear(self, world: World) -> None:
        """All of it arrives again."""
        world.flags.get("gray", {}).pop(self.target, None)
