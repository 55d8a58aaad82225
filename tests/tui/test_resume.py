"""Coming back to a run: it stands still until somebody has looked round; leaving says how to come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from drill.desk import Desk
from drill.tui.app import DrillApp
from drill.tui.screens.drill import DrillScreen
from drill.tui.screens.keybar import KeyBar


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("by_key", [True, False])
async def test_a_run_comes_back_paused_and_says_so(by_key: bool) -> None:
    desk = Desk("ada")
    session = desk.start(desk.load("first-shift"), 1)
    session.advance(60_000)
    session.log.close()
    desk = Desk("ada")
    app = DrillApp(desk) if by_key else DrillApp(desk, ("resume",), desk.resume())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        if by_key:
            await pilot.press("c")
            await pilot.pause()
        screen = app.screen
        assert isinstance(screen, DrillScreen) and screen.session.now == 60_000
        assert not screen.clock.running
        screen.tick()
        await pilot.pause()
        assert screen.session.now == 60_000
        assert "Resumed at T+01:00; Space goes on." in str(screen.query_one("#echo", Static).render())
        keys = {key.key: key.does for key in screen.query_one(KeyBar).keys}
        assert keys["space"] == "go on"
        await pilot.press("space")
        assert screen.clock.running
        assert {key.key: key.does for key in screen.query_one(KeyBar).keys}["space"] == "pause"
        await pilot.press("q", "l")
        await pilot.pause()
    run = session.log.path.stem[:8]
    assert app.farewell.startswith("Left at T+01:") and f"`drill resume {run}` goes on from T+01:00." in app.farewell
