"""Replay: watch a saved run: pause, scrub, change speed. Going back re-runs from the log; nothing is stored."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from drill.model.command import Action
from drill.model.units import clock_text
from drill.tui.screens.base import HostScreen
from drill.tui.screens.clock import FRAMES_PER_SECOND, Clock
from drill.tui.screens.keybar import Key, KeyBar
from drill.tui.widgets.board import Board
from drill.tui.widgets.map import MapView

STEP = 10_000  # ms
LEAP = 60_000


class Follower:
    """A session that does what a log says, up to any instant."""

    def __init__(self, file: Any, log: Any) -> None:
        from drill.session.facilitated import effective

        self.file, self.log = file, log
        self.entries = effective(log.entries)  # without what a facilitator has taken back
        self.trouble = ""
        self.restart()

    def restart(self) -> None:
        """Go back to T+0."""
        from drill.session.session import Session

        self.session = Session.start(self.file, self.log.header.seed, self.log.header.operator)
        self.done = 0

    def to(self, at: int) -> None:
        """Show the instant ``at``, with everything that was done until then."""
        from drill.session.session import Divergence

        if at < self.session.now:
            self.restart()
        due = [entry for entry in self.entries[self.done :] if entry.t <= at and entry.note != "end"]
        try:
            for _ in self.session.follow(due):
                self.done += 1
        except Divergence as error:
            self.trouble = f"From entry {error.n} on, this version of drill leads elsewhere: not what was played."
        self.session.advance(min(at, self.session.length))

    @property
    def line(self) -> str:
        """What was done last."""
        from drill.console import render
        from drill.session.chain import command_of

        for entry in reversed(self.entries[: self.done]):
            command = command_of(entry)
            if isinstance(command, Action):
                return f"T+{clock_text(entry.t)} {entry.author}: {render(command)}"
        return ""


KEYS = [
    Key("space", "Space", "pause"),
    Key("plus", "+", "faster", 3),
    Key("minus", "-", "slower", 4),
    Key("comma", ",", "10 s back"),
    Key("full_stop", ".", "10 s on"),
    Key("less_than_sign", "<", "minute back", 1),
    Key("greater_than_sign", ">", "minute on", 2),
    Key("escape", "Esc", "levels"),
    Key("q", "q", "quit", 5),
]


class Replay(HostScreen[None]):
    """The drill's screen without hands."""

    CSS_PATH = "replay.tcss"
    help_title = "While you watch"
    help_about = ("states",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause, go on"),
        Binding("plus,equals_sign", "faster", "speed"),
        Binding("minus", "slower", "speed"),
        Binding("comma", f"scrub(-{STEP})", "ten seconds back, on"),
        Binding("full_stop", f"scrub({STEP})", "ten seconds back, on"),
        Binding("less_than_sign", f"scrub(-{LEAP})", "a minute back, on"),
        Binding("greater_than_sign", f"scrub({LEAP})", "a minute back, on"),
        Binding("home", "scrub(-999999999)", "the start, the end", show=False),
        Binding("end", "scrub(999999999)", "the start, the end", show=False),
        Binding("question_mark", "app.help", "this page"),
        Binding("escape", "levels", "back to the levels"),
        Binding("q", "app.leave", "quit"),
    ]

    def __init__(self, file: Any, log: Any, speed: int = 1) -> None:
        super().__init__()
        self.follower = Follower(file, log)
        self.clock = Clock(speed)
        self.at = 0

    def compose(self) -> ComposeResult:
        yield Board(plain=self.host.ascii_only, bare=self.app.no_color, id="board")
        yield Static("", id="said", markup=False)
        yield KeyBar(KEYS, id="keys")

    def on_mount(self) -> None:
        """Start at T+0."""
        self.query_one(MapView).focus()
        self.clock.elapsed()
        self.clock.paused = False
        self.draw()
        self.set_interval(1 / FRAMES_PER_SECOND, self.tick)

    def tick(self) -> None:
        """Go on as far as the clock says."""
        passed = self.clock.elapsed()
        if passed and self.at < self.follower.session.length:
            self.go(self.at + passed)

    def go(self, at: int) -> None:
        """Show the instant ``at``."""
        self.at = max(0, min(at, self.follower.session.length))
        self.follower.to(self.at)
        self.draw()

    def draw(self) -> None:
        """Draw what an operator could know at this instant, and what was done last."""
        session, desk = self.follower.session, self.host.desk
        board, frame = self.query_one(Board), desk.frame(session)
        board.speed, board.paused = self.clock.speed, not self.clock.running
        board.frame = frame
        wanted = next((card for card in frame.cards if card.id == self.query_one(MapView).selected), None)
        board.series = desk.series(session, wanted.component) if wanted else ()
        pause = "pause" if self.clock.running else "go on"
        self.query_one(KeyBar).show([KEYS[0]._replace(does=pause), *KEYS[1:]])
        replay = (" replay ", "reverse $secondary")
        if self.follower.trouble:
            said = Content.assemble(replay, " ", (self.follower.trouble, "$error"))
        else:
            said = Content.assemble(replay, "  ", self.follower.line)
        self.query_one("#said", Static).update(said)

    @on(MapView.Selected)
    def selected(self) -> None:
        """Show the metrics of another component."""
        self.draw()

    def action_pause(self) -> None:
        """Pause, or go on."""
        self.tick()
        self.clock.paused = not self.clock.paused
        self.draw()

    def action_faster(self) -> None:
        """One speed up."""
        self.tick()
        self.clock.faster()
        self.draw()

    def action_slower(self) -> None:
        """One speed down."""
        self.tick()
        self.clock.slower()
        self.draw()

    def action_scrub(self, by: int) -> None:
        """Go back or on by ``by`` ms."""
        self.go(self.at + by)

    def action_levels(self) -> None:
        """Go to the level list."""
        self.host.back_to_list()
