"""The flow: once a second, amounts of requests move from their users through the topology, in one pass.

When a step changes nothing, or nothing but the time, the flow sleeps; the seconds slept are added up later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drill.engine.doors import Doors
from drill.engine.history import History
from drill.engine.rest import Rest
from drill.engine.ways import Ways
from drill.model.network import passage
from drill.model.traffic import HAIR, TINY, Cohort, Population, counted
from drill.model.world import World


class FlowEngine(Doors, Ways, Rest):
    """Moves traffic through a World, one second at a step, and keeps the books. Implements model.traffic.Flow."""

    def __init__(self, world: World, history: History) -> None:
        Rest.__init__(self, world, history)
        Ways.__init__(self)
        self.second = -1
        self.steps = 0  # seconds that were computed: what was read off the World before still holds if it is the same
        self.queues_moved: dict[str, bool] = {}
        self._alike: dict[int, dict[int, Cohort]] = {}  # retries of a second, by what they are
        self.version = 0
        self.memo: dict[str, tuple[int, Any]] = {}
        self._here = ""  # the station that is being served; "": requests come from outside
        self._paths: dict[tuple[str, str], tuple[bool, Any]] = {}  # of this version: whether packets pass, what carries
        self._paths_of = -1
        self.rebuild()

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

    def fail(self, cohort: Cohort, reason: str) -> None:
        """Answer the client with an error: it tries again if it has tries left, or the ask has failed."""
        if cohort.gone:
            return
        hops = cohort.hops
        if hops and hops[0].soft and reason != "timeout":
            cohort.hops = hops[1:]
            self.onward(cohort)
            return
        if cohort.via:
            self._tallies[cohort.via].failed += cohort.amount
        if cohort.backup and reason != "timeout" and self.world.components[cohort.backup].instead(cohort, reason):
            return
        cohort.gone = True
        cls = self.traffic.classes[cohort.cls]
        lost = cohort.amount
        if cohort.attempt < cls.tries:
            for at, part in cls.again(cohort.attempt, cls.granted(lost), self.second):
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
        alike = self._alike.get(at)
        if alike is None:
            alike = self._alike[at] = {}
        key = ((asked * 1024 + cohort.cls) * 128 + cohort.attempt + 1) * 2 + judged  # its _kind()
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
        answers, good = self._answers[index], self._good[index]
        answers[elapsed] = answers.get(elapsed, 0.0) + cohort.amount
        good[cohort.asked] = good.get(cohort.asked, 0.0) + cohort.amount

    # ---- time -----------------------------------------------------------------------------------------------------

    def step(self, second: int) -> None:
        """Compute what happens from ``second`` to the next, after adding up the seconds slept since the last step."""
        traffic = self.traffic
        if second > traffic.stepped + 1:
            self.coast(second)
        if self.second != traffic.stepped:  # retries to come were moved while it slept
            self._alike = {
                at: {_kind(cohort, cohort.asked): cohort for cohort in row} for at, row in traffic.retries.items()
            }
        self.second = second
        self.steps += 1
        self.changed = bool(traffic.deadlines or traffic.retries)
        self.restless = False
        self.drifting.clear()
        self.queues_moved.clear()
        for track in self.tracks:
            track.asks.append(0.0)
            track.good.append(0.0)
        for index, failed in enumerate(self._failed):
            self._served[index] = self._asked[index] = 0.0
            failed.clear()
            self._answers[index] = {}
            self._good[index].clear()
        for tally in self._tallies.values():
            tally.ok = tally.failed = 0.0
        self._oldest = second  # when the first of the asks that fail in this step was made
        self._here = ""
        self._give_up(second)
        self._enter(second)
        gray, shed = self._gray(), self._shedding()
        doors = bool(gray or shed)
        for station, box, serve in self._line:
            self._here = station
            if doors and box:
                if station in gray:
                    self._lose(box, station, *gray[station])
                if station in shed:
                    self._turn_away(box, *shed[station])
            serve(station, box, self)
            if box:
                box.clear()
        for component in self._steppers:
            if component.each_second(self.world, second):
                if component.drifts:
                    self.drifting.append(component)
                else:
                    self.restless = True
        self._book(second)
        traffic.stepped = second
        if self.restless or traffic.deadlines or traffic.retries:
            self.changed = True
        self._rest(second)

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
        for cohort in self._echoed(traffic.retries.pop(second, ()), second):
            again.setdefault(traffic.classes[cohort.cls].population, []).append(cohort)
        for population in traffic.populations.values():
            wave = again.get(population.name, [])
            for index in population.classes:
                amount = counted(population.rate * traffic.classes[index].share)
                if amount > 0:
                    self._asked[index] += amount
                    self.tracks[index].asks[second] += amount
                    if traffic.classes[index].budget >= 0:
                        traffic.classes[index].refill(amount)
                    wave.append(Cohort(index, second, second, 0, amount))
            if wave:
                shares = self._ways_in(population, second)
                for cohort in wave:
                    self._spread(cohort, shares)

    def _echoed(self, cohorts: Sequence[Cohort], second: int) -> Sequence[Cohort]:
        """Let retries that are hardly more than those of the second before be just as many; who is left over gives up.

        Retries are where what happened comes round again: without this, a hair more or less goes round for ever.
        """
        traffic = self.traffic
        if not cohorts and not traffic.echo:
            return cohorts
        before, traffic.echo = traffic.echo, {}
        for cohort in cohorts:
            kind = _kind(cohort, second - cohort.asked)
            more = cohort.amount - before.get(kind, cohort.amount)
            if 0.0 < more < HAIR:
                cohort.amount -= more
                if not cohort.judged:
                    failed = self._failed[cohort.cls]
                    failed["timeout"] = failed.get("timeout", 0.0) + more
            traffic.echo[kind] = cohort.amount
        return cohorts

    def _drift(self, what: Any, second: int) -> bool:
        """Move on by ``second`` what moves whatever the requests do; return whether it still moves."""
        if isinstance(what, Population):
            return self._resolved(what, second)[1]
        moved: bool = what.each_second(self.world, second)
        return moved

    def _spread(self, cohort: Cohort, shares: list[tuple[str, float]]) -> None:
        amount = cohort.amount
        for station, share in shares[:-1]:
            self.push(station, cohort.split(amount * share))
        if shares:
            self.push(shares[-1][0], cohort)
        else:
            self.fail(cohort, "dns")


def _kind(retry: Cohort, when: int) -> int:
    """Return, as one number, what retries have in common that are sent as one cohort: ``when`` they were first asked,
    class, attempt, and whether they were judged."""
    return ((when * 1024 + retry.cls) * 128 + retry.attempt) * 2 + retry.judged
