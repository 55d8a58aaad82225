"""Server: the shared store, as players and organizers call it. PostgreSQL; every error is one line (DatabaseProblem).

Unreachable means that the answer did not come: what was asked may have happened. So everything here can be asked again:
rows are added once by their ids, and the functions of the database answer the same to the same question.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from drill.store.database import (
    DatabaseProblem,
    Unreachable,
    add_once,
    check_version,
    engine,
    place,
    problems,
    reading,
    writing,
)
from drill.store.records import RunRecord
from drill.store.rows import values_of
from drill.store.tables import EVENTS, HEADS, RUNS

CHANNEL = "drill"  # on which the database tells the id of an event that something changed in
_LISTEN = 5.0  # seconds between two looks whether to go on listening


class Server:
    """A shared store, asked as whoever has ``token`` ("" for an organizer, or before joining)."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self.engine = engine(url, token)

    def close(self) -> None:
        """Give its connections back."""
        self.engine.dispose()

    def check(self) -> None:
        """Refuse a database of another version. DatabaseProblem, Unreachable."""
        with reading(self.engine) as db:
            check_version(db)

    def call(self, function: str, *given: Any) -> Any:
        """Call a function of the database in a transaction of its own and return what it returns."""
        if self.engine.dialect.name == "sqlite":
            raise DatabaseProblem(f"{place(self.engine)} is one's own store; teams need PostgreSQL")
        with writing(self.engine) as db:
            asked = getattr(func, function)(*(bindparam(None, word) for word in given))
            answer = db.execute(select(asked)).scalar()
        return json.loads(answer) if isinstance(answer, str) and answer[:1] in "{[" else answer

    # ---- players ---------------------------------------------------------------------------------------------------

    def join(self, code: str, name: str, role: str = "") -> dict[str, Any]:
        """Become a member: {kind, ref, member, name, token, and of a team: event, event_id, team, bracket}. Refused."""
        self.check()
        answer: dict[str, Any] = self.call("drill_join", code, name, role)
        return answer

    def start(self, event: str, level: str, seed_index: int, run: str) -> dict[str, Any]:
        """Begin an attempt under the id ``run``: {seed, gameplay, engine}. ``event``: its id. Refused."""
        answer: dict[str, Any] = self.call("drill_start", event, level, seed_index, run)
        return answer

    def buy_hint(self, run: str, hint: str) -> bool:
        """Buy a hint; False when the team has it already. Refused after the end, or when none is left."""
        return bool(self.call("drill_buy_hint", run, hint)["bought"])

    def send_head(self, run: str, n: int, t: int, head: str) -> None:
        """Witness that a log has ``n`` entries at simulated ``t`` (ms), the last one's hash being ``head``."""
        with writing(self.engine) as db:
            add_once(db, HEADS, {"run": run, "n": n, "t": t, "head": head})

    def submit(self, run: RunRecord, content: bytes, member: str, team: str, event: str) -> None:
        """Hand in a run with its log (zlib); ids of member, team and event. Handing it in again changes nothing."""
        with writing(self.engine) as db:
            own = {"member_id": member, "team_id": team, "event_id": event, "content": content}
            add_once(db, RUNS, values_of(run) | {"log": ""} | own)

    def events(self) -> list[Row[Any]]:
        """Return what everybody may know of every event, newest first (columns of EVENTS)."""
        with reading(self.engine) as db:
            return list(db.execute(select(EVENTS).order_by(EVENTS.c.created_at.desc(), EVENTS.c.id)).all())

    def event(self, name: str) -> Row[Any] | None:
        """Return one event by its name or id, None when there is none."""
        return next((each for each in self.events() if name in (each.name, each.id)), None)

    # ---- news --------------------------------------------------------------------------------------------------------

    def listen(self, go_on: Callable[[], bool], channel: str = CHANNEL, every: float = _LISTEN) -> Iterator[str]:
        """Yield each notice on a channel as it comes, and "" when none came for ``every`` s; until ``go_on`` says no.

        Anybody may send notices: take one as a reason to look, never as news by itself. Unreachable when the
        connection is lost: listen again, and look at everything anew.
        """
        with problems(self.engine), self.engine.connect() as db:
            db.exec_driver_sql(f'LISTEN "{channel}"')
            db.commit()
            driver = db.connection.dbapi_connection
            assert driver is not None
            try:
                while go_on():
                    heard = False
                    for notice in driver.notifies(timeout=every, stop_after=1):
                        heard = True
                        yield notice.payload
                    if not heard:
                        yield ""
            except Exception as error:
                db.invalidate()
                if type(error).__module__.startswith("psycopg"):
                    raise Unreachable(f"the connection was lost ({error})") from None
                raise
            finally:
                if not db.invalidated:
                    db.invalidate()  # it must not go back to the pool listening
