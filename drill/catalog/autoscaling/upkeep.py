"""What an Auto Scaling group does by itself: keep the number, and replace what is held for unhealthy."""

from typing import Any

import msgspec

from drill.model.component import Process
from drill.model.machine import (
    BOOT_BAKED,
    INSUFFICIENT,
    TERMINATING,
    VCPU_LIMIT,
    Machine,
    boot,
    give_capacity,
    over_quota,
    take_capacity,
)
from drill.model.network import NO_ADDRESS, too_few_addresses
from drill.model.units import SECOND
from drill.model.world import World


class Activity(msgspec.Struct, kw_only=True):
    """One scaling activity, as describe-scaling-activities lists them."""

    at: int
    text: str
    failed: bool = False


STATE_CHECK = 30 * SECOND  # until a stopped or terminated instance is noticed (EC2 state changes; typical)
HOST_CHECK = 180 * SECOND  # status checks each minute, and AWS waits for itself to mend it (2 to 5 min; typical)
LAUNCH_RETRY = 60 * SECOND  # after a failed launch the group tries again
API_RETRY = 20 * SECOND
_HELD = ("pending", "running", "stopping", "stopped")


def keep_number(group: Any, world: World, clock: Any) -> Process:
    """Launch and terminate until the group has what it wants; one look after every change."""
    while True:
        yield clock.until(lambda: _off(group, world), "keep the number", group.name, own=group.name, quiet=True)
        plane = world.plane("ec2", group.region)
        yield clock.wait(1 * SECOND + plane.latency, "scaling activity", group.name)
        refused = yield from clock.turn("ec2", group.region)
        if refused or plane.down or (plane.errors > 0 and world.roll(f"asg/{group.name}") < plane.errors):
            note(group, clock, "Launching a new EC2 instance. Status Reason: ServiceUnavailable.", failed=True)
            yield clock.wait(API_RETRY, "retry", group.name)
            continue
        _take_out(group, world, clock)
        if group.active("Launch"):
            _launch_missing(group, world, clock)


def counted(group: Any) -> list[Machine]:
    """Return the machines that count toward desired capacity."""
    return [m for m in group.machines if not m.leaving and not m.standby and not m.instead and m.state in _HELD]


def _off(group: Any, world: World) -> bool:
    number = 0
    for machine in group.machines:
        if machine.leaving or machine.standby or machine.instead:
            continue
        if machine.state not in _HELD:
            return True
        number += 1
    if group.active("Terminate") and (number > group.desired or replaceable(group, world)):
        return True
    return bool(group.active("Launch") and number < group.desired and world.now >= group.retry_at)


def dead(machine: Machine, world: World) -> bool:
    """Tell whether EC2 itself knows that a machine is gone, or somebody said so: such are replaced at once."""
    return machine.told or machine.state != "running" or machine.hurt or not world.zones[machine.zone].power


