"""The app on the real levels: a drill won by keys, every screen at every size, and what signals leave behind."""

from __future__ import annotations

import os
import pty
import re
import signal
import struct
import subprocess
import sys
import time
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import Any

import pytest

from drill.catalog.autoscaling.actions import UpdateAutoScalingGroup
from drill.catalog.route53.actions import ChangeResourceRecordSets
from drill.desk import Desk
from drill.session.log import open_runs, read
from drill.session.session import replay
from drill.tui.app import DrillApp
from drill.tui.screens.act import ActionForm, Choices, NameWithin
from drill.tui.screens.briefing import Briefing
from drill.tui.screens.clock import Clock
from drill.tui.screens.console_box import ConsoleInput
from drill.tui.screens.debrief import DebriefScreen
from drill.tui.screens.drill import DrillScreen
from drill.tui.screens.keybar import KeyBar
from drill.tui.screens.pick import ActionPicker
from drill.tui.screens.replay import Replay
from drill.tui.widgets.map import MapView
from tests.tui.test_app_keys import Wall


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def take_clock(screen: DrillScreen) -> Wall:
    """Put the clock into the test's hands."""
    wall = Wall()
    screen.clock = Clock(wall=wall)
    screen.clock.paused = False
    return wall


async def start(pilot: Any) -> Any:
    """Wait for the briefing, and start the drill."""
    while not isinstance(pilot.app.screen, Briefing):
        await pilot.pause()
    await pilot.press("x")
    await pilot.pause()
    return pilot.app.screen


def pass_time(screen: DrillScreen, wall: Wall, seconds: int) -> None:
    for _ in range(seconds):
        wall.now += 1
        screen.tick()


async def test_a_level_is_won_by_keys_alone_told_replayed_and_verified() -> None:
    desk = Desk("ada")
    app = DrillApp(desk, ("play", "first-shift", "1"))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await start(pilot)
        wall = take_clock(screen)
        pass_time(screen, wall, 62)
        assert "start-instances" in screen.frame.guide
        screen.query_one(MapView).selected = "web-1"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ActionPicker) and app.screen.actions[0].__name__ == "StartInstances"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ActionForm)
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is screen
        pass_time(screen, wall, 120)
        await pilot.pause(0.3)
        told: Any = app.screen
        assert isinstance(told, DebriefScreen) and told.told.won
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "the reference solution scores" in str(told.query_one("#compared").render())
        did = " ".join(str(told.query_one("#actions").render()).split())
        assert "beside the same run without it" in did and "took effect at T+0" in did and "lost with" in did
        log = read(screen.session.log.path)
        assert replay(screen.session.file, log).scorecard() == screen.session.scorecard()
        told.since = 0.0
        await pilot.press("w")
        await pilot.pause()
        assert isinstance(app.screen, Replay)
        keys = app.screen.query_one(KeyBar)
        assert keys.keys[0].does == "pause"
        await pilot.press("space", "end")
        assert keys.keys[0].does == "go on"
        assert app.screen.follower.session.over and "start-instances" in app.screen.follower.line
        await pilot.press("less_than_sign", "less_than_sign", "less_than_sign")
        assert app.screen.at == 0 and not app.screen.follower.trouble and not app.screen.follower.line
    assert [row.points for row in desk.store.scores("first-shift")] == [told.told.points]


async def test_ascii_means_every_cell_of_every_screen() -> None:
    app = DrillApp(Desk(), ("play", "zone-power", "1"), ascii_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, Briefing):
            await pilot.pause()
        for key in ("", "x", "right", "enter", "escape", "question_mark", "escape", "q", "e"):
            if key:
                await pilot.press(key)
            await pilot.pause()
            lines = "".join(strip.text for strip in app.screen._compositor.render_strips())
            assert lines.isascii(), (key, {c for c in lines if not c.isascii()})


async def test_no_color_means_none_not_even_gray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = DrillApp(Desk(), ("play", "zone-power", "1"))
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, Briefing):
            await pilot.pause()
        for key in ("", "x", "right", "enter", "enter", "escape", "q", "e", "escape"):
            if key:
                await pilot.press(key)
            await pilot.pause()
            styles = [s.style for strip in app.screen._compositor.render_strips() for s in strip if s.style]
            named = {color.name for style in styles for color in (style.color, style.bgcolor) if color}
            assert named <= {"default"}, (key, named)
            if key == "enter":
                assert any(style.underline or style.reverse for style in styles), "what has the keys can be seen"


async def test_form_and_console_leave_the_same_log_entry() -> None:
    kept = []
    for by_form in (True, False):
        app = DrillApp(Desk(), ("play", "first-shift", "1"))
        async with app.run_test(size=(120, 40)) as pilot:
            screen = await start(pilot)
            screen.clock.paused = True
            if by_form:
                screen.query_one(MapView).selected = "web-1"
                await pilot.press("enter", "down", "enter", "enter")
            else:
                screen.query_one(ConsoleInput).write("aws ec2 stop-instances --instance-ids web-1")
                await pilot.press("colon", "enter")
            await pilot.pause()
            kept.append([(e.command, e.author) for e in screen.session.entries if e.note == "action"])
    assert kept[0] == kept[1] and len(kept[0]) == 1


