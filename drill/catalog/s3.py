"""Amazon S3, as far as an origin goes: a bucket that serves what was put into it."""

from typing import Annotated, Any

import msgspec

from drill.model.component import STATE, Component, Metric, Tally
from drill.model.traffic import Cohort, Flow
from drill.model.units import Duration, Rate
from drill.model.world import World


class Bucket(Component, kw_only=True, tag="s3.bucket"):
    """Objects in one Region, stored over at least three zones: it survives the loss of one.

    Reads beyond 5,500 a second and prefix are answered 503 Slow Down. A website in it answers no writes.
    """

    title = "S3 bucket"
    glyph = "◫"
    ascii = "u"
    tier = 60
    scope = "regional"
    metrics = (
        Metric("GetRequests", "/s", lambda it, w: it.tally.arrived),
        Metric("5xxErrors", "/s", lambda it, w: it.slowed),
    )
    figures = {
        "reads": "at least 5,500 GET requests per second and prefix (documented)",
        "durability": "11 nines over at least three zones (documented)",
        "price": "requests and storage only: nothing per hour (simplified)",
    }
    sources = ("Amazon S3 User Guide: performance design patterns",)

    reads: Rate = Rate(5_500.0)  # a second, before it says Slow Down
    latency: Duration = Duration(80)  # first byte: 100 to 200 ms; small objects less
    tally: Annotated[Tally, STATE] = msgspec.field(default_factory=Tally)
    slowed: Annotated[float, STATE] = 0.0

    def stations(self) -> list[str]:
        """One."""
        return [self.name]

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Answer reads, up to the limit."""
        came = 0.0
        for cohort in inbox:
            came += cohort.amount
        if came != self.tally.arrived:
            flow.changed = True
        self.tally.arrived, self.slowed = came, 0.0
        over = max(0.0, came - self.reads) / came if came else 0.0
        for cohort in inbox:
            if not flow.world.region_up(self.region):
                flow.traffic.hold(cohort)
                continue
            calls = cohort.hops  # what a server's call is here, or nothing for users and caches that come by themselves
            if (calls[0].writes if calls else flow.traffic.classes[cohort.cls].writes) > 0:
                flow.fail(cohort, "405")
                continue
            cohort.via = cohort.via or self.name
            if over > 0:
                self.slowed += cohort.amount * over
                flow.fail(cohort.split(cohort.amount * over), "503 Slow Down")
            cohort.latency += self.latency
            cohort.hops = flow.join((), calls)
            flow.onward(cohort)

    def responds(self, world: World, within_ms: int) -> bool:
        """It answers while its Region can be reached."""
        return world.region_up(self.region)

    def observed(self, world: World) -> dict[str, Any]:
        """Return that it is there: a bucket has no state."""
        return {"state": "available", "health": "warn" if self.slowed else "ok"}
