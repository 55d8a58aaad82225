"""EC2 instances that stand on their own (those of an Auto Scaling group belong to the group)."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.model.ageing import EATEN, Leak, age, begin_leak
from drill.model.component import STATE, Component, Metric, Process, ref
from drill.model.machine import (
    BOOT_BAKED,
    BOOT_BOOTSTRAPPED,
    PRICES,
    Machine,
    times_as_big,
)
from drill.model.server import Server
from drill.model.traffic import Cohort, Flow, counted
from drill.model.units import Duration, Rate
from drill.model.world import World

RECOVERY = 180_000  # ms of failed system status checks before it is moved (judgment: minutes)


def reboot(machine: Machine, clock: Any, ms: int) -> Process:
    """Let the operating system and the application start again on the host that the machine is on."""
    machine.ready = False
    machine.boots += 1
    mine = machine.boots
    yield clock.wait(ms, "reboot", machine.id, shown=True)
    if machine.boots == mine and machine.state == "running":
        machine.ready = True


def _cpu(it: "Instance", world: World) -> float | None:
    return min(100.0, it.server.load * 100.0) if it.reporting(world) else None


def _status(it: "Instance", world: World) -> float | None:
    if it.machine.state != "running":
        return None
    if it.stores and not it.volume:  # its application waits for a disk; the instance itself is well
        return 0.0 if it.machine.reachable(world) else 1.0
    return 0.0 if it.machine_responds(world, it.machine, 5_000) else 1.0


class Instance(Component, kw_only=True, tag="ec2.instance"):
    """One virtual machine in one Availability Zone.

    Nothing about it fails over by itself. A stopped one keeps its place in the topology and can be started again,
    where there is capacity. What is on an EBS volume stays there; what is on its instance store is gone when it stops.
    """

    title = "EC2 instance"
    glyph = "▣"
    ascii = "#"
    tier = 50
    scope = "zonal"
    metrics = (
        Metric("CPUUtilization", "%", _cpu),
        Metric("StatusCheckFailed", "count", _status, "max"),
        Metric("RequestCount", "/s", lambda it, w: it.server.arrived if it.reporting(w) else None),
        Metric("QueueLength", "requests", lambda it, w: it.server.waiting if it.reporting(w) else None),
        *EATEN,
    )
    figures = {
        "pending to running": "17 s; measured 5 to 18 s (typical)",
        "boot, baked AMI": "23 s from running to port open (daemonology.net, 2021-08-12; typical)",
        "boot, bootstrapped AMI": "240 s; 180 to 600 s depending on what is installed (judgment)",
        "automatic recovery": "3 min of failed checks, then a boot, in the same zone only (judgment)",
        "another type": "capacity and price follow the vCPUs of the type (judgment)",
        "price": "on-demand Linux, us-east-1 list prices, rounded (typical)",
    }
    sources = (
        "EC2 User Guide: instance lifecycle",
        "EC2 User Guide: change the instance type, instance store data persistence",
        "EC2 API reference: error codes",
    )

    type: str = "m5.large"  # instance type: price and capacity pool follow from it
    image: str = "web-ami"  # what `run-instances --image-id` names
    capacity: Rate = Rate(100.0)  # requests that one of this type can handle
    latency: Duration = Duration(40)  # of one request at low load
    backlog: Duration = Duration(5_000)  # how much work may wait, in time at full speed
    ami: Literal["baked", "bootstrapped"] = "baked"  # what boot time follows from
    boot: Duration | None = None  # overrides what the AMI's kind implies
    downloads: Annotated[str, ref()] = ""  # what its bootstrap fetches from: never ready while that is away
    starts: Literal["running", "stopped"] = "running"  # its state at T+0
    leak: Leak | None = None  # what its software eats as it ages
    stores: bool = False  # its application keeps its data on an EBS volume: without one it answers nothing
    auto_recovery: bool = False  # EC2 moves it off a dead host by itself (AWS has it on for most types)
    instance_store: bool = False  # it keeps what it writes on its own disks, which a stop wipes
    machine: Annotated[Machine, STATE] = msgspec.field(default_factory=lambda: Machine(id="", zone=""))
    server: Annotated[Server, STATE] = msgspec.field(default_factory=Server)
    volume: Annotated[str, STATE] = ""  # the EBS volume that its application uses
    written: Annotated[float, STATE] = 0.0  # acknowledged writes on its instance store
    writing: Annotated[float, STATE] = 0.0  # of them in the second just gone

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if not self.zone:
            yield "an ec2.instance stands in one zone; name it with `zone`"
        if self.price is None and self.type not in PRICES:
            yield f"no price is known for {self.type}; give one with `price: $0.10/h`"

    def begin(self, world: World) -> None:
        """Running instances run since long before T+0."""
        running = self.starts == "running"
        self.machine = Machine(
            id=self.name, zone=self.zone, type=self.type, state="running" if running else "stopped", ready=running
        )
        if self.leak is not None:
            begin_leak(self.leak, [self.machine])

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return its ageing, where its software leaks, its recovery, and the watch over its instance store."""
        found = [] if self.leak is None else [age(self, self.leak, world, clock)]
        found += [self._recovers(world, clock)] if self.auto_recovery else []
        return [*found, self._wiped(world, clock)] if self.instance_store else found

    def _recovers(self, world: World, clock: Any) -> Process:
        """A failed system status check moves it to another host of its zone: same id, same address, same volumes."""
        machine, place = self.machine, world.zones[self.zone]
        while True:
            yield clock.until(lambda: machine.hurt and place.power and machine.state == "running", "host", self.name)
            yield clock.wait(RECOVERY, "automatic recovery", self.name)
            yield from self.recover(world, clock)

    def recover(self, world: World, clock: Any) -> Process:
        """Move it off a dead host of its zone, as a recover action does; nothing where the host is well."""
        machine = self.machine
        if machine.hurt and world.zones[self.zone].power and machine.state == "running":
            machine.hurt = False
            yield from reboot(machine, clock, self.boot_ms())

    def boot_ms(self) -> int:
        """Return how long the operating system and the application take to start, in ms."""
        if self.boot is not None:
            return int(self.boot)
        return BOOT_BAKED if self.ami == "baked" else BOOT_BOOTSTRAPPED

    def fetches(self, world: World) -> Any:
        """Return what tells whether its bootstrap can be fetched (None: it fetches nothing)."""
        source = world.components.get(self.downloads)
        return None if source is None else lambda: source.responds(world, 5_000)

    def speed(self) -> float:
        """Return the requests per second that it handles as the type that it is now."""
        return self.capacity * times_as_big(self.machine.type, self.type) * self.machine.strength()

    def stations(self) -> list[str]:
        """Requests are handled by the one machine."""
        return [self.name]

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Work off one second, or leave clients without an answer when the machine is not there."""
        known = flow.memo.get(station)
        if known is None or known[0] != flow.version:
            known = flow.memo[station] = (flow.version, self._pace(flow.world))
        if known[1] is not None:
            speed, takes = known[1]
            self.server.work(inbox, flow, self, speed, takes, speed * self.backlog / 1000)
            if self.instance_store:
                self._keep(inbox, flow)
            return
        world, machine = flow.world, self.machine
        if self.server.waiting > 0:
            self.server.strand(flow.traffic)
        self.server.load = self.server.arrived = self.server.done = self.writing = 0.0
        if not inbox:
            return
        up = machine.state == "running" and world.zone_up(self.zone) and not machine.hurt
        closed = up and (not machine.ready or (self.stores and not self.volume))
        for cohort in inbox:
            if closed:
                flow.fail(cohort, "refused")  # the port is closed: an answer comes at once
            else:
                flow.traffic.hold(cohort)  # no answer comes at all

    def _pace(self, world: World) -> tuple[float, float] | None:
        """Return how many requests it handles per second, and how many ms each takes; None: nobody reaches it."""
        up = self.machine.reachable(world) and world.region_up(self.region) and (self.volume or not self.stores)
        return (self.speed(), self.latency * self.machine.drag()) if up else None

    def _keep(self, inbox: list[Cohort], flow: Flow) -> None:
        """Count what was written on its own disks in this second."""
        asked = writes = 0.0
        for cohort in inbox:
            asked += cohort.amount
            writes += cohort.amount * flow.traffic.classes[cohort.cls].writes
        wrote = counted(self.server.done * writes / asked) if asked > 0 else 0.0
        if wrote != self.writing:
            self.writing = wrote
            flow.changed = True
        self.written += wrote

    def coast(self, world: World, seconds: int) -> None:
        """Add up what was written while nothing changed."""
        if self.writing:
            self.written += self.writing * seconds

    def _wiped(self, world: World, clock: Any) -> Process:
        """A stop, a termination and the death of the host wipe the instance store; a reboot does not."""
        while True:
            yield clock.until(lambda: self._gone(world), "instance store", self.name)
            if self.written > 0:
                clock.lost(self.name, self.written, world.now / 1000, f"the instance store of {self.name} is gone")
                self.written = self.writing = 0.0
            yield clock.until(lambda: not self._gone(world), "instance store", self.name)

    def _gone(self, world: World) -> bool:
        dead = self.machine.hurt and world.zones[self.zone].power
        return dead or self.machine.state in ("stopped", "shutting-down", "terminated")

    def fleet(self) -> list[Machine]:
        """Return the one machine."""
        return [self.machine]

    def members(self, world: World) -> list[Machine]:
        """Return the machine while it runs: a stopped target is unused, and starts afresh when it comes back."""
        return [self.machine] if self.machine.state == "running" else []

    def station_of(self, machine: Machine) -> str:
        """Return where requests for ``machine`` are handled."""
        return self.name

    def machine_responds(self, world: World, machine: Machine, within_ms: int) -> bool:
        """Tell whether a health check from inside its Region gets an answer in time."""
        if not self.machine.reachable(world) or self.server.wait + self.latency * self.machine.drag() > within_ms:
            return False
        if not self.stores:
            return True
        return self.volume in world.components and world.components[self.volume].responds(world, within_ms)

    def responds(self, world: World, within_ms: int) -> bool:
        """Tell whether a health check from outside gets an answer in time."""
        return world.region_up(self.region) and self.machine_responds(world, self.machine, within_ms)

    def reporting(self, world: World) -> bool:
        """Tell whether its metrics get out."""
        return self.machine.reachable(world)

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-instances says: the state that EC2 believes, and the status check."""
        state = self.machine.state
        health = {"running": "ok", "pending": "busy", "stopping": "busy", "shutting-down": "busy"}.get(state, "off")
        if state == "running" and not self.machine.ready:
            health = "busy"
        note = ""
        if self.stores:
            note = f"data on {self.volume}" if self.volume else "no volume attached"
            if not self.volume and health == "ok":
                health = "warn"
        data = [self.volume] if self.volume else []
        says = {"type": self.machine.type, "image": self.image, "note": note, "answers": data}
        return {"state": state, "health": health, **says}

    def hourly(self, world: World) -> float:
        """Return its price while it is billed."""
        if not self.machine.billed():
            return 0.0
        if self.price is not None:
            return float(self.price) * times_as_big(self.machine.type, self.type)
        return PRICES.get(self.machine.type, 0.0)
