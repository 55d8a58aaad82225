"""``drill db``, ``join``, ``runs`` and ``scores``: what they do, and what is said when something is wrong."""

from __future__ import annotations

import csv
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from drill.cli import main
from drill.store import RunRecord
from drill.store.credentials import Credentials
from drill.store.database import engine
from drill.store.sending import submission
from drill.store.store import Store
from drill.store.versions import HEAD
from tests.conftest import Database
from tests.store.shared import RED, a_run, begin, make_event


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILL_SERVER", raising=False)
    return tmp_path / "home"


def run(capsys: Any, *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def bad(capsys: Any, *words: str) -> str:
    """Run something that is wrong; return the one line."""
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "") and err.endswith("\n") and err.count("\n") == 1, err
    assert "Traceback" not in err and "\x1b" not in err
    return err


# ---- db init -------------------------------------------------------------------------------------------------------


def test_a_database_is_made_once_and_again_without_harm(postgres: str, capsys: Any) -> None:
    with engine(postgres).connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("CREATE DATABASE by_command")
    url = postgres.replace("/postgres?", "/by_command?")
    code, out, _ = run(capsys, "db", "init", url)
    assert code == 0 and f"made, schema {HEAD}" in out
    code, out, _ = run(capsys, "db", "init", url)
    assert code == 0 and f"up to date, schema {HEAD}" in out and out.count("exists, with the password") == 2
    code, out, _ = run(capsys, "db", "init", url, "--new-passwords", "--json")
    urls = json.loads(out)["urls"]
    assert code == 0 and set(urls) == {"player", "organizer"} and len(set(urls.values())) == 2
    assert urls["player"].startswith("postgresql://player:") and "***" not in urls["player"]
    with engine(postgres).connect() as db:
        kept = db.exec_driver_sql("SELECT rolpassword FROM pg_authid WHERE rolname = 'player'").scalar()
    assert kept.startswith("SCRAM-SHA-256$")


def test_what_is_wrong_with_a_database_is_one_line(
    database: Database, postgres: str, capsys: Any, tmp_path: Path
) -> None:
    assert "cannot be reached" in bad(capsys, "db", "init", "postgresql://me:secret@127.0.0.1:1/drill")
    assert "database URL" in bad(capsys, "db", "init", "nonsense")
    assert "does not exist" in bad(capsys, "db", "init", postgres.replace("/postgres?", "/nowhere?"))
    with engine(database.admin).begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert "must be owner" in bad(capsys, "db", "init", database.player)
    assert "needs" in bad(capsys, "join", "REDTEAM1", "--server", database.player)
    with engine(database.admin).begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    for words in (("db", "init", database.admin), ("join", "REDTEAM1", "--server", database.player),
                  ("scores", "--server", database.organizer)):  # fmt: skip
        assert "newer failure-drill" in bad(capsys, *words)
    assert "not a drill's database" in bad(capsys, "join", "REDTEAM1", "--server", postgres)


# ---- join ----------------------------------------------------------------------------------------------------------


def test_joining_keeps_a_credential_and_says_how_to_go_on(database: Database, capsys: Any, home: Path) -> None:
    make_event(database.organizer)
    code, out, _ = run(capsys, "join", "red-team 1", "--server", database.player, "--name", "\x1b[31mA\u202eda\n")
    assert code == 0 and "of Red, in autumn" in out and "drill play --event autumn" in out and "\x1b" not in out
    kept = Credentials(home).event("autumn")
    assert (kept.server, kept.team, kept.ref) == (database.player, "Red", RED) and len(kept.token) == 64
    code, out, _ = run(capsys, "join", "blueteam", "--name", "Bob")  # the server is remembered
    assert code == 0 and "You are Bob of Blue" in out and len(Credentials(home).all()) == 2


