"""The help page tells the keys of the screen that it was opened on, all of them and no others."""

from __future__ import annotations

import importlib
import pkgutil
from types import SimpleNamespace

import pytest
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Static

import drill.tui
from drill.desk import Desk
from drill.tui.screens.help import Help, sections, spelled
from drill.tui.screens.levels import LevelList
from drill.tui.screens.profile import ProfilePage
from drill.tui.screens.replay import Replay
from tests.tui.test_app_keys import drilling, opened


def told(screen: Screen[None]) -> dict[str, str]:
    """Return what the page says: keys as they are written -> what they do."""
    return {spelled(keys): does for rows in sections(screen).values() for does, keys in rows.items()}


async def test_in_a_drill_every_key_is_told() -> None:
    async with drilling() as (app, pilot, _session, screen, _wall):
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, Help) and app.screen.below is screen
        page = str(app.screen.query_one("#text", Static).render())
        keys = {key for words in told(screen) for key in words.split()}
        for key in ("arrows", "h", "k", "l", "Enter", ":", "/", "Tab", "Esc", "Space", "+", "-", "H", "a", "?", "q",
                    "PageUp", "PageDown", "Home", "Ctrl+P", "Ctrl+S", "Ctrl+C", "Ctrl+Q"):  # fmt: skip
            assert key in keys, key
            assert f"{key} " in page, key
        assert "In the feed" in page and "Finding out" in page and "Score" in page
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        rows = str(app.screen.query_one("#text", Static).render()).splitlines()
        told_rows = rows[: rows.index(next(row for row in rows if row.startswith("Finding out")))]
        assert max(map(len, told_rows)) <= app.screen.query_one("#text").size.width, "no row wraps by itself"
        await pilot.press("escape")
        assert app.screen is screen


@pytest.mark.parametrize("changes", [{"tier": "guided", "hints": {}}, {"tier": "blind", "hints": {}}])
async def test_hints_are_told_of_where_there_are_any(changes: dict[str, object]) -> None:
    async with drilling() as (_app, _pilot, _session, screen, _wall):
        assert "H" in told(screen)
    async with drilling(**changes) as (_app, pilot, session, screen, _wall):
        session.hint = False
        screen.draw()
        await pilot.pause()
        assert "H" not in told(screen) and "H" not in {key.key for key in screen.query_one("#foot").keys}


async def test_each_screen_has_its_own_keys() -> None:
    async with opened() as (app, pilot, _desk):
        assert isinstance(app.screen, LevelList)
        levels = told(app.screen)
        assert levels["/"] == "find a level" and "c" in levels and "p" in levels and "H" not in levels
        assert {"Space", ":", "a"}.isdisjoint(levels) and "Ctrl+C Ctrl+Q" in levels
        assert levels["j k ↓ ↑"] == "up and down the list"
        await pilot.press("p")
        await pilot.pause()
        assert isinstance(app.screen, ProfilePage)
        profile = told(app.screen)
        assert "Esc" in profile and "c" not in profile and "H" not in profile
        assert any("PageUp" in keys for keys in profile)


async def test_a_replay_tells_how_to_scrub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Replay, "draw", lambda self: None)  # the desk is a fake one
    log = SimpleNamespace(header=SimpleNamespace(seed=3, operator="ada"), entries=[])
    async with opened() as (app, pilot, _desk):
        app.push_screen(Replay(Desk().load("eip-remap"), log))
        await pilot.pause()
        keys = told(app.screen)
        assert keys[", ."] == "ten seconds back, on" and keys["< >"] == "a minute back, on"
        assert keys["Home End"] == "the start, the end" and "H" not in keys and ":" not in keys


def test_no_key_of_a_screen_or_widget_here_is_without_words() -> None:
    silent = []
    for module in pkgutil.walk_packages(drill.tui.__path__, "drill.tui."):
        for cls in vars(importlib.import_module(module.name)).values():
            if isinstance(cls, type) and cls.__module__ == module.name and not cls.__name__.endswith("Debrief"):
                bound = Binding.make_bindings(vars(cls).get("BINDINGS", ()))
                silent += [(cls.__name__, each.key) for each in bound if not each.description]
    assert silent == []
