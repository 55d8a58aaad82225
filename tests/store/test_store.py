from __future__ import annotations

import os
import sqlite3
import subprocess
import sys

import msgspec
import pytest

from drill.store import NotSaved, RunRecord, Saved, ScoreRow, data_folder
from drill.store.store import Store
from tests.store.shared import EVENT, RED, make_event


def record(run: str = "aaaa-1", **given) -> RunRecord:
    rows = (ScoreRow(name="rto", actual="01:52", points=412.5), ScoreRow(name="spend", actual="$0.20", points=100.0))
    known = {"level": "eip-remap", "gameplay": "ab", "engine": "1", "seed": 7, "operator": "Ada", "won": True,
             "points": 800, "stars": 2, "rows": rows, "started": "2025-01-01T10:00:00Z",
             "ended": "2025-01-01T10:06:00Z", "digest": "cd"}  # fmt: skip
    return RunRecord(**{"id": run, **known, **given})


@pytest.fixture
def store(tmp_path) -> Store:
    return Store.open(tmp_path / "home" / "runs.sqlite3")


@pytest.fixture
def kept(either: str, tmp_path, monkeypatch) -> Store:
    """A store in either database."""
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    return Store.at(either)


def ids(runs: list[RunRecord]) -> list[str]:
    return [run.id for run in runs]


def test_what_is_saved_is_there(kept):
    run, log = kept.new_run()
    saved = record(run, log=str(log), seed=2**80)
    assert kept.save(saved) == Saved(run)
    assert kept.runs() == [saved]
    assert kept.find(run) == kept.find(run[:6].upper()) == saved
    assert kept.find("zzzz") is kept.find("") is None
    assert msgspec.json.decode(msgspec.json.encode(kept.runs()[0]), type=RunRecord) == saved
    assert log.parent == kept.runs_folder and log.name == f"{run}.jsonl"


def test_what_is_saved_is_there_when_the_file_is_opened_again(store):
    store.save(record())
    assert Store.open(store.path).runs() == [record()]


def test_the_folder_can_be_moved(store):
    run, log = store.new_run()
    store.save(record(run, log=str(log)))
    moved = store.folder.rename(store.folder.with_name("elsewhere"))
    assert Store.open(moved / "runs.sqlite3").runs()[0].log == str(moved / "runs" / log.name)


def test_scores_are_best_first(kept):
    store = kept
    for run, won, points, ended, operator in (
        ("lost", False, 499, "2025-01-01", "Ada"),
        ("later", True, 800, "2025-01-03", "Bob"),
        ("first", True, 800, "2025-01-02", "Ada"),
        ("best", True, 900, "2025-01-01", "Bob"),
    ):
        store.save(record(run, won=won, points=points, ended=ended, operator=operator))
    store.save(record("other", level="zone-power", points=1000, ended="2025-02-01", gameplay="new"))
    assert ids(store.scores("eip-remap")) == ["best", "first", "later", "lost"]
    assert ids(store.runs()) == ["other", "later", "first", "best", "lost"]
    assert ids(store.runs(operator="Bob")) == ["later", "best"]
    assert store.best("eip-remap").id == "best" and store.personal_best("eip-remap", "Ada").id == "first"
    assert store.best("zone-power", gameplay="old") is store.best("nothing") is store.personal_best("x", "y") is None
    assert {k: (v.best.id, v.runs) for k, v in store.standings().items()} == {
        "eip-remap": ("best", 4), "zone-power": ("other", 1)}  # fmt: skip


def test_a_run_saved_again_is_one_run(kept):
    kept.save(record(points=1))
    kept.save(record(points=2))
    assert [run.points for run in kept.runs()] == [2]


def test_runs_are_found_by_team_and_event(kept):
    for run, team, event in (("a", "Red", "cup"), ("b", "Blue", "cup"), ("c", "Red", "league"), ("d", "", "")):
        assert kept.save(record(run, team=team, event=event)) == Saved(run)
    assert ids(kept.runs(team="Red")) == ["a", "c"] and ids(kept.scores(event="cup")) == ["a", "b"]
    assert ids(kept.runs(team="Red", event="cup", operator="Ada")) == ["a"] and kept.runs(team="Green") == []
    assert (kept.find("a") or kept.runs(team="Red")[0]).team == "Red"


