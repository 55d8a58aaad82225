"""Auto Scaling operations on instance refreshes."""

from typing import Any, Literal

import msgspec

from drill.catalog.autoscaling import refresh as rolling
from drill.catalog.autoscaling.actions import OnGroup
from drill.model.command import Receipt, Refusal
from drill.model.component import Process
from drill.model.units import SECOND
from drill.model.world import World

CHECKPOINT = 3600 * SECOND  # how long a refresh waits at a checkpoint (default of the API)


class RefreshPreferences(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True, omit_defaults=True):
    """How a refresh goes: how many stay in service, how many there may be (percent), and the warm-up in seconds.

    At each of ``CheckpointPercentages`` it waits for ``CheckpointDelay`` seconds.
    """

    min_healthy_percentage: int | None = None
    max_healthy_percentage: int | None = None
    instance_warmup: int | None = None
    checkpoint_percentages: list[int] = []
    checkpoint_delay: int | None = None


class StartInstanceRefresh(OnGroup, kw_only=True, tag="autoscaling:StartInstanceRefresh"):
    """Replace every instance of a group, in batches. Source: Auto Scaling API reference."""

    summary = "Replace all its instances, batch by batch"
    usual = 40

    strategy: Literal["Rolling"] = "Rolling"
    preferences: RefreshPreferences = msgspec.field(default_factory=RefreshPreferences)

    def check(self, world: World) -> Refusal | None:
        """Refuse a second refresh, and percentages out of range."""
        group = self.group(world)
        if isinstance(group, Refusal):
            return group
        if rolling.current(group) is not None:
            return self.refuse(
                "InstanceRefreshInProgress",
                "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.",
            )
        low, high = self.preferences.min_healthy_percentage, self.preferences.max_healthy_percentage
        if low is not None and not 0 <= low <= 100:
            return self.refuse("ValidationError", "MinHealthyPercentage must be between 0 and 100.")
        if high is not None and (low is None or not 100 <= high <= 200 or high - low > 100):
            return self.refuse(
                "ValidationError",
                "MaxHealthyPercentage goes with MinHealthyPercentage, is between 100 and 200, and at most 100 above.",
            )
        stops, delay = self.preferences.checkpoint_percentages, self.preferences.checkpoint_delay
        if stops != sorted(stops) or any(not 1 <= percent <= 100 for percent in stops):
            return self.refuse("ValidationError", "CheckpointPercentages rise, and are between 1 and 100.")
        if delay is not None and not (stops and 0 <= delay <= 172_800):
            return self.refuse("ValidationError", "CheckpointDelay goes with CheckpointPercentages, 0 to 172800 s.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Everything that is in service now will be replaced."""
        group, wanted = self.owner(world), self.preferences
        left = [m.id for m in group.machines if not (m.leaving or m.standby)]
        warmup = int(group.warmup or group.grace) if wanted.instance_warmup is None else wanted.instance_warmup * 1000
        refresh = rolling.Refresh(
            id=f"{group.name}-refresh-{len(group.refreshes) + 1}",
            started=clock.now,
            min_healthy=90 if wanted.min_healthy_percentage is None else wanted.min_healthy_percentage,
            max_healthy=100 if wanted.max_healthy_percentage is None else wanted.max_healthy_percentage,
            warmup=warmup,
            checkpoints=list(wanted.checkpoint_percentages),
            pause=CHECKPOINT if wanted.checkpoint_delay is None else wanted.checkpoint_delay * SECOND,
            total=len(left),
            left=left,
        )
        group.refreshes.append(refresh)
        yield from rolling.run(group, refresh, world, clock)


class CancelInstanceRefresh(OnGroup, kw_only=True, tag="autoscaling:CancelInstanceRefresh"):
    """Stop a refresh: what is replaced stays replaced. Source: Auto Scaling API reference."""

    summary = "Stop replacing its instances"
    usual = 41

    def check(self, world: World) -> Refusal | None:
        """Refuse when there is none."""
        group = self.group(world)
        if isinstance(group, Refusal):
            return group
        if rolling.current(group) is None:
            return self.refuse(
                "ActiveInstanceRefreshNotFound",
                f"No in progress or pending Instance Refresh found for Auto Scaling group {group.name}",
            )
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Nothing more is taken out."""
        refresh = rolling.current(self.owner(world))
        if refresh is not None:
            refresh.status = "Cancelled"
        yield from ()


class DescribeInstanceRefreshes(OnGroup, kw_only=True, tag="autoscaling:DescribeInstanceRefreshes"):
    """Show how far refreshes are. Source: Auto Scaling API reference."""

    summary = "Show how far its refreshes are"
    reads = True
    bucket = (100.0, 20.0)

    def output(self, world: World, telemetry: Any) -> str:
        """Return the newest first."""
        rows = [
            (each.id, each.status, f"{each.done()}", str(len(each.left)))
            for each in reversed(self.owner(world).refreshes)
        ]
        return str(telemetry.table(("InstanceRefreshId", "Status", "PercentageComplete", "InstancesToUpdate"), rows))
