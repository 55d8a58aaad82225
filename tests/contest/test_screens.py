"""The board's screen, and what a team member sees before a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from textual.widgets import Static

from drill.cli.entering import announcement
from drill.contest.board import Board, Team, board, encode
from drill.contest.boards import Fetched
from drill.contest.records import Known
from drill.desk import Desk
from drill.tui.app import DrillApp
from drill.tui.screens.board import BoardScreen
from drill.tui.screens.drill import DrillScreen
from drill.tui.screens.entry import Entry
from drill.tui.screens.help import sections
from drill.tui.widgets.standings import Standings
from tests.contest.cases import PLAYER
from tests.contest.test_board import HOUR, OPENS, RULES, TEAMS, many, result


def fetched(shown: Board, minutes: int = 30) -> Fetched:
    known = Known(id="e", name="cup", state="open", rules=RULES, commitment="c", frozen_at=0)
    return Fetched(event=known, board=shown, data=encode(shown), now=OPENS + minutes * 60_000)


class Feed:
    """A server that tells when it is told to."""

    def __init__(self, first: Fetched) -> None:
        self.first = self.now = first
        self.told = threading.Event()
        self.broken = ""

    def fetch(self) -> Fetched:
        if self.broken:
            raise OSError(self.broken)
        return self.now

    def news(self, go_on: Callable[[], bool]) -> Iterator[None]:
        while go_on():
            if self.told.wait(0.02):
                self.told.clear()
                yield


def text_of(app: DrillApp) -> str:
    table = app.screen.query_one(Standings)
    return "\n".join(table.render_line(y).text for y in range(table.size.height))


async def test_a_board_shows_what_comes_and_says_when_nothing_can_come() -> None:
    teams = [*TEAMS, Team(id="4", name="[b]日本[/b]")]
    runs = [result("1", points=400), result("4", points=900)]
    feed = Feed(fetched(board(RULES, teams, runs, OPENS + HOUR // 2)))
    app = DrillApp(Desk(), ("board",), feed)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, BoardScreen)
        lines = text_of(app).splitlines()
        assert "[b]日本[/b]" in lines[2] and "450" in lines[2] and "★" in lines[2]
        assert "1 h 30 min left" in str(app.screen.query_one("#title", Static).render())
        keys = {key for rows in sections(app.screen).values() for does in rows.values() for key in does}
        assert {"Space", "h", "l", "q", "Esc", "?", "PageDown"} <= keys and not {"H", ":", "Enter", "+"} & keys
        runs.append(result("1", "b", points=999, at=70_000))
        feed.now = fetched(board(RULES, teams, runs, OPENS + HOUR // 2 + 1))
        feed.told.set()
        await _until(pilot, lambda: "One" in text_of(app).splitlines()[2])
        feed.broken = "the cup at db cannot be reached"
        feed.told.set()
        await _until(pilot, lambda: "not live" in str(app.screen.query_one("#title", Static).render()))
        assert "One" in text_of(app)
        await pilot.press("q")
    assert app.return_value == 0


async def _until(pilot: Any, holds: Callable[[], bool]) -> None:
    for _ in range(100):
        await pilot.pause(0.02)
        if holds():
            return
    raise AssertionError("it did not come")


async def test_200_teams_on_10_levels_are_drawn_anew_within_50_ms() -> None:
    rules, teams, results = many()
    app = DrillApp(Desk(), ("board",), Feed(fetched(board(rules, teams, results, OPENS + HOUR))))
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        table = app.screen.query_one(Standings)
        best = 1.0
        for n in range(5):
            results[n] = msgspec.structs.replace(results[n], points=1000 - results[n].points)
            began = time.thread_time()
            shown = board(rules, teams, results, OPENS + HOUR + n)
            table.show(shown)
            for y in range(table.size.height):
                table.render_line(y)
            best = min(best, time.thread_time() - began)  # others may use the machine, too
        assert best < 0.05, best
        table.turn_page()
        await pilot.pause()
        assert table.scroll_offset.y > 0 and "+" in table.render_line(0).text


async def test_an_event_s_run_begins_with_its_rules_and_ends_the_app() -> None:
    class EventDesk(Desk):
        began = 0

        def start(self, file: Any, seed: int, log: Any = None) -> Any:
            from drill.session.session import Session

            self.began += 1
            return Session.start(file, 5)

    desk = EventDesk("ada")
    app = DrillApp(desk, ("event",), (PLAYER, ["Cup: attempt 1 of 1.", "The server's clock counts."]))
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, Entry) and desk.began == 0
        page = str(app.screen.query_one("#text", Static).render())
        assert "attempt 1 of 1" in page and "00:00" not in page and "full points" not in page
        await pilot.press("x")
        await pilot.pause()
        assert isinstance(app.screen, DrillScreen) and desk.began == 1
        app.back_to_list()
        await pilot.pause()
    assert app.return_value == 0


def test_the_announcement_names_rules_and_attempt() -> None:
    from types import SimpleNamespace

    from drill.contest.entrant import Turn

    entrant: Any = SimpleNamespace(rules=RULES, credential=SimpleNamespace(team="Red"))
    first, second = announcement(entrant, Turn(level="a", seed_index=1, attempt=1))
    assert first == "Cup: A, seed 2 of 2, attempt 1 of 1. You play for Red."
    assert "1 min of pause in all, 1x at most. Hints: none." in second
