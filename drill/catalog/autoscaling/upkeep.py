"""What an Auto Scaling group does by itself: keep the number, notice dead instances, follow a target."""

from __future__ import annotations

from typing import Any

import msgspec

from drill.model.component import Process
from drill.model.machine import INSUFFICIENT, TERMINATING, Machine, boot, give_capacity, take_capacity
from drill.model.units import MINUTE, SECOND
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
OUT_AFTER = 3  # minutes above the target before target tracking scales out
IN_AFTER = 15  # minutes below 90 % of it before it scales in


def keep_number(group: Any, world: World, clock: Any) -> Process:
    """Launch and terminate until the group has what it wants; one look after every change."""
    while True:
        yield clock.until(lambda: _off(group, world), "keep the number", group.name)
        plane = world.plane("ec2", group.region)
        yield clock.wait(1 * SECOND + plane.latency, "scaling activity", group.name)
        if plane.down or (plane.errors > 0 and world.roll(f"asg/{group.name}") < plane.errors):
            _note(group, clock, "Launching a new EC2 instance. Status Reason: ServiceUnavailable.", failed=True)
            yield clock.wait(API_RETRY, "retry", group.name)
            continue
        _take_out(group, world, clock)
        _launch(group, world, clock)


def _counted(group: Any) -> list[Machine]:
    return [m for m in group.machines if not m.leaving and m.state in ("pending", "running", "stopping", "stopped")]


def _off(group: Any, world: World) -> bool:
    counted = 0
    for machine in group.machines:
        if machine.leaving:
            continue
        if machine.marked:
            return True
        if machine.state in ("pending", "running", "stopping", "stopped"):
            counted += 1
        else:
            return True
    if counted > group.desired:
        return True
    return bool(counted < group.desired and world.now >= group.retry_at)


