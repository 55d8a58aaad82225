"""Host: the facilitator's end of a session over a server: takes what players ask, orders it, and says how far time is.

Whoever owns the Session calls ``pump``; it waits for nobody. One thread listens for what is asked, another writes what
was ordered, and goes on trying while the server is away. What is written can be written again without harm.
"""

import queue
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from sqlalchemy import func, insert, select, update

from drill import ENGINE
from drill.console import ConsoleError, parse
from drill.hosted.roles import may
from drill.level.edition import whole
from drill.level.loader import LevelFile
from drill.model.command import Refusal
from drill.model.text import clean, one_line
from drill.session.orders import ROLES, Seat
from drill.session.session import Session
from drill.store.database import DatabaseProblem, Refused, Unreachable, add_once, reading, writing
from drill.store.shared import Server
from drill.store.tables import CODES, HOSTED_ENTRIES, HOSTED_REQUESTS, HOSTED_SESSIONS, MEMBERS

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0 and O, no 1 and I
TICK = 1.0  # seconds between two words on how far time has come, when nothing else happens
BEAT = 2.0  # seconds after which players hear that the host is there although time stands still
AGAIN = 0.3  # seconds between two tries while the server is away
ALSO = {"ic": "commander", "lead": "commander", "ops": "operator", "comm": "communications", "comms": "communications"}
_BACK = ("debrief", "sources")


def players_level(file: LevelFile) -> bytes:
    """Return the level as players get it: it decides the same, and holds neither solutions nor debrief."""
    data: dict[str, Any] = {key: part for key, part in msgspec.json.decode(whole(file)).items() if key not in _BACK}
    return msgspec.json.encode(data | {"solutions": {"reference": {}}})


