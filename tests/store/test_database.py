"""The schema: made, migrated, adopted, refused; the same for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import sys
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from drill.store.database import DatabaseProblem, Unreachable, check_version, engine, migrate, reading, version, writing
from drill.store.roles import init
from drill.store.tables import METADATA
from drill.store.versions import HEAD, VERSIONS


def test_the_tables_are_what_the_migrations_make(either: str) -> None:
    """Types are left out: they are said anew for each database."""
    with reading(engine(either)) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        beside = ("remove_index", "add_constraint", "remove_constraint")
        found = [each for each in compare_metadata(context, METADATA) if each[0] not in beside]
    assert found == []


def test_initializing_again_changes_nothing(either: str) -> None:
    with writing(engine(either)) as connection:
        connection.execute(
            text("INSERT INTO outbox (id, kind, server, payload, created) VALUES ('a', 'b', 'c', 'd', 'e')")
        )
    again = init(either)
    assert again.before == again.after == HEAD and not any(again.urls.values())
    with reading(engine(either)) as connection:
        check_version(connection)
        assert connection.execute(text("SELECT count(*) FROM outbox")).scalar() == 1


def test_two_at_once_make_one_schema(postgres: str) -> None:
    with writing_alone(postgres) as execute:
        execute("CREATE DATABASE drill_race")
    url = postgres.replace("/postgres?", "/drill_race?")
    made, threads = [], []
    for _ in range(4):
        threads.append(threading.Thread(target=lambda: made.append(init(url))))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert sorted(each.before for each in made) == ["", HEAD, HEAD, HEAD]


class writing_alone:
    def __init__(self, url: str) -> None:
        import psycopg

        self.connection = psycopg.connect(url, autocommit=True)

    def __enter__(self):
        return self.connection.execute

    def __exit__(self, *_: object) -> None:
        self.connection.close()


@pytest.mark.parametrize(("found", "said"), [("0099", "newer"), ("", "db init"), (VERSIONS[0], "db init")])
def test_a_schema_of_another_version_is_refused_and_left_alone(either: str, found: str, said: str) -> None:
    with writing(engine(either)) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": found})
    with reading(engine(either)) as connection, pytest.raises(DatabaseProblem, match=said) as told:
        check_version(connection)
    assert "\n" not in str(told.value)
    if found == "0099":
        with pytest.raises(DatabaseProblem, match="newer"):
            init(either)
        with reading(engine(either)) as connection:
            assert version(connection) == "0099"


def test_a_file_of_an_older_release_is_adopted(tmp_path) -> None:
    path = tmp_path / "runs.sqlite3"
    with sqlite3.connect(path) as old:
        old.execute(
            "CREATE TABLE runs (id TEXT PRIMARY KEY, level TEXT NOT NULL, gameplay TEXT NOT NULL, engine TEXT NOT NULL,"
            " seed TEXT NOT NULL, operator TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL,"
            " won INTEGER NOT NULL, points INTEGER NOT NULL, stars INTEGER NOT NULL, rows TEXT NOT NULL,"
            " log TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID"
        )
        old.execute("CREATE INDEX runs_by_level ON runs (level, won DESC, points DESC, ended)")
        old.execute("INSERT INTO runs VALUES ('a', 'l', 'g', '1', '7', 'o', 's', 'e', 1, 800, 2, '[]', '', 'd')")
        old.execute("PRAGMA user_version = 1")
    made = engine(f"sqlite:///{path}")
    with writing(made) as connection:
        migrate(connection)
    with reading(made) as connection:
        check_version(connection)
        assert connection.execute(text("SELECT id, points, late FROM runs")).fetchall() == [("a", 800, 0)]


def test_a_database_of_somebody_else_is_refused(postgres: str) -> None:
    with writing_alone(postgres) as execute:
        execute("CREATE DATABASE somebody")
    url = postgres.replace("/postgres?", "/somebody?")
    with writing_alone(url) as execute:
        execute("CREATE TABLE runs (x int)")
    with pytest.raises(DatabaseProblem, match="other tables"):
        init(url)


@pytest.mark.parametrize(
    "url", ["", "x", "mysql://a/b", "sqlite://", "postgresql://a:b:c@@/x y", "postgresql://h:no/d"]
)
def test_a_url_that_is_none_is_one_line(url: str) -> None:
    with pytest.raises(DatabaseProblem) as told:
        init(url)
    assert "\n" not in str(told.value)


def test_a_server_that_is_not_there_is_one_line_without_the_password() -> None:
    with pytest.raises(Unreachable) as told:
        init("postgresql://me:secret@127.0.0.1:1/drill")
    assert "\n" not in str(told.value) and "secret" not in str(told.value) and "127.0.0.1" in str(told.value)


def test_without_the_driver_one_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseProblem, match=r"`pip install '\.\[teams\]'`"):
        engine("postgresql://player:x@db/drill")
