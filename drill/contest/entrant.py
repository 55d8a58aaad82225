"""Entrant: a team's side of an event: which run comes next, the session whose heads the server gets, hints for sale.

While it is played, the head of the log goes to the server every 10 s of play from a thread of its own; a network that
is away holds up nothing but the heads. A hint is bought on the server first, and only then stands in the log.
"""

import threading
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from drill import ENGINE
from drill.contest.event import Rules, time_text
from drill.contest.office import clock, known
from drill.contest.records import Known, NoEvent
from drill.level.edition import Edition, read
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import kind_of
from drill.model.text import one_line
from drill.session.chain import Entry
from drill.session.log import LogFile, LogHeader
from drill.session.session import Session, check_header
from drill.store.credentials import Credential
from drill.store.database import DatabaseProblem, Refused, reading
from drill.store.shared import Server
from drill.store.tables import ATTEMPTS, EVENT_LEVELS, RUNS

AGAIN = 2.0  # seconds until a head is sent again after the network failed
PATIENCE = 8.0  # seconds that the end of a run waits for its last heads


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What a team plays next: a level, which of its seeds, which attempt (from 1), or a run to go on with."""

    level: str
    seed_index: int
    attempt: int
    run: str = ""  # of a run that was cut off, whose log is here


class Witness:
    """Sends the heads of one run in the background. ``behind``: how many have not arrived yet."""

    def __init__(self, server: Server, run: str) -> None:
        self.server, self.run = server, run
        self.problem = ""
        self._left: deque[tuple[int, int, str]] = deque()
        self._news, self._over = threading.Event(), False
        self._thread = threading.Thread(target=self._work, name="heads", daemon=True)
        self._thread.start()

    @property
    def behind(self) -> int:
        """How many heads have not arrived yet."""
        return len(self._left)

    def tell(self, n: int, t: int, head: str) -> None:
        """Send the head of a log after its entry ``n`` at ``t`` ms; returns at once."""
        self._left.append((n, t, head))
        self._news.set()

    def close(self, patience: float = PATIENCE) -> None:
        """Give the heads that are left some time to arrive, and end."""
        self._over = True
        self._news.set()
        self._thread.join(patience)

    def _work(self) -> None:
        tries = 0
        while not (self._over and (not self._left or tries > 2)):
            if not self._left:
                self._news.wait(1.0)
                self._news.clear()
                continue
            try:
                self.server.send_head(self.run, *self._left[0])
            except Refused as error:  # asking again would give the same
                self.problem = str(error)
                self._left.popleft()
            except DatabaseProblem as error:
                self.problem, tries = str(error), tries + 1
                self._news.wait(AGAIN)
                self._news.clear()
            else:
                self.problem, tries = "", 0
                self._left.popleft()


class Witnessed(Session):
    """A session whose heads and hints go through the server."""

    witness: Witness | None = None
    fastest: int | None = None  # times the wall's pace

    def _append(self, entry: Entry) -> None:
        super()._append(entry)
        if self.witness is not None and entry.note in ("mark", "end"):
            self.witness.tell(entry.n, entry.t, entry.hash)

    def submit(self, action: Action, author: str = "you") -> Refusal | Receipt:
        """Give a command; a hint is bought on the server first."""
        if kind_of(action) == "ops:BuyHint" and self.witness is not None:
            refusal = action.refuse("DrillEnded", "the drill is over") if self.over else self.sim.refusal(action)
            if refusal is not None:
                return refusal
            hint: str = getattr(action, "hint_id", "")
            try:
                self.witness.server.buy_hint(self.witness.run, hint)
                self.tell_hint(hint)
            except DatabaseProblem as error:
                return action.refuse("NoHint", str(error))
        return super().submit(action, author)

    def tell_hint(self, hint: str) -> None:
        """Fetch the text of a hint that was bought. DatabaseProblem."""
        if self.witness is not None:
            text = self.witness.server.call("drill_hint_text", self.witness.run, hint)
            self.level.hints[hint].text = one_line(str(text or ""))

    def finish(self) -> None:
        """Run what is left hands-off, close the log, and let its last heads arrive."""
        super().finish()
        if self.witness is not None:
            self.witness.close()


class Entrant:
    """One member's way into an event. Raises NoEvent or DatabaseProblem: one line."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential
        self.server = Server(credential.server, credential.token)
        row = self.server.event(credential.event_id)
        if row is None:
            raise NoEvent(f"there is no event {credential.event} on its server any more; ask whoever runs it")
        self.event: Known = known(row)
        self.editions: dict[str, Edition] = {}

    @property
    def rules(self) -> Rules:
        """The event's rules."""
        return self.event.rules

    def enter(self) -> None:
        """Fetch the levels; NoEvent: it has not begun, has ended, or needs another engine."""
        if self.event.state == "announced":
            raise NoEvent(f"{self.event.name} has not begun: {self._opens()}")
        if self.event.state == "closed":
            raise NoEvent(f"{self.event.name} has ended; `drill board {self.event.name}` shows how")
        with reading(self.server.engine) as db:
            rows = db.execute(select(EVENT_LEVELS).where(EVENT_LEVELS.c.event_id == self.event.id)).all()
        for row in rows:
            if row.engine != ENGINE:
                raise NoEvent(f"{self.event.name} needs the failure-drill release with engine {row.engine}")
            self.editions[row.level] = read(row.content.encode(), row.level)

    def _opens(self) -> str:
        """Say when an event opens that has not, by the server's clock; its organizer opens it."""
        at = self.rules.opens
        if clock(self.server.engine) < at:
            return f"it opens {time_text(at)}"
        return f"it was to open {time_text(at)}, and its organizer has not opened it yet"

    def turn(self, runs_folder: Path, level: str = "") -> Turn:
        """Return what comes next, of ``level`` or of all in their order: a run that was cut off before a new one."""
        wanted = [each for each in self.rules.levels if level in ("", each.level)]
        if not wanted:
            names = ", ".join(each.level for each in self.rules.levels)
            raise NoEvent(f"{self.event.name} has no level {level}; it has {names}")
        with reading(self.server.engine) as db:
            asked = (
                select(ATTEMPTS.c.id, ATTEMPTS.c.level, ATTEMPTS.c.seed_index, ATTEMPTS.c.member_id, RUNS.c.received_at)
                .join(RUNS, RUNS.c.id == ATTEMPTS.c.id, isouter=True)
                .where(ATTEMPTS.c.event_id == self.event.id, ATTEMPTS.c.team_id == self.credential.ref)
                .order_by(ATTEMPTS.c.started_at)
            )
            begun = db.execute(asked).all()
        for row in begun:
            mine = row.member_id == self.credential.member and row.received_at is None
            if mine and level in ("", row.level) and _cut_off(runs_folder / f"{row.id}.jsonl"):
                return Turn(level=row.level, seed_index=row.seed_index, attempt=0, run=row.id)
        for each in wanted:
            used = [len([r for r in begun if (r.level, r.seed_index) == (each.level, n)]) for n in range(each.seeds)]
            if min(used) < self.rules.attempts.allowed:
                return Turn(level=each.level, seed_index=used.index(min(used)), attempt=min(used) + 1)
        what = level or "any level"
        raise NoEvent(f"no attempt is left at {what}; `drill board {self.event.name}` shows where you stand")

    def begin(self, turn: Turn, run: str, path: Path) -> Witnessed:
        """Begin an attempt under the id ``run``: from now on the server's clock counts. ``path``: of its log."""
        said = self.server.start(self.event.id, turn.level, turn.seed_index, run)
        file = self.editions[turn.level]
        header = LogHeader(
            level=turn.level, gameplay=file.gameplay_hash, seed=int(said["seed"]), operator=self.credential.name,
            started=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        )  # fmt: skip
        log = LogFile.create(path, header)
        session = Witnessed(file, header.seed, header.operator, log)
        return self._witnessed(session, run, 0, log.header.hash)

    def go_on(self, turn: Turn, path: Path) -> Witnessed:
        """Go on with a run that was cut off. LogError, Divergence."""
        log = LogFile.resume(path)
        file = self.editions[turn.level]
        try:
            check_header(file, log.header)
            session = Witnessed(file, log.header.seed, log.header.operator, None)
            for _ in session.follow(list(log.entries)):
                pass
        except BaseException:
            log.close()
            raise
        session.log = log
        last: Any = log.entries[-1] if log.entries else None
        self._witnessed(session, turn.run, last.n if last else 0, last.hash if last else log.header.hash)
        for bought in session.history.hints:
            session.tell_hint(bought.hint)
        return session

    def _witnessed(self, session: Witnessed, run: str, n: int, head: str) -> Witnessed:
        session.witness, session.fastest = Witness(self.server, run), self.rules.speed
        session.witness.tell(n, session.entries[-1].t if n else 0, head)
        return session


def _cut_off(path: Path) -> bool:
    """Tell whether the log of a run is here and has not ended."""
    from drill.session.log import open_runs

    return path.is_file() and any(each.path == path and not each.busy for each in open_runs(path.parent))
