"""BoardScreen: an event's board, live: told by the server when something changes, and asked where it cannot tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Protocol

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from drill.contest.boards import Fetched
from drill.contest.event import time_text
from drill.contest.show import TIES, left_text
from drill.tui.screens.base import DIM, HostScreen, key_line
from drill.tui.widgets.standings import Standings

PAGE = 8  # seconds that a page of teams stays


class Feed(Protocol):
    """Where a board comes from."""

    first: Fetched

    def fetch(self) -> Fetched:
        """Return the board as it is now. Raises with one line when it cannot be had."""

    def news(self, go_on: Callable[[], bool]) -> Iterator[None]:
        """Yield whenever it may have changed."""


class BoardScreen(HostScreen[None]):
    """The board of one event."""

    DEFAULT_CSS = """
    BoardScreen #title { padding: 1 2 0 2; height: 3; width: 1fr; }
    BoardScreen #keys { dock: bottom; height: 1; padding: 0 2; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "paging", "turn pages by themselves, or not"),
        Binding("right,l", "levels(1)", "levels further right, left"),
        Binding("left,h", "levels(-1)", "levels further right, left"),
        Binding("question_mark", "app.help", "this page"),
        Binding("q,escape", "quit", "quit"),
    ]

    help_title = "On the board"

    class Fresh(Message):
        """A board came, or the reason why none does."""

        def __init__(self, fetched: Fetched | None, problem: str = "") -> None:
            super().__init__()
            self.fetched, self.problem = fetched, problem

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.feed, self.fetched = feed, feed.first
        self.paging, self.over, self.problem = True, False, ""
        self._since = time.monotonic()

    def compose(self) -> ComposeResult:
        yield Static(id="title")
        yield Standings(self.fetched.board, self.host.ascii_only)
        yield Static(
            key_line(("Space", "pages on, off"), ("← →", "levels"), ("↑ ↓", "teams"), ("?", "help"), ("q", "quit")),
            id="keys",
        )

    def on_mount(self) -> None:
        """Show the time left each second, turn pages, and watch for news."""
        self.query_one(Standings).focus()
        self.tell()
        self.set_interval(1.0, self.tell)
        self.set_interval(PAGE, self.page)
        self.watch_news()

    def on_unmount(self) -> None:
        """Stop watching."""
        self.over = True

    @work(thread=True, exclusive=True)
    def watch_news(self) -> None:
        """Fetch the board whenever it may have changed; in a thread, since a server may be slow."""
        for _ in self.feed.news(lambda: not self.over):
            if self.over:
                return
            try:
                self.post_message(self.Fresh(self.feed.fetch()))
            except Exception as error:  # shown, and tried again
                self.post_message(self.Fresh(None, str(error)))

    def on_board_screen_fresh(self, event: Fresh) -> None:
        """Draw what came; what stands stays where nothing came."""
        self.problem = event.problem
        if event.fetched is not None:
            changed = event.fetched.board != self.fetched.board
            self.fetched, self._since = event.fetched, time.monotonic()
            if changed:
                self.query_one(Standings).show(self.fetched.board)
        self.tell()

    def now(self) -> int:
        """Return the server's time, ms since 1970."""
        return self.fetched.now + int((time.monotonic() - self._since) * 1000)

    def tell(self) -> None:
        """Say which event, how much time is left, and how fresh this is."""
        shown = self.fetched.board
        left = left_text(shown, self.now())
        parts: list[Any] = [(shown.title, "bold"), (f"  {shown.bracket}" if shown.bracket else "", DIM), "   "]
        running = shown.opens <= self.now() < shown.closes
        parts.append((left, "bold $success" if running else "bold"))
        if shown.frozen:
            parts += ["   ", (f"FROZEN since {time_text(shown.at)}", "bold $warning")]
        if self.problem:
            parts += ["   ", (f"not live: {self.problem}", "$error")]
        star = "*" if self.host.ascii_only else "★"
        parts += ["\n", (f"{star} first to restore; {TIES[shown.tie]}; points count once verified", DIM)]
        self.query_one("#title", Static).update(Content.assemble(*parts))

    def page(self) -> None:
        """Turn to the next page of teams."""
        if self.paging:
            self.query_one(Standings).turn_page()

    def action_paging(self) -> None:
        """Let pages turn by themselves, or not."""
        self.paging = not self.paging

    def action_levels(self, by: int) -> None:
        """Show levels further right or left."""
        self.query_one(Standings).move(by)

    def action_quit(self) -> None:
        """Leave."""
        self.over = True
        self.app.exit(0)
