"""Databases: reach one by its URL, make or migrate its schema, and say in one line what is wrong.

``sqlite:///runs.sqlite3`` or ``postgresql://user:password@host/name``. SQLAlchemy takes 0.2 s to import and Alembic
0.1 s: import this where a store is opened; Alembic comes only when a schema is not up to date.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from drill.model.text import one_line
from drill.store.versions import FOLDER, HEAD, VERSIONS

BUSY = 5.0  # seconds to wait for another process
CONNECT = 5  # seconds to wait for a server
_MIGRATING = 0x6472696C6C  # the advisory lock of whoever migrates
#: What a connection is given: a dead network is noticed within seconds, and nothing hangs.
_LINK = {"connect_timeout": CONNECT, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
         "tcp_user_timeout": 15_000, "application_name": "drill"}  # fmt: skip
#: Each role may change its own defaults, and all players share one: so each connection sets what it relies on.
_SETTINGS = {"default_transaction_read_only": "off", "search_path": "public", "statement_timeout": "30s",
             "lock_timeout": "10s", "default_transaction_isolation": "read committed"}  # fmt: skip


class DatabaseProblem(Exception):
    """Something is wrong with a database or a request to it: one line that says what to do."""


class Unreachable(DatabaseProblem):
    """The database did not answer, or went away before it answered. What was asked may have happened."""


class Refused(DatabaseProblem):
    """The database answered no: asking again gives the same."""


class Newer(DatabaseProblem):
    """A newer failure-drill made this schema: this one leaves it alone."""


def engine(url: str, token: str = "", read_only: bool = False) -> Engine:
    """Return the engine of a URL; nothing is opened yet. ``token``: who asks, on PostgreSQL. DatabaseProblem."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(Path(parsed.database or ""), read_only)
    made = create_engine(
        parsed.set(drivername="postgresql+psycopg"), pool_size=2, max_overflow=8, pool_pre_ping=True, connect_args=_LINK
    )

    @event.listens_for(made, "connect", insert=True)  # before SQLAlchemy asks anything
    def greet(connection: Any, record: Any) -> None:
        # Parameters, not text: players share a role, and can see each other's statements while they run.
        settings = {**_SETTINGS, "drill.token": token}
        asked = ", ".join("set_config(%s, %s, false)" for _ in settings)
        connection.execute(f"SELECT {asked}", [word for pair in settings.items() for word in pair])
        connection.commit()

    return made


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseProblem("that is no database URL; it looks like postgresql://user:password@host/name") from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseProblem(f"{one_line(parsed.drivername)}: use a postgresql:// or sqlite:/// URL")
    if parsed.get_backend_name() == "postgresql":
        try:
            import psycopg  # noqa: F401
        except ImportError:
            what = "PostgreSQL needs a driver; `pip install '.[teams]'` installs the drill with it"
            raise DatabaseProblem(what) from None
    elif not parsed.database or parsed.database == ":memory:":
        raise DatabaseProblem("a sqlite URL names a file: sqlite:///folder/runs.sqlite3")
    return parsed


def _sqlite(path: Path, read_only: bool) -> Engine:
    """Return the engine of a file. Each use opens it anew: it may appear, vanish or be moved meanwhile."""

    def connect() -> sqlite3.Connection:
        if read_only:
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            return sqlite3.connect(uri, uri=True, timeout=BUSY, isolation_level=None)
        connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None)
        connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: safe against crashes; the log is the truth anyway
        return connection

    made = create_engine(URL.create("sqlite", database=str(path)), creator=connect, poolclass=NullPool)

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return made


@contextmanager
def reading(made: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that only reads. Unreachable, Refused."""
    with problems(made), made.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(made: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that is committed at the end. Unreachable: it may or may not have been."""
    with problems(made), made.connect() as connection:
        connection = connection.execution_options(writing=True)
        with connection.begin():
            yield connection


@contextmanager
def problems(made: Engine) -> Iterator[None]:
    """Turn what a driver raises into Unreachable or Refused: one line, without passwords."""
    try:
        yield
    except DBAPIError as error:
        raise _told(made, error) from None
    except SQLAlchemyError as error:
        raise DatabaseProblem(one_line(f"{place(made)}: {error}")) from None


def _told(made: Engine, error: DBAPIError) -> DatabaseProblem:
    cause = error.orig if error.orig is not None else error
    state = str(getattr(cause, "sqlstate", None) or "")
    said = one_line(str(cause))
    if state.startswith("DR"):
        return Refused(one_line(str(getattr(getattr(cause, "diag", None), "message_primary", None) or said)))
    if made.dialect.name == "sqlite":
        return DatabaseProblem(f"{place(made)}: {said}")
    # 57P: the server is stopping; 53: out of memory, disk or connections; 40, 55P03, 25006: try again
    if not state and ("authentication failed" in said or "no password supplied" in said):  # libpq gives no state here
        return Refused(f"{place(made)} does not know this user and password; ask whoever runs it")
    if error.connection_invalidated or not state or state[:2] in ("08", "53", "40") or state[:3] == "57P":
        return Unreachable(f"{place(made)} cannot be reached ({said})")
    if state in ("55P03", "25006", "57014"):
        return Unreachable(f"{place(made)} is busy ({said})")
    return Refused(f"{place(made)} refused: {said}")


def place(made: Engine) -> str:
    """Return what people call this database: its file, or host and name; never a password."""
    if made.dialect.name == "sqlite":
        return one_line(made.url.database or "")
    host = made.url.host or made.url.query.get("host") or "localhost"
    return one_line(f"{made.url.database or 'postgres'} at {host}")


def add_once(connection: Connection, table: Table, values: dict[str, Any], replace: bool = False) -> None:
    """Add a row unless its id is there already: safe to repeat after an answer that never came.

    ``replace``: in place of the row that is there.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values)
    keys = [column.name for column in table.primary_key]
    if replace:
        fresh = {name: statement.excluded[name] for name in values if name not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh))
    else:
        connection.execute(statement.on_conflict_do_nothing(index_elements=keys))


# ---- versions --------------------------------------------------------------------------------------------------------


def version(connection: Connection) -> str:
    """Return the version of the schema, "" when there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def check_version(connection: Connection) -> None:
    """Refuse a schema that this release does not know, or that has still to be made or migrated. DatabaseProblem."""
    found, where = version(connection), place(connection.engine)
    if not found:
        raise DatabaseProblem(f"{where} is not a drill's database yet; `drill db init URL` makes it one")
    if found not in VERSIONS:
        raise Newer(f"{where} was made by a newer failure-drill (schema {one_line(found)}); upgrade this one")
    if found != HEAD:
        raise DatabaseProblem(
            f"{where} has schema {found}, and this failure-drill needs {HEAD}; run `drill db init URL`"
        )


def alone(connection: Connection) -> None:
    """Wait until nobody else migrates this database; then nobody else can until the transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite: a transaction that writes is alone anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})


def get_ready() -> None:
    """Import what migrations take, before anybody has to wait for the lock."""
    import alembic.command
    import alembic.config  # noqa: F401


def migrate(connection: Connection) -> None:
    """Bring the schema up to date within the transaction of ``connection``. Forward only; safe to run again."""
    alone(connection)
    found = version(connection)
    if found == HEAD:
        return
    if found and found not in VERSIONS:
        check_version(connection)
    if not found and connection.dialect.name == "postgresql" and inspect(connection).has_table("runs"):
        raise DatabaseProblem(
            f"{place(connection.engine)} holds other tables already; give the drill a database of its own"
        )
    get_ready()
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
