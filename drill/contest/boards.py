"""Boards: fetch an event's board from the shared store, as anybody may who has its player's address."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from drill.contest.board import Board, Result, Team, board, decode, encode
from drill.contest.office import clock, event, known
from drill.contest.records import Known, NoEvent, live_board, state_of
from drill.model.text import one_line
from drill.store.database import DatabaseProblem
from drill.store.shared import Server

POLL = 10.0  # seconds between two looks at a board that nobody tells of
LOOK = 2.0  # seconds between two looks where nobody can tell


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A board as it is now: ``data`` its bytes as JSON (a frozen one's own), ``now`` the server's time in ms."""

    event: Known
    board: Board
    data: bytes
    now: int


def fetch(server: Server, name: str, bracket: str = "") -> Fetched:
    """Return the board of an event by its name or id. NoEvent, DatabaseProblem."""
    if server.engine.dialect.name != "postgresql":
        found, now = event(server.engine, name), clock(server.engine)
        shown = live_board(server.engine, found, now, final=found.state == "closed", bracket=bracket)
    else:
        row = server.event(name)
        if row is None:
            raise NoEvent(f"there is no event {one_line(name)} here; `drill event status` lists them")
        found = known(row)
        said: dict[str, Any] = server.call("drill_board", found.id)
        now = int(said["now"])
        teams = [Team(id=t["id"], name=one_line(t["name"]), bracket=one_line(t["bracket"])) for t in said["teams"]]
        shown = board(
            found.rules, teams, [_result(each) for each in said["results"]], now, final=found.state == "closed",
            bracket=bracket,
        )  # fmt: skip
    data = encode(shown)
    if found.frozen and found.state != "closed" and not bracket:
        data = found.frozen
        shown = decode(data)
    return Fetched(event=found, board=shown, data=data, now=now)


def _result(said: dict[str, Any]) -> Result:
    return Result(
        run=said["run"], team=said["team"], level=said["level"], seed=said["seed"], began=said["began"],
        received=said["received"], late=bool(said["late"]), judged=said["judged"] or 0,
        state=state_of(said["verified"], said["entry"], said["pace"]), points=said["points"] or 0,
        won=bool(said["won"]),
    )  # fmt: skip


def news(server: Server, found: Known, go_on: Callable[[], bool]) -> Iterator[None]:
    """Yield whenever the board may have changed: told by the server, and every 10 s whatever it tells.

    Where the server cannot be listened to, or went away, it is asked every 2 s instead. Returns when ``go_on`` says so.
    """
    from time import sleep

    while go_on():
        try:
            for told in server.listen(go_on, every=POLL):
                if told in ("", found.id):
                    yield
        except (DatabaseProblem, AttributeError, NotImplementedError):
            sleep(LOOK)
            yield
