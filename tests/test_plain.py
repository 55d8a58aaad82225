"""The line-by-line front end: the same drill and the same log, in words."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drill.cli import main
from drill.desk import Desk
from drill.model.units import clock_text
from drill.plain import Plain, folded
from drill.session.log import open_runs, read
from drill.session.session import replay

REMAP = "aws ec2 associate-address --allocation-id web-ip --instance-id web-2"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


class Table:
    """One drill, played by lines."""

    def __init__(self, level: str = "eip-remap", seed: int = 3) -> None:
        self.desk = Desk("ada")
        self.session = self.desk.start(self.desk.load(level), seed)
        self.said: list[str] = []
        self.plain = Plain(self.desk, self.session, self.said.append)

    def play(self, *lines: str) -> str:
        self.said.clear()
        assert self.plain.play(iter(lines)) == 0
        return "\n".join(self.said)


def test_a_drill_can_be_won_in_words_alone() -> None:
    table = Table()
    text = table.play("wait 2m30s", "look", REMAP, "wait 1m", "look", "quit")
    assert "needed to win" in text and "Accepted after" in text and "run hands-off" in text
    assert "Needs a decision: web-1" in text.split(REMAP)[0]
    assert "The idea:" in text and "On this seed the reference solution scores" in text
    assert all(char.isascii() for char in text), "a dumb terminal shows it"
    log = read(table.session.log.path)
    assert log.ended and [e.author for e in log.entries if e.note == "action"] == ["you"]
    assert replay(table.session.file, log).scorecard() == table.session.scorecard()
    assert table.desk.store.scores()[0].operator == "ada"


def test_time_passes_only_with_wait_and_with_commands() -> None:
    table = Table()
    table.play("look", "help", "actions web-ip", "look web-1", "hint", "feed", "nonsense", "aws ec2 help", "wait soon",
               "# a comment", "", "aws ec2 stop-instances --instance-ids nobody", "leave")  # fmt: skip
    assert table.session.now == 0
    table.play("aws ec2 describe-instances", "leave")
    assert 0 < table.session.now < 5_000
    table.play("wait 10s", "leave")
    assert 10_000 < table.session.now < 15_000


def test_what_each_word_says() -> None:
    table = Table()
    assert REMAP.removesuffix(" --instance-id web-2") in table.play("actions web-ip", "leave")
    assert "Name one of the components: web-ip, web-1" in table.play("actions nothing", "leave")
    assert "There is no component nothing" in table.play("look nothing", "leave")
    assert "describe-instances" in table.play("aws ec2 help", "leave")
    assert "wait 30s" in table.play("help", "leave")
    assert "write a duration" in table.play("wait soon", "leave")
    assert "InvalidInstanceID" in table.play("aws ec2 stop-instances --instance-ids i-nobody", "leave")
    said = table.play("frob", "leave")
    assert "command not found" in said and "Type help" in said


def test_long_lines_break_between_words() -> None:
    said = folded("a table  of\n\n" + "word " * 20, 40)
    assert said.startswith("a table  of\n\nword") and all(len(line) <= 40 for line in said.split("\n"))


def test_a_bare_wait_stops_at_the_first_news() -> None:
    table = Table()
    text = table.play("wait", "wait", "wait", "wait", "leave")
    news = [line for line in text.splitlines() if "stopped" in line or "ALARM" in line]
    assert news and 0 < table.session.now < 240_000


def test_the_guide_says_each_step_once_by_itself_and_that_is_news() -> None:
    table = Table("first-shift")
    table.play("wait", "wait", "look web-1", "wait", "wait", "leave")
    said = [row for row in table.said if row.startswith("Guide: ")]
    assert [row.split()[1] for row in said] == ["All", "What", "An", "Customers"]
    assert table.said.index(said[1]) < table.said.index("T+00:14 of 02:59, users 100.0 % served.")


def test_hints_say_their_price_first() -> None:
    table = Table("zone-power", 5)
    text = table.play("wait 5m", "hint", "hint buy", "leave")
    assert "costs" in text and "Hint: " in text
    assert len(table.session.history.hints) == 1


def test_left_runs_go_on_where_they_stopped(capsys: Any, monkeypatch: Any) -> None:
    table = Table()
    text = table.play("wait 2m", REMAP, "leave")
    at = table.session.now
    table.session.log.close()
    assert "drill resume" in text
    monkeypatch.setattr("sys.stdin", io.StringIO("wait 1s\nfeed\nquit\n"))
    assert main(["resume", "--plain"]) == 0
    out = capsys.readouterr().out
    assert f"Resumed at T+{clock_text(at // 10_000 * 10_000)} of 06:00" in out and "run hands-off" in out
    assert "ALARM" not in out.split("> feed")[0], "what was said before is not news"
    assert "ALARM" in out.split("> feed")[1]
    log = read(table.session.log.path)
    assert log.ended and sum(e.note == "action" for e in log.entries) == 1 and log.entries[-1].t == 360_000 > at


def test_the_end_of_input_leaves_the_drill_as_it_stands(home: Path, capsys: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "drill", "play", "first-shift", "--plain", "--seed", "1"],
        input="look\nwait 10s\n", capture_output=True, text=True, check=False, env={**os.environ},
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr == ""
    assert "T+00:00> look" in done.stdout and "Saved as" not in done.stdout and "\x1b" not in done.stdout
    (run,) = open_runs(home / "runs")
    assert f"Left at T+00:10. `drill resume {run.path.stem[:8]} --plain` goes on from T+00:10." in done.stdout
    assert main(["runs"]) == 0
    said = capsys.readouterr().out
    assert "1 not finished" in said and f"T+00:10  first-shift     1  -         {run.header.started[:10]}" in said
    assert run.path.stem[:8] in said
    assert main(["runs", "--level", "eip-remap"]) == 0 and "not finished" not in capsys.readouterr().out


def test_at_a_terminal_quit_asks_first() -> None:
    table = Table()
    table.plain.asks = True
    text = table.play("wait 10s", "quit", "no", "quit", "look", "leave")
    assert "Type yes" in text and text.count("Not ended.") == 2 and "Users: " in text.split("Not ended.")[2]
    assert not table.session.over and table.session.now == 10_000
    assert "run hands-off" in table.play("quit", "yes") and table.session.over


def test_alarms_that_are_all_well_are_said_to_be() -> None:
    table = Table()
    assert "All alarms are OK." in table.play("look", "leave")
    assert re.search(r"[1-9] of \d alarms (is|are) not OK", table.play("wait 2m30s", "look", "leave"))
