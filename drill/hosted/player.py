"""Player: one player's end of a session over a server: follows the host's entries and time, and asks.

Everything but the order of entries and the time is computed here again. ``fetch`` asks the server and may be called
from any thread; ``apply`` changes the Session and belongs to whoever owns it.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, insert, select

from drill import ENGINE
from drill.hosted.begun import waits
from drill.level.edition import Edition
from drill.session.chain import Log, LogError, header_of, next_entry
from drill.session.session import Divergence, Session, check_header
from drill.store.database import DatabaseProblem, Refused, Unreachable, problems, writing
from drill.store.shared import Server
from drill.store.tables import HOSTED_REQUESTS

WHERE = "the session's log"  # in messages about it
LOOK = 1.0  # seconds after which to look although nothing was heard
AGAIN = 0.3  # seconds between two tries while the server is away
SILENT = 6_000  # ms without a word of the host after which players are told


class Player:
    """A seat in a session: the same drill as everybody's, as far as the host has ordered it."""

    def __init__(self, server: Server, member: str) -> None:
        """``member``: one's own id there. DatabaseProblem: no such session, or it needs another release."""
        self.server, self.member = server, member
        info = server.call("drill_session")
        if info["engine"] != ENGINE:
            raise Refused(f"this session is played by engine {info['engine']}, this drill has engine {ENGINE}")
        self.info: dict[str, Any] = info
        self.file = Edition(str(info["content"]).encode(), info["level"])
        self.name, self.state, self.silent, self.speed = "", str(info["state"]), 0, 1
        self.answers: dict[str, tuple[str, str]] = {}  # by id: the line, and what was said to it
        self.trouble = ""  # why this end is not where the others are
        self._asked: dict[str, str] = {}
        self._open = True
        self.restart()

    def restart(self) -> None:
        """Stand at T+0, before the first entry."""
        self.log: Log | None = None
        self.session = Session.start(self.file, int(self.info["seed"]), str(self.info["facilitator"]))
        self._to = 0

    @property
    def have(self) -> int:
        """The number of the last entry that was followed; 0: only the header, -1: nothing yet."""
        return -1 if self.log is None else len(self.log.entries)

    @property
    def leader(self) -> str:
        """Who leads the session."""
        return self.session.operator

    @property
    def waiting(self) -> bool:
        """Whether the drill has not begun: whoever leads it waits until all are there."""
        return waits(self.session)

    @property
    def role(self) -> str:
        """One's role, "" until the host has given one."""
        return self.session.seats.get(self.name, "")

    # ---- news ------------------------------------------------------------------------------------------------------

    def fetch(self) -> dict[str, Any]:
        """Return what is new. Unreachable, Refused."""
        return self._dated(self.server.call("drill_news", self.have))

    @staticmethod
    def _dated(answer: Any) -> dict[str, Any]:
        news: dict[str, Any] = json.loads(answer) if isinstance(answer, str) else answer
        return news | {"from": int(news["n"]) - len(news["lines"]) + 1}

    def apply(self, news: dict[str, Any]) -> bool:
        """Follow what ``fetch`` has brought; tell whether anything changed."""
        before = (self.session.now, self.have, self.state, self.name, len(self.answers), self.speed)
        self.name, self.silent, self.speed = str(news["name"]), int(news["silent"]), int(news["speed"])
        for id_, said in news["answers"].items():
            if id_ in self._asked:
                self.answers[id_] = (self._asked.pop(id_), str(said))
        try:
            self._follow(news)
            self.trouble = ""
        except (Divergence, LogError) as error:
            self.trouble = f"this end has come to something else: {error}"
            self.restart()
        self.state = str(news["state"])
        return before != (self.session.now, self.have, self.state, self.name, len(self.answers), self.speed)

    def _follow(self, news: dict[str, Any]) -> None:
        for n, line in enumerate(news["lines"], int(news["from"])):
            if n <= self.have:
                continue
            if n != self.have + 1:
                return  # something between is missing: the next look begins where this end is
            if self.log is None:
                self.log = Log(header=header_of(line.encode(), WHERE))
                check_header(self.file, self.log.header)
                continue
            entry = next_entry(line.encode(), self.log, WHERE)
            self.session.take(entry)
            self.log.entries.append(entry)
        if self.have == int(news["n"]) and not self.session.paused and int(news["t"]) > self.session.now:
            self.session.advance(int(news["t"]))

    def ask(self, line: str) -> str:
        """Ask the host to do a console line; return the id under which ``answers`` will say what came of it."""
        id_ = str(uuid.uuid4())
        self._asked[id_] = line
        row = {"id": id_, "session_id": self.info["id"], "member_id": self.member, "line": line}
        with writing(self.server.engine) as db:
            db.execute(insert(HOSTED_REQUESTS).values(**row))
        return id_

    # ---- listening -------------------------------------------------------------------------------------------------

    def follow(self, hear: Callable[[dict[str, Any]], None], lost: Callable[[str], None] = lambda why: None) -> None:
        """Listen until ``close``: ``hear`` is given the news, ``lost`` why there are none ("" once there are again)."""
        while self._open:
            try:
                self._listen(hear, lost)
            except DatabaseProblem as error:
                if self._open:
                    lost(str(error))
                    time.sleep(AGAIN)

    def _listen(self, hear: Callable[[dict[str, Any]], None], lost: Callable[[str], None]) -> None:
        """Listen and look over one connection: with forty players a server has none to spare."""
        with problems(self.server.engine), self.server.engine.connect() as db:
            db = db.execution_options(isolation_level="AUTOCOMMIT")
            db.exec_driver_sql(f'LISTEN "drill_session_{self.info["id"]}"')
            driver: Any = db.connection.dbapi_connection
            try:
                while self._open:
                    asked = select(func.drill_news(self.have))
                    hear(self._dated(db.execute(asked).scalar_one()))
                    lost("")
                    _wait(driver)
            except Exception as error:
                if type(error).__module__.startswith("psycopg"):
                    raise Unreachable(f"the connection was lost ({error})") from None
                raise
            finally:
                db.invalidate()  # it must not go back to the pool listening

    def start(self, hear: Callable[[dict[str, Any]], None], lost: Callable[[str], None] = lambda why: None) -> None:
        """``follow`` in a thread of its own."""
        threading.Thread(target=self.follow, args=(hear, lost), daemon=True).start()

    def close(self) -> None:
        """Stop listening and give the connections back."""
        self._open = False
        self.server.close()


def _wait(driver: Any) -> None:
    """Wait until a notice comes, LOOK seconds at most.

    One that came right behind the answer to a query has been read with it and makes no socket readable any more.
    """
    heard = False
    while driver.pgconn.notifies() is not None:
        heard = True
    if not heard:
        for _ in driver.notifies(timeout=LOOK, stop_after=1):
            pass
