"""Facilitated: the part of a Session that a facilitator works: faults and orders by hand, pause, rewind, seats.

A rewind is an entry like any other. What it takes back stays in the log and is no part of the drill any more; what is
left is what would have been played without it, so that the branch alone leads to the same digests.
"""

from __future__ import annotations

from typing import Self

from drill.engine.history import Steered
from drill.engine.simulation import Simulation
from drill.model.command import Fault
from drill.model.component import Process
from drill.session.chain import Entry, command_of
from drill.session.orders import Order, Pause, Resume, Rewind, Seat, fault_problem, logged, strike, what_of

MARK = 10_000  # ms between marks in a log: where a cut-off run goes on, and what proves its pace


class Facilitated:
    """What a Session adds to play for whoever leads it. See ``Session`` for the rest."""

    sim: Simulation
    seats: dict[str, str]
    rewinds: list[Steered]
    paused: str
    _marked: int
    _branch: list[Entry]

    @property
    def over(self) -> bool:
        """Whether the end has come."""
        raise NotImplementedError

    @property
    def entries(self) -> list[Entry]:
        """The log's entries so far."""
        raise NotImplementedError

    def _begin(self) -> None:
        raise NotImplementedError

    def _append(self, entry: Entry) -> None:
        raise NotImplementedError

    def _again(self, entry: Entry) -> None:
        raise NotImplementedError

    @property
    def facilitated(self) -> bool:
        """Whether a facilitator's hand was in it: such a run is practice, and no score to compare."""
        return is_facilitated(self.entries)

    def inject(self, fault: Fault, author: str) -> str:
        """Let a facilitator's fault strike now; return why it cannot, "" when it did. It stands in the log."""
        problem = "the drill is over" if self.over else fault_problem(fault, self.sim.world)
        if problem:
            return problem
        self._append(Entry(
            t=self.sim.world.now, author=author, digest=self.sim.world.digest(), command=logged(fault), note="inject"
        ))  # fmt: skip
        self._by_hand(fault, author)
        return ""

    def order(self, order: Order, author: str) -> str:
        """Do what a facilitator orders; return why it cannot be done, "" when it was. It stands in the log."""
        problem = self._problem(order)
        if problem:
            return problem
        if self.over:
            self.sim.finish()
        self._append(Entry(
            t=self.sim.world.now, author=author, digest=self.sim.world.digest(), command=logged(order), note="order"
        ))  # fmt: skip
        self._obey(order, author)
        return ""

    def lift(self) -> Self:
        """Let time pass again, if a facilitator had stopped it; in the log, under the same name."""
        if self.paused and not self.over:
            self.order(Resume(), self.paused)
        return self

    def _problem(self, order: Order) -> str:
        if self.over and (not type(order).after_end or (self.entries and self.entries[-1].note == "end")):
            return "the drill is over"
        if isinstance(order, Pause | Resume) and bool(self.paused) == isinstance(order, Pause):
            return "time stands still already" if self.paused else "time passes already"
        return order.problem(self.sim)

    def _obey(self, order: Order, author: str) -> None:
        if isinstance(order, Rewind):
            said = order.told(self.sim)
            kept = [entry for entry in self._branch if entry.t <= order.to]
            self.rewinds.append(Steered(at=order.to, author=author, what="rewind", text=said))
            seats = dict(self.seats)
            self._begin()
            self._retrace(kept, order.to)
            self.seats = seats
            return
        if isinstance(order, Seat):
            self.seats[order.name] = order.role
            return
        if isinstance(order, Pause | Resume):
            self.paused = author or "somebody" if isinstance(order, Pause) else ""
        self._by_hand(order, author)

    def _by_hand(self, what: Order | Fault, author: str) -> None:
        """Let an order or a fault take effect after everything due at this instant, as a command does."""
        sim = self.sim

        def hand() -> Process:
            if isinstance(what, Fault):
                strike(sim, what, author)
            else:
                what.obey(sim)
            yield from ()

        if isinstance(what, Order):
            told = Steered(at=sim.world.now, author=author, what=what_of(what), text=what.told(sim))
            sim.history.orders.append(told)
        if not isinstance(what, Pause | Resume):
            sim.before_command()
            sim.clock.start(hand())
            sim.settle_instant()

    def _retrace(self, kept: list[Entry], to: int) -> None:
        """Play what led to the instant ``to`` once more; every rewind so far is part of what is told."""
        for entry in kept:
            self.sim.advance(entry.t)
            self._again(entry)
        self._branch = kept
        self.paused = ""
        self.sim.advance(to)
        self._marked = to // MARK * MARK
        self.sim.history.orders.extend(self.rewinds)


def is_facilitated(entries: list[Entry]) -> bool:
    """Tell whether a facilitator's hand was in what these entries tell. Taking seats alone changes nothing."""
    return any(
        entry.note == "inject" or (entry.note == "order" and (entry.command or {}).get("order") != "seat")
        for entry in entries
    )


def leader(entries: list[Entry]) -> str:
    """Return who led what these entries tell, "" for a drill that nobody led."""
    for entry in entries:
        if is_facilitated([entry]):
            return entry.author
    return ""


def effective(entries: list[Entry]) -> list[Entry]:
    """Return what a log leads through once its rewinds are done: the entries that none of them has taken back."""
    kept: list[Entry] = []
    for entry in entries:
        command = command_of(entry)
        if isinstance(command, Rewind):
            kept = [one for one in kept if one.t <= command.to]
        else:
            kept.append(entry)
    return kept