def test_what_is_wrong_with_joining_is_one_line_and_leaves_nothing(database: Database, capsys: Any, home: Path) -> None:
    make_event(database.organizer)
    assert "which server?" in bad(capsys, "join", "REDTEAM1")
    assert "not known here" in bad(capsys, "join", "WRONG", "--server", database.player)
    assert "visible characters" in bad(
        capsys, "join", "REDTEAM1", "--server", database.player, "--name", "\u202e\u200b \t"
    )
    assert "cannot be reached" in bad(capsys, "join", "REDTEAM1", "--server", "postgresql://127.0.0.1:1/x")
    own = f"sqlite:///{home / 'own.sqlite3'}"
    home.mkdir()
    assert "no such file" in bad(capsys, "scores", "--server", own) and not any(home.iterdir())
    assert run(capsys, "db", "init", own)[0] == 0
    assert "teams need PostgreSQL" in bad(capsys, "join", "REDTEAM1", "--server", own)
    assert not (home / "credentials.json").exists()


# ---- runs and scores -----------------------------------------------------------------------------------------------


def save(level: str, points: int, day: int, operator: str = "Ada", team: str = "", event: str = "") -> None:
    store = Store.open()
    kept = RunRecord(
        id=str(uuid.uuid4()), level=level, gameplay="g", engine="1", seed=day, operator=operator, team=team,
        event=event, won=points >= 500, points=points, stars=1, ended=f"2026-01-{day:02}T10:00:00Z",
    )  # fmt: skip
    assert not hasattr(store.save(kept), "reason")


def test_runs_and_scores_by_level_operator_team_and_event(capsys: Any) -> None:
    played = [("a", 300, "Ada", "", ""), ("a", 900, "Ada", "", ""), ("a", 600, "Ada", "", ""),
              ("a", 700, "Bob", "Red", "cup"), ("b", 100, "Bob", "Red", "cup")]  # fmt: skip
    for day, (level, points, who, team, event) in enumerate(played, start=1):
        save(level, points, day, who, team, event)

    def listed(*words: str) -> list[int]:
        code, out, _ = run(capsys, *words, "--json")
        assert code == 0
        return [row["points"] for row in json.loads(out)]

    assert listed("runs") == [100, 700, 600, 900, 300] and listed("scores") == [900, 700, 600, 300, 100]
    assert listed("scores", "--level", "a", "--operator", "Ada") == [900, 600, 300]
    assert listed("scores", "--team", "Red") == listed("scores", "--event", "cup") == [700, 100]
    assert listed("scores", "--best") == [900, 700, 100] and listed("scores", "--latest") == [700, 600, 100]
    _, out, _ = run(capsys, "scores", "--trend", "--json")
    assert json.loads(out)[0]["points"] == [300, 900, 600]
    _, out, _ = run(capsys, "scores", "--trend", "--level", "a")
    assert "▃█▅" in out and "Bob of Red" in out
    _, out, _ = run(capsys, "scores", "--csv", "--team", "Red")
    (first, _) = csv.DictReader(io.StringIO(out))
    assert (first["team"], first["event"], first["points"]) == ("Red", "cup", "700")
    _, out, _ = run(capsys, "runs")
    assert out.split("\n")[1].split()[:4] == ["100", "★☆☆", "b", "5"] and "Red" in out


def test_what_waits_is_said_and_can_be_sent(database: Database, capsys: Any, tmp_path: Path) -> None:
    make_event(database.organizer)
    run(capsys, "join", "REDTEAM1", "--server", database.player, "--name", "Ada")
    member, id_ = Credentials().event(), str(uuid.uuid4())
    begin(member, id_).close()
    log = tmp_path / "log"
    log.write_text("x")
    store = Store.open()
    store.save(a_run(id_, team="Red", event="autumn"), submission(a_run(id_), log, member, "now"))
    code, _, err = run(capsys, "runs")
    assert code == 0 and "1 run waits to be sent" in err and "drill runs --send" in err
    code, _, err = run(capsys, "runs", "--send")
    assert code == 0 and "1 sent; nothing waits" in err
    code, out, _ = run(capsys, "scores", "--server", database.player, "--event", "autumn", "--json")
    assert [(row["id"], row["team"]) for row in json.loads(out)] == [(id_, "Red")]
    code, out, _ = run(capsys, "scores", "--server", database.organizer, "--team", "Red", "--json")
    assert [row["id"] for row in json.loads(out)] == [id_]
    assert "chmod 600" in _loosened(capsys)


def _loosened(capsys: Any) -> str:
    path = Credentials().path
    path.chmod(0o644)
    return bad(capsys, "runs", "--server", "postgresql://127.0.0.1:1/x")
