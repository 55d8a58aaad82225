"""What each key does, with a desk that has no engine behind it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.widgets import Input, OptionList

from drill.console import render
from drill.model.command import Refusal
from drill.tui.app import DrillApp
from drill.tui.screens.act import ActionForm, Choices
from drill.tui.screens.briefing import Briefing
from drill.tui.screens.clock import Clock
from drill.tui.screens.console_box import ConsoleBox, ConsoleInput, Output
from drill.tui.screens.debrief import DebriefScreen
from drill.tui.screens.dialogs import Question, TooSmall
from drill.tui.screens.drill import DrillScreen
from drill.tui.screens.drill_keys import reading
from drill.tui.screens.find import Find
from drill.tui.screens.help import Help
from drill.tui.screens.keybar import KeyBar
from drill.tui.screens.levels import LevelList
from drill.tui.screens.pick import ActionPicker
from drill.tui.widgets.board import Board
from drill.tui.widgets.map import MapView
from tests.tui.fakes import FakeDesk


class Wall:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def opened(first: tuple[str, ...] = ("list",), size: tuple[int, int] = (120, 40), **changes: Any) -> Any:
    desk = FakeDesk(**changes)
    app = DrillApp(desk, first)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot, desk


@asynccontextmanager
async def drilling(**changes: Any) -> Any:
    """A drill under way, its clock in the test's hands."""
    async with opened(("play", "eip-remap", "7"), **changes) as (app, pilot, desk):
        await pilot.press("x")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, DrillScreen)
        wall = Wall()
        screen.clock = Clock(wall=wall)
        screen.clock.paused = False
        desk.session.now = screen.owed = 0
        yield app, pilot, desk.session, screen, wall


async def test_from_the_list_to_the_debrief_and_back() -> None:
    async with opened() as (app, pilot, desk):
        assert isinstance(app.screen, LevelList)
        await pilot.press("j", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Briefing) and app.screen.seed == 4711
        await pilot.press("escape")
        assert isinstance(app.screen, LevelList)
        await pilot.press("down", "enter", "x")
        await pilot.pause()
        assert isinstance(app.screen, DrillScreen)
        desk.session.now = desk.session.length
        app.screen.tick()
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen) and desk.finished == 1
        app.screen.since = 0.0
        await pilot.press("r")
        await pilot.pause()
        assert isinstance(app.screen, DrillScreen) and desk.session.seed == 4711 and len(desk.sessions) == 2


async def test_debrief_leads_on() -> None:
    for key, where in (("n", Briefing), ("enter", LevelList), ("escape", LevelList)):
        async with opened(("play", "eip-remap", "7")) as (app, pilot, desk):
            await pilot.press("x")
            await pilot.pause()
            desk.session.now = desk.session.length
            app.screen.tick()
            await pilot.pause()
            await pilot.press(key)
            assert isinstance(app.screen, DebriefScreen), "a key meant for the drill is not an answer"
            app.screen.since = 0.0
            await pilot.press(key)
            await pilot.pause()
            assert isinstance(app.screen, where)
            if where is LevelList:
                assert app.screen.query_one(OptionList).highlighted_option.id == "eip-remap", "where one left the list"


async def test_keys_typed_ahead_start_one_drill() -> None:
    async with opened(("play", "eip-remap", "7")) as (app, pilot, desk):
        for key in ("x", "x", "plus", "space", "x"):
            app.simulate_key(key)
        await pilot.pause(0.2)
        assert isinstance(app.screen, DrillScreen) and len(desk.sessions) == 1


async def test_a_broken_level_says_why_and_find_narrows() -> None:
    async with opened() as (app, pilot, _desk):
        await pilot.press("slash", *"warm", "enter")
        assert [row.id for row in app.screen.shown()] == ["eip-remap"]
        await pilot.press("escape", "end", "enter")
        await pilot.pause()
        assert isinstance(app.screen, LevelList)
        assert any("did you mean" in note.message for note in app._notifications)


async def test_time_follows_the_clock_its_speed_and_pause() -> None:
    async with drilling() as (_app, pilot, session, screen, wall):
        wall.now += 2
        screen.tick()
        assert session.now == 2000
        await pilot.press("plus", "plus")
        assert screen.clock.speed == 5
        wall.now += 1
        screen.tick()
        assert session.now == 7000
        await pilot.press("minus", "space")
        assert screen.clock.speed == 2 and screen.clock.paused
        wall.now += 3
        screen.tick()
        assert session.now == 7000
        await pilot.press("space")
        wall.now += 0.5
        screen.tick()
        assert session.now == 8000
        for _ in range(9):
            await pilot.press("plus")
        assert screen.clock.speed == 60
        for _ in range(20):
            wall.now += 1
            screen.tick()
        assert session.now == session.length == session.advances[-1]


