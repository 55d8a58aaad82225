"""Setting a level up: its World at T+0 with traffic, ready to run."""

from __future__ import annotations

from typing import Any

from drill.level.level import ClassSpec, Curve, Level, PopulationSpec
from drill.level.world import world_of
from drill.model.traffic import BURST, Pool, Population, RequestClass
from drill.model.world import World


def set_up(level: Level, seed: int, draws: dict[str, Any]) -> World:
    """Return the World of a bound level at T+0. The level's components become the World's: bind a level per run."""
    world = world_of(level, seed, draws)
    for name, component in world.components.items():
        component.name = name
        if component.zone and not component.region and component.zone in world.zones:
            component.region = world.zones[component.zone].region
    for component in world.components.values():
        component.begin(world)
    for name, spec in level.traffic.items():
        _populate(world, name, spec)
    return world


def _populate(world: World, name: str, spec: PopulationSpec) -> None:
    calm = float(spec.rate.calm if isinstance(spec.rate, Curve) else spec.rate)
    population = Population(name=name, place=spec.place, enters=spec.enters, rate=calm, calm=calm)
    late, kept = spec.dns.late, spec.connections
    tardy = max(float(late.share), 1.0 - float(spec.dns.honours_ttl))
    prompt = 1.0 - tardy - float(kept.share)
    population.pools = [Pool(share=prompt)] if prompt > 0 else []
    if tardy > 0:
        population.pools.append(Pool(share=tardy, period=int(late.for_) // 1000))
    if kept.share > 0:
        population.pools.append(Pool(share=float(kept.share), period=int(kept.for_) // 1000, breaks=True))
    for label, cls in (spec.classes or {"all": ClassSpec()}).items():
        population.classes.append(len(world.traffic.classes))
        world.traffic.classes.append(
            RequestClass(
                name=f"{name}.{label}",
                population=name,
                share=float(cls.share),
                patience=int(cls.patience),
                tries=cls.retries.tries,
                gap=max(1, int(cls.retries.gap) // 1000),
                staleness=-1 if cls.staleness is None else int(cls.staleness),
                reads=cls.reads,
                writes=cls.writes,
                importance=cls.importance,
                backoff=cls.retries.backoff,
                cap=int(cls.retries.cap) // 1000,
                jitter=cls.retries.jitter == "full",
                budget=-1.0 if cls.retries.budget is None else float(cls.retries.budget),
                tokens=0.0 if cls.retries.budget is None else cls.retries.budget * cls.share * calm * BURST,
            )
        )
    world.traffic.populations[name] = population
