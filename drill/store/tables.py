"""Tables of the store, for SQLite and PostgreSQL alike. Import it where a store is opened: SQLAlchemy takes 0.2 s.

This is how queries name things. The schema itself is made by the migrations, and a test compares the two. Ids are UUIDs
as text; what has structure is JSON as text; instants are aware ``datetime`` in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    false,
    func,
)

METADATA = MetaData()


class Words(TypeDecorator[str]):
    """Text that sorts by its code points in every database, whatever the server's language is."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """PostgreSQL has to be told; SQLite does so anyway."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. SQLite keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Take any zone."""
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _text(name: str, *rest: Any, **options: Any) -> Column[str]:
    return Column(name, Words, *rest, **{"nullable": False, **options})


def _when(name: str) -> Column[datetime]:
    """Return a column that the server fills with its own time."""
    return Column(name, Instant, nullable=False, server_default=func.now())


#: Finished runs. What stands after ``digest`` is a shared store's: whose run, its log (zlib), the server's time.
RUNS = Table(
    "runs", METADATA,
    _text("id", primary_key=True), _text("level"), _text("gameplay"), _text("engine"), _text("seed"),
    _text("operator"), _text("started"), _text("ended"), Column("won", Boolean, nullable=False),
    Column("points", Integer, nullable=False), Column("stars", Integer, nullable=False), _text("rows"), _text("log"),
    _text("digest"), _text("team_id", nullable=True), _text("event_id", nullable=True),
    _text("member_id", nullable=True), Column("content", LargeBinary),
    Column("received_at", Instant),
    Column("late", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)  # fmt: skip

#: What waits to be sent to a shared store, in a player's own store. ``tries`` and ``next_try`` (s since 1970) pace it.
OUTBOX = Table(
    "outbox", METADATA,
    _text("id", primary_key=True), _text("kind"), _text("server"), _text("payload"), _text("created"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try", Integer, nullable=False, server_default="0"),
    _text("last_error", server_default=""),
)  # fmt: skip

EVENTS = Table(
    "events", METADATA,
    _text("id", primary_key=True), _text("name", unique=True), _text("spec"), _text("commitment"), _text("state"),
    Column("opens_at", Instant), Column("closes_at", Instant), Column("frozen_at", Instant),
    Column("frozen_board", LargeBinary), _when("created_at"),
)  # fmt: skip

#: What players may not know yet. ``seeds``: {level: [seed, ...]}. ``levels``: {level: the whole file}.
EVENT_SECRETS = Table(
    "event_secrets", METADATA,
    _text("event_id", ForeignKey("events.id"), primary_key=True), _text("salt"), _text("seeds"), _text("levels"),
)  # fmt: skip

#: The levels of an event as players get them, once it is open.
EVENT_LEVELS = Table(
    "event_levels", METADATA,
    _text("event_id", ForeignKey("events.id")), _text("level"), Column("position", Integer, nullable=False),
    _text("title"), _text("content"), _text("engine"), _text("gameplay"),
    PrimaryKeyConstraint("event_id", "level"),
)  # fmt: skip

TEAMS = Table(
    "teams", METADATA,
    _text("id", primary_key=True), _text("event_id", ForeignKey("events.id")), _text("name"),
    _text("bracket", server_default=""),
)  # fmt: skip

#: Short codes for people. ``kind``: "team" or "session"; ``ref``: the id of that.
CODES = Table(
    "codes", METADATA,
    _text("code", primary_key=True), _text("kind"), _text("ref"), Column("expires_at", Instant),
)  # fmt: skip

#: Whoever joined with a code. The token itself is kept by its owner only.
MEMBERS = Table(
    "members", METADATA,
    _text("id", primary_key=True), _text("kind"), _text("ref"), _text("name"), _text("role", server_default=""),
    _text("token_hash", unique=True), _when("joined_at"),
)  # fmt: skip

#: Runs that were begun, under the ids that they will be handed in with.
ATTEMPTS = Table(
    "attempts", METADATA,
    _text("id", primary_key=True), _text("event_id", ForeignKey("events.id")), _text("team_id", ForeignKey("teams.id")),
    _text("member_id", ForeignKey("members.id")), _text("level"), Column("seed_index", Integer, nullable=False),
    _when("started_at"),
)  # fmt: skip

#: Heads of logs while they grow: ``n`` entries, simulated ``t`` in ms, the hash of the last.
HEADS = Table(
    "heads", METADATA,
    _text("run", ForeignKey("attempts.id")), Column("n", Integer, nullable=False),
    Column("t", Integer, nullable=False), _text("head"), _when("received_at"),
    PrimaryKeyConstraint("run", "n"),
)  # fmt: skip

HINTS = Table(
    "hints", METADATA,
    _text("run", ForeignKey("attempts.id")), _text("hint"), _when("bought_at"),
    PrimaryKeyConstraint("run", "hint"),
)  # fmt: skip

#: What running a submission again came to. ``entry``: where it diverged, else null. ``rows`` and ``pace``: JSON.
VERDICTS = Table(
    "verdicts", METADATA,
    _text("run", ForeignKey("runs.id"), primary_key=True), Column("verified", Boolean, nullable=False),
    Column("entry", Integer), _text("reason", server_default=""), Column("points", Integer, nullable=False),
    Column("won", Boolean, nullable=False), Column("stars", Integer, nullable=False),
    _text("rows", server_default="[]"), _text("pace", server_default=""), _when("judged_at"),
)  # fmt: skip

#: Drills that a host leads. ``t``: ms that time has come to; ``n``: entries so far. ``content``: the level as players
#: get it. ``speed``: times the wall's pace. ``heard_at``: when the host last said anything.
HOSTED_SESSIONS = Table(
    "hosted_sessions", METADATA,
    _text("id", primary_key=True), _text("level"), _text("seed"), _text("engine"), _text("gameplay"),
    _text("content"), _text("facilitator"), Column("t", BigInteger, nullable=False, server_default="0"),
    Column("n", Integer, nullable=False, server_default="0"),
    Column("speed", Integer, nullable=False, server_default="1"), _text("state", server_default="open"),
    _when("created_at"), _when("heard_at"),
)  # fmt: skip

#: The log of a session, line by line, in the order that the host gave.
HOSTED_ENTRIES = Table(
    "hosted_entries", METADATA,
    _text("session_id", ForeignKey("hosted_sessions.id")), Column("n", Integer, nullable=False), _text("line"),
    _when("added_at"),
    PrimaryKeyConstraint("session_id", "n"),
)  # fmt: skip

#: What players ask the host to do. ``answer``: null while it waits, "" when it was done, else why not.
HOSTED_REQUESTS = Table(
    "hosted_requests", METADATA,
    _text("id", primary_key=True), _text("session_id", ForeignKey("hosted_sessions.id")),
    _text("member_id", ForeignKey("members.id")), _text("line"), _when("asked_at"), _text("answer", nullable=True),
)  # fmt: skip
