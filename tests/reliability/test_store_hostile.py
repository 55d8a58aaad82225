"""What a player with the password and an SQL prompt may not do: everything but adding the own team's runs."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from drill.store.credentials import Credential
from drill.store.database import DatabaseProblem, Refused, engine, problems, reading, writing
from drill.store.roles import init
from drill.store.shared import Server
from tests.conftest import Database
from tests.store.shared import BLUE, EVENT, RED, a_run, begin, join, make_event

COLUMNS = "id, level, gameplay, engine, seed, operator, started, ended, won, points, stars, rows, log, digest"
VALUES = "'eip-remap', 'ab', '1', '7', '', '', '', true, 1000, 3, '[]', '', ''"
ADD = f"INSERT INTO runs ({COLUMNS}, team_id, event_id, member_id"

#: Name -> SQL. :mine and :theirs are runs of the own team (handed in, begun) and of the other one; :red, :blue teams.
HOSTILE = {
    "change a score": "UPDATE runs SET points = 1000 WHERE id = :mine",
    "change it while adding it again": f"{ADD}) VALUES (:mine, {VALUES}, :red, :event, :me)"
    " ON CONFLICT (id) DO UPDATE SET points = 1000",
    "change it by merging": "MERGE INTO runs r USING (SELECT :mine AS id) s ON r.id = s.id"
    " WHEN MATCHED THEN UPDATE SET points = 1000",
    "delete a run": "DELETE FROM runs WHERE id = :theirs",
    "empty the table": "TRUNCATE runs CASCADE",
    "add a run for the other team": f"{ADD}) VALUES (:begun, {VALUES}, :blue, :event, :me)",
    "add a run in another's name": f"{ADD}) VALUES (:begun, {VALUES}, :red, :event, :other)",
    "add a run that was never begun": f"{ADD}) VALUES (:new, {VALUES}, :red, :event, :me)",
    "add a run of no team": f"INSERT INTO runs ({COLUMNS}) VALUES (:new, {VALUES})",
    "say when it came": f"{ADD}, received_at) VALUES (:begun, {VALUES}, :red, :event, :me, '2020-01-01')",
    "say that it was not late": f"{ADD}, late) VALUES (:begun, {VALUES}, :red, :event, :me, false)",
    "mark it verified": "INSERT INTO verdicts (run, verified, points, won, stars) VALUES (:mine, true, 1000, true, 3)",
    "change a verdict": "UPDATE verdicts SET verified = true, points = 1000",
    "witness another team's log": "INSERT INTO heads (run, n, t, head) VALUES (:theirs, 1, 1, 'x')",
    "say when a head came": "INSERT INTO heads (run, n, t, head, received_at) VALUES (:begun, 1, 1, 'x', '2020-01-01')",
    "begin without the server": "INSERT INTO attempts (id, event_id, team_id, member_id, level, seed_index)"
    " VALUES (:new, :event, :red, :me, 'eip-remap', 1)",
    "undo an attempt": "DELETE FROM attempts WHERE id = :begun",
    "have a hint without buying it": "INSERT INTO hints (run, hint) VALUES (:begun, 'h1')",
    "buy the other team's hint": "SELECT drill_buy_hint(:theirs, 'h1')",
    "begin as another event's": "SELECT drill_start('event-2', 'eip-remap', 0, :new)",
    "read the seeds": "SELECT seeds FROM event_secrets",
    "read the codes": "SELECT code FROM codes",
    "read the hashes of tokens": "SELECT token_hash FROM members",
    "open the event": "UPDATE events SET state = 'open', closes_at = NULL",
    "join the other team": "UPDATE members SET ref = :blue WHERE id = :me",
    "make a code": "INSERT INTO codes (code, kind, ref) VALUES ('MINE', 'team', :blue)",
    "become the organizer": "SET ROLE organizer",
    "become the administrator": "SET SESSION AUTHORIZATION postgres",
    "take part in the role": "GRANT organizer TO player",
    "make a role": "CREATE ROLE friend SUPERUSER",
    "rise": "ALTER ROLE player SUPERUSER",
    "switch the checks off": "ALTER TABLE runs DISABLE ROW LEVEL SECURITY",
    "switch the checks off for oneself": "SET row_security = off; SELECT * FROM runs",
    "switch the triggers off": "SET session_replication_role = replica",
    "drop a table": "DROP TABLE runs CASCADE",
    "drop a function": "DROP FUNCTION my_team() CASCADE",
    "make a table": "CREATE TABLE mine (x int)",
    "make a temporary table that stands before the real one": "CREATE TEMP TABLE members (id text)",
    "make a function": "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "replace a function": "CREATE OR REPLACE FUNCTION my_team() RETURNS text LANGUAGE sql AS $$SELECT 'team-blue'$$",
    "make a schema": "CREATE SCHEMA mine",
    "make a trigger": "CREATE TRIGGER mine BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION stamp_head()",
    "copy out of the server": "COPY (SELECT 1) TO '/tmp/drill-copied'",
    "run a program": "COPY runs FROM PROGRAM 'true'",
    "copy runs in": "COPY runs FROM STDIN",
    "copy secrets out": "COPY event_secrets TO STDOUT",
    "read a file of the server": "SELECT pg_read_file('/etc/hostname')",
    "keep large objects": "SELECT lo_create(0)",
    "end another's connection": "SELECT pg_terminate_backend(pg_backend_pid())",
    "change the server": "ALTER SYSTEM SET fsync = off",
    "change the database": "ALTER DATABASE postgres SET row_security = off",
    "change the version": "UPDATE alembic_version SET version_num = '0001'",
    "hold everybody up": "BEGIN; LOCK TABLE runs IN ACCESS EXCLUSIVE MODE",
    "run code": "DO LANGUAGE plpgsql $$ BEGIN EXECUTE 'DELETE FROM runs'; END $$",
    "put something into an outbox": "INSERT INTO outbox VALUES ('a', 'b', 'c', 'd', 'e')",
}  # fmt: skip


class Field(NamedTuple):
    database: Database
    red: Credential
    given: dict[str, str]


@pytest.fixture(scope="module")
def field(make_database: Any) -> Field:
    """Two teams with a member each; red has handed one run in and begun another, blue has handed one in."""
    database = make_database()
    make_event(database.organizer)
    red, blue = join(database.player, RED), join(database.player, BLUE, "Bob")
    runs = {name: str(uuid.uuid4()) for name in ("mine", "begun", "theirs", "new")}
    for member, name, index in ((red, "mine", 0), (red, "begun", 1), (blue, "theirs", 0)):
        server = begin(member, runs[name], index)
        if name != "begun":
            server.submit(a_run(runs[name]), b"log", member.member, member.ref, EVENT)
        server.close()
    return Field(
        database, red, {**runs, "red": RED, "blue": BLUE, "event": EVENT, "me": red.member, "other": blue.member}
    )


def everything(url: str) -> list[Any]:
    names = (
        "runs",
        "heads",
        "attempts",
        "hints",
        "verdicts",
        "members",
        "codes",
        "events",
        "alembic_version",
        "outbox",
    )
    with reading(engine(url)) as db:
        rows = [db.exec_driver_sql(f"SELECT t::text FROM {name} t ORDER BY 1").scalars().all() for name in names]
        rights = db.exec_driver_sql("SELECT rolname, rolsuper, rolcreaterole FROM pg_roles ORDER BY 1").all()
    return [*rows, [tuple(row) for row in rights]]


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_statement_is_denied(field: Field, what: str) -> None:
    before = everything(field.database.admin)
    player = engine(field.red.server, field.red.token)
    statement = text(HOSTILE[what])
    given = {name: value for name, value in field.given.items() if name in statement.compile().params}
    try:
        with pytest.raises(DatabaseProblem) as told, problems(player), player.connect() as db:
            db.execution_options(isolation_level="AUTOCOMMIT").execute(statement, given)
    finally:
        player.dispose()
    assert isinstance(told.value, Refused), told.value
    said = str(told.value)
    words = ("permission denied", "must be", "row-level security", "must have", "of your team", "in no team")
    assert any(word in said for word in words), said
    assert everything(field.database.admin) == before


def test_a_player_sees_the_own_team_only(field: Field) -> None:
    for token, expected in ((field.red.token, {RED}), ("", set()), ("0" * 64, set())):
        with reading(engine(field.red.server, token)) as db:
            assert set(db.exec_driver_sql("SELECT team_id FROM runs").scalars()) == expected
            assert set(db.exec_driver_sql("SELECT team_id FROM attempts").scalars()) == expected
            assert len(db.exec_driver_sql("SELECT content FROM event_levels").all()) == len(expected)


def test_statements_of_others_show_no_token(field: Field) -> None:
    """Whoever shares a role sees the statements of that role's other connections."""
    with reading(engine(field.red.server, field.red.token)), reading(engine(field.red.server)) as db:
        seen = "\n".join(db.exec_driver_sql("SELECT query FROM pg_stat_activity").scalars())
    assert "set_config" in seen or "SELECT" in seen
    assert field.red.token not in seen


