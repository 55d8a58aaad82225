"""A load balancer's health checks. Each sleeps until its target's state differs from what the balancer holds."""

from __future__ import annotations

from typing import Any

from drill.model.component import Component, Process
from drill.model.machine import Machine
from drill.model.network import GATES, connected
from drill.model.units import SECOND
from drill.model.world import World

PASSIVE = 10 * SECOND  # of failing connections until a target is left out (judgment; AWS gives no figure)
LEAVES_DNS = 30 * SECOND  # a node that is gone is taken out of the balancer's DNS name (typical)


def register(balancer: Any, world: World, clock: Any) -> Process:
    """Give every machine that appears a health check, and forget those that leave."""
    for owner, machine in balancer.all_members(world):
        _watch(balancer, owner, machine, world, clock, "healthy")
    while True:
        yield clock.until(lambda: _moved(balancer, world), "targets", balancer.name, own=balancer.name)
        members = {machine.id: (owner, machine) for owner, machine in balancer.all_members(world)}
        for gone in [name for name in balancer.targets_health if name not in members]:
            del balancer.targets_health[gone]
            _withdraw(gone, world)
        for name, (owner, machine) in members.items():
            if name not in balancer.targets_health:
                _watch(balancer, owner, machine, world, clock, "initial")


def _moved(balancer: Any, world: World) -> bool:
    known, zones, count = balancer.targets_health, balancer.zones, 0
    for name in balancer.targets:
        owner = world.components.get(name)
        for machine in owner.members(world) if owner is not None else ():
            if machine.zone in zones:
                if machine.id not in known:
                    return True
                count += 1
    return count != len(known)


def _watch(balancer: Any, owner: Component, machine: Machine, world: World, clock: Any, state: str) -> None:
    health = balancer.fresh_health()
    health.state, health.since = state, clock.now
    if state == "initial" and balancer.sticky:
        balancer.sessions[machine.id] = 0.0  # nobody's session is with it yet
    health.phase = int(world.roll(f"check/{machine.id}") * balancer.health_check.interval)
    balancer.targets_health[machine.id] = health
    clock.start(check(balancer, owner, machine, health, world, clock))


def check(balancer: Any, owner: Component, machine: Machine, health: Any, world: World, clock: Any) -> Process:
    """Check one target: as many answers in a row as the threshold says flip its state."""

    def listed() -> bool:
        return balancer.targets_health.get(machine.id) is health

    def passes() -> bool:
        if GATES in world.flags and not connected(world, balancer.name, owner.station_of(machine)):
            return False
        return owner.machine_responds(world, machine, balancer.health_check.timeout)

    def differs() -> bool:
        if not listed() or health.state == "initial":
            return True
        healthy: bool = health.state == "healthy"
        return passes() != healthy

    while listed():
        yield clock.until(differs, "target health", machine.id, "queues", owner.name, balancer.name, quiet=True)
        while listed():
            rule = balancer.health_check
            ahead = rule.interval - (clock.now - health.phase) % rule.interval
            yield clock.probe(ahead, "health check", machine.id, quiet=True)
            good = passes()
            if not good:
                yield clock.wait(rule.timeout, "health check times out", machine.id, quiet=True)
                if not listed():
                    return
            if health.state != "initial" and good == (health.state == "healthy"):
                health.count = 0
                break
            health.count += 1
            if health.count >= _threshold(rule, health.state, good):
                since = health.since
                _flip(owner, machine, health, "healthy" if good else "unhealthy", clock.now)
                if good:
                    balancer.admit(machine.id, since)
                clock.tell(balancer.name, owner.name)
                break


def _threshold(rule: Any, state: str, good: bool) -> int:
    if state == "initial" and good:
        return 1
    return int(rule.healthy if good else rule.unhealthy)


def _flip(owner: Component, machine: Machine, health: Any, state: str, now: int) -> None:
    health.state, health.count, health.since = state, 0, now
    reported = getattr(owner, "unhealthy_targets", None)
    if reported is not None:
        if state == "unhealthy" and machine.id not in reported:
            reported.append(machine.id)
        elif state == "healthy" and machine.id in reported:
            reported.remove(machine.id)


def _withdraw(gone: str, world: World) -> None:
    """A target that left says nothing about its group's instance any more."""
    for component in world.components.values():
        reported = getattr(component, "unhealthy_targets", None)
        if reported and gone in reported:
            reported.remove(gone)


def watch_connections(balancer: Any, world: World, clock: Any) -> Process:
    """Passive checks: leave out targets whose connections have failed for a while, whatever their checks say yet."""

    def failing() -> list[str]:
        if balancer.sticky or not any(tally.arrived > 0 for tally in balancer.tallies.values()):
            return []
        return [m.id for _, m in balancer.all_members(world) if not m.reachable(world)]

    while True:
        yield clock.until(lambda: failing() != balancer.shunned, "passive health check", balancer.name, quiet=True)
        before = failing()
        yield clock.wait(PASSIVE, "passive health check", balancer.name)
        balancer.shunned = [name for name in failing() if name in before]


def keep_dns(balancer: Any, world: World, clock: Any) -> Process:
    """Take nodes that are gone out of the balancer's DNS name, and put them back."""

    def moved() -> bool:
        found: list[str] = balancer.dns_zones
        return _working(balancer, world) != found

    while True:
        yield clock.until(moved, "dns", balancer.name, own=balancer.name, quiet=True)
        yield clock.wait(LEAVES_DNS, "dns", balancer.name)
        balancer.dns_zones = _working(balancer, world)


def _working(balancer: Any, world: World) -> list[str]:
    """Return the zones whose node works (and, without cross-zone, has a healthy target); all when none does."""
    zones = []
    for zone in balancer.zones:
        if not world.zone_up(zone):
            continue
        if not balancer.cross_zone:
            here = [m for _, m in balancer.all_members(world) if m.zone == zone]
            known = [balancer.targets_health.get(m.id) for m in here]
            if not any(k is not None and k.state == "healthy" for k in known):
                continue
        zones.append(zone)
    return zones or list(balancer.zones)
