"""EC2 operations on EBS snapshots: create, delete, describe, copy, fast snapshot restore."""

from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.ec2.snapshots import GAP, PENDING_LIMIT, Snapshot, free_name, take
from drill.catalog.ec2.volumes import GIB, Volume
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.listing import Listing, Row
from drill.model.places import zone_id
from drill.model.units import MINUTE
from drill.model.world import World

COPY = 3 * MINUTE  # to another Region (judgment; best effort, unless a duration is asked for)
PER_TIB = 60 * MINUTE  # until fast snapshot restore is on (documented)

SnapshotId = Annotated[str, ref("ebs.snapshot")]


class CreateSnapshot(Action, kw_only=True, tag="ec2:CreateSnapshot"):
    """Start a snapshot of a volume: it holds what is written at this moment. Source: EC2 API reference."""

    summary = "Take a snapshot of it now"
    on = ("ebs.volume",)
    subject = "volume_id"
    bucket = (100.0, 5.0)

    volume_id: Annotated[str, ref("ebs.volume")]
    description: str = ""

    def check(self, world: World) -> Refusal | None:
        """Refuse an unknown volume, the next one within 15 s, and a sixth that is pending."""
        words = f"The volume '{self.volume_id}' does not exist."
        volume = world.find(self, Volume, self.volume_id, "InvalidVolume.NotFound", words)
        if isinstance(volume, Refusal):
            return volume
        assert isinstance(volume, Volume)
        if volume.status in ("creating", "deleted"):
            return self.refuse("IncorrectState", f"Volume '{volume.name}' is '{volume.status}'.")
        mine = [s for s in world.components.values() if isinstance(s, Snapshot) and s.volume == volume.name]
        if any(world.now - s.taken < GAP for s in mine):
            return self.refuse(
                "SnapshotCreationPerVolumeRateExceeded",
                "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable "
                "sleep interval between requests.",
            )
        if len([s for s in mine if s.status == "pending"]) >= PENDING_LIMIT:
            return self.refuse("ConcurrentSnapshotLimitExceeded", "Maximum allowed in-progress snapshots reached.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The moment is fixed now; the copy goes on behind it."""
        volume = world.components[self.volume_id]
        assert isinstance(volume, Volume)
        take(volume, world, clock)
        yield from ()


class _OnSnapshot(Action, kw_only=True):
    def snapshot(self, world: World, name: str, region: str = "") -> Snapshot | Refusal:
        """Return a snapshot of the action's Region, or AWS's refusal."""
        found = world.components.get(name)
        where = region or self.region
        missing = not isinstance(found, Snapshot) or found.status == "deleted"
        if missing or (where and found is not None and found.region != where):
            return self.refuse("InvalidSnapshot.NotFound", f"The snapshot '{name}' does not exist.")
        assert isinstance(found, Snapshot)
        return found


class DeleteSnapshot(_OnSnapshot, kw_only=True, tag="ec2:DeleteSnapshot"):
    """Delete a snapshot. Volumes made from it stay. Source: EC2 API reference."""

    summary = "Delete this snapshot"
    usual = 90
    on = ("ebs.snapshot",)
    subject = "snapshot_id"
    bucket = (100.0, 5.0)

    snapshot_id: SnapshotId

    def check(self, world: World) -> Refusal | None:
        """Refuse an unknown one."""
        found = self.snapshot(world, self.snapshot_id)
        return found if isinstance(found, Refusal) else None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It is gone."""
        found = self.snapshot(world, self.snapshot_id)
        assert isinstance(found, Snapshot)
        found.status = "deleted"
        yield from ()


class CopySnapshot(_OnSnapshot, kw_only=True, tag="ec2:CopySnapshot"):
    """Copy a snapshot to the Region in which this is called (--region). Source: EC2 API reference."""

    summary = "Copy this snapshot to another Region"
    on = ("ebs.snapshot",)
    subject = "source_snapshot_id"
    bucket = (100.0, 1.0)

    source_region: Annotated[str, ref("region")]
    source_snapshot_id: SnapshotId

    def check(self, world: World) -> Refusal | None:
        """Refuse one that is not in the source Region, or not completed."""
        found = self.snapshot(world, self.source_snapshot_id, self.source_region)
        if isinstance(found, Refusal):
            return found
        if not world.region_up(self.source_region):
            return self.refuse("ServiceUnavailable", f"The service in {self.source_region} cannot be reached.")
        if found.status != "completed":
            return self.refuse("IncorrectState", f"The snapshot '{found.name}' is in the '{found.status}' state.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The copy is pending until all of it has come."""
        found = world.components[self.source_snapshot_id]
        assert isinstance(found, Snapshot)
        new = msgspec.structs.replace(found, name=free_name(world, f"{found.name}-copy"), fast={}, credits={})
        new.region, new.status = self.region or found.region, "pending"
        world.components[new.name] = new
        clock.topology_changed = True
        yield clock.wait(COPY, "copy", new.name, shown=True)
        if new.status == "pending":
            new.status = "completed"


class EnableFastSnapshotRestores(_OnSnapshot, kw_only=True, tag="ec2:EnableFastSnapshotRestores"):
    """Let volumes made from a snapshot in these zones be fully fast at once, after an hour per TiB. Source: EBS User
    Guide."""

    summary = "Turn fast restore on, an hour per TiB beforehand"
    on = ("ebs.snapshot",)
    subject = "source_snapshot_ids"

    availability_zones: list[Annotated[str, ref("zone")]]
    source_snapshot_ids: list[SnapshotId]

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown snapshots and zones."""
        for name in self.source_snapshot_ids:
            found = self.snapshot(world, name)
            if isinstance(found, Refusal):
                return found
        for zone in self.availability_zones:
            if zone_id(world, zone) not in world.zones:
                return self.refuse("InvalidZone.NotFound", f"The zone '{zone}' does not exist.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It is paid from now on, and helps once it is enabled."""
        for name in self.source_snapshot_ids:
            for zone in self.availability_zones:
                clock.start(self._enable(world.components[name], zone_id(world, zone), world, clock))
        yield from ()

    def _enable(self, snapshot: Any, zone: str, world: World, clock: Any) -> Process:
        if zone in snapshot.fast:
            return
        snapshot.fast[zone] = "optimizing"
        volume: Any = world.components.get(snapshot.volume)
        size = int(volume.size) if volume is not None else snapshot.bytes
        yield clock.wait(int(PER_TIB * size / (1024 * GIB)), "fast restore", snapshot.name, shown=True)
        snapshot.fast[zone] = "enabled"
        snapshot.credits[zone] = (0.0, clock.now)


class DescribeSnapshots(Listing, kw_only=True, tag="ec2:DescribeSnapshots"):
    """List snapshots: state, volume, and the moment that each holds. Source: EC2 API reference."""

    summary = "Show which moment it holds, and whether it is completed"
    on = ("ebs.snapshot", "ebs.volume")
    subject = "snapshot_ids"
    columns: ClassVar[dict[str, str]] = {
        "SnapshotId": "", "VolumeId": "volume", "State": "state", "StartTime": "moment", "FastRestore": "fast",
    }  # fmt: skip

    snapshot_ids: list[SnapshotId] = msgspec.field(default_factory=list)

    def observed(self, telemetry: Any) -> list[tuple[str, dict[str, Any]]]:
        """Return those that are there, the newest first."""
        found = [row for row in super().observed(telemetry) if row[1].get("state") != "deleted"]
        return sorted(found, key=lambda row: -int(row[1].get("taken", 0)))

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return the snapshot's row, with the zones in which restoring it is fast."""
        fast = ", ".join(f"{zone} {state}" for zone, state in seen.get("fast", {}).items())
        return super().rows(name, {**seen, "fast": fast}, telemetry)
