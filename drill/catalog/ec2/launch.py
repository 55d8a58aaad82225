"""RunInstances: launch from an AMI, in a zone of choice, within capacity and quota."""

from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.ec2.actions import no_capacity
from drill.catalog.ec2.images import Image
from drill.catalog.ec2.instance import Instance
from drill.catalog.ec2.snapshots import free_name
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.machine import INSUFFICIENT, PRICES, VCPU_LIMIT, Machine, boot, over_quota, room_for, take_capacity
from drill.model.network import NO_ADDRESS, space_of, too_few_addresses
from drill.model.places import zone_id
from drill.model.world import World

MOST = 1000  # instances of one call, as many as the bucket of resource tokens holds


class Placement(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """Where to launch: an Availability Zone, by its AZ id or by the account's name for it."""

    availability_zone: Annotated[str, ref("zone")]


class RunInstances(Action, kw_only=True, tag="ec2:RunInstances"):
    """Launch instances from an AMI. They serve once something sends them requests. Source: EC2 API reference."""

    summary = "Launch another one from its AMI"
    usual = 40
    on = ("ec2.instance", "ec2.image")
    subject = ""
    bucket = (5.0, 2.0)
    resources = (1000.0, 2.0)
    takes = 1_500  # RunInstances itself was measured at 1.5 s (2021)
    aliases: ClassVar[dict[str, tuple[str, ...]]] = {"count": ("min_count", "max_count")}

    image_id: Annotated[str, ref("ec2.image", "ec2.instance/image")]
    instance_type: str = ""
    placement: Placement | None = None
    min_count: int = 1
    max_count: int = 1

    def amount(self) -> int:
        """Return how many resource tokens it takes."""
        return max(0, self.max_count)

    @classmethod
    def drafts(cls, component: Any) -> dict[str, str]:
        """Begin with the AMI that the selected instance was launched from."""
        return {"image_id": component.image} if isinstance(component, Instance) else {}

    def template(self, world: World) -> Instance | None:
        """Return what this AMI launches: the image's instance, or the like of one that was launched from it."""
        found = world.components.get(self.image_id)
        if isinstance(found, Image):
            here = found.region == self.region if self.region else found.region == self._region(world, found.region)
            return found.instance(world) if here else None
        for component in world.components.values():
            if (
                isinstance(component, Instance)
                and component.image == self.image_id
                and (not self.region or component.region == self.region)
            ):
                return component
        return None

    def _region(self, world: World, default: str) -> str:
        """Return the Region of the zone that it is to be launched in."""
        zone = world.zones.get(zone_id(world, self.placement.availability_zone)) if self.placement else None
        return zone.region if zone is not None else default

    def check(self, world: World) -> Refusal | None:
        """Refuse an AMI that this Region does not have, unknown zones and types, quotas, zones without capacity."""
        like = self.template(world)
        image = world.components.get(self.image_id)
        if like is None:
            return self.refuse("InvalidAMIID.NotFound", f"The image id '[{self.image_id}]' does not exist")
        if isinstance(image, Image) and image.status != "available":
            return self.refuse("InvalidAMIID.Unavailable", f"The image id '{image.name}' is not available.")
        if not 1 <= self.min_count <= self.max_count <= MOST:
            return self.refuse("InvalidParameterValue", f"Value ({self.max_count}) for parameter maxCount is invalid.")
        zone, kind = self._zone(world, like), self.instance_type or like.machine.type
        if zone not in world.zones or world.zones[zone].region != like.region:
            return self.refuse("InvalidParameterValue", f"Invalid availability zone: [{zone}]")
        if kind not in PRICES and kind != like.type:
            return self.refuse("InvalidParameterValue", f"Invalid value '{kind}' for InstanceType.")
        words = over_quota(world, zone, kind, self.min_count)
        if words:
            return self.refuse(VCPU_LIMIT, words)
        words = too_few_addresses(world, like.name, zone, self.min_count)
        if words:
            return self.refuse(NO_ADDRESS, words)
        room = room_for(world, zone, kind)
        if 0 <= room < self.min_count:
            return self.refuse(INSUFFICIENT, no_capacity(kind, zone))
        return None

    def _zone(self, world: World, like: Instance) -> str:
        return zone_id(world, self.placement.availability_zone) if self.placement else like.zone

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Add each launched instance to the topology and boot it: as many as fit, at least the minimum."""
        like = self.template(world)
        assert like is not None
        zone, kind = self._zone(world, like), self.instance_type or like.machine.type
        for _ in range(self.max_count):
            if over_quota(world, zone, kind, 1) or too_few_addresses(world, like.name, zone, 1):
                break
            if not take_capacity(world, zone, kind):
                break
            stem = like.name.rstrip("0123456789").rstrip("-")
            new = msgspec.structs.replace(like, name=free_name(world, stem), zone=zone, volume="", written=0.0)
            new.needs = [need for need in like.needs if need != like.volume]
            new.server = type(like.server)()
            new.machine = Machine(id=new.name, zone=zone, type=kind)
            world.components[new.name] = new
            space = space_of(world, like.name, zone)
            if space is not None and space.holds:
                space.holds.append(new.name)  # what holds for its like holds for it
            for process in new.processes(world, clock):
                clock.start(process)
            clock.start(boot(new.machine, clock, new.name, new.boot_ms(), new.fetches(world)))
        clock.topology_changed = True
        yield from ()
