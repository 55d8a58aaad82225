"""Load shedding: turning requests away at once, so that the rest can be answered. A switch that operators have."""

from typing import Annotated, Any

from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.world import World

KINDS = (
    "elb.application-load-balancer",
    "elb.network-load-balancer",
    "autoscaling.group",
    "ec2.instance",
)
Shedder = Annotated[str, ref(*KINDS)]
MOST = 9  # the highest importance: up to there is everybody


def turned_away(world: World, name: str) -> str:
    """Return what a component was told to turn away, "" for nothing: ``sheds 30 %``."""
    what = world.flags.get(f"shed/{name}")
    if what is None:
        return ""
    upto = "" if what[1] >= MOST else f" up to importance {what[1]}"
    return f"sheds {what[0] * 100:.0f} %{upto}"


class ShedLoad(Action, kw_only=True, tag="ops:ShedLoad"):
    """Turn requests away with an error at once: a share of those up to an importance, before they cost anything.

    Whoever is turned away counts as failed, and tries again as clients do. Another call replaces this one; 0 % admits
    everybody. On an Application Load Balancer it stands for a rule with a fixed response. Source: Amazon Builders'
    Library, using load shedding to avoid overload.
    """

    summary = "Turn a share of requests away at once (0: admit all)"
    usual = 35
    on = KINDS
    subject = "name"
    takes = 2_000

    name: Shedder
    percent: int
    importance: int = MOST

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown names, and shares that are none."""
        found = world.components.get(self.name)
        if found is None or not found.stations():
            return self.refuse("ValidationError", f"{self.name} takes no requests")
        if not 0 <= self.percent <= 100:
            return self.refuse("ValidationError", "percent is 0 (admit all) to 100 (nobody gets in)")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It holds at once."""
        key = f"shed/{self.name}"
        if self.percent == 0:
            world.flags.pop(key, None)
        else:
            world.flags[key] = [self.percent / 100, self.importance]
        yield from ()
