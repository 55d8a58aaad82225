"""Judge: run a submission again and say what it is worth, or why it counts for nothing, and at which entry.

Nothing that a submission says of itself is believed. Its log is run again on the player's edition that it was played
on, which has to lead to every digest; what that gave is scored by the whole level. The heads that the server received
while it was played have to be in the log, so that nobody can play it better afterwards and mend the chain.
"""

import zlib
from collections.abc import Mapping

import msgspec

from drill import ENGINE
from drill.console import ConsoleError
from drill.contest.pace import Head, Pace, pace
from drill.level.edition import Edition, read
from drill.model.text import one_line
from drill.model.units import clock_text
from drill.score.model import Row, Scorecard
from drill.score.scorecard import scorecard
from drill.session.chain import MAX_LOG, Entry, Log, LogError, parse
from drill.session.facilitated import is_facilitated
from drill.session.session import Divergence, Session, replay


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A submission, and what the server knows of it. ``started``: ms since 1970, as the server counts.

    ``content``: its log, deflated. ``hints``: what was bought from the server.
    """

    run: str
    level: str
    seed: int
    operator: str
    content: bytes
    started: int
    heads: tuple[Head, ...]
    hints: tuple[str, ...] = ()
    pause: int
    speed: int = 1


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A level as the referee has it: the player's edition, and the whole of it."""

    edition: bytes
    whole: bytes


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. ``verified``: it counts. ``entry``: where it diverged (0: the header), -1: nowhere.

    A run whose log is right and whose pace is not has its points here and does not count until an organizer says so.
    """

    run: str
    verified: bool
    reason: str = ""
    entry: int = -1
    points: int = 0
    won: bool = False
    stars: int = 0
    rows: tuple[Row, ...] = ()
    pace: Pace = Pace(state="ok")


class _Refused(Exception):
    def __init__(self, entry: int, reason: str) -> None:
        self.entry, self.reason = entry, one_line(reason)
        super().__init__(self.reason)


class Referee:
    """Judges submissions of the levels that ``sheets`` holds by id."""

    def __init__(self, sheets: Mapping[str, Sheet]) -> None:
        self.sheets = sheets
        self._levels: dict[str, tuple[Edition, Edition]] = {}

    def judge(self, case: Case) -> Verdict:
        """Return the verdict on one submission. Whatever is in it, this returns one."""
        try:
            return self._judge(case)
        except _Refused as why:
            return Verdict(run=case.run, verified=False, entry=why.entry, reason=why.reason)
        except Exception as error:  # one that breaks the referee must not keep the others waiting
            reason = one_line(f"it cannot be run again ({type(error).__name__}: {error})")
            return Verdict(run=case.run, verified=False, reason=reason)

    def _judge(self, case: Case) -> Verdict:
        log = _log(case)
        edition, whole = self._level(case.level)
        _check_header(case, log, edition)
        _check_hints(case, log)
        session = _again(edition, log)
        _check_heads(case, log)
        card = scored(session, whole)
        acted = max((entry.t for entry in log.entries if entry.note == "action"), default=0)
        went = pace(case.started, case.heads, acted, pause=case.pause, speed=case.speed)
        return Verdict(
            run=case.run, verified=went.state == "ok", reason=went.says, points=card.total, won=card.won,
            stars=card.stars, rows=card.rows, pace=went,
        )  # fmt: skip

    def _level(self, name: str) -> tuple[Edition, Edition]:
        if name not in self._levels:
            sheet = self.sheets[name]
            self._levels[name] = read(sheet.edition, name), read(sheet.whole, name)
        return self._levels[name]


def scored(session: Session, whole: Edition) -> Scorecard:
    """Return the score of what was played on an edition, by the whole level: its pars are not in the edition."""
    return scorecard(whole.bind(session.seed).level, session.seed, session.history)


def deflate(log: bytes) -> bytes:
    """Return a log as it travels."""
    return zlib.compress(log, 6)


def _log(case: Case) -> Log:
    try:
        data = zlib.decompressobj().decompress(case.content, MAX_LOG + 1)
    except zlib.error:
        raise _Refused(0, "what was handed in is no log") from None
    try:
        log = parse(data, "log")
    except LogError as error:
        place = max(0, error.line - 1)
        if error.exit_code == 3:
            raise _Refused(0, f"it was played with other rules than engine {ENGINE}'s") from None
        raise _Refused(place, f"entry {place}: {error.what}" if place else error.what) from None
    if not log.ended:
        raise _Refused(len(log.entries), "the run was not played to its end")
    return log


def _check_header(case: Case, log: Log, edition: Edition) -> None:
    said = log.header
    rows = [
        ("level", said.level, case.level),
        ("gameplay", said.gameplay, edition.gameplay_hash),
        ("seed", str(said.seed), str(case.seed)),
        ("operator", said.operator, case.operator),
    ]
    for what, claimed, known in rows:
        if claimed != known:
            raise _Refused(0, f"{what}: the log says {claimed[:60]}, the server {known}")
    if is_facilitated(log.entries):
        raise _Refused(0, "a facilitator's hand was in it: that is practice")


def _check_hints(case: Case, log: Log) -> None:
    for entry in log.entries:
        command = entry.command or {}
        if command.get("api") == "ops:BuyHint" and _hint(command) not in case.hints:
            reason = f"entry {entry.n}: the hint {_hint(command)[:60]} was not bought from the server"
            raise _Refused(entry.n, reason)


def _hint(command: dict[str, object]) -> str:
    return str(command.get("HintId", ""))


def _again(edition: Edition, log: Log) -> Session:
    try:
        return replay(edition, log)
    except Divergence as error:
        raise _Refused(error.n, _told(error, log)) from None
    except ConsoleError as error:
        raise _Refused(0, str(error)) from None


def _told(error: Divergence, log: Log) -> str:
    """Say what a divergence means, rather than which hashes differ."""
    entry = _entry(log, error.n)
    if error.what != "world" or entry is None:
        return str(error)
    when = clock_text(entry.t)
    return f"entry {error.n}: run again, T+{when} is not as the log has it; something up to there was changed"


def _check_heads(case: Case, log: Log) -> None:
    """Refuse a log that is not the one whose heads came while it was played."""
    for head in case.heads:
        entry = _entry(log, head.n)
        found = log.header.hash if head.n == 0 else entry.hash if entry else ""
        if found != head.head:
            when = clock_text(head.t)
            reason = f"entry {head.n}: this is not the log whose head came to the server at T+{when}"
            raise _Refused(head.n, reason)
        if entry is not None and entry.t != head.t:
            raise _Refused(head.n, f"entry {head.n}: the server was told another time than the log tells")


def _entry(log: Log, n: int) -> Entry | None:
    return log.entries[n - 1] if 0 < n <= len(log.entries) else None
