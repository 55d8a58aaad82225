"""``e`` ends a drill early, with a question; the footer offers it where ending is worth a thought."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from drill.tui.screens.debrief import DebriefScreen
from drill.tui.screens.dialogs import Question
from drill.tui.screens.drill_keys import hands
from drill.tui.screens.keybar import KeyBar
from drill.tui.screens.seat import SeatScreen
from drill.tui.widgets.board import Board
from drill.view.frame import Closing
from tests.tui import frames
from tests.tui.test_app_keys import drilling

TEXT = "This can no longer be won: RTO 02:46, target 02:45."


def footer(screen: Any) -> dict[str, str]:
    return {key.key: key.does for key in screen.query_one(KeyBar).parts()[0]}


async def test_ending_asks_first_and_time_stands_still_meanwhile() -> None:
    async with drilling() as (app, pilot, session, screen, wall):
        for key in ("k", "q", "escape"):
            await pilot.press("e")
            await pilot.pause()
            assert isinstance(app.screen, Question) and "hands-off" in app.screen.text
            wall.now += 60
            screen.tick()
            await pilot.press(key)
            await pilot.pause()
            assert app.screen is screen and session.now == 0
        await pilot.press("e", "e")
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen) and session.over


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_it_is_offered_once_it_cannot_be_won(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    async with drilling(size=size) as (app, pilot, _session, screen, _wall):
        assert "e" not in footer(screen)
        frame = app.desk.frame
        monkeypatch.setattr(app.desk, "frame", lambda session: msgspec.structs.replace(
            frame(session), closing=Closing(kind="lost", text=TEXT)))  # fmt: skip
        screen.draw()
        screen.draw()
        await pilot.pause()
        assert footer(screen)["e"] == "end: cannot be won"
        told = [row.text for row in screen.query_one(Board).frame.feed if row.source == "drill"]
        assert told == [f"{TEXT} `e` ends it."]
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, Question) and app.screen.text.startswith(TEXT)


def test_at_a_seat_ending_is_not_offered() -> None:
    frame = msgspec.structs.replace(frames.zone_power(), closing=Closing(kind="lost", text=TEXT))
    seat: Any = SimpleNamespace(help_hides=frozenset({"end"}))
    keys = {key.key for key in SeatScreen.own(seat, hands(frame))}
    assert "e" not in keys and "enter" in keys and "e" in {key.key for key in hands(frame)}
