"""EC2 operations on EBS volumes: create, attach, detach, delete, describe."""

from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.ec2.instance import Instance
from drill.catalog.ec2.snapshots import Snapshot, free_name
from drill.catalog.ec2.volumes import DEFAULT_LOAD, GIB, Volume, let_go, load_blocks
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.listing import Listing, Row
from drill.model.places import zone_id
from drill.model.units import SECOND, Rate, Size
from drill.model.world import World

CREATE = 15 * SECOND  # until a new volume is available (judgment: 5 to 60 s)
ATTACH = 5 * SECOND
DETACH = 10 * SECOND
DIRTY = 1.0  # seconds of writes that a detach by force cuts off (judgment; the documents warn of it)

VolumeId = Annotated[str, ref("ebs.volume")]


class _OnVolume(Action, kw_only=True):
    on = ("ebs.volume",)
    subject = "volume_id"

    volume_id: VolumeId

    def volume(self, world: World) -> Volume | Refusal:
        """Return the volume, or AWS's refusal."""
        words = f"The volume '{self.volume_id}' does not exist."
        found = world.find(self, Volume, self.volume_id, "InvalidVolume.NotFound", words)
        if isinstance(found, Volume) and found.status == "deleted":
            return self.refuse("InvalidVolume.NotFound", words)
        assert isinstance(found, Volume | Refusal)
        return found


class CreateVolume(Action, kw_only=True, tag="ec2:CreateVolume"):
    """Make a volume in one zone, empty or from a snapshot, in any zone of the snapshot's Region. Source: EC2 API
    reference."""

    summary = "Make a volume from a snapshot, in any zone"
    usual = 10
    on = ("ebs.snapshot",)
    subject = "snapshot_id"
    bucket = (100.0, 5.0)

    availability_zone: Annotated[str, ref("zone")]
    snapshot_id: Annotated[str, ref("ebs.snapshot")] = ""
    size: int = 0  # GiB
    iops: int = 0
    volume_initialization_rate: int = 0  # MiB/s, 100 to 300

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown zones and snapshots, one of another Region, and one that is not completed."""
        zone = world.zones.get(zone_id(world, self.availability_zone))
        if zone is None:
            return self.refuse("InvalidZone.NotFound", f"The zone '{self.availability_zone}' does not exist.")
        if not self.snapshot_id:
            if self.size < 1:
                return self.refuse("MissingParameter", "The request must contain the parameter size or snapshotId")
            return self._room(zone)
        snapshot = world.components.get(self.snapshot_id)
        if not isinstance(snapshot, Snapshot) or snapshot.status == "deleted" or snapshot.region != zone.region:
            return self.refuse("InvalidSnapshot.NotFound", f"The snapshot '{self.snapshot_id}' does not exist.")
        if snapshot.status != "completed":
            return self.refuse(
                "IncorrectState",
                f"Snapshot is in invalid state - {snapshot.status}: {self.snapshot_id} is not completed.",
            )
        if self.volume_initialization_rate and not 100 <= self.volume_initialization_rate <= 300:
            return self.refuse("InvalidParameterValue", "VolumeInitializationRate must be between 100 and 300 MiB/s")
        return self._room(zone)

    def _room(self, zone: Any) -> Refusal | None:
        if zone.power:
            return None
        return self.refuse(
            "InsufficientVolumeCapacity",
            f"There is not enough capacity to fulfill your EBS volume provision request in {zone.name}.",
        )

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It is available soon, long before its blocks are there."""
        zone = zone_id(world, self.availability_zone)
        snapshot = world.components.get(self.snapshot_id)
        like = world.components.get(snapshot.volume) if isinstance(snapshot, Snapshot) else None
        if isinstance(like, Volume) and isinstance(snapshot, Snapshot):
            new = Volume(zone=zone, size=like.size, iops=like.iops, latency=like.latency, price=like.price)
            new.store, new.source, new.since = snapshot.store, snapshot.name, snapshot.taken
            held, wrote_at = like.held(world)
            new.base = snapshot.holds(max(0.0, held) * SECOND / max(SECOND, wrote_at))
            new.loaded = 1.0 if snapshot.is_fast(zone, like.size / GIB, world.now) else 0.0
            new.load_rate = float(self.volume_initialization_rate) or DEFAULT_LOAD
            stem = snapshot.store
        else:
            new, stem = Volume(zone=zone, size=Size(self.size * GIB)), "volume"
        new.iops = Rate(self.iops) if self.iops else new.iops
        new.name = free_name(world, stem)
        if not new.store:
            new.store = new.name
        new.region, new.status = world.zones[zone].region, "creating"
        world.components[new.name] = new
        clock.topology_changed = True
        yield clock.wait(CREATE, "create", new.name, shown=True)
        if new.status == "creating":
            new.status = "available"
            if new.loaded < 1.0:
                clock.start(load_blocks(new, clock))


