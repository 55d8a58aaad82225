"""Records: the submissions of an event as the shared store has them, for the referee and for the board."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, func, select, update

from drill.contest.board import Board, Result, Team, board
from drill.contest.event import Rules
from drill.contest.judge import Case, Sheet, Verdict
from drill.contest.pace import Head, Pace
from drill.model.text import one_line
from drill.session.chain import MAX_NAME
from drill.store.database import add_once, reading, writing
from drill.store.tables import ATTEMPTS, EVENT_LEVELS, EVENT_SECRETS, HEADS, HINTS, MEMBERS, RUNS, TEAMS, VERDICTS

ACCEPTED = "accepted by the organizer: "


class NoEvent(Exception):
    """There is no such event, or it cannot be done with it as it is: one line."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the store has it. Instants in ms since 1970, 0: none. ``rules``: with the store's own times."""

    id: str
    name: str
    state: str
    rules: Rules
    commitment: str
    frozen_at: int
    frozen: bytes = b""
    opened: str = ""  # once it is closed: the line that the commitment is the hash of


def live_board(made: Engine, found: Known, now: int, *, final: bool = False, bracket: str = "") -> Board:
    """Return the board as the tables give it; from its freeze on the frozen one, unless ``final``."""
    with reading(made) as db:
        teams = [
            Team(id=row.id, name=row.name, bracket=row.bracket)
            for row in db.execute(select(TEAMS).where(TEAMS.c.event_id == found.id))
        ]
        asked = (
            select(
                RUNS.c.id, ATTEMPTS.c.team_id, ATTEMPTS.c.level, ATTEMPTS.c.seed_index, ATTEMPTS.c.started_at,
                RUNS.c.received_at, RUNS.c.late, VERDICTS.c.verified, VERDICTS.c.entry, VERDICTS.c.pace,
                VERDICTS.c.points, VERDICTS.c.won, VERDICTS.c.judged_at,
            )
            .join(ATTEMPTS, ATTEMPTS.c.id == RUNS.c.id)
            .join(VERDICTS, VERDICTS.c.run == RUNS.c.id, isouter=True)
            .where(RUNS.c.event_id == found.id)
        )  # fmt: skip
        results = [
            Result(
                run=row.id, team=row.team_id, level=row.level, seed=row.seed_index, began=ms(row.started_at),
                received=ms(row.received_at), late=bool(row.late), judged=ms(row.judged_at),
                state=state_of(row.verified, row.entry, row.pace), points=row.points or 0, won=bool(row.won),
            )
            for row in db.execute(asked)
        ]  # fmt: skip
    return board(found.rules, teams, results, now, final=final, bracket=bracket)


def state_of(verified: bool | None, entry: int | None, pace: str | None) -> Any:
    """Return the state of a run from its verdict's columns; ``verified`` None: there is none."""
    if verified is None:
        return "waiting"
    if verified:
        return "verified"
    return "held" if entry is None and _pace(pace).state != "ok" else "refused"


def _pace(text: str | None) -> Pace:
    try:
        return msgspec.json.decode(text or "", type=Pace)
    except msgspec.MsgspecError:
        return Pace(state="ok")


def cases(made: Engine, found: Known, again: bool = False) -> tuple[list[Case], dict[str, Sheet]]:
    """Return the submissions that wait for the referee (``again``: all), oldest first, and the levels to judge by."""
    with reading(made) as db:
        row = db.execute(select(EVENT_SECRETS).where(EVENT_SECRETS.c.event_id == found.id)).one()
        seeds, wholes = msgspec.json.decode(row.seeds), msgspec.json.decode(row.levels)
        editions = db.execute(select(EVENT_LEVELS).where(EVENT_LEVELS.c.event_id == found.id)).all()
        sheets = {e.level: Sheet(edition=e.content.encode(), whole=wholes[e.level].encode()) for e in editions}
        asked = (
            select(RUNS.c.id, RUNS.c.content, ATTEMPTS.c.level, ATTEMPTS.c.seed_index, ATTEMPTS.c.started_at,
                   MEMBERS.c.name)
            .join(ATTEMPTS, ATTEMPTS.c.id == RUNS.c.id)
            .join(MEMBERS, MEMBERS.c.id == ATTEMPTS.c.member_id)
            .where(RUNS.c.event_id == found.id)
            .order_by(RUNS.c.received_at, RUNS.c.id)
        )  # fmt: skip
        if not again:
            asked = asked.join(VERDICTS, VERDICTS.c.run == RUNS.c.id, isouter=True).where(VERDICTS.c.run.is_(None))
        rows = db.execute(asked).all()
        wanted = [each.id for each in rows]
        heads = _grouped(db.execute(select(HEADS).where(HEADS.c.run.in_(wanted)).order_by(HEADS.c.n)).mappings())
        hints = _grouped(db.execute(select(HINTS).where(HINTS.c.run.in_(wanted))).mappings())
    found_cases = [
        Case(
            run=each.id, level=each.level, seed=seeds[each.level][each.seed_index],
            operator=one_line(each.name)[:MAX_NAME], content=bytes(each.content or b""),
            started=ms(each.started_at), heads=tuple(_head(h) for h in heads.get(each.id, [])),
            hints=tuple(h["hint"] for h in hints.get(each.id, [])), pause=found.rules.pause, speed=found.rules.speed,
        )
        for each in rows
    ]  # fmt: skip
    return found_cases, sheets


