"""A small event for tests of the shared store: two teams, one level with two seeds, open."""

from __future__ import annotations

import json

from sqlalchemy import insert

from drill.store import RunRecord
from drill.store.credentials import Credential
from drill.store.database import engine, writing
from drill.store.shared import Server
from drill.store.tables import CODES, EVENT_LEVELS, EVENT_SECRETS, EVENTS, TEAMS

EVENT, RED, BLUE = "event-1", "team-red", "team-blue"
CODE = {RED: "REDTEAM1", BLUE: "BLUETEAM"}


def make_event(url: str, **given: object) -> None:
    """Put the event into a database; ``given``: columns of its row, ``spec`` as a dictionary."""
    spec = {"title": "Autumn cup", "attempts": {"allowed": 2}, "hints": {"allowed": 1}, **given.pop("spec", {})}
    event = {"id": EVENT, "name": "autumn", "commitment": "c0ffee", "state": "open", **given}
    with writing(engine(url)) as db:
        db.execute(insert(EVENTS).values(**event, spec=json.dumps(spec)))
        db.execute(insert(EVENT_SECRETS).values(event_id=EVENT, salt="s", seeds='{"eip-remap": [7, 8]}', levels="{}"))
        db.execute(insert(EVENT_LEVELS).values(event_id=EVENT, level="eip-remap", position=0, title="The spare is warm",
                                               content="drill: 1", engine="1", gameplay="ab"))  # fmt: skip
        for team, name in ((RED, "Red"), (BLUE, "Blue")):
            db.execute(insert(TEAMS).values(id=team, event_id=EVENT, name=name))
            db.execute(insert(CODES).values(code=CODE[team], kind="team", ref=team))


def join(url: str, team: str, name: str = "Ada") -> Credential:
    """Join a team as a player does, and return the credential."""
    server = Server(url)
    told = server.join(CODE[team], name)
    server.close()
    return Credential(server=url, **{name: str(told.get(name, "")) for name in Credential.__struct_fields__[1:]})


def begin(member: Credential, run: str, seed_index: int = 0) -> Server:
    """Begin an attempt and return the server, asked as this member."""
    server = Server(member.server, member.token)
    server.start(EVENT, "eip-remap", seed_index, run)
    return server


def a_run(run: str, **given: object) -> RunRecord:
    """Return the record of a run of the event's level."""
    known = {"id": run, "level": "eip-remap", "gameplay": "ab", "engine": "1", "seed": 7, "won": True, "points": 800}
    return RunRecord(**{**known, **given})  # type: ignore[arg-type]