async def test_a_form_starts_with_what_is_and_at_what_is_to_be_changed() -> None:
    app = DrillApp(Desk(), ("play", "region-failover", "1"))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await start(pilot)
        screen.clock.paused = True
        screen.fill(UpdateAutoScalingGroup, "central-web")
        await pilot.pause()
        zones = [app.screen.query_one(Choices).get_option_at_index(n).value for n in range(2)]
        assert zones == ["euc1-az1", "euc1-az2"] and app.screen.query_one(Choices).option_count == 2
        assert sorted(app.screen.query_one(Choices).selected) == zones, "the zones that the group has now"
        await pilot.press("tab", "1", "2", "ctrl+s")
        await pilot.pause()
        screen.fill(ChangeResourceRecordSets, "shop")
        await pilot.pause()
        within = app.screen.focused
        assert isinstance(within, NameWithin) and within.value == "west-alb"
        assert "targets healthy · eu-west-1" in str(within.query_one("#label").render())
        offered = {value for _, value in within._options}
        assert offered == {"west-alb", "central-alb"}, "what an alias can lead to"
        within.value = "central-alb"
        await pilot.pause()
        await pilot.press("ctrl+s")
        await pilot.pause()
        screen.session.advance(screen.session.length - 1000)
        screen.draw()
        screen.fill(UpdateAutoScalingGroup, "west-web")
        await pilot.pause()
        assert app.screen.values()["max_size"] == "", "what a silent Region has now is not known"
        group, record = [given.action for given in screen.session.history.commands]
        assert group.availability_zones == ["euc1-az1", "euc1-az2"]
        assert (group.max_size, group.min_size) == (12, screen.session.world.components["central-web"].min)
        assert record.change_batch.changes[0].resource_record_set.to() == "central-alb"


async def test_an_action_that_has_no_room_to_say_what_it_does_says_it_below() -> None:
    app = DrillApp(Desk(), ("play", "zone-power", "1"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await start(pilot)
        screen.query_one(MapView).selected = "web/use1-az1"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ActionPicker)
        assert app.screen.actions[0].summary in str(app.screen.query_one("#keys").render())
        await pilot.resize_terminal(120, 40)
        await pilot.press("j", "k")
        await pilot.pause()
        assert app.screen.actions[0].summary not in str(app.screen.query_one("#keys").render())


async def test_a_level_that_cannot_be_read_ends_the_app_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("drill: 1\nlenght: 3m\n", encoding="utf-8")
    app = DrillApp(Desk(), ("play", str(path), "1"))
    async with app.run_test() as pilot:
        await pilot.pause(0.3)
    assert app.return_value == 2 and f"{path}:2:1: " in app.problem


ODD = "[b]loud[/b] [/] [@click=app.bell]x"


async def test_output_that_looks_like_markup_stays_text(tmp_path: Path) -> None:
    desk = Desk("[red]eve[/red]")
    text = desk.load("eip-remap").path.read_text(encoding="utf-8")
    path = tmp_path / "odd.yaml"
    path.write_text(re.sub(r"(?ms)^brief: .*?^(?=\w)", f"brief: '{ODD}'\n", text), encoding="utf-8")
    app = DrillApp(desk, ("play", str(path), "1"))
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, Briefing):
            await pilot.pause()
        shown = str(app.screen.query_one("#text").render())
        assert ODD in shown and "[red]eve[/red]" in shown


# ---- in a terminal of its own --------------------------------------------------------------------------------------


class Terminal:
    """`drill play` in a pseudo-terminal of 100x30."""

    def __init__(self, *words: str) -> None:
        self.master, slave = pty.openpty()
        ioctl(self.master, TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "drill", *words], stdin=slave, stdout=slave, stderr=slave, env=env, close_fds=True
        )
        os.close(slave)
        os.set_blocking(self.master, False)
        self.seen = b""

    def until(self, text: str, seconds: float = 8.0) -> None:
        """Read until ``text`` was written."""
        end = time.monotonic() + seconds
        while text.encode() not in self.seen:
            assert time.monotonic() < end, f"no {text!r} in {self.seen[-2000:]!r}"
            self.read()

    def read(self) -> None:
        try:
            self.seen += os.read(self.master, 65536)
        except (BlockingIOError, OSError):
            time.sleep(0.02)

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def end(self) -> int:
        """Wait for the end and read what is left."""
        end = time.monotonic() + 8
        while self.process.poll() is None and time.monotonic() < end:
            self.read()
        self.read()
        code = self.process.wait(1)
        os.close(self.master)
        return code


def started() -> Terminal:
    """A drill under way in a terminal, with one command given."""
    terminal = Terminal("play", "first-shift", "--seed", "1")
    terminal.until("starts the clock")
    terminal.type("x")
    terminal.until("web-alb")
    terminal.type(":")
    time.sleep(0.3)
    terminal.type("ops declare-incident --severity 2\r")
    terminal.until("accepted")
    return terminal


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_give_the_terminal_back_and_leave_the_log_whole(number: signal.Signals, home: Path) -> None:
    terminal = started()
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    tail = terminal.seen[-400:]
    assert b"\x1b[?1049l" in tail and b"\x1b[?25h" in tail and b"Traceback" not in terminal.seen
    (run,) = open_runs(home / "runs")
    assert [e.note for e in read(run.path).entries if e.note != "mark"] == ["action"] and not run.busy


def test_kill_9_loses_nothing_that_was_acknowledged(home: Path) -> None:
    terminal = started()
    terminal.process.kill()
    terminal.end()
    session = Desk().resume()
    assert [given.line for given in session.history.commands] == ["ops declare-incident --severity 2"]
    assert session.log.saving
