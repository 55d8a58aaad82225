"""Leading a drill: injects as they stand, truth beside telemetry, lines that are orders, the screen and its keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from drill.desk import Desk
from drill.hosted.injects import course, injects, told
from drill.hosted.lines import HELP, ORDERS, completions, obey, offers, read_order, words
from drill.hosted.truth import beside
from drill.level.bundle import bundled, find
from drill.level.loader import load
from drill.plain_host import PlainHost
from drill.session.log import Log, LogHeader, read
from drill.session.session import Session, replay
from drill.tui.app import DrillApp
from drill.tui.screens.console_box import ConsoleInput
from drill.tui.screens.debrief import DebriefScreen
from drill.tui.screens.help import bindings, help_text, sections, written
from drill.tui.screens.lead import LeadScreen
from drill.view.build import frame
from tests.docs.pages import shell


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))


def drill(seconds: int = 0) -> Session:
    session = Session.start(load(find("zone-power")), 7)
    session.advance(seconds * 1000)
    return session


def test_the_list_of_injects_follows_what_is_done_to_them() -> None:
    session = drill(10)
    usual = course(session)
    dark, support, health = injects(session, usual)
    assert (dark.id, dark.state, dark.source, dark.to) == ("dark", "waiting", "the level", "use1-az1")
    assert dark.due == usual.fired["dark"] and "loses power for" in dark.text
    assert told(dark).startswith("use1-az1: the zone loses power")
    assert told(support).startswith(f"{support.source} to everybody: ")
    assert "--max-size 10" in dark.expects and support.expects == ""
    assert support.due == -1 and support.when == "after dark + 30 s" and support.usual == dark.due + 30_000
    for line in ("delay dark 60s", "skip health"):
        assert obey(line, session, "fay") == ""
    rows = {row.id: row for row in injects(session, usual)}
    assert rows["dark"].due == dark.due + 60_000 and rows["dark"].state == "delayed"
    session.advance(dark.due + 5_000)  # its own time has passed: it is held back now
    held = {row.id: row for row in injects(session, usual)}["dark"]
    assert (held.state, held.due) == ("delayed", dark.due + 60_000)
    obey("rewind 00:09", session, "fay")
    session.advance(10_000)
    for line in ("delay dark 60s", "skip health"):
        assert obey(line, session, "fay") == ""
    rows = {row.id: row for row in injects(session, usual)}
    assert rows["health"].state == "skipped" and health.state == "waiting"
    obey("fire dark", session, "fay")
    rows = {row.id: row for row in injects(session, usual)}
    assert rows["dark"].state == "came" and rows["dark"].due == 10_000 and rows["support"].due == 40_000


def test_an_inject_that_would_stay_out_as_things_are_says_so() -> None:
    session = Session.start(load(find("eip-remap")), 7)
    first, *_ = injects(session, course(session))
    assert (first.id, first.due > 0) == ("death-2", True)  # web-2 answers for the shop
    assert [row.when for row in injects(session) if row.due < 0 and row.id.startswith("death")] == [
        "at 58s, but not as things are"
    ] * 2


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_every_level_can_be_led_and_looking_changes_nothing(path: Path) -> None:
    session = Session.start(load(path), 3)
    usual = course(session)
    for at in (0, session.length // 3, session.length // 2):
        session.advance(at)
        before = session.world.digest()
        rows, told = injects(session, usual), beside(session, frame(session))
        assert len(rows) == len(session.level.script) and len(told) >= len(session.world.components)
        assert session.world.digest() == before
    calm = beside(Session.start(load(path), 3), frame(Session.start(load(path), 3)))
    assert len([row for row in calm if row.differs]) <= 1, "a spare that only seems to run is all that may differ"


def test_what_the_others_cannot_see_yet_differs() -> None:
    session = drill(30)
    assert not any(row.differs for row in beside(session, frame(session)))
    obey("fire dark", session, "fay")
    session.advance(33_000)
    rows = {row.name: row for row in beside(session, frame(session))}
    assert rows["web"].differs and rows["web"].true.startswith("4 of 6 answer") and "0 of" not in rows["web"].seen


def test_every_word_of_a_line_is_read_or_says_what_to_type() -> None:
    session = drill(30)
    assert {line.split()[0] for line in HELP.splitlines()} == {*words(), "injects", "truth", "as"} - {"resume"}
    wrong = {
        "fire": "type fire and the id of an inject",
        "delay dark soon": "delay dark 60s",
        "fault drill:no": "no fault is called drill:no",
        "fault drill:az:gray use1-az1 color=red": "drill:az:gray has no color; it has lost, slow, by",
        "fault drill:az:gray use1-az9": "needs the name of a zone",
        "fault drill:az:gray use1-az1 lost=many": "drill:az:gray: ",
        "fault 'a": "a quotation mark is missing",
        "message hello": "a colon and the text",
        "hint": "where, how",
        "rewind later": "rewind 02:30",
        "rewind 00:30": "before T+00:30",
        "seat ada": "type seat, a name and a role",
    }
    for line, why in wrong.items():
        assert why in (obey(line, session, "fay") or "")
    assert read_order("aws ec2 describe-instances", session) is None and session.entries == []
    assert obey("message \x1b[31mboss: Is it\u202e down?", session, "fay") == ""
    assert session.entries[-1].command == {"order": "message", "from": "boss", "text": "Is it down?"}


def test_lines_can_be_completed() -> None:
    session = drill()
    assert completions("fi", session) == ["fire "] and completions("skip d", session) == ["skip dark "]
    assert "fault drill:az:gray " in completions("fault drill:az", session)
    assert completions("fault drill:az:gray use1-az2", session) == ["fault drill:az:gray use1-az2 "]
    assert completions("seat ada o", session) == ["seat ada operator "]


def test_commands_can_be_completed_with_a_name_before_them(tmp_path: Path) -> None:
    session = drill()
    assert obey("seat bob operator", session, "fay") == ""
    assert [each.text for each in offers("as b", session)] == ["as bob "]
    assert "as bob aws autoscaling " in [each.text for each in offers("as bob aws autosc", session)]
    group = "aws autoscaling set-desired-capacity --auto-scaling-group-name "
    assert [each.text for each in offers(f"as team {group}w", session)] == [f"as team {group}web "]
    assert [each.text for each in offers(f"{group}w", session)] == [f"{group}web "]
    assert {"as ", "aws "} <= {each.text for each in offers("a", session)}
    assert PlainHost(Desk("fay"), session).offers("as bob aws autosc") == offers("as bob aws autosc", session)


def test_what_was_only_looked_at_leaves_no_run_behind(tmp_path: Path) -> None:
    quits = (("injects\ntruth\nquit\n", 0), ("injects\n", 0), ("as ada ops declare-incident\nquit\n", 1))
    for lines, runs in quits:
        out = shell(f"printf '{lines}' | drill host zone-power --seed 7 --plain", tmp_path).stdout
        assert ("Nothing was played" in out) == (not runs)
        assert len(list((tmp_path / "home").rglob("*.jsonl"))) == runs


async def test_the_help_of_who_leads_has_the_keys_and_orders_of_that_screen_and_no_others() -> None:
    desk = Desk("fay")
    session = desk.start(desk.load("zone-power"), 7)
    assert obey("pause", session, "fay") == ""
    app = DrillApp(desk, ("host",), (session, None))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "not begun" in str(app.screen.query_one("#head", Static).render())
        keys = {key for rows in sections(app.screen).values() for does in rows.values() for key in does}
        bound = {written(key) for key in bindings(LeadScreen) if key.description} - {""}
        assert bound <= keys and {"n", "s", "d", "Space", ":"} <= bound and not {"H", "a", "/"} & keys
        page = str(help_text(app.screen))
        assert all(typed in page and does in page for typed, does in ORDERS)
        assert "truth" not in {typed for typed, _ in ORDERS} and "hint; it says its price" not in page
        await pilot.press("q", "e")  # nothing was played: there is nothing to tell of
        await pilot.pause()
    assert app.return_value == 0 and not list(desk.filing.logs.runs_folder.glob("*.jsonl"))


def test_one_person_leads_a_drill_line_by_line() -> None:
    said: list[str] = []
    desk = Desk("fay")
    session = desk.start(desk.load("zone-power"), 7)
    host = PlainHost(desk, session, said.append)
    lines = ["injects", "wait 30s", "seat ada commander", "seat bob operator", "fire dark", "wait 3s", "truth",
             "as bob ops declare-incident --severity 1", "as ada ops declare-incident --severity 1", "pause", "wait",
             "resume", "rewind 00:20", "nonsense", "hint where", "quit"]  # fmt: skip
    assert host.play(iter(lines)) == 0
    text = "\n".join(said)
    for wanted in ("dark, waiting, T+01:15: use1-az1: the zone", "should lead to: aws autoscaling", "It differs.",
                   "Time stands still.",
                   "Not done: ops DeclareIncident is for the incident commander: ask ada.", "Type help for the words",
                   "facilitator: What is the group allowed to grow to?", "a facilitator's hand was in it"):  # fmt: skip
        assert wanted in text, wanted
    log = read(session.log.path)
    assert [e.author for e in log.entries if e.note == "action"] == ["ada"]
    again = replay(session.file, log)
    assert again.seats == {"ada": "commander", "bob": "operator"} and again.world.digest() == session.world.digest()
    assert desk.store.scores() == [] or not desk.store.scores()


async def test_the_facilitator_leads_by_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk("fay")
    session = desk.start(desk.load("zone-power"), 7)
    app = DrillApp(desk, ("host",), (session, None))

    async def typed(pilot: Any, *keys: str) -> None:
        for key in keys:
            await pilot.press(*key if len(key) > 1 and key not in ("enter", "space", "colon", "tab") else [key])
        await pilot.pause()

    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, LeadScreen)
        await typed(pilot, "space")
        assert session.paused == "fay"
        await typed(pilot, "n", "enter")
        assert screen.rows[0].state == "came" and not screen.query_one(ConsoleInput).value
        session.order(read_order("resume", session), "fay")
        session.advance(60_000)
        await typed(pilot, "m", "They call", "enter")
        await typed(pilot, "colon", "seat bob op", "tab", "enter")
        await typed(pilot, "colon", "as bob ops post-status --text x", "enter")
        await typed(pilot, "r", "enter")
        assert session.paused == "fay" and session.now < 30_000 and session.seats == {"bob": "operator"}
        orders = [(e.command or {}).get("order") for e in session.entries if e.note == "order"]
        assert orders == ["pause", "fire", "resume", "message", "seat", "rewind", "pause"]
        await typed(pilot, "q", "e")
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen)
        assert "a facilitator's hand was in it" in app.screen.filed.problem
    again = replay(session.file, read(session.log.path))
    assert again.world.digest() == session.world.digest()


def test_a_led_run_that_was_left_is_gone_on_with(tmp_path: Path) -> None:
    left = "printf 'wait 40s\\nfire dark\\npause\\nleave\\n' | drill host zone-power --seed 7 --operator fay --plain"
    run = shell(left, tmp_path).stdout.partition("drill host --resume ")[2].split()[0]
    again = f"printf 'injects\\nwait 20s\\nquit\\n' | drill host --resume {run} --operator fay --plain"
    out = shell(f"{again}; drill verify {run}", tmp_path).stdout
    assert "dark, came, T+00:40" in out and "T+01:00 of " in out, "time passes again"
    assert "with a facilitator's hand in it" in out
    for wrong in ("", f"zone-power --resume {run}"):
        done = shell(f"drill host {wrong} --plain", tmp_path)
        assert (done.returncode, done.stderr) == (2, "name the level to lead, or a run with --resume\n")


def test_a_replay_shows_what_was_kept_of_a_led_run() -> None:
    from drill.tui.screens.replay import Follower

    session = drill(30)
    obey("fire dark", session, "fay")
    session.advance(60_000)
    obey("rewind 00:20", session, "fay")
    session.finish()
    header = LogHeader(level="zone-power", gameplay=session.file.gameplay_hash, seed=7)
    log = Log(header=header, entries=session.entries)
    follower = Follower(session.file, log)
    for at in (25_000, 50_000, 10_000, session.length):
        follower.to(at)
        assert follower.trouble == "" and follower.session.now == at
        assert [t.at for t in follower.session.history.truths if t.kind == "fault"] == [75_000] * (at >= 75_000)
