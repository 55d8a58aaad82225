"""Shows the fake Frames in a terminal: ``python -m tests.tui.demo [NAME] [--ascii] [--bare] [--light]``; q quits."""

from __future__ import annotations

import sys

import msgspec
from textual.app import App, ComposeResult
from textual.widgets import Footer

from drill.tui.theme import THEMES
from drill.tui.widgets.board import Board
from tests.tui import frames


class Demo(App[None]):
    BINDINGS = [("q", "quit", "quit"), ("n", "next", "next"), ("space", "pause", "pause")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, name: str, plain: bool = False, bare: bool = False, light: bool = False) -> None:
        super().__init__()
        self.shown, self.light = name, light
        self.board = Board(plain=plain, bare=bare)
        self.offset_ms = 0

    def compose(self) -> ComposeResult:
        yield self.board
        yield Footer()

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "drill-light" if self.light else "drill-dark"
        self.board.map.focus()
        self.board.map.selected = "web-asg/use1-az2"
        self.board.series = frames.series()
        self.set_interval(0.25, self.beat)
        self.beat()

    def beat(self) -> None:
        if not self.board.paused:
            self.offset_ms += 250
        frame = frames.ALL[self.shown]()
        self.board.frame = msgspec.structs.replace(frame, now=frame.now + self.offset_ms)

    def action_pause(self) -> None:
        self.board.paused = not self.board.paused

    def action_next(self) -> None:
        names = list(frames.ALL)
        self.shown = names[(names.index(self.shown) + 1) % len(names)]


if __name__ == "__main__":
    words = [a for a in sys.argv[1:] if not a.startswith("-")]
    Demo(words[0] if words else "zone-power", "--ascii" in sys.argv, "--bare" in sys.argv, "--light" in sys.argv).run()