class AttachVolume(_OnVolume, kw_only=True, tag="ec2:AttachVolume"):
    """Attach an available volume to an instance of its own zone. Source: EC2 API reference."""

    summary = "Attach it to an instance of its zone"

    instance_id: Annotated[str, ref("ec2.instance")]
    device: str

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown ids, a volume that is not available, and an instance of another zone."""
        volume = self.volume(world)
        if isinstance(volume, Refusal):
            return volume
        words = f"The instance ID '{self.instance_id}' does not exist"
        instance = world.find(self, Instance, self.instance_id, "InvalidInstanceID.NotFound", words)
        if isinstance(instance, Refusal):
            return instance
        assert isinstance(instance, Instance)
        if volume.zone != instance.zone:
            return self.refuse(
                "InvalidVolume.ZoneMismatch",
                f"The volume '{volume.name}' is not in the same availability zone as instance '{instance.name}'",
            )
        if volume.status == "in-use":
            return self.refuse("VolumeInUse", f"{volume.name} is already attached to an instance")
        if volume.status != "available":
            return self.refuse("IncorrectState", f"Volume '{volume.name}' is '{volume.status}': it is not 'available'.")
        if instance.machine.state not in ("running", "stopped"):
            return self.refuse("IncorrectState", f"Instance '{instance.name}' is not 'running'.")
        if instance.volume:
            return self.refuse("InvalidParameterValue", f"Attachment point {self.device} is already in use")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The instance's application takes it up; what it lacks is lost from here on."""
        volume, instance = world.components[self.volume_id], world.components[self.instance_id]
        assert isinstance(volume, Volume) and isinstance(instance, Instance)
        volume.status, volume.attachment = "in-use", "attaching"
        yield clock.wait(ATTACH, "attach", volume.name, shown=True)
        if volume.attachment != "attaching":
            return
        volume.mount(world, instance)
        clock.start(let_go(volume, world, clock))
        clock.topology_changed = True
        count_loss(volume, world, clock)


def count_loss(volume: Volume, world: World, clock: Any) -> None:
    """Going on with ``volume`` gives up what only another volume of the same store holds."""
    for other in world.components.values():
        if isinstance(other, Volume) and other.live and other.store == volume.store and other is not volume:
            held, wrote_at = other.held(world)
            lacks = other.acked if other.source == volume.name or not volume.source else held - volume.base
            since = other.since if not volume.source else volume.since
            clock.lost(volume.store, lacks, max(0, wrote_at - since) / SECOND, f"went on with {volume.name}")
            other.live = False
    volume.live = True


class DetachVolume(_OnVolume, kw_only=True, tag="ec2:DetachVolume"):
    """Detach a volume. While its instance uses it, it stays busy unless forced. Source: EC2 API reference."""

    summary = "Detach it (with --force: without waiting for its instance)"

    force: bool = False

    def check(self, world: World) -> Refusal | None:
        """Refuse a volume that is not attached."""
        volume = self.volume(world)
        if isinstance(volume, Refusal):
            return volume
        if volume.status != "in-use":
            return self.refuse("IncorrectState", f"Volume '{volume.name}' is in the '{volume.status}' state.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Wait for the instance to let go, unless forced; a dark zone answers to neither."""
        volume = world.components[self.volume_id]
        assert isinstance(volume, Volume)
        owner = world.components.get(volume.attached_to)
        assert isinstance(owner, Instance)
        volume.attachment = "detaching"
        yield clock.wait(DETACH, "detach", volume.name, shown=True)
        if not self.force and owner.machine.state == "running":
            volume.attachment = "busy"
            yield clock.until(
                lambda: owner.machine.state != "running" or volume.attachment != "busy", "detach", volume.name
            )
        if not world.zones[volume.zone].power:
            yield clock.until(lambda: world.zones[volume.zone].power, "detach", volume.name)
        if volume.attached_to != owner.name:
            return
        if self.force and owner.machine.works(world) and volume.writing > 0:
            torn = min(volume.acked, volume.writing * DIRTY)
            clock.lost(volume.store, torn, DIRTY, f"detached {volume.name} by force")
            volume.acked -= torn
        volume.unmount(world)
        clock.topology_changed = True


class DeleteVolume(_OnVolume, kw_only=True, tag="ec2:DeleteVolume"):
    """Delete a volume for good. Its snapshots stay. Source: EC2 API reference."""

    summary = "Delete it for good"
    usual = 90

    def check(self, world: World) -> Refusal | None:
        """Refuse one that is attached."""
        volume = self.volume(world)
        if isinstance(volume, Refusal):
            return volume
        if volume.status == "in-use":
            return self.refuse("VolumeInUse", f"Volume {volume.name} is currently attached to {volume.attached_to}")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It is gone, and so is what only it held."""
        volume = world.components[self.volume_id]
        assert isinstance(volume, Volume)
        volume.status = "deleted"
        yield from ()


class DescribeVolumes(Listing, kw_only=True, tag="ec2:DescribeVolumes"):
    """List volumes: state, zone, attachment, and the snapshot that each was made from. Source: EC2 API reference."""

    summary = "Show its state and where it is attached"
    on = ("ebs.volume",)
    subject = "volume_ids"
    columns: ClassVar[dict[str, str]] = {
        "VolumeId": "", "State": "state", "Zone": "zone", "InstanceId": "attached", "SnapshotId": "source",
        "Size (GiB)": "size",
    }  # fmt: skip

    volume_ids: list[VolumeId] = msgspec.field(default_factory=list)


class DescribeVolumeStatus(Listing, kw_only=True, tag="ec2:DescribeVolumeStatus"):
    """Show whether a volume's I/O comes back, as far as that was heard. Source: EC2 API reference."""

    summary = "Show whether its I/O comes back"
    on = ("ebs.volume",)
    subject = "volume_ids"
    columns: ClassVar[dict[str, str]] = {"VolumeId": "", "Zone": "zone", "VolumeStatus": "status"}

    volume_ids: list[VolumeId] = msgspec.field(default_factory=list)

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return the volume's row, with the check that came in last."""
        stalled = telemetry.last(f"{name}.VolumeStalledIOCheck")
        status = "insufficient-data" if stalled is None else "impaired" if stalled else "ok"
        return [(name, seen.get("zone", ""), status)]
