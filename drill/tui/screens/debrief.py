"""DebriefScreen: what the run earned and why, what was true beside what was known, and what comes next."""

from __future__ import annotations

import time
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from drill.desk import Filed
from drill.score.debrief import Debrief
from drill.tui.screens.base import HostScreen
from drill.tui.screens.debrief_chart import chart_text
from drill.tui.screens.debrief_text import (
    actions_text,
    chain_text,
    compared_text,
    concept_text,
    lesson_text,
    objectives_text,
    said_text,
    timeline_text,
    title_text,
)
from drill.tui.screens.keybar import Key, KeyBar

DEAF = 0.8  # seconds in which keys still meant for the drill are not taken for answers here

PARTS = ("title", "objectives", "compared", "chart", "chain", "lesson", "actions", "said", "timeline", "concept")
KEYS = [
    Key("r", "r", "again"),
    Key("n", "n", "new seed"),
    Key("enter", "Enter", "next level"),
    Key("w", "w", "watch it", 2),
    Key("escape", "Esc", "levels"),
    Key("question_mark", "?", "help", 3),
    Key("q", "q", "quit", 1),
]


class DebriefScreen(HostScreen[None]):
    """Shown once a run is over. ``r`` again, ``n`` new seed, Enter next level, Esc list."""

    CSS_PATH = "debrief.tcss"
    keys = KEYS
    BINDINGS = [
        Binding("r", "again", "again, same seed"),
        Binding("n", "fresh", "new seed"),
        Binding("enter", "next", "next level"),
        Binding("w", "watch", "watch it"),
        Binding("escape", "levels", "levels"),
        Binding("question_mark", "app.help", "help", key_display="?"),
        Binding("q", "app.leave", "quit"),
        Binding("j", "scroll(1)", "scroll", show=False),
        Binding("k", "scroll(-1)", "scroll", show=False),
    ]

    class Compared(Message):
        """The reference solution was played on the same seed."""

        def __init__(self, points: int | None) -> None:
            super().__init__()
            self.points = points

    class Explained(Message):
        """What each action did has been worked out."""

        def __init__(self, told: Debrief) -> None:
            super().__init__()
            self.told = told

    def __init__(self, session: Any, filed: Filed) -> None:
        super().__init__()
        self.session, self.filed = session, filed
        self.told: Debrief = filed.debrief
        self.waiting = True  # for what each action did
        self.since = time.monotonic()
        self.reference: int | None = self.told.reference

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            for part in PARTS:
                yield Static("", id=part, markup=False)
        yield KeyBar(self.keys, id="keys")

    def on_mount(self) -> None:
        """Write the page; meanwhile play the reference, and the drill without each of its actions."""
        self.query_one("#page").focus()
        self.write()
        self.since = time.monotonic()
        self.explain()
        self.compare()
        self.set_interval(1, lambda: self.query_one(KeyBar).show(self.keys, self.mail()))

    def on_resize(self) -> None:
        """Lay the tables out for the new width."""
        self.write()

    def write(self) -> None:
        """Write every part that there is something to say about."""
        told, wide = self.told, max(40, min(self.size.width - 8, 132))
        plain = self.host.ascii_only
        parts = {
            "title": title_text(told, self.filed, wide, plain),
            "objectives": objectives_text(told, wide, plain),
            "compared": compared_text(told, self.reference),
            "chart": chart_text(self.session.history, self.session.length, wide),
            "chain": chain_text(told, wide),
            "lesson": lesson_text(told, wide),
            "actions": actions_text(told, wide, self.waiting),
            "said": said_text(told, wide),
            "timeline": timeline_text(told, wide),
            "concept": concept_text(told, wide),
        }
        for name, text in parts.items():
            for part in self.query(f"#{name}").results(Static):  # there may be none when resized very early or late
                part.display = bool(text)
                part.update(text)

    @work(thread=True, group="explain")
    def explain(self) -> None:
        """Work out beside the screen what each action did."""
        self.post_message(self.Explained(self.host.desk.explained(self.session, self.told)))

    @on(Explained)
    def explained(self, event: Explained) -> None:
        """Say what each action did."""
        self.told, self.waiting = event.told, False
        self.write()

    @work(thread=True, exclusive=True)
    def compare(self) -> None:
        """Play the reference solution on the same seed, beside the screen."""
        points = self.host.desk.reference_points(self.session.file, self.told.seed)
        self.post_message(self.Compared(points))

    @on(Compared)
    def compared(self, event: Compared) -> None:
        """Say what the reference solution would have scored."""
        self.reference = event.points
        self.write()

    def answers(self) -> bool:
        """Whether a key is an answer to this screen: not one typed ahead for the drill, and only one."""
        return time.monotonic() - self.since >= DEAF and self.leave_once()

    def action_again(self) -> None:
        """Play the same seed again."""
        if self.answers():
            self.host.open_drill(self.session.file, self.told.seed)

    def action_fresh(self) -> None:
        """Play the level with a new seed."""
        if self.answers():
            self.host.open_briefing(str(self.session.file.path), file=self.session.file)

    def action_next(self) -> None:
        """Go to the next level of the list."""
        if not self.answers():
            return
        following = self.host.desk.after(self.told.level)
        if following:
            self.host.open_briefing(following)
        else:
            self.host.back_to_list()

    def action_watch(self) -> None:
        """Watch this run again."""
        if self.answers():
            log = self.session.log
            self.host.open_replay(self.session.file, log.log)

    def action_levels(self) -> None:
        """Go to the level list."""
        if self.answers():
            self.host.back_to_list()

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one("#page").scroll_relative(y=by, animate=False)