def allowed(server: Server) -> bool:
    """Tell whether whoever asks may lead sessions on this server. DatabaseProblem."""
    if server.engine.dialect.name != "postgresql":
        raise Refused("sessions need a PostgreSQL that players can reach, too")
    with reading(server.engine) as db:
        return bool(db.execute(select(func.has_table_privilege("hosted_sessions", "INSERT"))).scalar())


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What has come in: a member who joined (``line`` None), or a line that one of them wants to give."""

    id: str
    member: str
    name: str
    role: str
    line: str | None


class Link:
    """One session on a server, and the way to its players."""

    def __init__(self, server: Server, session: Session, id_: str, code: str) -> None:
        self.server, self.session, self.id, self.code = server, session, id_, code
        self.problem = ""  # why players cannot be reached just now
        self.speed = 1  # how many times the wall's pace time passes, for players to see
        self.names: dict[str, str] = {}  # member -> the name that stands in the log
        self._handled: set[str] = set()
        self._asked: queue.SimpleQueue[Asked] = queue.SimpleQueue()
        self._lock, self._more = threading.Lock(), threading.Event()
        self._lines: dict[int, str] = {}
        self._answers: dict[str, str] = {}
        self._renamed: dict[str, tuple[str, str]] = {}
        self._sent, self._t, self._state, self._open = -1, -1, "open", True
        self._threads: list[threading.Thread] = []

    @classmethod
    def open(cls, server: Server, session: Session, facilitator: str) -> "Link":
        """Make the session known on the server, under a new code. DatabaseProblem."""
        server.check()
        id_, code = str(uuid.uuid4()), "".join(secrets.choice(ALPHABET) for _ in range(8))
        with writing(server.engine) as db:
            db.execute(insert(HOSTED_SESSIONS).values(
                id=id_, level=session.level.id, seed=str(session.seed), engine=ENGINE,
                gameplay=session.file.gameplay_hash, content=players_level(session.file).decode(),
                facilitator=facilitator,
            ))  # fmt: skip
            db.execute(insert(CODES).values(code=code, kind="session", ref=id_))
        return cls(server, session, id_, code)

    def start(self, wake: Callable[[], None]) -> None:
        """Begin to listen and to write. ``wake`` is called from another thread when there is something to pump."""
        for work in (lambda: self._listen(wake), self._write):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self._threads.append(thread)

    def end(self) -> None:
        """Say that the session has ended."""
        if self._state == "open":
            self._state = "ended"
            self.pump()

    def close(self, wait: float = 10.0) -> None:
        """Say that the session has ended, write what is still to be written, and stop."""
        self.end()
        until = time.monotonic() + wait
        while self._pending() and time.monotonic() < until:
            time.sleep(0.02)
        self._open = False
        self._more.set()

    # ---- for whoever owns the session ------------------------------------------------------------------------------

    def pump(self) -> bool:
        """Do what was asked, in the order in which it was; tell whether anything was. Hand on what is new."""
        some = False
        while True:
            try:
                asked = self._asked.get_nowait()
            except queue.Empty:
                break
            some = self._do(asked) or some
        self._gather()
        return some

    def _do(self, asked: Asked) -> bool:
        if asked.line is None:
            return self._seat(asked)
        if asked.id in self._handled:
            return False
        self._handled.add(asked.id)
        name = self.names.get(asked.member, "")
        answer = self._give(name, one_line(clean(asked.line))) if name else "you have no seat yet; ask again"
        with self._lock:
            self._answers[asked.id] = answer
        return True

    def _give(self, name: str, line: str) -> str:
        try:
            action = parse(line, self.session.world)
        except ConsoleError as error:
            return str(error)
        refused = may(name, action, self.session.seats)
        answer = refused or self.session.submit(action, name)
        return str(answer) if isinstance(answer, str | Refusal) else ""

    def _seat(self, asked: Asked) -> bool:
        """Give a member a name of their own and a role; both stand in the log."""
        if asked.member in self.names:
            return False
        name, taken = asked.name, {*self.names.values(), *self.session.seats}
        for n in range(2, 1000):
            if name not in taken:
                break
            name = f"{asked.name} {n}"
        role = role_named(asked.role)
        self.names[asked.member] = name
        self.session.order(Seat(name=name, role=role), name)
        with self._lock:
            self._renamed[asked.member] = (name, role)
        return True

    def _gather(self) -> None:
        """Put what players do not have yet where the writing thread finds it."""
        session, log = self.session, self.session.log
        assert log is not None
        entries = len(session.entries)
        with self._lock:
            if self._sent < entries:
                for n, line in enumerate(log.log.lines(self._sent + 1), self._sent + 1):
                    self._lines[n] = line.decode().rstrip("\n")
                self._sent = entries
            urgent = bool(self._lines or self._answers or self._renamed or self._state == "ended")
            self._t = session.now
        if urgent:
            self._more.set()

    def _pending_lines(self) -> bool:
        with self._lock:
            return bool(self._lines or self._answers or self._renamed)

    def _pending(self) -> bool:
        with self._lock:
            return bool(self._lines or self._answers or self._renamed or self._state != "written")

    # ---- the threads -----------------------------------------------------------------------------------------------

    def _listen(self, wake: Callable[[], None]) -> None:
        while self._open:
            try:
                self._fetch(wake)
                for _ in self.server.listen(lambda: self._open, f"drill_host_{self.id}", every=1.0):
                    self._fetch(wake)
            except DatabaseProblem as error:
                self.problem = str(error)
                time.sleep(AGAIN)

    def _fetch(self, wake: Callable[[], None]) -> None:
        with reading(self.server.engine) as db:
            members = db.execute(
                select(MEMBERS.c.id, MEMBERS.c.name, MEMBERS.c.role)
                .where(MEMBERS.c.ref == self.id).order_by(MEMBERS.c.joined_at, MEMBERS.c.id)
            ).all()  # fmt: skip
            asks = db.execute(
                select(HOSTED_REQUESTS.c.id, HOSTED_REQUESTS.c.member_id, HOSTED_REQUESTS.c.line)
                .where(HOSTED_REQUESTS.c.session_id == self.id, HOSTED_REQUESTS.c.answer.is_(None))
                .order_by(HOSTED_REQUESTS.c.asked_at, HOSTED_REQUESTS.c.id)
            ).all()  # fmt: skip
        fresh = [Asked(id="", member=m.id, name=m.name, role=m.role, line=None)
                 for m in members if m.id not in self.names]  # fmt: skip
        fresh += [Asked(id=a.id, member=a.member_id, name="", role="", line=a.line)
                  for a in asks if a.id not in self._handled]  # fmt: skip
        for asked in fresh:
            self._asked.put(asked)
        if fresh:
            wake()

    def _write(self) -> None:
        told, last = -1, 0.0
        while self._open:
            self._more.wait(TICK)
            self._more.clear()
            with self._lock:
                lines, answers, renamed = dict(self._lines), dict(self._answers), dict(self._renamed)
                t, state = self._t, self._state
            new = bool(lines or answers or renamed or state == "ended")
            if not new and (t == told and time.monotonic() - last < BEAT):
                continue
            try:
                self._store(lines, answers, renamed, t, state)
            except Unreachable as error:
                self.problem = str(error)
                self._more.set()
                time.sleep(AGAIN)
                continue
            except DatabaseProblem as error:
                self.problem = str(error)
                time.sleep(AGAIN)
                continue
            self.problem, told, last = "", t, time.monotonic()
            with self._lock:
                _forget(self._lines, lines)
                _forget(self._answers, answers)
                _forget(self._renamed, renamed)
                if state == "ended":
                    self._state = "written"

    def _store(
        self, lines: dict[int, str], answers: dict[str, str], renamed: dict[str, tuple[str, str]], t: int, state: str
    ) -> None:
        with writing(self.server.engine) as db:
            for n, line in lines.items():
                add_once(db, HOSTED_ENTRIES, {"session_id": self.id, "n": n, "line": line})
            for id_, answer in answers.items():
                db.execute(update(HOSTED_REQUESTS).where(HOSTED_REQUESTS.c.id == id_).values(answer=answer))
            for member, (name, role) in renamed.items():
                db.execute(update(MEMBERS).where(MEMBERS.c.id == member).values(name=name, role=role))
            known = {"n": max(lines)} if lines else {}
            db.execute(update(HOSTED_SESSIONS).where(HOSTED_SESSIONS.c.id == self.id).values(
                t=t, state="ended" if state != "open" else "open", speed=self.speed,
                heard_at=func.clock_timestamp(), **known
            ))  # fmt: skip


def role_named(text: str) -> str:
    """Return the role that a few letters mean: ``ic``, ``comms``, ``oper``; operator, where they mean none."""
    word = text.lower()
    if word in ALSO:
        return ALSO[word]
    found = [role for role in ROLES if word and role.startswith(word)]
    return found[0] if len(found) == 1 else "operator"


def _forget(held: dict[Any, Any], written: dict[Any, Any]) -> None:
    for key in written:
        held.pop(key, None)


def play_on(session: Session, link: Link, ms: int, speed: float = 1.0, step: float = 0.02) -> Iterator[int]:
    """Let ``ms`` of the drill pass at ``speed``, taking in what players ask; yield the time after each step."""
    began, start = time.monotonic(), session.now
    until = min(session.length, start + ms)
    while session.now < until and not session.paused:
        due = start + round((time.monotonic() - began) * 1000 * speed)
        session.advance(max(session.now, min(until, due)))
        link.pump()
        yield session.now
        time.sleep(step)
    link.pump()
