"""The shared store's calls: news as it comes, attempts counted under racing, a database made by its owner."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from drill.store.database import DatabaseProblem, Unreachable, engine, reading
from drill.store.roles import init
from drill.store.shared import Server
from tests.conftest import Database
from tests.store.proxy import Proxy
from tests.store.shared import EVENT, RED, a_run, begin, join, make_event


def test_news_come_at_once_and_silence_is_told_apart(database: Database) -> None:
    make_event(database.organizer)
    member, run = join(database.player, RED), str(uuid.uuid4())
    server = begin(member, run)
    heard: list[tuple[str, float]] = []
    began = threading.Event()

    def listen() -> None:
        listener = Server(database.player)
        for notice in listener.listen(lambda: EVENT not in dict(heard), every=0.2):
            heard.append((notice, time.monotonic()))
            began.set()
        listener.close()

    thread = threading.Thread(target=listen)
    thread.start()
    assert began.wait(10) and heard[0][0] == "", "nothing has happened yet"
    server.submit(a_run(run), b"log", member.member, RED, EVENT)
    told = time.monotonic()
    thread.join(10)
    assert heard[-1][0] == EVENT and heard[-1][1] - told < 2
    server.close()


def test_a_listener_that_is_cut_off_is_told_so(database: Database) -> None:
    proxy = Proxy(database.admin)
    server = Server(proxy.url(database.player))
    with pytest.raises(Unreachable):
        for _ in server.listen(lambda: True, every=0.1):
            proxy.leave()
    proxy.come_back()
    assert server.events() == []  # the next question gets a connection of its own
    server.close()
    proxy.close()


def test_attempts_are_counted_however_many_ask_at_once(database: Database) -> None:
    make_event(database.organizer, spec={"attempts": {"allowed": 3}})
    member, found = join(database.player, RED), Counter()
    gate = threading.Barrier(8)

    def ask() -> None:
        server = Server(member.server, member.token)
        gate.wait()
        try:
            found[server.start(EVENT, "eip-remap", 1, str(uuid.uuid4()))["seed"]] += 1
        except DatabaseProblem as error:
            found[str(error)] += 1
        server.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {8: 3, "no attempt is left: 3 allowed for each level and seed": 5}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"state": "announced"}, "has not begun"),
        ({"state": "closed"}, "has ended"),
        ({"closes_at": datetime(2020, 1, 1, tzinfo=UTC)}, "has ended"),
    ],
)
def test_an_event_that_is_not_open_begins_nothing(database: Database, row: dict[str, Any], says: str) -> None:
    make_event(database.organizer, **row)
    with pytest.raises(DatabaseProblem, match=says):
        begin(join(database.player, RED), str(uuid.uuid4()))


def test_the_owner_of_a_database_can_make_it_without_being_a_superuser(database: Database, postgres: str) -> None:

    name = "owned"
    with engine(postgres).connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("CREATE ROLE owner LOGIN")
        db.exec_driver_sql(f"CREATE DATABASE {name} OWNER owner TEMPLATE template0")
    url = postgres.replace("/postgres?", f"/{name}?")
    made = init(url.replace("postgres:@", "owner:@"))
    assert made.before == "" and not any(made.urls.values())
    organizer, player = (url.replace("postgres:@", f"{role}:@") for role in ("organizer", "player"))
    make_event(organizer)
    member, run = join(player, RED), str(uuid.uuid4())
    server = begin(member, run)
    server.submit(a_run(run), b"log", member.member, RED, EVENT)
    with reading(server.engine) as db:
        assert db.exec_driver_sql("SELECT count(*) FROM runs").scalar() == 1
    server.close()
