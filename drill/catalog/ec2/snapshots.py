"""EBS snapshots: the state of a volume at one moment, kept by the Region and not by a zone."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.model.component import STATE, Component, Process, ref
from drill.model.units import HOUR, MINUTE, SECOND, Duration, clock_text, duration_text
from drill.model.world import World

GIB = 1024**3
PRICE = 0.05 / 730  # US dollars per GiB and hour (list price)
FSR_PRICE = 0.75  # US dollars per hour for each zone in which fast restore is on (documented)
UPLOAD = 45 * SECOND  # until the blocks that changed are copied (judgment: minutes to hours)
IN_MEMORY = 1.0  # seconds of writes that are not on the disk yet (judgment; that they are missing is documented)
GAP = 15 * SECOND  # between two snapshots of one volume (documented)
PENDING_LIMIT = 5  # of one volume at a time (documented)


class Schedule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Snapshots that are taken by themselves. ``first``: when in the drill the first of them is due."""

    every: Duration = Duration(10 * MINUTE)
    first: Duration = Duration(10 * MINUTE)
    keep: int = 3  # older ones are deleted


class Snapshot(Component, kw_only=True, tag="ebs.snapshot"):
    """What a volume held at the moment the snapshot was asked for, kept in the Region: it survives the zone.

    It holds what had been written to the disk then (crash-consistent), not what was still in memory. Until it is
    ``completed`` nothing can be made from it.
    """

    title = "EBS snapshot"
    glyph = "◧"
    ascii = "S"
    tier = 90
    scope = "regional"
    figures = {
        "point in time": "the moment of the request, however long the copy takes (documented)",
        "copy": "45 s for what changed (judgment; minutes to hours)",
        "between two of one volume": "15 s; at most 5 pending (documented)",
        "fast snapshot restore": "60 minutes per TiB until it is on, $0.75 per hour and zone (documented)",
        "credits of fast restore": "none at first; 1024/GiB an hour, 10 at most; each volume takes one (documented)",
    }
    sources = ("EBS User Guide: snapshots, create snapshots, fast snapshot restore",)

    volume: Annotated[str, ref("ebs.volume")] = ""  # of which volume
    age: Duration = Duration(10 * MINUTE)  # how long before T+0 it was taken
    starts: Literal["completed", "pending", "error"] = "completed"  # its state at T+0
    completes: Duration | None = None  # when one that starts pending is completed; None: never
    status: Annotated[Literal["pending", "completed", "error", "deleted"], STATE] = "completed"
    store: Annotated[str, STATE] = ""  # whose data it holds
    taken: Annotated[int, STATE] = 0  # ms; before T+0 it is negative
    position: Annotated[float, STATE] = 0.0  # writes of the store that it holds, counted from T+0
    bytes: Annotated[int, STATE] = 0
    fast: Annotated[dict[str, str], STATE] = {}  # zone -> state of fast restore there
    credits: Annotated[dict[str, tuple[float, int]], STATE] = {}  # zone -> volumes that fast restore is good for, at ms

    def begin(self, world: World) -> None:
        """It was taken before the drill began."""
        source: Any = world.components.get(self.volume)
        self.status, self.taken, self.store = self.starts, -int(self.age), self.volume
        self.bytes = int(source.size) if source is not None else 0

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        source = world.components.get(self.volume)
        if source is None or (self.region and source.region and source.region != self.region):
            yield "a snapshot is of a volume of its Region; name it with `volume`"

    def processes(self, world: World, clock: Any) -> list[Process]:
        """Return the end of its copy, where it starts as pending."""
        if self.starts == "pending" and self.completes is not None:
            return [self._complete(clock)]
        return []

    def _complete(self, clock: Any) -> Process:
        assert self.completes is not None
        yield clock.wait(int(self.completes), "snapshot", self.name, shown=True)
        if self.status == "pending":
            self.status = "completed"

    def holds(self, rate: float) -> float:
        """Return the store's writes that it holds, counted from T+0; ``rate``: writes per second before that."""
        return self.position if self.taken >= 0 else self.taken / SECOND * rate

    def is_fast(self, zone: str, gib: float, now: int) -> bool:
        """Take one credit of fast restore in a zone; tell whether there was one."""
        if self.fast.get(zone) != "enabled":
            return False
        rate = min(10.0, 1024.0 / max(1.0, gib))
        credit, at = self.credits.get(zone, (0.0, now))
        credit = min(max(1.0, rate), credit + rate * (now - at) / HOUR)
        self.credits[zone] = (credit - 1.0 if credit >= 1.0 else credit, now)
        return credit >= 1.0

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-snapshots says."""
        health = {"pending": "busy", "completed": "ok", "error": "warn"}.get(self.status, "off")
        moment = f"T+{clock_text(self.taken)}" if self.taken >= 0 else f"{duration_text(-self.taken)} before T+0"
        return {"state": self.status, "health": health, "note": f"of {self.volume}, {moment}", "moment": moment,
                "volume": self.volume, "taken": self.taken, "fast": dict(self.fast)}  # fmt: skip

    def hourly(self, world: World) -> float:
        """Return its price. Snapshots are incremental: only the first of a volume is as large as what it holds."""
        if self.status == "deleted":
            return 0.0
        each = float(self.price) if self.price is not None else PRICE * self.bytes / GIB
        return each + FSR_PRICE * len(self.fast)


def take(volume: Any, world: World, clock: Any, name: str = "") -> Snapshot:
    """Start a snapshot of ``volume``: it holds what is written now, and is usable once it has been copied."""
    position = volume.held(world)[0] - volume.writing * IN_MEMORY
    snapshot = Snapshot(name=name or free_name(world, f"{volume.name}-snap"), volume=volume.name, region=volume.region)
    snapshot.status, snapshot.taken, snapshot.store = "pending", world.now, volume.store
    snapshot.position, snapshot.bytes = position, int(volume.size) // 10
    world.components[snapshot.name] = snapshot
    clock.topology_changed = True
    clock.start(_copy(volume, snapshot, world, clock))
    return snapshot


def _copy(volume: Any, snapshot: Snapshot, world: World, clock: Any) -> Process:
    """Blocks leave the zone; while it is dark none do."""
    yield clock.wait(UPLOAD, "snapshot", snapshot.name, shown=True)
    if not world.zones[volume.zone].power:
        yield clock.until(lambda: world.zones[volume.zone].power, "snapshot", snapshot.name)
    if snapshot.status == "pending":
        snapshot.status = "completed"


def on_schedule(volume: Any, world: World, clock: Any) -> Process:
    """Take a snapshot each period, and let the oldest beyond what is kept go."""
    plan = volume.snapshots
    yield clock.wait(int(plan.first), "schedule", volume.name)
    while volume.status != "deleted":
        if volume.working(world):
            take(volume, world, clock)
            mine = [s for s in world.components.values() if isinstance(s, Snapshot) and s.volume == volume.name]
            done = sorted((s for s in mine if s.status == "completed"), key=lambda s: s.taken)
            for old in done[: max(0, len(done) - plan.keep)]:
                old.status = "deleted"
        yield clock.wait(int(plan.every), "schedule", volume.name)


def free_name(world: World, stem: str) -> str:
    """Return ``stem`` with the first number that is free."""
    n = 1
    while f"{stem}-{n}" in world.components:
        n += 1
    return f"{stem}-{n}"
