"""The board: everything together, at any size."""

from __future__ import annotations

import random

import pytest
from textual.app import App, ComposeResult

from drill.tui.theme import THEMES
from drill.tui.widgets.board import Board
from drill.view.frame import Frame
from tests.tui import frames


class Whole(App[None]):
    """A board alone."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.board = Board()
        self.first = frame

    def compose(self) -> ComposeResult:
        yield self.board

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "drill-dark"
        self.board.frame = self.first


def screen(app: App[None]) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@pytest.mark.parametrize("size", [(80, 21), (120, 36), (200, 56)])
async def test_at_a_glance_what_is_broken_what_users_feel_how_long_is_left(size: tuple[int, int]) -> None:
    app = Whole(frames.zone_power())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        shown = screen(app)
        for said in ("NO POWER", "131%", "83.2 %", "RTO 01:52", "RTO runs out 07:20", "ALARM", "189/s failed"):
            assert said in shown, said


async def test_panels_fold_on_narrow_terminals_and_come_back() -> None:
    app = Whole(frames.zone_power())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.board.fold.display and "▸Alarms 3" in screen(app) and "Selected" in screen(app)
        app.board.fold.action_next_tab()
        await pilot.pause()
        assert "▸Feed" in screen(app) and "set-desired-capacity" in screen(app)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert not app.board.fold.display and app.board.feed.display
        assert "On its way" in screen(app)


async def test_selection_shows_in_the_panel() -> None:
    app = Whole(frames.zone_power())
    async with app.run_test(size=(120, 40)) as pilot:
        app.board.series = frames.series()
        app.board.map.selected = "web-asg/use1-az2"
        await pilot.pause()
        await pilot.pause()
        shown = screen(app)
        assert "Selected ▣ web · use1-az2" in shown and "CPU" in shown and "98 %" in shown


async def test_the_guide_stands_above_the_map() -> None:
    app = Whole(frames.tiny())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Guide web-1 has stopped" in screen(app)
        app.board.frame = frames.calm()
        await pilot.pause()
        assert not app.board.guide.display


async def test_too_small_says_what_size_it_needs() -> None:
    app = Whole(frames.zone_power())
    async with app.run_test(size=(59, 30)) as pilot:
        await pilot.pause()
        assert "needs 60x20" in screen(app) and "this is 59x30" in screen(app) and "RTO" not in screen(app)
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert "needs" not in screen(app) and "RTO" in screen(app)


async def test_plain_and_bare_reach_every_part() -> None:
    app = Whole(frames.zone_power())
    async with app.run_test(size=(120, 40)) as pilot:
        app.board.plain = True
        await pilot.pause()
        parts = [strip.text for panel in app.board.panels if panel.display for strip in panel._strips]
        assert parts and all(text.isascii() for text in parts)
        app.board.bare = True
        await pilot.pause()
        for panel in (p for p in app.board.panels if p.display):
            assert all(s.style is None or s.style.color is None for strip in panel._strips for s in strip)


async def test_any_size_and_any_theme_is_survived() -> None:
    dice = random.Random(7)
    every = [make() for make in frames.ALL.values()]
    app = Whole(every[0])
    async with app.run_test(size=(120, 40)) as pilot:
        sizes = [(1, 1), (300, 100), (1, 100), (300, 1), (60, 20), (99, 23), (100, 24), (61, 40)]
        sizes += [(dice.randint(1, 300), dice.randint(1, 100)) for _ in range(22)]
        for i, size in enumerate(sizes):
            await pilot.resize_terminal(*size)
            app.board.frame = every[i % len(every)]
            await pilot.pause()
            assert all(len(text) for text in screen(app).split("\n"))
        for theme in ("nord", "textual-light", "solarized-light", "drill-light"):
            app.theme = theme
            await pilot.pause()


async def test_lines_that_the_map_leaves_empty_are_the_feed_s() -> None:
    app = Whole(frames.zone_power())
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        board = app.board
        assert board.feed is board.wide_feed and not board.side_feed.display
        assert board.feed.size.width > 120 and board.feed.size.height >= 8
        drawn = board.map._layout
        assert drawn is not None
        lowest = max(spot.rect.bottom for spot in drawn.regions.values())
        assert 0 <= board.map.size.height - lowest <= 2, "the map has what it needs, and little more"
        assert all(text in screen(app) for text in ("Feed", "NO POWER", "131%"))
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert board.feed is board.side_feed and board.feed.display and "Feed" in screen(app)
