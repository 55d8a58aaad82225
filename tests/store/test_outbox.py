"""The outbox: in with the run, out when the server has it, later when it is silent."""

from __future__ import annotations

import uuid
import zlib
from pathlib import Path

import pytest

from drill.store import Saved
from drill.store.credentials import Credential, Credentials
from drill.store.database import DatabaseProblem, Refused, Unreachable, engine, reading
from drill.store.filing import Filing
from drill.store.outbox import Parcel
from drill.store.rows import values_of
from drill.store.sending import Sender, send_all, submission
from drill.store.store import Store
from drill.store.tables import RUNS
from drill.store.versions import HEAD
from tests.store.shared import EVENT, RED, a_run, begin, join, make_event


@pytest.fixture
def store(tmp_path) -> Store:
    return Store.open(tmp_path / "runs.sqlite3")


def parcel(run: str, server: str = "m1") -> Parcel:
    return Parcel(id=run, kind="run", server=server, payload="{}", created=run)


class Link:
    """A server that can be cut off."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.asked = 0
        self.trouble: Exception | None = None

    def __call__(self, each: Parcel) -> None:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        self.got.append(each.id)


def test_a_run_and_its_parcel_are_kept_together_or_not_at_all(store, monkeypatch) -> None:
    assert store.save(a_run("a"), parcel("a")) == Saved("a") and store.outbox.waiting().count == 1
    monkeypatch.setattr("drill.store.outbox.Outbox.put", lambda *_: (_ for _ in ()).throw(DatabaseProblem("full")))
    assert store.save(a_run("b"), parcel("b")) != Saved("b")
    assert [run.id for run in store.runs()] == ["a"] and store.outbox.waiting().count == 1


def test_what_was_sent_is_gone_and_what_was_not_waits_in_order(store) -> None:
    link = Link()
    for run in ("a", "b", "c"):
        store.save(a_run(run), parcel(run))
    link.trouble = Unreachable("cut")
    assert store.outbox.drain(link, 100) == 0 and link.asked == 1, "a silent server is asked once"
    assert store.outbox.waiting().count == 3 and store.outbox.waiting().last_error == "cut"
    link.trouble = None
    assert store.outbox.drain(link, 101) == 0, "not yet due"
    assert store.outbox.drain(link, 102) == 3 and link.got == ["a", "b", "c"]
    assert store.outbox.waiting().count == 0 and store.outbox.next_due() is None


def test_one_that_is_refused_does_not_hold_up_the_others(store) -> None:
    taken = []

    def send(each: Parcel) -> None:
        if each.id == "a":
            raise Refused("no \x1b[31msuch attempt")
        taken.append(each.id)

    for run in ("a", "b"):
        store.save(a_run(run), parcel(run))
    assert store.outbox.drain(send, 100) == 1 and taken == ["b"]
    assert store.outbox.waiting().last_error == "no such attempt" and store.outbox.next_due() == 700


def test_an_outage_of_half_an_hour_drains_by_itself(store) -> None:
    """Twenty runs are played meanwhile; the server is back after 1800 s. The clock is a fake."""
    link, now = Link(), [0.0]
    link.trouble = Unreachable("no route")
    sender = Sender(store.outbox, link, clock=lambda: now[0])
    played = 0
    while now[0] < 1800:
        if played < 20 and now[0] >= played * 90:
            store.save(a_run(f"{played:02}"), parcel(f"{played:02}"))
            played += 1
        wait = sender.step()
        assert 0.5 <= wait <= 60
        now[0] += wait
    assert sender.state.count == 20 and link.got == [] and link.asked < 60, "it is not hammered"
    link.trouble, back = None, now[0]
    while sender.state.count:
        now[0] += sender.step()
        assert now[0] < back + 130
    assert link.got == [f"{n:02}" for n in range(20)]


def test_a_run_for_a_team_arrives_in_the_background(database, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    make_event(database.organizer)
    member, run = join(database.player, RED), str(uuid.uuid4())
    Credentials().keep(member)
    begin(member, run).close()
    log = tmp_path / "log.jsonl"
    log.write_text("the log")
    filing = Filing(member)
    assert filing.keep(a_run(run, log=str(log)), log) == Saved(run)
    for _ in range(100):
        if not filing.store.outbox.waiting().count:
            break
        filing.sender()._again.wait(0.1)
    assert filing.store.outbox.waiting().count == 0 and filing.waiting() == ""
    filing.close()
    (own,) = filing.store.runs(team="Red", event="autumn")
    assert own.id == run
    with reading(engine(database.organizer)) as db:
        (row,) = db.exec_driver_sql("SELECT id, team_id, event_id, member_id, log, content FROM runs").all()
        assert row[:5] == (run, RED, EVENT, member.member, "") and zlib.decompress(row[5]) == b"the log"


def test_a_run_that_the_disk_refuses_is_sent_all_the_same(store) -> None:
    link, now = Link(), [0.0]
    sender = Sender(store.outbox, link, clock=lambda: now[0])
    link.trouble = Unreachable("cut")
    sender.hold(parcel("a"))
    assert sender.step() <= 5 and (sender.state.count, sender.state.last_error) == (1, "cut")
    link.trouble = None
    sender.step()
    assert link.got == ["a"] and sender.state.count == 0
    store.path.write_bytes(b"no database" * 1000)
    sender.hold(parcel("b"))
    sender.step()
    assert link.got == ["a", "b"]


def test_one_without_a_credential_waits_and_says_so(store, tmp_path) -> None:
    store.save(a_run("a"), parcel("a"))
    sent, waiting = send_all(store.outbox, Credentials(tmp_path))
    assert sent == 0 and waiting.count == 1 and "joined" in waiting.last_error


def test_a_server_of_another_version_is_not_written_to(database, store, tmp_path) -> None:
    make_event(database.organizer)
    member, run = join(database.player, RED), str(uuid.uuid4())
    begin(member, run).close()
    kept = Credentials(tmp_path)
    kept.keep(member)
    log = tmp_path / "log"
    log.write_text("x")
    store.save(a_run(run), submission(a_run(run), log, member, "now"))
    with engine(database.admin).begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    sent, waiting = send_all(store.outbox, kept)
    assert sent == 0 and "newer" in waiting.last_error
    with engine(database.admin).begin() as db:
        db.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{HEAD}'")
    assert send_all(store.outbox, kept)[0] == 1


def test_a_log_that_could_not_be_kept_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path))
    filing = Filing(Credential(server="x", kind="team", ref="t", member="m", token="s"))
    for log in (None, Path("/nowhere/at-all")):
        assert "cannot be" in filing.keep(a_run("a"), log).reason
    assert [run.id for run in filing.store.runs()] == ["a"]


def test_every_field_of_a_run_has_its_column() -> None:
    assert set(values_of(a_run("a"))) <= set(RUNS.c.keys())
