"""RDS DB instances: writer, standby in another zone, and read replicas that lag."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.catalog.rds.replication import Stream, amount, lag_seconds, missing_seconds, ship
from drill.model.component import STATE, Component, Metric, Need, Process, ref
from drill.model.server import Server
from drill.model.traffic import Cohort, Flow, counted
from drill.model.units import SECOND, Duration, Rate
from drill.model.world import World

DETECT = 10 * SECOND  # RDS notices that the primary is gone (part of the 60 to 120 s)
FAILOVER = 60 * SECOND  # the least; up to as much again by the dice: 60 to 120 s in all (documented)
PROMOTION = 120 * SECOND  # "several minutes or longer"; two for a small one (documented as open-ended, judgment)
PRICES = {"db.t3.medium": 0.068, "db.m5.large": 0.171, "db.m5.xlarge": 0.342, "db.r5.large": 0.24}


def _lag(it: "DbInstance", world: World) -> float | None:
    if not it.replica_of or it.role != "replica":
        return None
    return it.lag(world) if it.up(world) else None


def _gauge(name: str) -> Any:
    return lambda it, w: getattr(it.server, name) if it.up(w) else None


class DbInstance(Component, kw_only=True, tag="rds.instance"):
    """A database in one zone. With ``standby`` (Multi-AZ) it fails over to a copy in another zone, losing nothing.

    With ``replica_of`` it is an asynchronous read replica: it serves reads, refuses writes until it is promoted, and
    what has not reached it by then is lost. Between Regions it replicates over a channel that RDS makes itself: it
    needs no peering connection or transit gateway, and none carries it; a level's links do.
    """

    drifts = True  # how far a copy is behind is nobody's business but its own and that of whoever wants fresh data
    title = "RDS DB instance"
    glyph = "▤"
    ascii = "D"
    tier = 80
    scope = "zonal"
    metrics = (
        Metric("CPUUtilization", "%", lambda it, w: min(100.0, it.server.load * 100.0) if it.up(w) else None),
        Metric("DatabaseConnections", "connections", lambda it, w: it.server.in_hand(it.latency) if it.up(w) else None),
        Metric("Queries", "/s", _gauge("arrived")),
        Metric("WriteThroughput", "/s", lambda it, w: it.writing if it.up(w) else None),
        Metric("ReplicaLag", "s", _lag, "max", ages=True),
    )
    figures = {
        "Multi-AZ failover": "60 to 120 s, no acknowledged write lost (documented)",
        "promotion of a read replica": "several minutes or longer, reboots the instance (documented); 120 s here",
        "replication between Regions": "over RDS's own secure channel, whatever ways the VPCs have (documented)",
        "price": "about $0.17/h for db.m5.large, twice that with a standby (list price)",
    }
    sources = (
        "RDS User Guide: Multi-AZ DB instance deployments",
        "RDS User Guide: working with read replicas, promoting a read replica",
    )

    type: str = "db.m5.large"  # instance class: the price follows from it
    capacity: Rate = Rate(1000.0)  # queries per second
    latency: Duration = Duration(5)  # of one query at low load
    connections: int = 500  # calls that may wait; beyond that its callers wait for it
    standby: Annotated[str, ref("zone")] = ""  # zone of the Multi-AZ standby
    replica_of: Annotated[str, ref("rds.instance")] = ""  # the source of an asynchronous read replica
    lag_base: Duration = Duration(500)  # lag of replication that nothing hinders
    applies: Rate | None = None  # how fast a replica applies, writes per second; None: no limit
    promotion: Duration = Duration(PROMOTION)  # from the promotion until it takes writes
    server: Annotated[Server, STATE] = msgspec.field(default_factory=Server)
    status: Annotated[Literal["available", "failing-over", "rebooting", "modifying", "stopped"], STATE] = "available"
    role: Annotated[Literal["primary", "replica"], STATE] = "primary"
    acked: Annotated[float, STATE] = 0.0  # acknowledged writes since T+0
    writing: Annotated[float, STATE] = 0.0  # acknowledged in the second just gone
    stream: Annotated[Stream, STATE] = msgspec.field(default_factory=Stream)
    orphaned: Annotated[float, STATE] = 0.0  # acknowledged here after a replica was cut off to take over
    failovers: Annotated[int, STATE] = 0

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if not self.zone:
            yield "an rds.instance stands in one zone; name it with `zone`"
        if self.standby and self.standby == self.zone:
            yield "the standby of a Multi-AZ instance is in another zone than its primary"
        both = [world.zones[zone].region for zone in (self.zone, self.standby) if zone in world.zones]
        if len(both) == 2 and both[0] != both[1]:
            yield "the standby of a Multi-AZ instance is in the same Region"
        if self.standby and self.replica_of:
            yield "a read replica here has no standby of its own"
        if self.price is None and self.type not in PRICES:
            yield f"no price is known for {self.type}; give one with `price: $0.10/h`"

    def begin(self, world: World) -> None:
        """Replicas follow their source."""
        self.role = "replica" if self.replica_of else "primary"

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return the watch over the primary, where there is a standby."""
        if self.standby:
            yield self._watch(world, clock)

    # ---- traffic --------------------------------------------------------------------------------------------------

    def stations(self) -> list[str]:
        """One endpoint."""
        return [self.name]

    def leads_to(self, components: dict[str, Any]) -> Iterable[str | Need]:
        """A database calls nothing; a source comes before its replicas, so that they see this second's writes."""
        return [n for n, c in components.items() if isinstance(c, DbInstance) and c.replica_of == self.name]

    def up(self, world: World) -> bool:
        """Tell whether it answers queries from inside its Region."""
        return self.status == "available" and world.zone_up(self.zone)

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Work off one second; while it is away, callers' connections hang."""
        world = flow.world
        if not inbox and self.server.arrived == 0.0 and self.server.waiting <= 0:
            self.writing = 0.0
            return
        up, copy = self.up(world), self.role == "replica"
        taken: list[Cohort] = []
        writes = asked = 0.0
        for cohort in inbox:
            if not cohort.hops:  # users are led straight to it: it speaks SQL, not HTTP
                flow.fail(cohort, "refused")
        for cohort in inbox:
            if cohort.hops and (not (up and copy) or self._reads(cohort, flow)):
                taken.append(cohort)
                hop = cohort.hops[0]
                writes += cohort.amount * hop.writes
                asked += cohort.amount * (hop.writes + hop.reads)
        if not up:
            self.writing = 0.0
            self.server.work(taken, flow, self, 0.0, self.latency, self.connections)
            return
        self.server.work(taken, flow, self, self.capacity, self.latency, self.connections)
        share = writes / asked if asked > 0 else 0.0
        wrote = counted(self.server.done * share) if self.role == "primary" else 0.0
        if wrote != self.writing:
            self.writing = wrote
            flow.changed = True
        self.acked += wrote
        if self.orphaned or self._replaced(flow):
            self.orphaned += wrote

    def _reads(self, cohort: Cohort, flow: Flow) -> bool:
        """Fail what a replica cannot do: writes, and reads that want fresher data. Tell whether it is served."""
        if cohort.hops[0].writes > 0:
            flow.fail(cohort, "read-only")
            return False
        limit = flow.traffic.classes[cohort.cls].staleness
        if limit >= 0 and self.lag(flow.world) * 1000 > limit:
            flow.fail(cohort, "stale")
            return False
        if limit >= 0 and (self.stream.unsent or self.stream.received):
            flow.restless = True  # by the next second it may be too old
        return True

    def _replaced(self, flow: Flow) -> bool:
        """Tell whether a copy of this database is being promoted, or was: what is written here then diverges."""
        found = flow.memo.get("promoted")
        if found is None or found[0] != flow.version:
            copies = [c for c in flow.world.components.values() if isinstance(c, DbInstance) and c.replica_of]
            promoted = [c.replica_of for c in copies if not c.stream.running]
            found = flow.memo["promoted"] = (flow.version, promoted)
        return self.name in found[1]

    def coast(self, world: World, seconds: int) -> None:
        """Add up writes and what a replica holds."""
        self.acked += self.writing * seconds
        if self.orphaned:
            self.orphaned += self.writing * seconds
        if self.stream.running:
            self.stream.applied += self.stream.rate * seconds

    def each_second(self, world: World, second: int) -> bool:
        """Move this copy's replication on by one second."""
        if self.role != "replica":
            return False
        source = world.components.get(self.replica_of)
        assert isinstance(source, DbInstance)
        connected = world.zone_up(source.zone) and world.zone_up(self.zone)
        link = None
        if source.region != self.region:
            link = world.link(source.region, self.region)
            cut = link is not None and not link.up
            connected = connected and world.region_up(source.region) and world.region_up(self.region) and not cut
        carries = link.carries if link is not None else -1.0
        applies = float(self.applies) if self.applies is not None else -1.0
        if not self.up(world):
            applies = 0.0
        return ship(self.stream, second, source.writing, carries, applies, connected)

    def lag(self, world: World) -> float:
        """Return how far this replica is behind its source, in seconds."""
        return lag_seconds(self.stream, world.now, self.lag_base)

    def missing(self, world: World) -> float:
        """Return the source's acknowledged writes that this replica does not hold now."""
        stream = self.stream
        return amount(stream.unsent) + amount(stream.received) + min(stream.applied, stream.rate * self.lag_base / 1000)

    def cut(self, world: World) -> tuple[float, float]:
        """Stop replication for good; return the seconds and the writes of the source that this copy never gets."""
        writes = self.missing(world)
        seconds = missing_seconds(self.stream, world.now, self.lag_base)
        self.stream.applied -= writes - amount(self.stream.unsent) - amount(self.stream.received)
        self.stream.running = False
        self.stream.unsent.clear()
        self.stream.received.clear()
        return seconds, writes

    # ---- failing over ---------------------------------------------------------------------------------------------

    def _watch(self, world: World, clock: Any) -> Process:
        """Multi-AZ: notice that the primary's zone is gone, and move to the standby."""

        def gone() -> bool:
            return self.status == "available" and not world.zone_up(self.zone)

        while True:
            yield clock.until(gone, "rds", self.name, own=self.name, quiet=True)
            yield clock.wait(DETECT, "rds notices", self.name)
            if not world.zone_up(self.zone) and self.status == "available":
                yield from self.fail_over(world, clock, DETECT)

    def fail_over(self, world: World, clock: Any, noticed: int = 0) -> Process:
        """Swap primary and standby: nothing acknowledged is lost, connections are cut, 60 to 120 s pass in all.

        ``noticed``: how much of that has passed already, in ms.
        """
        self.status = "failing-over"
        self.failovers += 1
        took = FAILOVER - noticed + int(world.roll(f"failover/{self.name}") * FAILOVER)
        yield clock.wait(took, "failover", self.name, shown=True)
        while not world.zone_up(self.standby):
            yield clock.until(lambda: world.zone_up(self.standby) or world.zone_up(self.zone), "rds", self.name)
            if world.zone_up(self.zone):
                break
        else:
            self.zone, self.standby = self.standby, self.zone
        self.server.strand(world.traffic)
        self.status = "available"

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-db-instances says."""
        health = "ok" if self.status == "available" else "busy"
        note = f"standby {self.standby}" if self.standby else ""
        return {"state": self.status, "health": health, "role": self.role, "note": note, "type": self.type}

    def hourly(self, world: World) -> float:
        """Return its price; a standby costs as much again."""
        each = float(self.price) if self.price is not None else PRICES.get(self.type, 0.0)
        return each * (2.0 if self.standby else 1.0)
