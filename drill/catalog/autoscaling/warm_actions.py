"""Auto Scaling operations on warm pools."""

from typing import Any, ClassVar, Literal

from drill.catalog.autoscaling.actions import GroupName, OnGroup
from drill.catalog.autoscaling.warm import keep_warm
from drill.model.command import Receipt, Refusal
from drill.model.component import Process
from drill.model.listing import Listing, Row
from drill.model.world import World


class PutWarmPool(OnGroup, kw_only=True, tag="autoscaling:PutWarmPool"):
    """Keep so many installed instances stopped beside a group: what it launches next is a start of one of them.

    A start needs capacity all the same. Source: Auto Scaling API reference.
    """

    summary = "Keep installed instances stopped beside it"
    usual = 60

    min_size: int
    pool_state: Literal["Stopped"] = "Stopped"

    def check(self, world: World) -> Refusal | None:
        """Refuse a size below 0."""
        if self.min_size < 0:
            return self.refuse("ValidationError", "MinSize must be 0 or more.")
        return OnGroup.check(self, world)

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Instances are prepared one after another."""
        group = self.owner(world)
        began = group.warms
        group.warm_pool, group.warms = self.min_size, True
        if not began:
            clock.start(keep_warm(group, world, clock))
        yield from ()


class DeleteWarmPool(OnGroup, kw_only=True, tag="autoscaling:DeleteWarmPool"):
    """Give a group's warm pool up: what waits in it is terminated. Source: Auto Scaling API reference."""

    summary = "Give its warm pool up"
    usual = 70

    force_delete: bool = False

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """From now on it launches anew."""
        group = self.owner(world)
        group.warm_pool, group.warmed = 0, {}
        yield from ()


class DescribeWarmPool(Listing, kw_only=True, tag="autoscaling:DescribeWarmPool"):
    """Show how many instances wait in a group's warm pool, by zone. Source: Auto Scaling API reference."""

    summary = "Show its warm pool"
    on = ("autoscaling.group",)
    subject = "auto_scaling_group_name"
    columns: ClassVar[dict[str, str]] = dict.fromkeys(("AutoScalingGroupName", "Zone", "Stopped"), "")

    auto_scaling_group_name: GroupName

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return one row per zone."""
        return [(name, zone, count) for zone, count in seen.get("warm", {}).items()]