def _head(row: Any) -> Head:
    return Head(n=row["n"], t=row["t"], head=row["head"], at=ms(row["received_at"]))


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["run"], []).append(row)
    return found


def keep(made: Engine, verdicts: list[Verdict]) -> None:
    """Keep verdicts, in place of other ones of the same runs. The server's clock says when they were given.

    One that says what the store has already is left as it is, and so is what an organizer has accepted.
    """
    fresh = {verdict.run: _columns(verdict) for verdict in verdicts}
    with writing(made) as db:
        for row in db.execute(select(VERDICTS).where(VERDICTS.c.run.in_(fresh))).mappings():
            said = fresh[row["run"]]
            accepted = {"verified": True, "reason": f"{ACCEPTED}{said['reason']}"}
            if any(all(row[name] == value for name, value in each.items()) for each in (said, said | accepted)):
                del fresh[row["run"]]
        for run, values in fresh.items():
            add_once(db, VERDICTS, {"run": run, **values, "judged_at": now_of(made)}, replace=True)


def _columns(verdict: Verdict) -> dict[str, Any]:
    return {
        "verified": verdict.verified, "entry": verdict.entry if verdict.entry >= 0 else None,
        "reason": verdict.reason, "points": verdict.points, "won": verdict.won, "stars": verdict.stars,
        "rows": _json(verdict.rows), "pace": _json(verdict.pace),
    }  # fmt: skip


def accept(made: Engine, found: Known, run: str, by: str = "") -> str:
    """Let a run count whose pace was not as allowed, and return its id. NoEvent: there is none of that id."""
    with writing(made) as db:
        asked = select(VERDICTS).join(RUNS, RUNS.c.id == VERDICTS.c.run).where(RUNS.c.event_id == found.id)
        alike = [row for row in db.execute(asked) if row.run.startswith(run) and len(run) >= 4]
        held = [row for row in alike if state_of(row.verified, row.entry, row.pace) == "held"]
        if len(held) != 1:
            raise NoEvent(f"no single run that is held begins with {run}; `drill event status {found.name}` lists them")
        reason = f"{ACCEPTED}{held[0].reason}"
        db.execute(
            update(VERDICTS).where(VERDICTS.c.run == held[0].run).values(
                verified=True, reason=reason, judged_at=now_of(made)
            )
        )  # fmt: skip
    return str(held[0].run)


def doubtful(made: Engine, found: Known) -> list[tuple[str, str, str, str, str]]:
    """Return the runs that were refused or are held: how the id begins, team, level, state, reason."""
    with reading(made) as db:
        asked = (
            select(RUNS.c.id, TEAMS.c.name, ATTEMPTS.c.level, VERDICTS.c.verified, VERDICTS.c.entry, VERDICTS.c.pace,
                   VERDICTS.c.reason)
            .join(ATTEMPTS, ATTEMPTS.c.id == RUNS.c.id)
            .join(TEAMS, TEAMS.c.id == ATTEMPTS.c.team_id)
            .join(VERDICTS, VERDICTS.c.run == RUNS.c.id)
            .where(RUNS.c.event_id == found.id, VERDICTS.c.verified.is_(False))
            .order_by(RUNS.c.received_at, RUNS.c.id)
        )  # fmt: skip
        rows = db.execute(asked).all()
    return [
        (row.id[:8], one_line(row.name), row.level, state_of(row.verified, row.entry, row.pace), one_line(row.reason))
        for row in rows
    ]


def now_of(made: Engine) -> Any:
    """Return what stands for the server's time in a statement. A SQLite file has the clock of its machine."""
    return func.clock_timestamp() if made.dialect.name == "postgresql" else datetime.now(UTC)


def ms(at: datetime | None) -> int:
    """Return an instant of the tables as ms since 1970, 0 for none."""
    if at is None:
        return 0
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