async def test_enter_picks_an_action_fills_its_form_and_gives_the_line_of_the_console() -> None:
    async with drilling() as (app, pilot, session, screen, wall):
        screen.query_one(MapView).selected = "web-1"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ActionPicker)
        names = [type(a).__name__ and a.__name__ for a in app.screen.actions]
        for _ in range(names.index("AssociateAddress")):
            await pilot.press("j")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ActionForm)
        wall.now += 1.5
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, DrillScreen)
        assert [render(a) for a in session.given] == [
            "aws ec2 associate-address --allocation-id web-ip --instance-id web-1"
        ]
        assert session.times == [1500], "the command is given at the instant that the clock shows"


async def test_a_refusal_stays_on_the_form_as_aws_words_it() -> None:
    async with drilling() as (app, pilot, session, screen, _wall):
        session.refuse = Refusal(code="IncorrectState", message="not [b]now[/b]", operation="StartInstances")
        screen.query_one(MapView).selected = "web-1"
        await pilot.press("enter", "enter")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, ActionForm)
        assert "An error occurred (IncorrectState)" in str(app.screen.query_one("#error").render())
        assert "not [b]now[/b]" in str(app.screen.query_one("#error").render())
        await pilot.press("escape")
        assert isinstance(app.screen, DrillScreen) and not session.given


async def test_console_completes_remembers_and_gives() -> None:
    async with drilling() as (_app, pilot, session, screen, _wall):
        await pilot.press("colon")
        line = screen.query_one(ConsoleInput)
        assert line.has_focus
        line.write("aws ec2 stop")
        await pilot.press("tab")
        assert line.value == "aws ec2 stop-instances "
        line.write("aws ec2 st")
        await pilot.press("tab", "tab")
        assert line.value == "aws ec2 stop-instances ", "what fits, one by one"
        await pilot.press("tab")
        assert line.value == "aws ec2 start-instances "
        line.write("aws ec2 stop-instances --instance-ids ")
        line.write(line.value + "web")
        await pilot.press("tab")
        assert line.value == "aws ec2 stop-instances --instance-ids web-"
        await pilot.press("2", "tab")
        assert line.value == "aws ec2 stop-instances --instance-ids web-2 "
        await pilot.press("enter")
        await pilot.pause()
        assert [render(a) for a in session.given] == ["aws ec2 stop-instances --instance-ids web-2"]
        assert line.value == ""
        await pilot.press("n", "o", "enter", "up", "up")
        await pilot.pause()
        assert line.value == "aws ec2 stop-instances --instance-ids web-2"
        await pilot.press("down", "down")
        assert line.value == ""
        assert len(session.given) == 1 and "no" in str(screen.query_one("#echo").render())
        await pilot.press("q", "escape")
        assert line.value == "q" and screen.query_one(MapView).has_focus
        line.write("")
        await pilot.press("colon", "colon", "x", "colon")
        assert line.value == "x:", "the key that opens the console is no text at the start of its line"


async def test_output_of_a_reading_command_is_shown_as_text_until_escape() -> None:
    async with drilling() as (_app, pilot, _session, screen, _wall):
        screen.query_one(ConsoleInput).write("aws ec2 describe-instances")
        await pilot.press("colon", "enter", "escape")
        await pilot.pause()
        output = screen.query_one("#output")
        assert output.display and "i-1 running [b]x[/b]" in str(screen.query_one("#printed").render())
        await pilot.press("escape")
        assert not output.display
        screen.query_one(ConsoleInput).write("aws ec2 help")
        await pilot.press("colon", "enter")
        await pilot.pause()
        assert output.display and "terminate-instances" in str(screen.query_one("#printed").render())


async def test_hint_says_its_price_before_it_is_bought() -> None:
    async with drilling() as (app, pilot, session, _screen, _wall):
        await pilot.press("H")
        await pilot.pause()
        assert isinstance(app.screen, Question) and "30 points" in app.screen.text
        await pilot.press("escape")
        assert not session.given
        await pilot.press("H", "enter")
        await pilot.pause()
        assert [render(a) for a in session.given] == ["ops buy-hint --hint-id h1"]


async def test_find_selects_and_tab_moves_on() -> None:
    async with drilling() as (app, pilot, _session, screen, _wall):
        await pilot.press("slash", *"az2", "enter")
        await pilot.pause()
        assert screen.query_one(MapView).selected == "web-2"
        await pilot.press("tab")
        assert not screen.query_one(MapView).has_focus
        await pilot.press("slash", "escape", "escape")
        assert not isinstance(app.screen, Find) and screen.query_one(MapView).has_focus


async def test_tab_goes_to_what_can_be_read_and_back() -> None:
    async with drilling() as (_app, pilot, _session, screen, _wall):
        await pilot.press("tab")
        assert screen.query_one(Board).feed.has_focus and screen.query_one(KeyBar).keys == reading()
        await pilot.press("tab")
        assert screen.query_one(MapView).has_focus
        screen.query_one(ConsoleInput).write("aws ec2 help")
        await pilot.press("colon", "enter", "escape")
        await pilot.pause()
        screen.query_one(ConsoleBox).print("line", "text", 0)
        await pilot.press("tab")
        assert screen.query_one(Output).has_focus


