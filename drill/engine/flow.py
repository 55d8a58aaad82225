"""The flow: once a second, amounts of requests move from their users through the topology, in one pass.

When a step changes nothing the flow sleeps, and the seconds slept are added up when something touches the world.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from drill.engine import names
from drill.engine.history import ClassTrack, History
from drill.model.component import Component, Hop, Tally, need_of
from drill.model.machine import hops_for
from drill.model.network import GATES, passage
from drill.model.traffic import TINY, Cohort, Server
from drill.model.world import World


class Book(NamedTuple):
    """One class's books: requests since T+0, and the last second's p95 in ms (-1: nothing was answered)."""

    name: str
    population: str
    offered: float
    served: float
    failed: float
    p95: float


class FlowEngine:
    """Moves traffic through a World, one second at a step, and keeps the books. Implements model.traffic.Flow."""

    def __init__(self, world: World, history: History) -> None:
        self.world = world
        self.traffic = world.traffic
        self.history = history
        self.second = -1
        self.changed = True
        self.queues_moved: dict[str, bool] = {}
        self.tracks: list[ClassTrack] = []
        for cls in self.traffic.classes:
            track = history.classes.setdefault(cls.name, ClassTrack(name=cls.name, patience=cls.patience))
            self.tracks.append(track)
        count = len(self.tracks)
        self._served = [0.0] * count  # per class, in this step
        self._failed: list[dict[str, float]] = [{} for _ in range(count)]
        self._asked = [0.0] * count
        self._answers: list[list[tuple[float, float]]] = [[] for _ in range(count)]
        self._last: tuple[object, ...] = ()
        self._oldest = 0
        self._alike: dict[int, dict[tuple[int, int, int, bool], Cohort]] = {}  # retries of a second, by what they are
        self.version = 0
        self.memo: dict[str, tuple[int, Any]] = {}
        self._here = ""  # the station that is being served; "": requests come from outside
        self._paths: dict[tuple[str, str], tuple[bool, Any]] = {}  # of this version: whether packets pass, what carries
        self._paths_of = -1
        self.rebuild()

    # ---- the order ------------------------------------------------------------------------------------------------

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
        self._servers: dict[str, Server] = {}
        self._calls: dict[str, list[tuple[Hop, ...]]] = {}
        self._place = {station: at for at, (station, _) in enumerate(self.order)}
        self._joined: dict[tuple[tuple[Hop, ...], tuple[Hop, ...]], tuple[Hop, ...]] = {}
        self._behind: dict[str, list[Server]] = {}
        for name, component in components.items():
            server = getattr(component, "server", None)
            if isinstance(server, Server):
                self._servers[name] = server
        self._tallies: dict[str, Tally] = {}
        for name, component in components.items():
            tally = getattr(component, "tally", None)
            if isinstance(tally, Tally):
                self._tallies[name] = tally
            self._tallies.update(getattr(component, "tallies", {}))
        self._coasters = [c for c in components.values() if type(c).coast is not Component.coast]
        self._steppers = [c for c in components.values() if type(c).each_second is not Component.each_second]

    # ---- what components call -------------------------------------------------------------------------------------

    def push(self, station: str, cohort: Cohort) -> None:
        """Pass a cohort on to a station later in the order."""
        box = self.inbox.get(station)
        if box is None:
            self.fail(cohort, "unreachable")
        elif not self._gated or self._passes(station, cohort):
            box.append(cohort)

    def onward(self, cohort: Cohort) -> None:
        """Make the cohort's next call, or answer its client."""
        if cohort.hops:
            to = cohort.hops[0].to
            if not self._gated or self._passes(to, cohort):
                self.inbox[to].append(cohort)
        else:
            self._finish(cohort)

    def _passes(self, to: str, cohort: Cohort) -> bool:
        """Tell whether what stands between here and ``to`` lets a cohort through; what it drops waits in vain."""
        if self._paths_of != self.version:
            self._paths_of = self.version
            self._paths.clear()
        known = self._paths.get((self._here, to))
        if known is None:
            open_, through = passage(self.world, self._here, to)
            carrier: Any = self.world.components.get(through)
            known = self._paths[(self._here, to)] = (open_, carrier)
        if known[1] is not None:
            dropped = known[1].carry(cohort.amount, known[0])
            if known[0] and dropped > 0:
                self.traffic.hold(cohort.split(cohort.amount * dropped))
        if not known[0]:
            self.traffic.hold(cohort)
        return known[0]

    def calls_of(self, component: Component) -> list[tuple[Hop, ...]]:
        """Return the calls that a request makes once ``component`` is done with it, by the index of its class."""
        found = self._calls.get(component.name)
        if found is None:
            classes = self.traffic.classes
            each = [hops_for(component.needs, c.reads, c.writes) for c in classes]
            found = self._calls[component.name] = [self._in_order(hops) for hops in each]
            behind = sorted({hop.to for hops in found for hop in hops})
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

    def pace_for(self, component: Component) -> float:
        """Return the smallest pace of the servers that ``component`` calls."""
        least = 1.0
        for server in self._behind[component.name]:
            if server.pace < least:
                least = server.pace
        return least

    def fail(self, cohort: Cohort, reason: str) -> None:
        """Answer the client with an error: it tries again if it has tries left, or the ask has failed."""
        if cohort.hops and cohort.hops[0].soft and not cohort.gone and reason != "timeout":
            cohort.hops = cohort.hops[1:]
            self.onward(cohort)
            return
        if cohort.gone:
            return
        cohort.gone = True
        if cohort.via:
            self._tallies[cohort.via].failed += cohort.amount
        cls = self.traffic.classes[cohort.cls]
        lost = cohort.amount
        if cohort.attempt < cls.tries:
            for at, part in cls.again(cohort.attempt, cls.granted(cohort.amount), self.second):
                judged = cohort.judged or (at - cohort.asked) * 1000 > cls.patience
                self._retry(cohort, at, judged, part)
                if not judged:
                    lost -= part
        if lost > TINY and not cohort.judged:
            failed = self._failed[cohort.cls]
            failed[reason] = failed.get(reason, 0.0) + lost
            self._oldest = min(self._oldest, cohort.asked)

    def _retry(self, cohort: Cohort, at: int, judged: bool, amount: float) -> None:
        """Send ``amount`` of what failed again at second ``at``, together with all that is alike by then."""
        asked = at if judged else cohort.asked  # of an ask that was judged only the load is left
        alike = self._alike.setdefault(at, {})
        key = (cohort.cls, asked, cohort.attempt, judged)
        found = alike.get(key)
        if found is None:
            found = alike[key] = Cohort(cohort.cls, asked, at, cohort.attempt + 1, 0.0, 0.0, (), False, judged)
            self.traffic.retries.setdefault(at, []).append(found)
        found.amount += amount

    def _finish(self, cohort: Cohort) -> None:
        """Answer the client: well, when it still waits and the answer comes within its patience."""
        if cohort.gone:
            return
        index = cohort.cls
        patience = self.traffic.classes[index].patience
        if cohort.latency > patience:
            self.fail(cohort, "timeout")
            return
        cohort.gone = True
        if cohort.via:
            self._tallies[cohort.via].ok += cohort.amount
        elapsed = cohort.latency + (cohort.sent - cohort.asked) * 1000.0
        if cohort.judged:
            return
        if elapsed > patience:
            failed = self._failed[index]
            failed["late"] = failed.get("late", 0.0) + cohort.amount
            return
        self._served[index] += cohort.amount
        self._answers[index].append((elapsed, cohort.amount))
        self.tracks[index].good[cohort.asked] += cohort.amount

    # ---- time -----------------------------------------------------------------------------------------------------

    def step(self, second: int) -> None:
        """Compute what happens from ``second`` to the next, after adding up the seconds slept since the last step."""
        traffic = self.traffic
        self.coast(second)
        self.second = second
        self.changed = bool(traffic.deadlines or traffic.retries)
        self.queues_moved.clear()
        for track in self.tracks:
            track.asks.append(0.0)
            track.good.append(0.0)
        for index, failed in enumerate(self._failed):
            self._served[index] = self._asked[index] = 0.0
            failed.clear()
            self._answers[index].clear()
        for tally in self._tallies.values():
            tally.ok = tally.failed = 0.0
        self._oldest = second  # when the first of the asks that fail in this step was made
        self._here = ""
        self._give_up(second)
        self._enter(second)
        inbox = self.inbox
        gray = self._gray()
        shed = self._shedding()
        for station, component in self.order:
            box = inbox[station]
            if gray and box and station in gray:
                self._lose(box, station, *gray[station])
            self._here = station
            if shed and box and station in shed:
                self._turn_away(box, *shed[station])
            component.serve(station, box, self)
            if box:
                box.clear()
        for component in self._steppers:
            if component.each_second(self.world):
                self.changed = True
        self._book(second)
        traffic.stepped = second
        if traffic.deadlines or traffic.retries:
            self.changed = True
        traffic.steady = not self.changed

    def coast(self, second: int) -> None:
        """Add up the seconds slept before ``second``: each was like the last step."""
        slept = second - self.traffic.stepped - 1
        if slept <= 0 or self.traffic.stepped < 0:
            return
        self.fill(second)
        for index, cls in enumerate(self.traffic.classes):
            track = self.tracks[index]
            cls.offered += self._asked[index] * slept
            cls.served += self._served[index] * slept
            if cls.budget >= 0:
                cls.refill(self._asked[index] * slept, self._asked[index])
            for reason, amount in self._failed[index].items():
                cls.failed[reason] = cls.failed.get(reason, 0.0) + amount * slept
                track.reasons[reason] = cls.failed[reason]
        for component in self._coasters:
            component.coast(self.world, slept)
        self.traffic.stepped = second - 1

    def fill(self, second: int) -> None:
        """Write the seconds slept before ``second`` into the history. The World does not change: anyone may look."""
        if not self.traffic.steady:
            return
        for track in self.tracks:
            first = len(track.asks)
            slept = second - first
            if slept <= 0 or first == 0:
                continue
            track.asks.extend([track.asks[-1]] * slept)
            track.good.extend([track.good[-1]] * slept)
            track.answers.extend([track.answers[-1]] * slept)

    def books_at(self, second: int) -> list[Book]:
        """Return each class's books up to ``second``, seconds slept added up, without changing anything."""
        slept = max(0, second - self.traffic.stepped - 1) if self.traffic.stepped >= 0 else 0
        rows = []
        for index, cls in enumerate(self.traffic.classes):
            failed = 0.0
            for amount in cls.failed.values():
                failed += amount
            for amount in self._failed[index].values():
                failed += amount * slept
            p95 = self.tracks[index].p95(self.traffic.stepped)
            rows.append(
                Book(
                    cls.name,
                    cls.population,
                    cls.offered + self._asked[index] * slept,
                    cls.served + self._served[index] * slept,
                    failed,
                    p95,
                )
            )
        return rows

    def last_second(self, index: int) -> tuple[float, float, float]:
        """Return (served, failed, p95 in ms) of one class in the last step."""
        failed = 0.0
        for amount in self._failed[index].values():
            failed += amount
        p95 = self.tracks[index].p95(self.traffic.stepped)
        return self._served[index], failed, p95

    def _give_up(self, second: int) -> None:
        """Clients whose patience has run out give up; what they wait for may still be worked on."""
        for cohort in self.traffic.deadlines.pop(second, ()):
            if not cohort.gone and cohort.amount > TINY:
                self.fail(cohort, "timeout")

    def _enter(self, second: int) -> None:
        """First asks and retries set out: each resolver's clients to where their last answer points."""
        traffic = self.traffic
        again: dict[str, list[Cohort]] = {}
        self._alike.pop(second, None)
        for cohort in traffic.retries.pop(second, ()):
            again.setdefault(traffic.classes[cohort.cls].population, []).append(cohort)
        for population in traffic.populations.values():
            wave = again.get(population.name, [])
            for index in population.classes:
                amount = population.rate * traffic.classes[index].share
                if amount > 0:
                    self._asked[index] += amount
                    self.tracks[index].asks[second] += amount
                    if traffic.classes[index].budget >= 0:
                        traffic.classes[index].refill(amount, amount)
                    wave.append(Cohort(index, second, second, 0, amount))
            if wave:
                shares, moving = names.resolve(self.world, population)
                self.changed = self.changed or moving
                if len(shares) > 1:
                    shares = self._entrances(shares)
                for cohort in wave:
                    self._spread(cohort, shares)

    def _entrances(self, shares: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """Put stations together that do the same with what they are given."""
        found: dict[str, float] = {}
        for station, share in shares:
            owner = self._owners.get(station)
            alike = owner.entrance(self.world, station) if owner is not None else station
            found[alike] = found.get(alike, 0.0) + share
        return list(found.items())

    def _spread(self, cohort: Cohort, shares: list[tuple[str, float]]) -> None:
        amount = cohort.amount
        for station, share in shares[:-1]:
            self.push(station, cohort.split(amount * share))
        if shares:
            self.push(shares[-1][0], cohort)
        else:
            self.fail(cohort, "dns")

    def _shedding(self) -> dict[str, tuple[float, int]]:
        """Return what operators have told to turn requests away, by station: the share, and up to which importance."""
        known = self.memo.get("shed")
        if known is None or known[0] != self.version:
            flags, rows = self.world.flags, {}
            if any(key.startswith("shed/") for key in flags):
                for station, component in self.order:
                    what = flags.get(f"shed/{component.name}")
                    if what is not None:
                        rows[station] = (what[0], what[1])
            known = self.memo["shed"] = (self.version, rows)
        found: dict[str, tuple[float, int]] = known[1]
        return found

    def _turn_away(self, box: list[Cohort], share: float, upto: int) -> None:
        """Answer a share of the less important requests with an error at once, before they cost anything."""
        for cohort in list(box):
            if self.traffic.classes[cohort.cls].importance <= upto:
                self.fail(cohort.split(cohort.amount * share), "shed")
                if cohort.amount <= TINY:
                    box.remove(cohort)

    def _gray(self) -> dict[str, tuple[float, float, float]]:
        """Return what gray zones do to requests, station by station: share lost, share slowed down, by how many ms."""
        known = self.memo.get("gray")
        if known is None or known[0] != self.version:
            rows: dict[str, tuple[float, float, float]] = {}
            zones = self.world.flags.get("gray")
            if zones:
                for station, component in self.order:
                    what = zones.get(station.partition("/")[2] or component.zone)
                    if what is not None:
                        rows[station] = (what[0], what[1], what[2])
            self.memo["gray"] = (self.version, rows)
            return rows
        found: dict[str, tuple[float, float, float]] = known[1]
        return found

    def _lose(self, box: list[Cohort], station: str, lost: float, slow: float, by: float) -> None:
        """Let a share of what arrives in a gray zone get no answer, and another one come late."""
        for cohort in list(box):
            whole = cohort.amount
            if lost > 0:
                gone = cohort.split(whole * lost)
                gone.via = gone.via or (station if station in self._tallies else "")
                self.traffic.hold(gone)
            if slow > 0 and by > 0:
                late = cohort.split(whole * slow) if slow < 1 - lost else cohort
                late.latency += by
                if late is not cohort:
                    box.append(late)

    def _book(self, second: int) -> None:
        """Write this second into the books and the history."""
        now: list[object] = []
        for index, cls in enumerate(self.traffic.classes):
            track, answers = self.tracks[index], self._answers[index]
            cls.offered += self._asked[index]
            cls.served += self._served[index]
            for reason, amount in self._failed[index].items():
                cls.failed[reason] = cls.failed.get(reason, 0.0) + amount
                track.reasons[reason] = cls.failed[reason]
            track.answers.append(tuple(answers))
            now += [self._asked[index], self._served[index], *self._failed[index].values()]
        if self.history.impact < 0 and self._hurts():
            self.history.impact = self._oldest * 1000
        signature = tuple(now)
        if signature != self._last:
            self._last = signature
            self.changed = True

    def _hurts(self) -> bool:
        """Tell whether more than one in a hundred asks failed in this second."""
        for index, asked in enumerate(self._asked):
            failed = 0.0
            for amount in self._failed[index].values():
                failed += amount
            if failed > asked * 0.01 and failed > TINY:
                return True
        return False


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
