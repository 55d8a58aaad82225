"""Wiring: in which order stations are served, and which calls a request still has to make."""

from __future__ import annotations

from drill.model.component import Component, Hop, Tally, need_of
from drill.model.machine import hops_for
from drill.model.network import GATES
from drill.model.server import Server
from drill.model.traffic import Cohort
from drill.model.world import World


class Wiring:
    """What follows from the topology alone; worked out again when a component comes or goes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.traffic = world.traffic

    def rebuild(self) -> None:
        """Work out the order of stations again (after a component came or went)."""
        components = self.world.components
        self._gated = GATES in self.world.flags
        self.inbox: dict[str, list[Cohort]] = {}
        self.order: list[tuple[str, Component]] = []
        self._owners: dict[str, Component] = {}
        for name in topological(components):
            component = components[name]
            for station in component.stations():
                self.inbox[station] = []
                self.order.append((station, component))
                self._owners[station] = component
        self._line = [(station, self.inbox[station], component.serve) for station, component in self.order]
        self._servers: dict[str, Server] = {}
        self._queues: list[Server] = []
        self._calls: dict[str, list[tuple[Hop, ...]]] = {}
        self._place = {station: at for at, (station, _) in enumerate(self.order)}
        self._joined: dict[tuple[tuple[Hop, ...], tuple[Hop, ...]], tuple[Hop, ...]] = {}
        self._behind: dict[str, list[Server]] = {}
        for name, component in components.items():
            server = getattr(component, "server", None)
            if isinstance(server, Server):
                self._servers[name] = server
                self._queues.append(server)
            self._queues += getattr(component, "cells", {}).values()
        self._tallies: dict[str, Tally] = {}
        for name, component in components.items():
            tally = getattr(component, "tally", None)
            if isinstance(tally, Tally):
                self._tallies[name] = tally
            self._tallies.update(getattr(component, "tallies", {}))
        self._coasters = [c for c in components.values() if type(c).coast is not Component.coast]
        self._steppers = [c for c in components.values() if type(c).each_second is not Component.each_second]

    def calls_of(self, component: Component) -> list[tuple[Hop, ...]]:
        """Return the calls that a request makes once ``component`` is done with it, by the index of its class."""
        found = self._calls.get(component.name)
        if found is None:
            kinds = [(c.reads, c.writes) for c in self.traffic.classes]  # many classes are alike in what they call
            calls = {kind: self._in_order(hops_for(component.needs, *kind)) for kind in kinds}
            found = self._calls[component.name] = [calls[kind] for kind in kinds]
            behind = sorted({hop.to for hops in calls.values() for hop in hops})
            further = {name for to in behind for name in self._called(to)}  # whoever calls those is held back by them
            self._behind[component.name] = [self._servers[n] for n in behind if n in self._servers and n not in further]
        return found

    def _called(self, name: str) -> list[str]:
        """Return everything that a component's requests lead to further on."""
        found: list[str] = []
        component = self.world.components.get(name)
        for item in component.needs if component is not None else ():
            to = need_of(item).to
            found += [to, *self._called(to)]
        return found

    def pace_for(self, component: Component) -> float:
        """Return the smallest pace of the servers that ``component`` calls."""
        least = 1.0
        for server in self._behind[component.name]:
            if server.pace < least:
                least = server.pace
        return least

    def join(self, mine: tuple[Hop, ...], hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
        """Return the calls left once the first of ``hops`` was made, which itself leads to the calls ``mine``.

        What a service calls that can be done without can be done without too.
        """
        if len(hops) < 2 and not (mine and hops and hops[0].soft):
            return mine
        found = self._joined.get((mine, hops))
        if found is None:
            soft = hops[0].soft
            inner = tuple(Hop(hop.to, hop.reads, hop.writes, soft or hop.soft) for hop in mine)
            found = self._joined[(mine, hops)] = self._in_order(inner + hops[1:])
        return found

    def _in_order(self, hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
        """Return calls in the order of stations, so that one pass makes them all; two to one place are made at once."""
        place = self._place
        found: list[Hop] = []
        for hop in sorted(hops, key=lambda hop: place.get(hop.to, -1)):
            if found and found[-1].to == hop.to:
                last = found.pop()
                hop = Hop(hop.to, last.reads + hop.reads, last.writes + hop.writes, last.soft and hop.soft)
            found.append(hop)
        return tuple(found)


def topological(components: dict[str, Component]) -> list[str]:
    """Return component names with every caller before what it calls; raise ValueError naming a cycle."""
    order: list[str] = []
    state: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if state.get(name) == 2 or name not in components:
            return
        if state.get(name) == 1:
            raise ValueError("these call each other: " + " -> ".join([*path[path.index(name) :], name]))
        state[name] = 1
        for item in components[name].leads_to(components):
            visit(need_of(item).to, (*path, name))
        state[name] = 2
        order.append(name)

    for name in components:
        visit(name, ())
    order.reverse()
    return order
