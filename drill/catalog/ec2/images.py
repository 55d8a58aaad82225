"""Amazon Machine Images: what instances are launched from. Each belongs to one Region."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from drill.catalog.ec2.instance import Instance
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import STATE, Component, Process, ref
from drill.model.listing import Listing
from drill.model.units import MINUTE, Duration, Share
from drill.model.world import World

COPY = 5 * MINUTE  # to another Region (judgment; best effort, or 15 min to 48 h where a duration is asked for)
BAKE = 3 * MINUTE  # until an image made from an instance is available (judgment)


class Image(Component, kw_only=True, tag="ec2.image"):
    """An AMI. Launching from it gives an instance like ``like``, with what the image says otherwise.

    A baked one has everything on it. A bootstrapped one installs at boot, from ``downloads``: what it starts is as
    available as the place that it downloads from.
    """

    title = "AMI"
    glyph = "◈"
    ascii = "I"
    tier = 90
    scope = "regional"
    figures = {
        "copy to another Region": "5 min (judgment; AWS promises nothing unless a duration is asked for)",
        "image of an instance": "3 min until available (judgment)",
    }
    sources = ("EC2 User Guide: Amazon Machine Images, copy an AMI", "EC2 API reference: CopyImage, CreateImage")

    like: Annotated[str, ref("ec2.instance")]  # the instance whose size and place it launches
    ami: Literal["baked", "bootstrapped"] = "baked"  # what boot time follows from
    boot: Duration | None = None  # overrides what the AMI's kind implies
    downloads: Annotated[str, ref()] = ""  # what its bootstrap fetches from: never ready while that is away
    speed: Share = Share(1)  # of the capacity of ``like``: an older release may be slower
    starts: Literal["available", "pending", "disabled"] = "available"  # its state at T+0; only available ones launch
    status: Annotated[Literal["available", "pending", "disabled"], STATE] = "available"

    def begin(self, world: World) -> None:
        """It is as the level says."""
        self.status = self.starts

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if self.downloads and self.ami == "baked":
            yield "a baked image downloads nothing at boot; write ami: bootstrapped, or leave `downloads` out"

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-images says."""
        note = self.ami if not self.downloads else f"{self.ami}, from {self.downloads}"
        health = {"available": "ok", "pending": "busy"}.get(self.status, "off")
        return {"state": self.status, "health": health, "note": note}

    def instance(self, world: World) -> Instance:
        """Return an instance as this image launches it, not part of the world yet."""
        like = world.components[self.like]
        assert isinstance(like, Instance)
        return msgspec.structs.replace(
            like, image=self.name, ami=self.ami, boot=self.boot, downloads=self.downloads, region=self.region,
            capacity=type(like.capacity)(like.capacity * self.speed), starts="running",
        )  # fmt: skip


class CopyImage(Action, kw_only=True, tag="ec2:CopyImage"):
    """Copy an AMI into the Region in which this is called (--region). Source: EC2 API reference."""

    summary = "Copy this AMI to another Region"
    on = ("ec2.image",)
    subject = "source_image_id"
    bucket = (100.0, 1.0)

    name: str
    source_image_id: Annotated[str, ref("ec2.image")]
    source_region: Annotated[str, ref("region")]

    def check(self, world: World) -> Refusal | None:
        """Refuse an image that is not in the source Region, and a name that is taken."""
        found = world.components.get(self.source_image_id)
        if not isinstance(found, Image) or found.region != self.source_region or not world.region_up(found.region):
            return self.refuse("InvalidAMIID.NotFound", f"The image id '[{self.source_image_id}]' does not exist")
        if found.status != "available":
            return self.refuse("InvalidAMIID.Unavailable", f"The image id '{found.name}' is not available.")
        if self.name in world.components:
            return self.refuse("InvalidAMIName.Duplicate", f"AMI name {self.name} is already in use by AMI {self.name}")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The copy can be launched from once it is available."""
        found = world.components[self.source_image_id]
        new = msgspec.structs.replace(found, name=self.name, region=self.region or found.region)
        yield from _ready_after(new, COPY, "copy", world, clock)


class CreateImage(Action, kw_only=True, tag="ec2:CreateImage"):
    """Make an AMI of an instance as it is now: what is installed is baked in. Source: EC2 API reference."""

    summary = "Make an AMI of it as it is now"
    usual = 80
    on = ("ec2.instance",)
    subject = "instance_id"

    instance_id: Annotated[str, ref("ec2.instance")]
    name: str
    no_reboot: bool = True

    def check(self, world: World) -> Refusal | None:
        """Refuse an unknown instance, one that neither runs nor is stopped, and a name that is taken."""
        words = f"The instance ID '{self.instance_id}' does not exist"
        found = world.find(self, Instance, self.instance_id, "InvalidInstanceID.NotFound", words)
        if isinstance(found, Refusal):
            return found
        assert isinstance(found, Instance)
        if found.machine.state not in ("running", "stopped"):
            return self.refuse("IncorrectState", f"Instance '{found.name}' is '{found.machine.state}'.")
        if self.name in world.components:
            return self.refuse("InvalidAMIName.Duplicate", f"AMI name {self.name} is already in use by AMI {self.name}")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """A copy of a dead host's disk never ends."""
        found = world.components[self.instance_id]
        assert isinstance(found, Instance)
        new = Image(name=self.name, region=found.region, like=found.name, boot=found.boot)
        if found.ami == "bootstrapped":
            new.boot = None
        yield from _ready_after(new, BAKE, "image", world, clock, lambda: not found.machine.hurt)


def _ready_after(new: Any, ms: int, what: str, world: World, clock: Any, can: Any = None) -> Process:
    new.status = "pending"
    world.components[new.name] = new
    clock.topology_changed = True
    yield clock.wait(ms, what, new.name, shown=True)
    if can is not None and not can():
        yield clock.until(can, what, new.name)
    new.status = "available"


class DescribeImages(Listing, kw_only=True, tag="ec2:DescribeImages"):
    """List AMIs of a Region: state, and whether each installs at boot. Source: EC2 API reference."""

    summary = "Show images, and what they need at boot"
    on = ("ec2.image",)
    subject = "image_ids"
    columns: ClassVar[dict[str, str]] = {"ImageId": "", "Region": "region", "State": "state", "Description": "note"}

    image_ids: list[Annotated[str, ref("ec2.image")]] = msgspec.field(default_factory=list)
