"""Every screen at every size, from 1x1 to 300x100: nothing is raised, and the screen is there again afterwards."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.screen import ModalScreen
from textual.widgets import Static

from drill.contest.board import board
from drill.desk import Desk
from drill.tui.app import DrillApp
from drill.tui.screens.act import ActionForm
from drill.tui.screens.board import BoardScreen
from drill.tui.screens.briefing import Briefing
from drill.tui.screens.debrief import DebriefScreen
from drill.tui.screens.dialogs import Question
from drill.tui.screens.drill import DrillScreen
from drill.tui.screens.entry import Entry
from drill.tui.screens.find import Find
from drill.tui.screens.help import Help
from drill.tui.screens.lead import LeadScreen
from drill.tui.screens.levels import LevelList
from drill.tui.screens.opening import Opening
from drill.tui.screens.pick import ActionPicker
from drill.tui.screens.profile import ProfilePage
from drill.tui.screens.replay import Replay
from drill.tui.widgets.map import MapView
from tests.contest.test_board import OPENS, RULES, TEAMS, result
from tests.contest.test_screens import Feed, fetched

Open = Callable[[Any], Awaitable[None]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))


async def drill(pilot: Any) -> None:
    """A drill in trouble, with text printed and a component selected."""
    pilot.app.open_drill(pilot.app.desk.load("eip-remap"), 1)
    await pilot.pause()
    screen = pilot.app.screen
    screen.clock.paused = True
    screen.session.advance(240_000)
    screen.give("aws ec2 describe-instances")
    screen.session.advance(250_000)
    screen.query_one(MapView).selected = "web-ip"
    screen.draw()
    await pilot.pause()


def then(*keys: str) -> Open:
    async def opened(pilot: Any) -> None:
        await drill(pilot)
        await pilot.press(*keys)
        await pilot.pause()

    return opened


async def palette(pilot: Any) -> None:
    await drill(pilot)
    await pilot.press("ctrl+p", "e")


async def listed(pilot: Any) -> None:
    await pilot.press("slash", "e")


async def profiled(pilot: Any) -> None:
    pilot.app.back_to_list()
    await pilot.pause()
    await pilot.press("p")


async def briefed(pilot: Any) -> None:
    pilot.app.open_briefing("zone-power", 1)


async def opening(pilot: Any) -> None:
    pilot.app.show(Opening("zone-power", 1))


async def told(pilot: Any) -> None:
    pilot.app.open_debrief(pilot.app.desk.start(pilot.app.desk.load("eip-remap"), 1))


async def replayed(pilot: Any) -> None:
    file = pilot.app.desk.load("eip-remap")
    session = pilot.app.desk.start(file, 1)
    session.finish()
    pilot.app.open_replay(file, session.log.log)


async def led(pilot: Any) -> None:
    pilot.app.open_lead(pilot.app.desk.start(pilot.app.desk.load("region-failover"), 1))


async def entered(pilot: Any) -> None:
    pilot.app.open_entry(pilot.app.desk.load("zone-power"), ["The cup"])


async def standing(pilot: Any) -> None:
    pilot.app.show(BoardScreen(Feed(fetched(board(RULES, TEAMS, [result("1")], OPENS + 1)))))


SCREENS: dict[type, Open] = {
    LevelList: listed,
    ProfilePage: profiled,
    Briefing: briefed,
    Opening: opening,
    DrillScreen: drill,
    Find: then("slash", "w"),
    ActionPicker: then("enter"),
    ActionForm: then("enter", "enter"),
    Question: then("q"),
    CommandPalette: palette,
    Help: then("question_mark"),
    DebriefScreen: told,
    Replay: replayed,
    LeadScreen: led,
    Entry: entered,
    BoardScreen: standing,
}


@pytest.mark.parametrize("part", [0, 1])  # so that two processes share the work
async def test_random_resizes_raise_nothing(part: int) -> None:
    app = DrillApp(Desk())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for screen, opened in list(SCREENS.items())[part::2]:
            await opened(pilot)
            await pilot.pause()
            assert isinstance(app.screen, screen)
            dice = random.Random(screen.__name__)
            wide, high = (160, 50) if issubclass(screen, ModalScreen) else (300, 100)  # what is below is drawn, too
            for width, height in ((1, 1), (wide, high), (60, 19), (dice.randint(1, wide), dice.randint(1, high))):
                await pilot.resize_terminal(width, height)
                if isinstance(app.screen, DrillScreen):
                    app.screen.draw()
            await pilot.resize_terminal(120, 40)
            await pilot.pause()
            assert isinstance(app.screen, screen) and app.screen.size == (120, 40)
    assert app.trouble is None


async def test_tables_keep_to_their_lines_in_the_smallest_terminal() -> None:
    app = DrillApp(Desk())
    async with app.run_test(size=(60, 20)) as pilot:
        for opened, part in ((briefed, "#text"), (told, "#objectives")):
            await opened(pilot)
            await pilot.pause()
            static = app.screen.query_one(part, Static)
            rows = str(static.render()).splitlines()
            table = [row for row in rows if row.startswith(("RTO", "Availability", "Spend ")) and "counts" not in row]
            assert len(table) >= 2 and max(map(len, table)) <= static.size.width, table


def test_no_screen_is_forgotten() -> None:
    from textual.screen import Screen

    import drill.tui.screens as room

    for path in Path(room.__path__[0]).glob("*.py"):
        __import__(f"{room.__name__}.{path.stem}")

    def below(cls: type) -> list[type]:
        return [each for child in cls.__subclasses__() for each in (child, *below(child))]

    own = {cls for cls in below(Screen) if cls.__module__.startswith(room.__name__)}
    made = {cls for cls in own if not cls.__subclasses__()}  # what others are made of is no screen by itself
    covered = {each for cls in SCREENS for each in (cls, *below(cls))}  # a seat is a drill's screen, too
    assert {cls.__name__ for cls in made - covered} == {"TooSmall"}
