"""Auto Scaling groups: one fleet over zones, replaced when it dies and scaled to demand."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from drill.catalog.autoscaling import rebalance, scaling, upkeep, warm
from drill.catalog.autoscaling.measures import METRICS, Cell, Distribution, ProcessName, in_service
from drill.catalog.autoscaling.refresh import Refresh, current
from drill.catalog.autoscaling.scaling import Planned, Policy, Tracking
from drill.catalog.autoscaling.upkeep import Activity
from drill.model.ageing import Leak, age, begin_leak
from drill.model.component import STATE, Component, Process, ref
from drill.model.machine import BOOT_BAKED, BOOT_BOOTSTRAPPED, PRICES, Machine
from drill.model.traffic import Cohort, Flow
from drill.model.units import Duration, Rate
from drill.model.world import World


class Group(Component, kw_only=True, tag="autoscaling.group"):
    """A fleet of equal instances over one or more zones.

    It replaces what it holds for unhealthy, keeps zones balanced as far as launches succeed, and with target tracking
    follows average CPU: which misleads when traffic fails instead of arriving.
    """

    title = "Auto Scaling group"
    glyph = "▦"
    ascii = "%"
    tier = 50
    scope = "zonal"
    metrics = METRICS
    figures = {
        "replacement": "dead instances at once; failed health checks at most 10 % of desired at a time (documented)",
        "host check": "180 s until a dead host is held for unhealthy: 60 s checks and AWS waits (typical: 2 to 5 min)",
        "target tracking": "scales out after 3 minutes above the target, in after 15 below 90 % of it (documented)",
        "grace period": "0 s: what the API gives; the console gives 300 s (documented)",
        "warm pool": "what is stopped costs nothing here; it starts as a baked image does (storage left out)",
        "AZ rebalancing": "launches first, up to 10 % or one above max (documented), within a minute (judgment)",
        "instance refresh": "90 % stay in service unless told otherwise (documented)",
    }
    sources = (
        "EC2 Auto Scaling User Guide: health checks for instances in an Auto Scaling group",
        "EC2 Auto Scaling User Guide: target tracking, step and simple scaling policies",
        "EC2 Auto Scaling User Guide: how suspended processes affect other processes",
    )

    zones: list[Annotated[str, ref("zone")]]  # where it launches, evenly
    distribution: Distribution = "balanced-best-effort"  # where launches fail: elsewhere, or (balanced-only) nowhere
    min: int = 1  # instances that it keeps at least
    desired: int = 1  # instances that it keeps
    max: int = 1  # instances that it keeps at most
    type: str = "m5.large"  # instance type: price and capacity pool follow from it
    capacity: Rate = Rate(100.0)  # of one instance
    latency: Duration = Duration(40)  # of one request at low load
    backlog: Duration = Duration(5_000)  # how much work may wait, in time at full speed
    ami: Literal["baked", "bootstrapped"] = "baked"  # what boot time follows from
    boot: Duration | None = None  # overrides what the AMI's kind implies
    downloads: Annotated[str, ref()] = ""  # what its bootstrap fetches from: never ready while that is away
    health_check: Literal["EC2", "ELB"] = "EC2"  # whose word on health it takes
    grace: Duration = Duration(0)  # how long a new instance's health does not count
    warmup: Duration = Duration(0)  # default instance warm-up
    cooldown: Duration = Duration(300_000)  # after simple scaling
    tracking: Tracking | None = None  # target tracking on CPU; without it, the number stays
    policies: dict[str, Policy] = {}  # step and simple scaling, by name
    schedule: dict[str, Planned] = {}  # scheduled actions, by name
    suspended: list[ProcessName] = []  # processes that somebody has suspended
    warm_pool: int = 0  # installed instances that wait, stopped, to be started
    leak: Leak | None = None  # what its instances eat as they age
    standby: bool = False  # it runs no traffic in calm times: the map says so
    machines: Annotated[list[Machine], STATE] = []
    cells: Annotated[dict[str, Cell], STATE] = {}
    launched: Annotated[int, STATE] = 0
    activities: Annotated[list[Activity], STATE] = []
    retry_at: Annotated[int, STATE] = 0
    unhealthy_targets: Annotated[list[str], STATE] = []  # machine ids that a load balancer reports
    above: Annotated[int, STATE] = 0  # minutes in a row above the target
    below: Annotated[int, STATE] = 0
    closed: Annotated[list[str], STATE] = []  # zones it no longer launches in, while they drain
    settles: Annotated[int, STATE] = 0  # ms until target tracking looks again (warm-up)
    cooling: Annotated[int, STATE] = 0  # ms until a simple policy acts again
    breaches: Annotated[dict[str, int], STATE] = {}  # minutes in a row that each policy's alarm was breached
    follows: Annotated[bool, STATE] = False  # whether anything looks at its CPU
    refreshes: Annotated[list[Refresh], STATE] = []
    warmed: Annotated[dict[str, int], STATE] = {}  # zone -> instances that wait in its warm pool
    preparing: Annotated[int, STATE] = 0  # instances that are installed for it just now
    warms: Annotated[bool, STATE] = False  # whether anything keeps the warm pool full

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if not self.zones:
            yield "an autoscaling.group needs at least one zone"
        if not self.min <= self.desired <= self.max:
            yield f"write min <= desired <= max; these are {self.min}, {self.desired}, {self.max}"
        regions = {world.zones[z].region for z in self.zones if z in world.zones}
        if len(regions) > 1:
            yield "an autoscaling.group stays in one Region; its zones are in " + " and ".join(sorted(regions))
        for name, policy in self.policies.items():
            if (policy.above is None) == (policy.below is None) and not policy.by_hand:
                yield f"policy {name} acts on CPU `above` or `below` a figure: give one of them, or `by_hand: true`"
            if not policy.steps and not policy.change and policy.adjust != "ExactCapacity":
                yield f"policy {name} changes nothing: give `change` or `steps`"
        if self.tracking is not None and self.tracking.metric and self.tracking.value <= 0:
            yield "target tracking on a custom metric keeps it at a `value` above 0"
        for name, planned in self.schedule.items():
            if planned.min is None and planned.max is None and planned.desired is None:
                yield f"scheduled action {name} changes nothing: give `min`, `max` or `desired`"
        if self.leak is not None and self.leak.spread > self.leak.used:
            yield "a leak's `spread` is how much less the youngest has eaten: at most `used`"

    def begin(self, world: World) -> None:
        """The fleet has run for long, spread over the zones."""
        if not self.region and self.zones and self.zones[0] in world.zones:
            self.region = world.zones[self.zones[0]].region
        self.cells = {zone: Cell() for zone in self.zones}
        self.machines = []
        for i in range(self.desired):
            self.machines.append(self.new_machine(self.zones[i % len(self.zones)]))
            self.machines[-1].state, self.machines[-1].ready = "running", True
        if self.leak is not None:
            begin_leak(self.leak, self.machines)
        if self.warm_pool:
            warm.fill(self)

    def new_machine(self, zone: str) -> Machine:
        """Return a machine of the group's launch template, not started yet."""
        self.launched += 1
        return Machine(id=f"{self.name}-{self.launched}", zone=zone, type=self.type)

    def boot_ms(self) -> int:
        """Return how long the operating system and the application take to start, in ms."""
        if self.boot is not None:
            return int(self.boot)
        return BOOT_BAKED if self.ami == "baked" else BOOT_BOOTSTRAPPED

    def fetches(self, world: World) -> Any:
        """Return what tells whether its bootstrap can be fetched (None: it fetches nothing)."""
        source = world.components.get(self.downloads)
        return None if source is None else lambda: source.responds(world, 5_000)

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return the group's own loops: keep the number, watch each machine, track the target."""
        yield upkeep.keep_number(self, world, clock)
        yield upkeep.watch_reports(self, clock)
        yield rebalance.keep_even(self, world, clock)
        for machine in self.machines:
            yield upkeep.watch_host(self, machine, world, clock)
        if self.tracking is not None or self.policies:
            self.follows = True
            yield scaling.follow(self, world, clock)
        if self.warm_pool:
            self.warms = True
            yield warm.keep_warm(self, world, clock)
        for name in list(self.schedule):
            yield scaling.at_time(self, name, world, clock)
        if self.leak is not None:
            yield age(self, self.leak, world, clock)

    def active(self, process: str) -> bool:
        """Tell whether one of its processes runs: nobody has suspended it."""
        return process not in self.suspended

    def resize(self, low: int | None, high: int | None, desired: int | None) -> None:
        """Give it new sizes; desired capacity follows when it would fall outside them."""
        self.min = self.min if low is None else low
        self.max = self.max if high is None else high
        self.desired = min(self.max, max(self.min, self.desired if desired is None else desired))
        self.retry_at = 0

    # ---- traffic --------------------------------------------------------------------------------------------------

    def stations(self) -> list[str]:
        """One station per zone."""
        return [f"{self.name}/{zone}" for zone in self.zones]

    def station_of(self, machine: Machine) -> str:
        """Return the cell of the machine's zone."""
        return f"{self.name}/{machine.zone}"

    def fleet(self) -> list[Machine]:
        """Return every machine of the group."""
        return self.machines

    def members(self, world: World) -> list[Machine]:
        """Return machines that are registered with a load balancer: launched, and not being taken out."""
        return [m for m in self.machines if m.state == "running" and not (m.leaving or m.standby or m.apart)]

    def alive(self, world: World, zone: str) -> int:
        """Return how many machines of a zone do their work and can be reached."""
        count = 0
        for machine in self.machines if world.zone_up(zone) else ():
            if machine.zone == zone and machine.fit():
                count += 1
        return count

    def serve(self, station: str, inbox: list[Cohort], flow: Flow) -> None:
        """Work off one second in one zone."""
        cell = self.cells[station.partition("/")[2]]
        if not inbox and cell.waiting <= 0 and cell.arrived == 0.0:
            return
        memory = flow.memo.get(station)
        if memory is None or memory[0] != flow.version:
            memory = flow.memo[station] = (flow.version, self.strength(flow.world, station.partition("/")[2]))
        strength, drag = memory[1]
        cell.can = capacity = self.capacity * strength
        if capacity > 0:
            cell.work(inbox, flow, self, capacity, self.latency * drag, capacity * self.backlog / 1000)
            return
        if cell.waiting > 0:
            cell.strand(flow.traffic)
        cell.load = cell.arrived = cell.done = 0.0
        for cohort in inbox:
            flow.traffic.hold(cohort)

    def strength(self, world: World, zone: str) -> tuple[float, float]:
        """Return how many fresh machines those of a zone are worth, and how many times as long a request takes."""
        worth, drag, count = 0.0, 0.0, 0
        for machine in self.machines:
            if machine.zone == zone and not machine.standby and machine.reachable(world):
                worth += machine.strength()
                drag += machine.drag()
                count += 1
        return worth, drag / count if count else 1.0

    def arrived(self) -> float:
        """Return requests per second over all zones."""
        total = 0.0
        for cell in self.cells.values():
            total += cell.arrived
        return total

    def waiting(self) -> float:
        """Return requests waiting over all zones."""
        total = 0.0
        for cell in self.cells.values():
            total += cell.waiting
        return total

    # ---- what others may know -------------------------------------------------------------------------------------

    def machine_responds(self, world: World, machine: Machine, within_ms: int) -> bool:
        """Tell whether a health check of one machine gets an answer in time."""
        took = self.cells[machine.zone].wait + self.latency * machine.drag()
        return machine.reachable(world) and took <= within_ms

    def observed(self, world: World) -> dict[str, Any]:
        """Return what describe-auto-scaling-groups says."""
        running = int(in_service(self, world))
        refresh = current(self)
        doing = ""
        if refresh is not None:
            doing = f"refresh {refresh.done()} %"
        elif self.suspended:
            doing = f"{self.suspended[0]} held" if len(self.suspended) == 1 else f"{len(self.suspended)} held"
        elif self.warm_pool:
            doing = f"{warm.ready(self)} warm"
        elif any(m.standby for m in self.machines):
            doing = f"{len([m for m in self.machines if m.standby])} in standby"
        pending = len([m for m in self.machines if m.state == "pending"])
        zones: dict[str, dict[str, int]] = {}
        for zone in self.zones:
            here = [m for m in self.machines if m.zone == zone and not m.leaving]
            zones[zone] = {
                "running": len([m for m in here if m.state == "running"]),
                "ready": len([m for m in here if m.state == "running" and m.ready]),
                "pending": len([m for m in here if m.state == "pending" or not m.ready]),
                "marked": len([m for m in here if m.marked]),
            }
        return {
            "state": f"{running} of {self.desired}",
            "health": "ok" if running >= self.desired else "warn",
            "count": running,
            "of": self.desired,
            "pending": pending,
            "zones": zones,
            "note": f"min {self.min} want {self.desired} max {self.max}",
            "doing": doing,
            "warm": dict(self.warmed),
            "suspended": list(self.suspended),
            "failed": self.activities[-1].text if self.activities and self.activities[-1].failed else "",
        }

    def hourly(self, world: World) -> float:
        """Return the price of what runs."""
        each = float(self.price) if self.price is not None else PRICES.get(self.type, 0.0)
        count = self.preparing
        for machine in self.machines:
            if machine.billed():
                count += 1
        return each * count
