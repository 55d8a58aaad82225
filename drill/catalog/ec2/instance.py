"""EC2 instances that stand on their own (those of an Auto Scaling group belong to the group)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.model.component import STATE, Component, Metric
from drill.model.machine import (
    BOOT_BAKED,
    BOOT_BOOTSTRAPPED,
    PRICES,
    Machine,
)
from drill.model.traffic import Cohort, Flow, Server
from drill.model.units import Duration, Rate
from drill.model.world import World


def _cpu(it: Instance, world: World) -> float | None:
    return min(100.0, it.server.load * 100.0) if it.reporting(world) else None


def _status(it: Instance, world: World) -> float | None:
    if it.machine.state != "running":
        return None
    return 0.0 if it.machine_responds(world, it.machine, 5_000) else 1.0


class Instance(Component, kw_only=True, tag="ec2.instance"):
    """One virtual machine in one Availability Zone.

    Nothing about it fails over by itself. A stopped one keeps its place in the topology and can be started again,
    where there is capacity.
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
    )
    figures = {
        "pending to running": "17 s; measured 5 to 18 s (typical)",
        "boot, baked AMI": "23 s from running to port open (daemonology.net, 2021-08-12; typical)",
        "boot, bootstrapped AMI": "240 s; 180 to 600 s depending on what is installed (judgment)",
        "price": "on-demand Linux, us-east-1 list prices, rounded (typical)",
    }
    sources = (
        "EC2 User Guide: instance lifecycle",
        "EC2 API reference: error codes",
    )

    type: str = "m5.large"  # instance type: price and capacity pool follow from it
    image: str = "web-ami"  # what `run-instances --image-id` names
    capacity: Rate = Rate(100.0)  # requests that it can handle
    latency: Duration = Duration(40)  # of one request at low load
    backlog: Duration = Duration(5_000)  # how much work may wait, in time at full speed
    ami: Literal["baked", "bootstrapped"] = "baked"  # what boot time follows from
    boot: Duration | None = None  # overrides what the AMI's kind implies
    starts: Literal["running", "stopped"] = "running"  # its state at T+0
    machine: Annotated[Machine, STATE] = msgspec.field(default_factory=lambda: Machine(id="", zone=""))
    server: Annotated[Server, STATE] = msgspec.field(default_factory=Server)

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

    def boot_ms(self) -> int:
        """Return how long the operating system and the application take to start, in ms."""
        if self.boot is not None:
            return int(self.boot)
        return BOOT_BAKED if self.ami == "baked" else BOOT_BOOTSTRAPPED

    def stations(self) -> list[str]:
        """Requests are handled by the one machine."""
        return [self.name]

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Work off one second, or leave clients without an answer when the machine is not there."""
        world = flow.world
        machine = self.machine
        if machine.reachable(world) and world.region_up(self.region):
            self.server.work(inbox, flow, self, self.capacity, self.latency, self.capacity * self.backlog / 1000)
            return
        if self.server.waiting > 0:
            self.server.strand(flow.traffic)
        self.server.load = self.server.arrived = self.server.done = 0.0
        closed = machine.state == "running" and world.zone_up(self.zone) and not machine.hurt and not machine.ready
        for cohort in inbox:
            if closed:
                flow.fail(cohort, "refused")  # the port is closed: an answer comes at once
            else:
                flow.traffic.hold(cohort)  # no answer comes at all

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
        return self.machine.reachable(world) and self.server.wait + self.latency <= within_ms

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
        return {"state": state, "health": health, "type": self.type}

    def hourly(self, world: World) -> float:
        """Return its price while it is billed."""
        if not self.machine.billed():
            return 0.0
        return float(self.price) if self.price is not None else PRICES.get(self.type, 0.0)
