"""Many writers, connections cut around COMMIT, and an outage: nothing lost, nothing doubled."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.conftest import Database
from tests.reliability.store_load import cut, outage, write_postgres, write_sqlite
from tests.store.proxy import WAYS


def test_eight_processes_save_into_one_fresh_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "fresh" / "runs.sqlite3"
    assert write_sqlite(path, processes=8, each=50) == (400, "ok")
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_eight_processes_hand_in_at_once(database: Database) -> None:
    assert write_postgres(database, processes=8, each=20) == (160, 160)


def test_cuts_around_commit_lose_and_double_nothing(database: Database, tmp_path: Path) -> None:
    told = cut(database, tmp_path, cuts=40)
    assert [told[way] > 3 for way in WAYS] == [True] * 4 and sum(told[way] for way in WAYS) == 40
    assert (told["runs"], told["rows"], told["lost"], told["doubled"], told["waiting"]) == (20, 20, 0, 0, 0)


def test_half_an_hour_without_the_server_drains_by_itself(database: Database, tmp_path: Path) -> None:
    told = outage(database, tmp_path)
    assert (told["rows"], told["lost"], told["doubled"], told["waiting"]) == (20, 0, 0, 0)
    assert told["away_s"] >= 1800 and told["drained_after_s"] <= 120
