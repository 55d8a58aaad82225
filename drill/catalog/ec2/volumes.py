"""EBS volumes: disks of one zone. They outlive their instance, never leave their zone, and hold what was written."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.catalog.ec2.instance import Instance
from drill.catalog.ec2.snapshots import GAP, Schedule, on_schedule
from drill.model.component import STATE, Component, Metric, Process, ref
from drill.model.server import Server
from drill.model.traffic import Cohort, Flow, counted
from drill.model.units import SECOND, Duration, Rate, Size
from drill.model.world import World

GIB = 1024**3
PRICE = 0.08 / 730  # US dollars per GiB and hour, gp3 (list price)
COLD = 0.25  # share of its I/O rate that a volume does while it is still fetched from its snapshot (judgment)
DEFAULT_LOAD = 100.0  # MiB/s at which blocks come in by being read (judgment)
LOOK = 5 * SECOND  # how often what has been loaded is put to work


def _stalled(it: "Volume", world: World) -> float | None:
    if it.status != "in-use":
        return None
    return 0.0 if it.responds(world, 5_000) else 1.0


def _gauge(name: str) -> Any:
    return lambda it, w: getattr(it.server, name) if it.status == "in-use" and it.working(w) else None


class Volume(Component, kw_only=True, tag="ebs.volume"):
    """A disk in one Availability Zone, for one instance of that zone at a time.

    It is replicated within its zone and nowhere else: when the zone is dark it can be neither read, moved nor copied.
    Only a snapshot leads out of the zone, and it holds what was written when it was asked for. A volume made from a
    snapshot is there at once and slow until its blocks have come in.
    """

    title = "EBS volume"
    glyph = "▥"
    ascii = "V"
    tier = 80
    scope = "zonal"
    metrics = (
        Metric("VolumeOps", "/s", _gauge("arrived")),
        Metric("VolumeQueueLength", "requests", _gauge("waiting")),
        Metric("VolumeStalledIOCheck", "count", _stalled, "max"),
    )
    figures = {
        "attach": "5 s; detach: 10 s, for ever while it is in use and not forced (judgment; the wait is documented)",
        "from a snapshot": "15 s until available, then a quarter of its I/O until loaded at 100 MiB/s (judgment)",
        "price": "$0.08 per GiB and month (list price)",
    }
    sources = (
        "EBS User Guide: volumes, initialize volumes, detach a volume",
        "EC2 API reference: AttachVolume, DetachVolume, CreateVolume",
    )

    attached_to: Annotated[str, ref("ec2.instance")] = ""  # the instance that uses it
    size: Size = Size(100 * GIB)
    iops: Rate = Rate(3000.0)  # reads and writes that it does
    latency: Duration = Duration(1)  # of one
    snapshots: Schedule | None = None  # taken by themselves, as Data Lifecycle Manager does
    status: Annotated[Literal["creating", "available", "in-use", "deleted"], STATE] = "available"
    attachment: Annotated[Literal["", "attaching", "attached", "detaching", "busy"], STATE] = ""
    server: Annotated[Server, STATE] = msgspec.field(default_factory=Server)
    store: Annotated[str, STATE] = ""  # whose data it is: the volume of the level that it goes back to
    source: Annotated[str, STATE] = ""  # the snapshot that it was made from
    since: Annotated[int, STATE] = 0  # ms: how new what it holds was when it was made
    base: Annotated[float, STATE] = 0.0  # writes of the store that it held when it was made
    acked: Annotated[float, STATE] = 0.0  # writes since then
    writing: Annotated[float, STATE] = 0.0  # in the second just gone
    wrote_at: Annotated[int, STATE] = 0  # ms of the last write
    live: Annotated[bool, STATE] = False  # it is the one that the store's last writes went to
    loaded: Annotated[float, STATE] = 1.0  # share of its blocks that have come in
    load_rate: Annotated[float, STATE] = DEFAULT_LOAD
    paused: Annotated[bool, STATE] = False  # its I/O hangs
    slow: Annotated[int, STATE] = 0  # ms that each I/O takes longer

    # ---- life -----------------------------------------------------------------------------------------------------

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if not self.zone:
            yield "an ebs.volume stands in one zone; name it with `zone`"
        owner = world.components.get(self.attached_to)
        if isinstance(owner, Instance) and owner.zone != self.zone:
            yield f"a volume is attached within its zone: {self.attached_to} is in {owner.zone}"
        if self.size < GIB:
            yield "a volume has at least 1 GiB"
        if self.snapshots is not None and self.snapshots.every < GAP:
            yield f"snapshots of a volume are at least {GAP // SECOND} s apart"
        others = [c for c in world.components.values() if isinstance(c, Volume) and c.attached_to == self.attached_to]
        if self.attached_to and others[0] is not self:
            yield f"{self.attached_to} has its data on {others[0].name}; a server here has one data volume"

    def begin(self, world: World) -> None:
        """It was attached long ago."""
        self.store = self.name
        owner = world.components.get(self.attached_to)
        if isinstance(owner, Instance):
            self.mount(world, owner)
            self.live = True

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return its schedule of snapshots, and the watch over the instance that it is attached to."""
        found = [] if self.snapshots is None else [on_schedule(self, world, clock)]
        return [*found, let_go(self, world, clock)] if self.attached_to else found

    def mount(self, world: World, owner: Instance) -> None:
        """Let the application of ``owner`` use it."""
        self.attached_to, self.status, self.attachment = owner.name, "in-use", "attached"
        owner.volume = self.name
        if self.name not in owner.needs:
            owner.needs = [*owner.needs, self.name]

    def unmount(self, world: World) -> None:
        """Take it off its instance."""
        owner = world.components.get(self.attached_to)
        if isinstance(owner, Instance):
            owner.volume = ""
            owner.needs = [need for need in owner.needs if need != self.name]
        self.attached_to, self.attachment, self.status = "", "", "available"
        self.server.strand(world.traffic)
        self.writing = 0.0

    # ---- traffic --------------------------------------------------------------------------------------------------

    def stations(self) -> list[str]:
        """One device."""
        return [self.name]

    def working(self, world: World) -> bool:
        """Tell whether its I/O comes to an end."""
        return world.zones[self.zone].power and not self.paused

    def rate(self) -> float:
        """Return how many reads and writes it does per second now: fewer while blocks still come in."""
        return self.iops * (COLD + (1.0 - COLD) * self.loaded)

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Do one second's I/O. While it hangs, nothing comes back, and no error either."""
        if not inbox and self.server.arrived == 0.0 and self.server.waiting <= 0 and self.writing == 0.0:
            return
        for cohort in inbox:
            if not cohort.hops:
                flow.fail(cohort, "refused")  # nobody talks to a disk but its instance
        inbox = [cohort for cohort in inbox if cohort.hops]
        works = self.working(flow.world)
        writes = asked = 0.0
        for cohort in inbox:
            hop = cohort.hops[0]
            writes += cohort.amount * hop.writes
            asked += cohort.amount * (hop.writes + hop.reads)
        latency = self.latency + self.slow + (0 if self.loaded >= 1.0 else 20)
        self.server.work(inbox, flow, self, self.rate() if works else 0.0, latency, 500.0)
        wrote = counted(self.server.done * writes / asked) if asked > 0 and works else 0.0
        if wrote != self.writing:
            self.writing = wrote
            flow.changed = True
        if wrote > 0:
            self.acked += wrote
            self.wrote_at = (flow.second + 1) * SECOND

    def coast(self, world: World, seconds: int) -> None:
        """Add up what was written while nothing changed."""
        if self.writing > 0:
            self.acked += self.writing * seconds
            self.wrote_at = (world.traffic.stepped + seconds + 1) * SECOND

    def held(self, world: World) -> tuple[float, int]:
        """Return the store's writes that it holds now, and when the last of them came (ms)."""
        stepped = world.traffic.stepped
        slept = max(0, world.now // SECOND - stepped - 1)
        last = (stepped + slept + 1) * SECOND if self.writing > 0 else self.wrote_at
        return self.base + self.acked + self.writing * slept, last

    # ---- what others may know -------------------------------------------------------------------------------------

    def responds(self, world: World, within_ms: int) -> bool:
        """Tell whether a read comes back in time."""
        return self.working(world) and self.server.wait + self.slow <= within_ms

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-volumes says: a volume of a dark zone is still called in-use."""
        health = "busy" if self.status == "creating" or self.attachment not in ("", "attached") else "ok"
        if self.status in ("available", "deleted"):
            health = "off"
        word = self.attachment if self.attachment not in ("", "attached") else self.status
        note = f"on {self.attached_to}" if self.attached_to else ""
        if self.source and not self.attached_to:
            note = f"from {self.source}"
        if self.loaded < 1.0 and self.status == "in-use":
            note = f"initializing, {self.loaded:.0%}"
        if self.status == "in-use" and not self.working(world):
            health, note = "bad", "I/O stalled"  # the volume status check of EBS
        return {"state": word, "health": health, "note": note, "attached": self.attached_to, "source": self.source,
                "size": self.size // GIB}  # fmt: skip

    def hourly(self, world: World) -> float:
        """Return its price: what is provisioned is paid, attached or not."""
        if self.status in ("creating", "deleted"):
            return 0.0
        return float(self.price) if self.price is not None else PRICE * self.size / GIB


def load_blocks(volume: Volume, clock: Any) -> Process:
    """Fetch the blocks of a volume that was made from a snapshot; it gets faster as they come in."""
    mib = volume.size / 1024**2
    while volume.loaded < 1.0 and volume.status != "deleted":
        yield clock.wait(LOOK, "initialize", volume.name)
        volume.loaded = min(1.0, volume.loaded + volume.load_rate * (LOOK / SECOND) / mib)


def let_go(volume: Volume, world: World, clock: Any) -> Process:
    """Detach a volume once its instance is terminated: it outlives it, available."""
    name = volume.attached_to
    owner = world.components.get(name)
    assert isinstance(owner, Instance)
    yield clock.until(
        lambda: owner.machine.state == "terminated" or volume.attached_to != name, "attachment", volume.name
    )
    if volume.attached_to == name:
        volume.unmount(world)
        clock.topology_changed = True
