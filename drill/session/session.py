"""Session: a level, a seed and a log, and the Simulation that they imply. Play, replay and resume are one fold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drill.console import render, to_log
from drill.engine.history import History, Steered
from drill.engine.simulation import Simulation
from drill.engine.telemetry import Telemetry
from drill.level.level import Level
from drill.level.loader import LevelFile
from drill.model.command import Action, Fault, Receipt, Refusal
from drill.model.world import World
from drill.score.model import Scorecard
from drill.score.scorecard import scorecard
from drill.session.chain import Entry, Log, LogHeader, command_of
from drill.session.facilitated import MARK, Facilitated
from drill.session.log import LogFile
from drill.session.orders import Order, fault_problem


class Divergence(Exception):
    """A log that this level and engine do not lead to. ``n``: the first entry that differs (0: the header)."""

    def __init__(self, n: int, what: str, expected: str, found: str) -> None:
        self.n, self.what, self.expected, self.found = n, what, expected, found
        super().__init__(f"entry {n}: {what}: the log says {expected}, the re-run {found}")


class Session(Facilitated):
    """One drill being played, in memory; with a LogFile, also on disk."""

    def __init__(self, file: LevelFile, seed: int, operator: str, log: LogFile | None) -> None:
        self.file = file
        self.seed = seed
        self.operator = operator
        self.log = log
        self.seats: dict[str, str] = {}  # who has which role, in the order in which they sat down
        self.rewinds: list[Steered] = []
        self._entries: list[Entry] = []
        self._begin()

    def _begin(self) -> None:
        """Stand at T+0."""
        bound = self.file.bind(self.seed)
        self.level: Level = bound.level
        self.sim = Simulation(bound.level, self.seed, bound.draws)
        self.paused = ""  # who has paused it, "" while time may pass
        self._marked = 0
        self._branch: list[Entry] = []  # what led here: the entries that no rewind has taken back
        self._card: Scorecard | None = None

    @classmethod
    def start(cls, level: LevelFile, seed: int, operator: str = "", log: LogFile | None = None) -> Session:
        """Begin a drill at T+0."""
        return cls(level, seed, operator, log)

    # ---- what it is -----------------------------------------------------------------------------------------------

    @property
    def world(self) -> World:
        """The truth. Front ends take names from it, nothing else."""
        return self.sim.world

    @property
    def history(self) -> History:
        """What was recorded, up to now."""
        self.sim.settle()
        return self.sim.history

    @property
    def telemetry(self) -> Telemetry:
        """What an operator can know."""
        return self.sim.telemetry

    @property
    def now(self) -> int:
        """The present instant, in ms."""
        return self.sim.world.now

    @property
    def length(self) -> int:
        """The end of the level, in ms."""
        return self.sim.world.length

    @property
    def over(self) -> bool:
        """Whether the end has come."""
        return self.now >= self.length

    @property
    def entries(self) -> list[Entry]:
        """The log's entries so far."""
        return self.log.entries if self.log is not None else self._entries

    @property
    def branch(self) -> list[Entry]:
        """What led here: the entries that no rewind has taken back."""
        return list(self._branch)

    @property
    def saving(self) -> bool:
        """Whether what is acknowledged is on disk. True without a log: nothing was promised."""
        return self.log is None or self.log.saving

    # ---- play -----------------------------------------------------------------------------------------------------

    def advance(self, to_ms: int) -> None:
        """Let time pass to ``to_ms``, if it is not paused; with a log, leave a mark in it every 10 s of the drill."""
        if self.paused:
            return
        to_ms = min(to_ms, self.length)
        if self.log is not None and not self.log.log.ended:
            while self._marked + MARK <= to_ms:
                self._marked += MARK
                self.sim.advance(self._marked)
                self._append(Entry(t=self._marked, author="", digest=self.world.digest(), note="mark"))
        self.sim.advance(to_ms)

    def submit(self, action: Action, author: str = "you") -> Refusal | Receipt:
        """Give a command: refused ones leave no trace, others are in the log before they take effect."""
        if self.over:
            return action.refuse("DrillEnded", "the drill is over")
        refusal = self.sim.refusal(action)
        if refusal is not None:
            return refusal
        command: dict[str, Any] = to_log(action)
        self._append(Entry(t=self.now, author=author, digest=self.world.digest(), command=command))
        return self.sim.submit(action, author, render(action))

    def finish(self) -> None:
        """Run what is left hands-off and close the log."""
        self.lift()
        self.advance(self.length)
        self.sim.finish()
        if self.entries and self.entries[-1].note == "end":
            return
        card = self.scorecard()
        verdict = {"points": card.total, "won": card.won}
        self._append(Entry(t=self.now, author="", digest=self.world.digest(), command=verdict, note="end"))

    def scorecard(self) -> Scorecard:
        """Return the score of what was recorded so far; final once the drill is over."""
        if self.over:
            self.sim.finish()
            if self._card is None:
                self._card = scorecard(self.level, self.seed, self.history)
            return self._card
        return scorecard(self.level, self.seed, self.history)

    def _append(self, entry: Entry) -> None:
        self._branch.append(entry)
        if self.log is not None:
            self.log.append(entry)
        else:
            self._entries.append(entry)

    # ---- playing again --------------------------------------------------------------------------------------------

    def follow(self, entries: list[Entry]) -> Iterator[Entry]:
        """Do again what a log says, comparing every digest; yield each entry done. Divergence: it leads elsewhere."""
        for entry in entries:
            if entry.t > self.length:
                raise Divergence(entry.n, "time", f"{entry.t} ms", f"the end at {self.length} ms")
            if entry.note == "mark" and (entry.command or entry.author):
                raise Divergence(entry.n, "mark", "more than a time", "a time")
            if entry.note == "end" and entry.author:
                raise Divergence(entry.n, "end", entry.author, "nobody")
            if self.paused and entry.t != self.now:
                raise Divergence(entry.n, "time", f"{entry.t} ms", f"a pause at {self.now} ms")
            self.sim.advance(entry.t)
            if entry.note == "end" or (entry.note == "order" and self.over):
                self.sim.finish()
            digest = self.world.digest()
            if digest != entry.digest:
                raise Divergence(entry.n, "world", entry.digest, digest)
            self._branch.append(entry)
            self._again(entry)
            yield entry

    def take(self, entry: Entry) -> None:
        """Do again one entry that somebody else has ordered, and count it as played. Divergence: it leads elsewhere."""
        for done in self.follow([entry]):
            self._entries.append(done)

    def once_more(self, entry: Entry) -> None:
        """Do at this instant what an entry says, whatever the world is like. Divergence: it cannot be done."""
        self._again(entry)

    def _again(self, entry: Entry) -> None:
        command, problem = command_of(entry), ""
        if entry.note == "mark":
            self._marked = entry.t
        elif entry.note == "end":
            card, said = self.scorecard(), entry.command or {}
            if said.get("points") != card.total or said.get("won") != card.won:
                raise Divergence(entry.n, "score", str(said.get("points")), str(card.total))
        elif isinstance(command, Action):
            refusal = self.sim.refusal(command)
            if refusal is not None:
                raise Divergence(entry.n, "command", "taken", refusal.code)
            self.sim.submit(command, entry.author, render(command))
            return
        elif isinstance(command, Fault):
            problem = fault_problem(command, self.world)
            if not problem:
                self._by_hand(command, entry.author)
        elif isinstance(command, Order):
            problem = self._problem(command)
            if not problem:
                self._obey(command, entry.author)
        if problem:
            raise Divergence(entry.n, entry.note, "done", problem)


def check_header(file: LevelFile, header: LogHeader) -> None:
    """Raise Divergence when a log was played on another level or another version of it."""
    if header.level != file.level.id:
        raise Divergence(0, "level", header.level, file.level.id)
    if header.gameplay != file.gameplay_hash:
        raise Divergence(0, "level's gameplay", header.gameplay, file.gameplay_hash)


def replay(file: LevelFile, log: Log) -> Session:
    """Re-run a whole log and return the session it leads to. Divergence names the first entry that differs."""
    check_header(file, log.header)
    session = Session(file, log.header.seed, log.header.operator, None)
    for entry in session.follow(log.entries):
        session._entries.append(entry)
    return session


def resume(file: LevelFile, log: LogFile) -> Session:
    """Re-run the log of a run that was cut off, and go on writing to it."""
    check_header(file, log.header)
    session = Session(file, log.header.seed, log.header.operator, None)
    for _ in session.follow(list(log.entries)):
        pass
    session.log = log
    return session
