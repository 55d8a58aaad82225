"""``drill event``, ``board``, ``play --event`` and ``verify --event``: what is said when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drill.cli import main
from drill.contest.office import close_event, codes, event, open_event
from drill.store.credentials import Credential, Credentials
from drill.store.database import engine
from tests.conftest import Database
from tests.contest.test_on_server import CUP

DEAD = "postgresql://player:x@127.0.0.1:1/nowhere"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILL_SERVER", raising=False)
    monkeypatch.chdir(tmp_path)


def bad(capsys: Any, *words: str) -> str:
    """Run something that is wrong; return the one line."""
    code = main(list(words))
    out, err = capsys.readouterr()
    assert (code, out) == (2, "") and err.endswith("\n") and err.count("\n") == 1, (code, out, err)
    assert "Traceback" not in err and "\x1b" not in err
    return str(err)


def test_without_a_server_nothing_is_guessed(capsys: Any, tmp_path: Path) -> None:
    (tmp_path / "cup.yaml").write_text(CUP)
    assert "which server?" in bad(capsys, "event", "create", "cup.yaml")
    assert "which server?" in bad(capsys, "board", "cup")
    assert "join with `drill join CODE`" in bad(capsys, "play", "--event", "cup")
    assert "which level?" in bad(capsys, "play")
    assert "which log?" in bad(capsys, "verify")
    assert "FILE is needed" in bad(capsys, "event", "create")
    for words in (("event", "status"), ("board", "cup"), ("verify", "--event", "cup")):
        assert "cannot be reached" in bad(capsys, *words, "--server", DEAD)
    Credentials().keep(Credential(server=DEAD, kind="team", ref="t", member="m", token="x", event="cup", event_id="e"))
    assert "cannot be reached" in bad(capsys, "play", "--event", "cup", "--plain")
    assert "cannot be reached" in bad(capsys, "board")


def test_a_database_of_another_version_and_one_that_is_none(
    database: Database, postgres: str, capsys: Any, tmp_path: Path
) -> None:
    assert "drill db init" in bad(capsys, "event", "status", "--server", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with engine(database.admin).begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer failure-drill (schema 9999)" in bad(capsys, "event", "status", "--server", database.organizer)


def test_a_wrong_code_a_wrong_name_and_a_closed_event(
    database: Database, capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRILL_SERVER", database.organizer)
    (tmp_path / "cup.yaml").write_text(CUP)
    (tmp_path / "hostile.yaml").write_text(CUP.replace("name: Red", 'name: "\\e[2J\\u202eRed"'))
    assert "hostile.yaml:4:" in bad(capsys, "event", "create", "hostile.yaml")
    assert main(["event", "create", "cup.yaml", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert set(made["codes"]) == {"Red", "Blue"} and len(made["commitment"]) == 64
    assert "already" in bad(capsys, "event", "create", "cup.yaml")
    assert "there is no event nix here" in bad(capsys, "event", "close", "nix")
    assert "there is no event nix here" in bad(capsys, "board", "nix")
    assert "has no bracket" in bad(capsys, "board", "cup", "--bracket", "x")
    assert "no single run" in bad(capsys, "verify", "--event", "cup", "--accept", "abcd1234")
    made_of = engine(database.organizer)
    code = codes(made_of, event(made_of, "cup"))[0][2]
    server = ("--server", database.player)
    assert "that code is not known" in bad(capsys, "join", "NOSUCHCD", "--name", "ada", *server)
    assert "visible characters" in bad(capsys, "join", code, "--name", "\u202e\u200b", *server)
    assert main(["join", code, "--name", "a\u200bda\u202e", *server]) == 0
    assert "You are ada of Blue, in cup." in capsys.readouterr().out
    assert "its organizer has not opened it yet" in bad(capsys, "play", "--event", "cup", "--plain")
    with made_of.begin() as db:
        db.exec_driver_sql("UPDATE events SET opens_at = '2098-03-06 18:00:00+00'")
    assert "cup has not begun: it opens 2098-03-06 18:00 UTC" in bad(capsys, "play", "--event", "cup", "--plain")
    open_event(made_of, "cup")
    assert "has no level nix; it has eip-remap, zone-power" in bad(capsys, "play", "nix", "--event", "cup", "--plain")
    assert "you are in no team of nix" in bad(capsys, "play", "--event", "nix", "--plain")
    close_event(made_of, "cup")
    assert "has ended" in bad(capsys, "play", "--event", "cup", "--plain")


def test_a_player_cannot_run_the_event(database: Database, capsys: Any, tmp_path: Path) -> None:
    (tmp_path / "cup.yaml").write_text(CUP)
    assert main(["event", "create", "cup.yaml", "--server", database.organizer]) == 0
    capsys.readouterr()
    organizing = [("event", what, "cup") for what in ("open", "close", "codes", "export")]
    (tmp_path / "other.yaml").write_text(CUP.replace("name: cup", "name: other"))
    for words in (*organizing, ("event", "create", "other.yaml"), ("verify", "--event", "cup")):
        assert "needs the organizer's URL" in bad(capsys, *words, "--server", database.player)
    assert main(["event", "status", "cup", "--server", database.player]) == 0
    assert "announced" in capsys.readouterr().out


def test_a_referee_without_work(database: Database, capsys: Any, tmp_path: Path) -> None:
    (tmp_path / "cup.yaml").write_text(CUP)
    assert main(["event", "create", "cup.yaml", "--server", database.organizer]) == 0
    capsys.readouterr()
    assert main(["verify", "--event", "cup", "--server", database.organizer]) == 0
    assert capsys.readouterr().out == "0 verified, 0 not\n"