def _take_out(group: Any, world: World, clock: Any) -> None:
    """Take out what is marked (dead ones at once, others 10 % at a time), terminated, or too much."""
    allowed = max(1, group.desired // 10)
    for machine in list(group.machines):
        if machine.leaving:
            continue
        if machine.state in ("shutting-down", "terminated"):
            machine.leaving = True
            clock.start(_leave(group, machine, world, clock))
        elif machine.marked and (not machine.works(world) or allowed > 0):
            allowed -= 1 if machine.works(world) else 0
            _retire(group, machine, world, clock, "taken out of service in response to a health check")
    while len(_counted(group)) > group.desired:
        by_zone = _per_zone(group)
        crowded = [m for m in _counted(group) if by_zone[m.zone] == max(by_zone.values())]
        _retire(group, crowded[0], world, clock, "taken out of service: the group is above its desired capacity")


def _retire(group: Any, machine: Machine, world: World, clock: Any, why: str) -> None:
    machine.leaving, machine.ready = True, False
    held = machine.state in ("pending", "running")
    machine.state = "shutting-down"
    machine.boots += 1
    if held:
        give_capacity(world, machine.zone, machine.type)
    _note(group, clock, f"Terminating EC2 instance: {machine.id} {why}.")
    clock.start(_leave(group, machine, world, clock))


def _leave(group: Any, machine: Machine, world: World, clock: Any) -> Process:
    yield clock.wait(TERMINATING, "terminate", group.name)
    machine.state = "terminated"
    group.machines.remove(machine)
    if machine.id in group.unhealthy_targets:
        group.unhealthy_targets.remove(machine.id)


def _per_zone(group: Any) -> dict[str, int]:
    count = dict.fromkeys(group.zones, 0)
    for machine in _counted(group):
        count[machine.zone] = count.get(machine.zone, 0) + 1
    return count


def _launch(group: Any, world: World, clock: Any) -> None:
    """Launch what is missing, emptiest zone first; another zone when one has no capacity."""
    full: list[str] = []
    while len(_counted(group)) < group.desired:
        count = _per_zone(group)
        open_zones = [z for z in group.zones if z not in full and z not in group.closed]
        if not open_zones:
            group.retry_at = clock.now + LAUNCH_RETRY
            clock.start(_wake(group, clock))
            return
        zone = min(open_zones, key=lambda z: (count[z], group.zones.index(z)))
        if not take_capacity(world, zone, group.type):
            full.append(zone)
            _note(
                group,
                clock,
                f"Launching a new EC2 instance. Status Reason: We currently do not have sufficient {group.type} "
                f"capacity in the Availability Zone you requested ({zone}). {INSUFFICIENT}.",
                failed=True,
            )
            continue
        machine = group.new_machine(zone)
        group.machines.append(machine)
        _note(group, clock, f"Launching a new EC2 instance: {machine.id}.")
        clock.start(boot(machine, clock, f"{group.name}/{zone}", group.boot_ms()))
        clock.start(watch_host(group, machine, world, clock))


def _wake(group: Any, clock: Any) -> Process:
    """Hold a place in the calendar, so that the group looks again when its retry is due."""
    yield clock.wait(max(0, group.retry_at - clock.now), "retry launch", group.name)


def watch_host(group: Any, machine: Machine, world: World, clock: Any) -> Process:
    """Mark a machine once its state, its host's status check or (type ELB) its load balancer says unhealthy."""
    while machine in group.machines and not machine.leaving:
        yield clock.until(
            lambda: (
                machine.leaving or _stopped(machine) or _lost(machine, world) or _reported(group, machine, clock.now)
            ),
            "health check",
            machine.id,
        )
        if machine.leaving or machine.marked:
            return
        if _stopped(machine):
            yield clock.wait(STATE_CHECK, "health check", machine.id)
            bad = _stopped(machine)
        elif _reported(group, machine, clock.now):
            bad = True
        else:
            yield clock.wait(HOST_CHECK, "status check", machine.id)
            bad = _lost(machine, world)
        if bad:
            machine.marked = True
            return


def _stopped(machine: Machine) -> bool:
    return machine.state in ("stopping", "stopped")


def _lost(machine: Machine, world: World) -> bool:
    return machine.state == "running" and (machine.hurt or not world.zones[machine.zone].power)


def _reported(group: Any, machine: Machine, now: int) -> bool:
    if group.health_check != "ELB" or machine.id not in group.unhealthy_targets:
        return False
    return bool(machine.state == "running" and now - machine.launched >= group.grace)


def track_target(group: Any, world: World, clock: Any) -> Process:
    """Each minute compare average CPU with the target; change desired capacity after enough minutes in a row."""
    cpu = type(group).metrics[0]
    while True:
        yield clock.probe(MINUTE - clock.now % MINUTE or MINUTE, "target tracking", group.name)
        value = cpu.read(group, world)
        if value is None or clock.now < group.settles:
            group.above = group.below = 0
            continue
        target = group.tracking.cpu
        group.above = group.above + 1 if value > target else 0
        group.below = group.below + 1 if value < target * 0.9 else 0
        if group.above >= OUT_AFTER and group.desired < group.max:
            serving = max(1, len(_counted(group)))
            wanted = int(serving * value / target) + 1
            group.desired = min(group.max, max(group.desired + 1, wanted))
            _settle(group, clock, "above")
            group.above = 0
        elif group.below >= IN_AFTER and group.desired > group.min:
            group.desired -= 1
            _settle(group, clock, "below")
            group.below = 0


def _settle(group: Any, clock: Any, side: str) -> None:
    group.settles = clock.now + group.tracking.warmup
    _note(group, clock, f"Target tracking: average CPU is {side} the target; desired capacity is now {group.desired}.")


def _note(group: Any, clock: Any, text: str, failed: bool = False) -> None:
    if group.activities and group.activities[-1].text == text:
        group.activities[-1].at = clock.now
        return
    group.activities.append(Activity(at=clock.now, text=text, failed=failed))
    del group.activities[:-20]
