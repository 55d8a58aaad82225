"""What is typed quickly, before a screen has drawn itself, ends up where it was meant to."""

from __future__ import annotations

from textual.events import Key
from textual.widgets import Input

from drill.console import render
from drill.tui.app import DrillApp
from drill.tui.screens.console_box import ConsoleInput
from drill.tui.screens.dialogs import Question
from drill.tui.screens.find import Find
from drill.tui.screens.levels import LevelList
from drill.tui.screens.pick import ActionPicker
from drill.tui.widgets.guide import GuidePanel
from drill.tui.widgets.map import MapView
from drill.view.frame import Asked
from tests.tui.test_app_keys import drilling, opened

ASKED = Asked(
    id="newsletter",
    source="marketing",
    text="Send [b]it[/b]?",
    choices=(("hold", "Hold it."), ("send", "Send it.")),
    left=50_000,
)


NAMED = {"/": "slash", ":": "colon", " ": "space"}


def type_at_once(app: DrillApp, *keys: str) -> None:
    """Press keys as a paste or a slow line delivers them: all before any is dealt with."""
    for key in keys:
        app.post_message(Key(NAMED.get(key, key), key if len(key) == 1 else None))


async def test_letters_right_after_the_find_key_of_the_level_list() -> None:
    async with opened() as (app, pilot, _desk):
        type_at_once(app, *"/quick/j")
        await pilot.pause()
        assert isinstance(app.screen, LevelList) and app.screen.query_one("#find", Input).value == "quick/j"
        await pilot.press("escape")
        type_at_once(app, *"j/warm", "enter")
        await pilot.pause()
        assert [row.id for row in app.screen.shown()] == ["eip-remap"] and app.screen.wanted == "warm"


async def test_letters_right_after_the_keys_that_open_a_line_in_a_drill() -> None:
    async with drilling() as (app, pilot, session, screen, _wall):
        type_at_once(app, *":jq: /H ", "escape")
        await pilot.pause()
        assert screen.query_one(ConsoleInput).value == "jq: /H " and app.screen is screen and not session.given
        type_at_once(app, *"/web-2")
        await pilot.pause()
        assert isinstance(app.screen, Find) and app.screen.query_one(Input).value == "web-2"
        type_at_once(app, "enter")
        await pilot.pause()
        assert screen.query_one(MapView).selected == "web-2" and screen.query_one(MapView).has_focus


async def test_enter_twice_opens_one_list_of_actions() -> None:
    async with drilling() as (app, pilot, _session, screen, _wall):
        screen.query_one(MapView).selected = "web-1"
        screen.action_act()
        screen.action_act()
        await pilot.pause()
        assert [type(each) for each in app.screen_stack[-2:]] == [type(screen), ActionPicker]


async def test_a_question_is_answered_by_key_by_arrows_or_by_a_click() -> None:
    for way in ("2", "arrows", "click"):
        async with drilling() as (app, pilot, session, screen, _wall):
            await pilot.press("a")
            await pilot.pause()
            assert app.screen is screen, "nobody asks"
            session.asked.append(ASKED)
            screen.draw()
            await pilot.pause()
            assert screen.query_one(GuidePanel).display
            if way == "click":
                await pilot.click(GuidePanel)
            else:
                await pilot.press("a")
            await pilot.pause()
            assert isinstance(app.screen, Question) and "Send [b]it[/b]?" in app.screen.text
            await pilot.press("escape", "a")
            await pilot.pause()
            if way == "2":
                await pilot.press("2")
            elif way == "arrows":
                await pilot.press("enter", "down", "down", "enter")
            else:
                await pilot.click("Answer:last-of-type")
            await pilot.pause()
            assert app.screen is screen
            assert [render(a) for a in session.given] == ["ops answer --question newsletter --choice send"]
