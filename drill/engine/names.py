"""Names: what DNS answers, and how long clients hold on to it."""

from __future__ import annotations

from drill.model.traffic import TINY, Pool, Population
from drill.model.world import World

FOREVER = 1_000_000_000  # ms


def answer(world: World, entry: str, place: str = "") -> tuple[dict[str, float], int]:
    """Return what DNS tells users at ``place`` for ``entry``, down to stations that take requests, and the TTL in s.

    A component that is no name answers with itself (an Elastic IP, an instance).
    """
    component = world.components.get(entry)
    if component is None:
        return {}, 0
    own = component.answer_for(world, place)
    if own is None:
        return {entry: 1.0}, 0
    ttl = component.ttl_seconds(world)
    shares: dict[str, float] = {}
    for target, share in own.items():
        if target in component.stations():
            shares[target] = shares.get(target, 0.0) + share
            continue
        below, below_ttl = answer(world, target, place)
        if below_ttl and not getattr(component, "cname", False):  # an alias has its target's TTL, a CNAME its own
            ttl = min(ttl, below_ttl)
        for station, part in below.items():
            shares[station] = shares.get(station, 0.0) + share * part
    return shares, ttl


def resolve(
    world: World, population: Population, second: int, current: dict[str, float], ttl: int
) -> tuple[list[tuple[str, float]], bool]:
    """Move the population's resolvers on by ``second`` towards what DNS answers now (``current``, for ``ttl`` seconds).

    Return where its requests go, and whether that still moves.
    """
    shares: dict[str, float] = {}
    moving = False
    for pool in population.pools:
        _remember(pool, ttl, second)
        if current != pool.answer or pool.leaving:
            period = _held(world, pool) or max(ttl, pool.frees - second)
            moving = _move(world, pool, current, period) or moving
        for station, share in pool.shares.items():
            shares[station] = shares.get(station, 0.0) + share * pool.share
    return list(shares.items()), moving


def _held(world: World, pool: Pool) -> int:
    """Return for how many seconds these clients hold on to where they are: a connection ends when its server says."""
    held = pool.period
    for station in pool.shares if pool.breaks else ():
        component = world.components.get(station.partition("/")[0])
        limit = component.keep_alive() if component is not None else 0
        held = min(held, limit) if limit else held
    return held


def _remember(pool: Pool, ttl: int, second: int) -> None:
    """Note a changed TTL: answers that were given with the longer one are kept for as long as it said."""
    if ttl != pool.ttl:
        if 0 <= ttl < pool.ttl:
            pool.frees = max(pool.frees, second + pool.ttl)
        pool.ttl = ttl


def _move(world: World, pool: Pool, current: dict[str, float], period: int) -> bool:
    """Let one pool's clients drift to ``current``; return whether any still have to."""
    if not pool.shares or period <= 0:
        moved = pool.shares != current
        pool.answer, pool.shares, pool.leaving = dict(current), dict(current), {}
        return moved
    if current != pool.answer:
        pool.answer = dict(current)
        pool.leaving = {
            target: (share - current.get(target, 0.0)) / period
            for target, share in pool.shares.items()
            if share - current.get(target, 0.0) > TINY
        }
    freed = 0.0
    done: list[str] = []
    for target, step in pool.leaving.items():
        wanted = current.get(target, 0.0)
        leaves = pool.shares[target] - wanted
        if leaves - step > TINY and not (pool.breaks and not _reachable(world, target)):
            leaves = step
        else:
            done.append(target)
        freed += leaves
        pool.shares[target] -= leaves
        if pool.shares[target] <= TINY:
            del pool.shares[target]
    for target in done:
        del pool.leaving[target]
    _settle(pool, current, freed)
    return True


def _settle(pool: Pool, current: dict[str, float], freed: float) -> None:
    """Give what has left its old target to those targets of the answer that still have room."""
    if not pool.leaving:
        pool.shares = dict(current)
        return
    room = {t: share - pool.shares.get(t, 0.0) for t, share in current.items()}
    total = 0.0
    for part in room.values():
        total += max(part, 0.0)
    for target, part in room.items():
        if part > 0 and total > 0:
            pool.shares[target] = pool.shares.get(target, 0.0) + freed * part / total


def _reachable(world: World, station: str) -> bool:
    """Tell whether a connection to ``station`` holds: however slow, it is not cut."""
    name, _, zone = station.partition("/")
    component = world.components.get(name)
    if component is None:
        return False
    if zone:
        return world.region_up(component.region) and world.zone_up(zone)
    return component.responds(world, FOREVER)
