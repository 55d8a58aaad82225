"""Office: what an organizer does to events in the shared store: make, open, freeze and close them.

It works on the tables themselves, as the role `organizer` may, on PostgreSQL and SQLite alike. Errors are one line:
DatabaseProblem, or NoEvent.
"""

import secrets
import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, Row, func, insert, select, update

from drill import ENGINE
from drill.contest.board import encode
from drill.contest.commitment import Secrets, commit, draw, opened
from drill.contest.event import EventFile, Rules
from drill.contest.records import Known, NoEvent, live_board, ms
from drill.level.edition import edition, read, whole
from drill.model.text import one_line
from drill.store.database import check_version, reading, writing
from drill.store.tables import CODES, EVENT_LEVELS, EVENT_SECRETS, EVENTS, TEAMS

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is read for another
CODE = 8  # letters of a team's code


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """A new event: its id, its commitment, and each team's code."""

    id: str
    commitment: str
    codes: dict[str, str]


def create(made: Engine, file: EventFile) -> Created:
    """Announce an event: rules and commitment are public, levels and seeds are not. NoEvent: the name is taken."""
    held = draw(file)
    rules = file.rules()
    event, commitment = str(uuid.uuid4()), commit(rules.name, held)
    codes: dict[str, str] = {}
    with reading(made) as db:
        check_version(db)
        if db.execute(select(EVENTS.c.id).where(EVENTS.c.name == rules.name)).first() is not None:
            raise NoEvent(f"there is an event {rules.name} already; give this one another name")
    with writing(made) as db:
        db.execute(insert(EVENTS).values(
            id=event, name=rules.name, spec=spec(rules), commitment=commitment, state="announced",
            opens_at=when(rules.opens), closes_at=when(rules.closes),
        ))  # fmt: skip
        db.execute(insert(EVENT_SECRETS).values(
            event_id=event, salt=held.salt, seeds=_json(held.seeds),
            levels=_json({level.level.id: whole(level).decode() for level in file.files}),
        ))  # fmt: skip
        for position, level in enumerate(file.files):
            text = edition(level, hints=rules.hints.allowed > 0, price=rules.hints.price)
            db.execute(insert(EVENT_LEVELS).values(
                event_id=event, level=level.level.id, position=position, title=level.level.title,
                content=text.decode(), engine=ENGINE, gameplay=read(text).gameplay_hash,
            ))  # fmt: skip
        for team in file.event.teams:
            id_ = str(uuid.uuid4())
            codes[team.name] = "".join(secrets.choice(_LETTERS) for _ in range(CODE))
            db.execute(insert(TEAMS).values(id=id_, event_id=event, name=team.name, bracket=team.bracket))
            db.execute(insert(CODES).values(code=codes[team.name], kind="team", ref=id_))
    return Created(id=event, commitment=commitment, codes=codes)


def codes(made: Engine, found: Known) -> list[tuple[str, str, str]]:
    """Return (team, bracket, code) of every team, by name."""
    asked = select(TEAMS.c.name, TEAMS.c.bracket, CODES.c.code).join(CODES, CODES.c.ref == TEAMS.c.id)
    with reading(made) as db:
        rows = db.execute(asked.where(TEAMS.c.event_id == found.id).order_by(TEAMS.c.name)).all()
    return [(one_line(row.name), one_line(row.bracket), row.code) for row in rows]


def spec(rules: Rules, revealed: str = "") -> str:
    """Return rules as the event's row keeps them, for everybody to read; ``revealed`` once it is closed."""
    return _json({**msgspec.to_builtins(rules), **({"opened": revealed} if revealed else {})})


