"""Places that really cannot be written to: play goes on, says that it is not saved, and ends in order."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from drill.cli import main
from drill.desk import Desk
from drill.plain import Plain
from drill.tui.app import DrillApp
from drill.tui.screens.briefing import Briefing
from drill.tui.screens.debrief import DebriefScreen
from drill.tui.screens.drill import DrillScreen
from drill.tui.screens.keybar import KeyBar

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions as POSIX has them")
ABOVE_PERMISSIONS = 0b110  # the two capabilities by which root reads and writes what it may not


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Root may write anywhere, so give these rights up for a while; anybody else has none to give up."""
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root is above permissions")
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this thread
    rights = (ctypes.c_uint32 * 6)()  # effective, permitted and inheritable, twice
    assert libc.capget(head, rights) == 0
    was = rights[0]
    rights[0] &= ~ABOVE_PERMISSIONS
    assert libc.capset(head, rights) == 0
    try:
        yield
    finally:
        rights[0] = was
        assert libc.capset(head, rights) == 0


@pytest.fixture(params=["read-only", "closed", "not there", "a file", "nobody's"])
def home(request: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Point the drill at a place where nothing can be kept."""
    place = tmp_path / "home"
    place.mkdir()
    wanted = {"not there": f"{place}/a/b", "a file": __file__, "nobody's": "~no-such-user/x"}
    monkeypatch.setenv("DRILL_HOME", wanted.get(request.param, str(place)))
    place.chmod(0o000 if request.param == "closed" else 0o555)
    yield place
    place.chmod(0o755)


def test_line_by_line(home: Path, capsys: Any) -> None:
    with bound_by_permissions():
        said: list[str] = []
        desk = Desk()
        session = desk.start(desk.load("eip-remap"), 3)
        lines = ("wait 10s", "ops declare-incident --severity 1", "quit")
        assert Plain(desk, session, said.append).play(iter(lines)) == 0
        assert main(["scores"]) == 2
    text = "\n".join(said)
    assert text.count("This run is not being saved: ") == 1 and "This run is not in the scores: " in text
    assert "Accepted" in text and "Lost: " in text
    told = capsys.readouterr()
    assert told.out == "" and "set DRILL_HOME to another folder" in told.err and "Traceback" not in told.err
    assert not any(home.iterdir())


@pytest.mark.parametrize("home", ["read-only", "closed"], indirect=True)
async def test_in_the_app(home: Path) -> None:
    with bound_by_permissions():
        app = DrillApp(Desk(), ("play", "eip-remap", "3"))
        async with app.run_test(size=(120, 40)) as pilot:
            while not isinstance(app.screen, Briefing):
                await pilot.pause()
            await pilot.press("x")
            await pilot.pause()
            drill = app.screen
            assert isinstance(drill, DrillScreen)
            assert "NOT SAVED" in str(drill.query_one(KeyBar).render())
            await pilot.press("q")
            await pilot.pause()
            assert "not being saved" in app.screen.text  # type: ignore[attr-defined]
            await pilot.press("e")
            await pilot.pause()
            told = app.screen
            assert isinstance(told, DebriefScreen)
            assert "This run is not in the scores: " in str(told.query_one("#title").render())
            told.since = 0.0
            await pilot.press("escape")
            await pilot.pause()
        assert app.trouble is None
