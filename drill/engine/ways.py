"""Ways: where a population's requests go in, as its resolvers follow what DNS answers."""

from __future__ import annotations

from typing import Any

from drill.engine import names
from drill.model.component import Component
from drill.model.traffic import Population
from drill.model.world import World


class Ways:
    """Knows where requests set out to, for as long as nothing but traffic touches the World (a version)."""

    world: World
    restless: bool
    drifting: list[Any]
    memo: dict[str, tuple[int, Any]]
    version: int
    _owners: dict[str, Component]

    def __init__(self) -> None:
        self._same: dict[str, tuple[int, str]] = {}  # which station does the same as this one

    def _ways_in(self, population: Population, second: int) -> list[tuple[str, float]]:
        """Return where a population's requests go; once its resolvers have settled, that stays for a version."""
        key = f"ways of {population.name}"
        known = self.memo.get(key)
        if known is None or known[0] != self.version:
            shares, moving = self._resolved(population, second)
            if len(shares) > 1:
                shares = self._entrances(shares)
            if moving and len(shares) == 1 and self._leads_there(population, shares[0][0]):
                self.drifting.append(population)
            else:
                self.restless = self.restless or moving
            known = self.memo[key] = (-1 if moving else self.version, shares)
        found: list[tuple[str, float]] = known[1]
        return found

    def _resolved(self, population: Population, second: int) -> tuple[list[tuple[str, float]], bool]:
        """Move a population's resolvers on by one second; return their stations, and whether they still move."""
        dns = self.memo.get(f"dns of {population.name}")
        if dns is None or dns[0] != self.version:
            answer = names.answer(self.world, population.enters, population.place)
            dns = self.memo[f"dns of {population.name}"] = (self.version, answer)
        return names.resolve(self.world, population, second, *dns[1])

    def _leads_there(self, population: Population, station: str) -> bool:
        """Tell whether requests go on to ``station`` while a population's resolvers move, and once they have."""
        wanted = dict.fromkeys([target for pool in population.pools for target in pool.answer], 1.0)
        if len(wanted) > 1:  # what is the only one left is not put together with anything
            wanted = dict(self._entrances(list(wanted.items())))
        return list(wanted) == [station]

    def _entrances(self, shares: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """Put stations together that do the same with what they are given."""
        found: dict[str, float] = {}
        for station, share in shares:
            owner = self._owners.get(station)
            known = self._same.get(station)
            if known is None or known[0] != self.version:
                known = self._same[station] = (self.version, owner.entrance(self.world, station) if owner else station)
            alike = known[1]
            found[alike] = found.get(alike, 0.0) + share
        return list(found.items())