def known(row: Row[Any]) -> Known:
    """Return an event from its row (columns of EVENTS). NoEvent: this failure-drill cannot read it."""
    try:
        rules = msgspec.json.decode(row.spec, type=Rules)
        said = msgspec.json.decode(row.spec).get("opened", "")
    except (msgspec.MsgspecError, AttributeError):
        raise NoEvent(f"the event {row.name} was made by another failure-drill; upgrade this one") from None
    opens, closes, frozen = ms(row.opens_at), ms(row.closes_at), ms(row.frozen_at)
    rules = msgspec.structs.replace(
        rules, opens=opens or rules.opens, closes=closes or rules.closes,
        freeze=min(at for at in (frozen, rules.freeze) if at) if frozen or rules.freeze else 0,
        name=one_line(row.name), title=one_line(rules.title), brackets=tuple(map(one_line, rules.brackets)),
        levels=tuple(
            msgspec.structs.replace(each, level=one_line(each.level), title=one_line(each.title))
            for each in rules.levels
        ),
    )  # fmt: skip
    return Known(
        id=row.id, name=row.name, state=row.state, rules=rules, commitment=row.commitment, frozen_at=frozen,
        frozen=bytes(row.frozen_board or b""), opened=str(said),
    )  # fmt: skip


def events(made: Engine) -> list[Known]:
    """Return every event, newest first."""
    with reading(made) as db:
        check_version(db)
        rows = db.execute(select(EVENTS).order_by(EVENTS.c.created_at.desc(), EVENTS.c.id)).all()
    return [known(row) for row in rows]


def event(made: Engine, name: str) -> Known:
    """Return one event by its name or id. NoEvent."""
    found = next((each for each in events(made) if name in (each.name, each.id)), None)
    if found is None:
        raise NoEvent(f"there is no event {name} here; `drill event status` lists them")
    return found


def open_event(made: Engine, name: str) -> Known:
    """Let it begin, now: levels and seeds can be had. NoEvent: it has begun, or its end has passed."""
    found, now = event(made, name), clock(made)
    if found.state != "announced":
        raise NoEvent(f"{name} is {found.state} already")
    if found.rules.closes <= now:
        raise NoEvent(f"{name} was to close before now; create it anew with a later `closes`")
    _set(made, found, state="open", opens_at=when(now))
    return event(made, name)


def close_event(made: Engine, name: str) -> Known:
    """End it, now if its time has not come, and publish seeds and salt. NoEvent: it is closed already."""
    found, now = event(made, name), clock(made)
    if found.state == "closed":
        raise NoEvent(f"{name} is closed already")
    if 0 < found.rules.freeze <= now:
        freeze_event(made, name)
    revealed = opened(found.name, secrets_of(made, found)).decode()
    _set(made, found, state="closed", closes_at=when(min(now, found.rules.closes)), spec=spec(found.rules, revealed))
    return event(made, name)


def freeze_event(made: Engine, name: str) -> Known:
    """Let the board stand still, from now or from its planned freeze: its bytes are kept, and never written again."""
    found, now = event(made, name), clock(made)
    if found.frozen:
        return found
    if found.state != "open":
        raise NoEvent(f"{name} is {found.state}: a board is frozen while its event is open")
    at = min(now, found.rules.freeze or now)
    still = msgspec.structs.replace(found, rules=msgspec.structs.replace(found.rules, freeze=at))
    _set(made, found, frozen_at=when(at), frozen_board=encode(live_board(made, still, at)))
    return event(made, name)


# ---- small things ----------------------------------------------------------------------------------------------------


def secrets_of(made: Engine, found: Known) -> Secrets:
    """Return what the commitment binds."""
    with reading(made) as db:
        row = db.execute(select(EVENT_SECRETS).where(EVENT_SECRETS.c.event_id == found.id)).one()
    gameplay = {name: read(text.encode(), name).gameplay_hash for name, text in msgspec.json.decode(row.levels).items()}
    return Secrets(salt=row.salt, seeds=msgspec.json.decode(row.seeds), gameplay=gameplay)


def clock(made: Engine) -> int:
    """Return the server's time in ms since 1970."""
    if made.dialect.name != "postgresql":
        return ms(datetime.now(UTC))
    with reading(made) as db:
        return ms(db.execute(select(func.clock_timestamp())).scalar())


def when(at: int) -> datetime:
    """Return an instant as the tables take it."""
    return datetime.fromtimestamp(at / 1000, UTC)


def _set(made: Engine, found: Known, **values: Any) -> None:
    with writing(made) as db:
        db.execute(update(EVENTS).where(EVENTS.c.id == found.id).values(**values))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