async def test_tab_opens_the_next_panel_where_they_are_folded() -> None:
    async with drilling(size=(80, 24)) as (_app, pilot, _session, screen, _wall):
        fold = screen.query_one(Board).fold
        await pilot.press("tab")
        assert fold.tab == "feed" and screen.query_one(MapView).has_focus
        await pilot.press("tab", "tab", "tab")
        assert fold.tab == "alarms"


async def test_a_list_to_choose_from_is_told_without_color() -> None:
    async with drilling() as (_app, pilot, _session, screen, _wall):
        screen.query_one(MapView).selected = "web-1"
        await pilot.press("enter", "enter")
        await pilot.pause()
        listing = _app.screen.query_one(Choices)
        chosen = listing.selected
        boxes = [listing.render_line(y).text[:3] for y in range(listing.option_count)]
        assert boxes == ["[x]" if listing.get_option_at_index(n).value in chosen else "[ ]" for n in range(len(boxes))]
        assert set(boxes) == {"[x]", "[ ]"}


async def test_help_is_everywhere() -> None:
    async with drilling() as (app, pilot, _session, screen, _wall):
        await pilot.press("question_mark")
        assert isinstance(app.screen, Help)
        await pilot.press("question_mark")
        assert app.screen is screen


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_quitting_asks_and_time_stands_still_meanwhile(key: str) -> None:
    async with drilling() as (app, pilot, session, screen, wall):
        if key == "ctrl+c":
            await pilot.press("colon", "a")  # from anywhere, even while typing
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, Question)
        wall.now += 60
        screen.tick()
        assert session.now == 0
        await pilot.press("k")
        wall.now += 1
        screen.tick()
        assert session.now == 1000 and app.screen is screen
        await pilot.press("escape", key, "l")
    assert app.return_value == 0 and not session.over


async def test_it_is_said_once_when_saving_ends() -> None:
    async with drilling() as (app, pilot, session, screen, _wall):
        session.saving = False
        screen.draw()
        screen.draw()
        await pilot.pause()
        said = [note.message for note in app._notifications]
        assert said == ["From here on, this run is not being saved."]
        assert "NOT SAVED" in str(screen.query_one(KeyBar).render())


async def test_ending_now_runs_the_rest_and_tells() -> None:
    async with drilling() as (app, pilot, session, _screen, _wall):
        await pilot.press("q", "e")
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen) and session.over


async def test_palette_knows_every_action() -> None:
    async with drilling() as (app, pilot, _session, _screen, _wall):
        await pilot.press("ctrl+p")
        app.screen.query_one(Input).value = "web-ip associate"
        await pilot.pause(0.3)
        await pilot.press("down", "enter")
        await pilot.pause(0.2)
        assert isinstance(app.screen, ActionForm) and app.screen.component.name == "web-ip"


@pytest.mark.parametrize(("tier", "stands"), [("guided", True), ("hinted", False)])
async def test_time_stands_still_under_a_form_only_when_guided(tier: str, stands: bool) -> None:
    async with drilling(tier=tier) as (_app, pilot, session, screen, wall):
        screen.query_one(MapView).selected = "web-1"
        await pilot.press("enter")
        await pilot.pause()
        wall.now += 2
        screen.tick()
        assert (session.now == 0) is stands
        await pilot.press("escape")
        await pilot.pause()
        wall.now += 2
        screen.tick()
        assert session.now == (2000 if stands else 4000)


async def test_too_small_says_what_it_needs_and_recovers() -> None:
    async with drilling() as (app, pilot, session, screen, wall):
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert isinstance(app.screen, TooSmall) and "60x20" in str(app.screen.query_one("#size").render())
        wall.now += 9
        screen.tick()
        assert session.now == 0
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.screen is screen


async def test_clicks_do_what_keys_do() -> None:
    async with opened() as (app, pilot, _desk):
        await pilot.click("#levels", offset=(5, 1))
        await pilot.pause()
        assert isinstance(app.screen, Briefing)
        await pilot.click("#text")
        await pilot.pause()
        assert isinstance(app.screen, DrillScreen)
        await pilot.press("q")
        await pilot.pause()
        await pilot.click("Answer")
        await pilot.pause()
        assert isinstance(app.screen, DrillScreen)
        await pilot.click(ConsoleBox)
        assert app.screen.query_one(ConsoleInput).has_focus


def test_a_suspended_machine_is_not_an_outage() -> None:
    wall = Wall()
    clock = Clock(speed=1, wall=wall)
    clock.paused = False
    wall.now += 3600
    assert clock.elapsed() == 5000
    clock.hold("a")
    clock.hold("b")
    clock.release("a")
    wall.now += 1
    assert clock.elapsed() == 0
    clock.release("b")
    clock.speed = 10
    wall.now += 1
    assert clock.elapsed() == 10_000
    assert clock.faster(fastest=10) == 10 and clock.faster() == 20