def replaceable(group: Any, world: World) -> list[Machine]:
    """Return what may be taken out for being unhealthy now: the dead at once, others 10 % of desired at a time."""
    marked = [m for m in group.machines if m.marked and not m.leaving and not m.standby]
    if not marked or not group.active("ReplaceUnhealthy"):
        return []
    busy = len([m for m in group.machines if m.leaving or not (m.ready or m.marked or m.standby or m.instead)])
    allowed = max(1, group.desired // 10) - busy
    found = []
    for machine in marked:
        if dead(machine, world):
            found.append(machine)
        elif allowed > 0:
            allowed -= 1
            found.append(machine)
    return found


def _take_out(group: Any, world: World, clock: Any) -> None:
    """Take out what is unhealthy, terminated by others, or too much."""
    for machine in list(group.machines):
        if not machine.leaving and machine.state in ("shutting-down", "terminated"):
            machine.leaving = True
            clock.start(_leave(group, machine, world, clock))
    if not group.active("Terminate"):
        return
    for machine in replaceable(group, world):
        retire(group, machine, world, clock, "taken out of service in response to a health check")
    while len(counted(group)) > group.desired:
        by_zone = per_zone(group)
        most = max(by_zone.values())
        crowded = [m for m in counted(group) if by_zone[m.zone] == most]
        retire(group, crowded[0], world, clock, "taken out of service: the group is above its desired capacity")


def retire(group: Any, machine: Machine, world: World, clock: Any, why: str) -> None:
    """Take one machine out of service and terminate it."""
    machine.leaving, machine.ready = True, False
    held = machine.state in ("pending", "running")
    machine.state = "shutting-down"
    machine.boots += 1
    if held:
        give_capacity(world, machine.zone, machine.type)
    note(group, clock, f"Terminating EC2 instance: {machine.id} {why}.")
    clock.start(_leave(group, machine, world, clock))


def _leave(group: Any, machine: Machine, world: World, clock: Any) -> Process:
    yield clock.wait(TERMINATING, "terminate", group.name)
    machine.state = "terminated"
    group.machines.remove(machine)
    if machine.id in group.unhealthy_targets:
        group.unhealthy_targets.remove(machine.id)


def per_zone(group: Any) -> dict[str, int]:
    """Return how many counted machines stand in each zone."""
    count = dict.fromkeys(group.zones, 0)
    for machine in counted(group):
        count[machine.zone] = count.get(machine.zone, 0) + 1
    return count


def _launch_missing(group: Any, world: World, clock: Any) -> None:
    """Launch what is missing, emptiest zone first; another zone when one has no capacity, unless balance goes first."""
    full: list[str] = []
    while len(counted(group)) < group.desired:
        count = per_zone(group)
        open_zones = [z for z in group.zones if z not in full and z not in group.closed]
        if group.distribution == "balanced-only":  # no zone gets ahead of one where launches fail
            lowest = min((count[z] for z in group.zones if z not in group.closed), default=0)
            open_zones = [z for z in open_zones if count[z] == lowest]
        if not open_zones:
            group.retry_at = clock.now + LAUNCH_RETRY
            clock.start(wake(group, group.retry_at, clock))
            return
        zone = min(open_zones, key=lambda z: (count[z], group.zones.index(z)))
        if launch(group, zone, world, clock) is None:
            full.append(zone)


def launch(group: Any, zone: str, world: World, clock: Any, instead: str = "") -> Machine | None:
    """Launch one machine in ``zone``; None where that fails, and the group's activities then say why."""
    why, code = over_quota(world, zone, group.type, 1), VCPU_LIMIT
    if not why:
        why, code = too_few_addresses(world, group.name, zone, 1), NO_ADDRESS
    if why or not take_capacity(world, zone, group.type):
        lacks = f"We currently do not have sufficient {group.type} capacity in the Availability Zone you requested"
        why = f"{why} {code}." if why else f"{lacks} ({zone}). {INSUFFICIENT}."
        note(group, clock, f"Launching a new EC2 instance. Status Reason: {why}", failed=True)
        return None
    machine: Machine = group.new_machine(zone)
    machine.instead = instead
    machine.apart = not group.active("AddToLoadBalancer")
    place = world.zones[zone]
    if place.limps > 0 and world.roll(f"host/{machine.id}") < place.limps:
        machine.speed = place.limp_speed
    group.machines.append(machine)
    note(group, clock, f"Launching a new EC2 instance: {machine.id}.")
    if group.warmed.get(zone, 0) > 0:  # installed already: it is started
        group.warmed[zone] -= 1
        clock.start(boot(machine, clock, f"{group.name}/{zone}", min(BOOT_BAKED, group.boot_ms())))
    else:
        clock.start(boot(machine, clock, f"{group.name}/{zone}", group.boot_ms(), group.fetches(world)))
    clock.start(watch_host(group, machine, world, clock))
    return machine


def wake(group: Any, at: int, clock: Any) -> Process:
    """Hold a place in the calendar, so that conditions are looked at again when something is due by time alone."""
    yield clock.wait(max(0, at - clock.now), "due", group.name, quiet=True)
    clock.tell(group.name)


def swap(group: Any, new: Machine, old: Machine, world: World, clock: Any, why: str) -> Process:
    """Once ``new`` is in service and healthy, take ``old`` out: launched before the other is terminated."""

    def serves() -> bool:
        reported = group.health_check == "ELB" and new.id in group.unhealthy_targets
        return new.ready and not reported and group.active("Terminate")

    yield clock.until(lambda: old.leaving or new.leaving or serves(), "replace", group.name)
    new.instead = ""
    if not old.leaving and not new.leaving:
        retire(group, old, world, clock, why)


def watch_host(group: Any, machine: Machine, world: World, clock: Any) -> Process:
    """Mark a machine once its state or its host's status check has been bad for long enough."""

    def looks_bad() -> bool:
        if machine.leaving or machine.marked:
            return True
        if machine.standby or not group.active("HealthCheck"):
            return False
        return _stopped(machine) or _lost(group, machine, world)

    if machine.boots and machine.state != "running":
        yield clock.until(lambda: machine.leaving or machine.state != "pending", "launch", machine.id)
        warmup = group.refreshes[-1].warmup if group.refreshes else 0
        for ms in (int(group.grace), warmup):  # time alone ends them: be there
            if ms:
                clock.start(wake(group, clock.now + ms, clock))
    while machine in group.machines and not machine.leaving:
        yield clock.until(looks_bad, "health check", machine.id, own=group.name, quiet=True)
        if machine.leaving:
            return
        if machine.marked:
            yield clock.until(lambda: machine.leaving or not machine.marked, "health check", machine.id)
        elif _stopped(machine):
            yield clock.wait(STATE_CHECK, "health check", machine.id, quiet=True)
            machine.marked = machine.marked or (_stopped(machine) and looks_bad())
            clock.tell(group.name)
        else:
            yield clock.wait(HOST_CHECK, "status check", machine.id, quiet=True)
            machine.marked = machine.marked or (_lost(group, machine, world) and looks_bad())
            clock.tell(group.name)


def watch_reports(group: Any, clock: Any) -> Process:
    """Mark what a load balancer reports as unhealthy, where the group takes its word (type ELB)."""

    def reported() -> bool:
        return bool(_reported(group, clock.now))

    while True:
        yield clock.until(reported, "health check", group.name, own=group.name, quiet=True)
        for machine in _reported(group, clock.now):
            machine.marked = True
        clock.tell(group.name)


def _reported(group: Any, now: int) -> list[Machine]:
    if group.health_check != "ELB" or not group.unhealthy_targets or not group.active("HealthCheck"):
        return []
    return [
        m
        for m in group.machines
        if m.id in group.unhealthy_targets
        and m.state == "running"
        and not (m.marked or m.leaving or m.standby or in_grace(group, m, now))
    ]


def _stopped(machine: Machine) -> bool:
    return machine.state in ("stopping", "stopped")


def in_grace(group: Any, machine: Machine, now: int) -> bool:
    """Tell whether a machine is so new that failed checks do not count yet. The count starts in service."""
    return bool(machine.boots and now - machine.since < group.grace)


def _lost(group: Any, machine: Machine, world: World) -> bool:
    gone = machine.hurt or not world.zones[machine.zone].power
    return machine.state == "running" and gone and not in_grace(group, machine, world.now)


def note(group: Any, clock: Any, text: str, failed: bool = False) -> None:
    """Write down a scaling activity; the same thing again only moves its time."""
    if group.activities and group.activities[-1].text == text:
        group.activities[-1].at = clock.now
        return
    group.activities.append(Activity(at=clock.now, text=text, failed=failed))
    del group.activities[:-20]