def test_what_a_role_can_set_for_all_its_connections_has_no_effect(field: Field) -> None:
    with writing(engine(field.red.server)) as db:
        db.exec_driver_sql("ALTER ROLE player SET default_transaction_read_only = on")
        db.exec_driver_sql("ALTER ROLE player SET search_path = pg_temp")
    try:
        server = Server(field.red.server, field.red.token)
        server.submit(a_run(field.given["mine"]), b"log", field.red.member, RED, EVENT)
        server.send_head(field.given["mine"], 1, 1, "x")
        server.close()
    finally:
        init(field.database.admin)
    with reading(engine(field.database.admin)) as db:
        assert db.exec_driver_sql("SELECT setconfig FROM pg_db_role_setting").all() == []


def test_the_honest_retry_leaves_one_row(database: Database) -> None:
    make_event(database.organizer)
    member, run = join(database.player, RED), str(uuid.uuid4())
    server = begin(member, run)
    for points in (800, 800, 1000):  # the last would like to be better
        server.submit(a_run(run, points=points), b"log", member.member, member.ref, EVENT)
        server.send_head(run, 3, 10_000, "aa")
    with reading(engine(database.organizer)) as db:
        assert db.exec_driver_sql("SELECT id, points, late, received_at IS NOT NULL FROM runs").all() == [
            (run, 800, False, True)
        ]
        assert db.exec_driver_sql("SELECT run, n FROM heads").all() == [(run, 3)]


def test_an_organizer_cannot_change_runs_either(database: Database) -> None:
    make_event(database.organizer)
    for statement in (
        "UPDATE runs SET points = 1", "DELETE FROM runs", "DELETE FROM heads", "UPDATE heads SET t = 1",
        "CREATE TABLE mine (x int)", "CREATE ROLE mine SUPERUSER",
    ):  # fmt: skip
        with pytest.raises(Refused), writing(engine(database.organizer)) as db:
            db.execute(text(statement))
