"""A small event for tests of the shared store: two teams, one level with two seeds, open."""

from __future__ import annotations

import json

from sqlalchemy import insert

from drill.store.database import engine, writing
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
