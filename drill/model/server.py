"""Server: what handles requests one after another, with a queue that has a bound."""

from typing import Any

import msgspec

from drill.model.component import Hop
from drill.model.traffic import HAIR, TINY, Cohort, Flow, Traffic

Calls = list[tuple[Hop, ...]]

_CALLS = 25_165_824.0  # 1.5 x 2**24: a float to which this is added and taken away again is left in parts of 2**-28


class Server(msgspec.Struct, kw_only=True):
    """What handles requests one after another: a FIFO queue, and its figures for the second just gone.

    Amounts are requests (in the queue) and calls (of capacity). ``pace`` is the share of its callers' demand that it
    lets in next second: below 1 only when its queue is full, and then all callers go at its speed, in proportion.
    """

    queue: list[Cohort] = []
    waiting: float = 0.0  # calls in the queue
    wait: float = 0.0  # ms that a call coming now would wait
    load: float = 0.0  # work that came over capacity: above 1 is overload
    arrived: float = 0.0  # calls that came
    done: float = 0.0  # calls that were done
    refused: float = 0.0
    want: float = 0.0  # calls that callers would have made unhindered
    pace: float = 1.0

    def work(self, inbox: list[Cohort], flow: Flow, owner: Any, capacity: float, base: float, bound: float) -> None:
        """Handle one second for ``owner``: ``capacity`` calls/s, ``base`` ms each, at most ``bound`` calls waiting."""
        if not inbox and self.arrived == 0.0 and not self.queue:
            return
        calls = flow.calls_of(owner)
        share = flow.pace_for(owner)
        came = 0.0
        for cohort in inbox:
            came += cohort.amount * _cost(cohort) if cohort.hops else cohort.amount
        before = self.arrived
        self.want = came / self.pace if self.pace > 0.001 else max(came, self.want)
        self.arrived = came
        refused = self.refused
        self.refused = 0.0
        waits = self.wait
        if not self.queue and came <= capacity and share >= 1.0:
            self._at_once(inbox, flow, calls, came, capacity, base)
        else:
            self._queued(inbox, flow, calls, came, capacity, base, bound, share)
        if self.wait != waits:
            flow.queues_moved[owner.name] = True
        room = max(bound - self.waiting + capacity, 0.0)  # its capacity may just have shrunk below what waits
        pace = 1.0 if self.want <= room else room / self.want
        if not 0.0 < self.pace - pace < HAIR / 1024:  # nobody slows down by a hair: that would go to and fro for ever
            self.pace = pace
        if came != before or refused != self.refused or self.waiting > TINY or self.pace < 1.0:
            flow.changed = True

    def _at_once(
        self, inbox: list[Cohort], flow: Flow, calls: Calls, came: float, capacity: float, base: float
    ) -> None:
        load = came / capacity if capacity else 0.0
        if load != self.load:
            self.load = load
            flow.changed = True
        self.done = came
        self.wait = 0.0
        latency = _taken(load, base)
        onward = flow.onward
        for cohort in inbox:
            cohort.latency += latency
            hops = cohort.hops
            cohort.hops = calls[cohort.cls] if not hops else flow.join(calls[cohort.cls], hops)
            onward(cohort)

    def _queued(
        self,
        inbox: list[Cohort],
        flow: Flow,
        calls: Calls,
        came: float,
        capacity: float,
        base: float,
        bound: float,
        pace: float,
    ) -> None:
        self._admit(inbox, flow, came, bound + capacity * pace - self.waiting)
        budget = min(capacity, self.waiting) * pace
        self.load = came / capacity if capacity else (1.0 if self.waiting > TINY else 0.0)
        self.done = self._serve(flow, calls, budget, capacity, base) if budget > TINY else 0.0
        self.waiting = self.waiting - self.done + _CALLS - _CALLS if self.queue else 0.0
        self.wait = self.waiting * 1000.0 / capacity if capacity else 60_000.0

    def _admit(self, inbox: list[Cohort], flow: Flow, came: float, room: float) -> None:
        if not inbox:
            return
        hold, queue = flow.traffic.hold, self.queue
        over = came - max(room, 0.0)  # calls for which there is no room: of each cohort the same share
        share = over / came if over > 0 else 0.0
        left, last = over, inbox[-1]
        for cohort in inbox:
            cost = _cost(cohort) if cohort.hops else 1.0
            if over > 0:
                part = left / cost if cohort is last else cohort.amount * share
                out = cohort.split(part if part < cohort.amount else cohort.amount)
                left -= out.amount * cost
                self.refused += out.amount * cost
                flow.fail(out, "refused")
            if cohort.amount <= TINY:
                continue
            if not cohort.held:
                hold(cohort)
            queue.append(cohort)
            self.waiting += cohort.amount * cost

    def _serve(self, flow: Flow, calls: Calls, budget: float, capacity: float, base: float) -> float:
        """Do ``budget`` calls from the head of the queue; each knows how long its client has waited by then."""
        queue, now = self.queue, flow.second
        slow = base * 5.0  # a server that never rests answers as it does at full load
        done, served, last = 0.0, 0, False
        onward, join = flow.onward, flow.join
        each = 1000.0 / capacity
        for cohort in queue:
            cost = _cost(cohort) if cohort.hops else 1.0
            work = cohort.amount * cost
            if done + work > budget + TINY:
                rest = cohort
                cohort = rest.split((budget - done) / cost)
                if cohort.amount <= 0.0:
                    break
                work = cohort.amount * cost
                last = True
                served += rest.amount <= 0.0
                if not rest.gone:
                    flow.traffic.hold(cohort)
            else:
                served += 1
            waited = (now - cohort.sent) * 1000.0 + (done + work / 2) * each - 500.0
            cohort.latency = (waited if waited > cohort.latency else cohort.latency) + slow
            cohort.hops = join(calls[cohort.cls], cohort.hops)
            done += work
            onward(cohort)
            if last or done >= budget - TINY:
                break
        del queue[:served]
        return done

    def in_hand(self, base: float) -> float:
        """Return how many calls it has in hand, waiting ones too: what it does in a second, times what each takes."""
        return self.done * _taken(min(self.load, 1.0), base) / 1000.0 + self.waiting

    def strand(self, traffic: Traffic, share: float = 1.0) -> None:
        """Lose ``share`` of the queue without an answer: its clients wait until they give up."""
        kept: list[Cohort] = []
        self.waiting = 0.0
        for cohort in self.queue:
            if share < 1.0:
                lost = cohort.split(cohort.amount * share)
                traffic.hold(lost)
                kept.append(cohort)
                self.waiting += cohort.amount * _cost(cohort)
        self.queue = kept
        if share >= 1.0:
            self.wait = self.load = 0.0
            self.pace = 1.0


def _taken(load: float, base: float) -> float:
    """Return how many ms a call is worked on that takes ``base`` at no load: five times that at full load."""
    square = load * load
    return base * (1.0 + 0.2 * square * square / (1.05 - load))


def _cost(cohort: Cohort) -> float:
    """Return the calls that one request of ``cohort`` makes where it is now."""
    hops = cohort.hops
    if hops:
        hop = hops[0]
        return hop.reads + hop.writes
    return 1.0


__all__ = ["Server"]