def test_a_shared_store_knows_teams_and_events_by_their_ids(either):
    make_event(either)
    kept = Store.at(either)
    kept.save(record("a", team=RED, event=EVENT))
    assert [(run.team, run.event) for run in kept.runs(team="Red", event="autumn")] == [("Red", "autumn")]


def test_text_sorts_alike_in_every_database(kept):
    for run in ("B", "a", "ä", "b-1", "b1", "A"):
        kept.save(record(run))
    assert ids(kept.runs()) == sorted(["B", "a", "ä", "b-1", "b1", "A"])


def test_text_from_the_file_is_cleaned(store):
    store.save(record())
    with sqlite3.connect(store.path) as db:
        db.execute("UPDATE runs SET operator = ?, level = ?", ("\x1b[31mEve\u202e", "a\nb"))
        rest = "operator, started, ended, won, points, stars"
        into = f"INSERT INTO runs (id, level, gameplay, engine, seed, {rest}, rows, log, digest) SELECT"
        db.execute(f"{into} 'bad', level, gameplay, engine, 'x', {rest}, rows, log, digest FROM runs")
        db.execute(f"{into} 'wrong', level, gameplay, engine, seed, {rest}, '[{{}}]', log, digest FROM runs"
                   " WHERE id != 'bad'")  # fmt: skip
    assert [(run.operator, run.level) for run in store.runs()] == [("Eve", "a b")]


def test_a_place_that_cannot_be_written_does_not_stop_play(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = Store.open(blocked / "runs.sqlite3")
    assert store.problem.startswith(str(blocked)) and "DRILL_HOME" in store.problem and "\n" not in store.problem
    assert store.runs() == store.scores() == [] and store.best("x") is None and store.standings() == {}
    assert store.save(record()) == NotSaved(store.problem)


def test_what_can_only_be_read_is_read(store, monkeypatch):
    store.save(record())
    real = sqlite3.connect

    def connect(path, **options):
        if not options.get("uri"):
            raise sqlite3.OperationalError("unable to open database file")
        return real(path, **options)

    monkeypatch.setattr(sqlite3, "connect", connect)  # a read-only medium; chmod does not stop root
    readonly = Store.open(store.path)
    assert readonly.problem == "" and ids(readonly.runs()) == ["aaaa-1"]
    assert isinstance(readonly.save(record("b")), NotSaved)


def test_a_full_disk_is_said_and_survived(store, monkeypatch):
    store.save(record())
    real = sqlite3.connect

    def connect(path, **options):
        db = real(path, **options)
        db.execute("PRAGMA max_page_count = 1")
        return db

    monkeypatch.setattr(sqlite3, "connect", connect)
    outcome = store.save(record("big", digest="x" * 100_000))
    assert isinstance(outcome, NotSaved) and "full" in outcome.reason
    monkeypatch.undo()
    assert ids(store.runs()) == ["aaaa-1"] and store.save(record("b")) == Saved("b")


def test_a_store_of_a_newer_release_is_left_alone(store):
    store.save(record())
    with sqlite3.connect(store.path) as db:
        db.execute("PRAGMA user_version = 99")
    newer = Store.open(store.path)
    assert "newer failure-drill" in newer.problem and newer.runs() == []
    assert isinstance(newer.save(record("b")), NotSaved)
    with sqlite3.connect(store.path) as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_store_is_said(tmp_path, content):
    (tmp_path / "runs.sqlite3").write_bytes(content)
    store = Store.open(tmp_path / "runs.sqlite3")
    assert store.problem and "\n" not in store.problem and store.runs() == []
    assert (tmp_path / "runs.sqlite3").read_bytes() == content


def test_a_trouble_that_passes_is_forgotten(store, monkeypatch):
    store.save(record())
    with monkeypatch.context() as patch:
        patch.setattr("drill.store.database.BUSY", 0.01)
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        assert "locked" in store.save(record("b")).reason
        other.close()
    assert store.save(record("b")) == Saved("b") and len(store.runs()) == 2 and store.problem == ""


def test_the_data_folder_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "stick"))
    assert data_folder() == tmp_path / "stick"
    assert Store.open().path == tmp_path / "stick" / "runs.sqlite3"
    monkeypatch.setenv("DRILL_HOME", "")
    assert "failure-drill" in str(data_folder())


def test_nothing_is_imported_before_a_store_is_opened():
    code = "import sys, drill.store.filing; print({'sqlite3', 'sqlalchemy', 'platformdirs'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert run.stdout.strip() == "set()"
