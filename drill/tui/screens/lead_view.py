"""LeadView: what the facilitator's screen shows: the drill as it is beside how it is seen, the injects, the feed."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import DataTable, Static

from drill.hosted.begun import waits
from drill.hosted.injects import Course, Inject, course, injects
from drill.hosted.lines import spelled
from drill.hosted.truth import Beside, beside
from drill.model.units import clock_text
from drill.tui.canvas.text import width_of
from drill.tui.screens.base import DIM
from drill.tui.screens.console_box import ConsoleBox, ConsoleInput
from drill.tui.screens.drill_time import TimedScreen
from drill.tui.screens.keybar import Key, KeyBar
from drill.view.frame import Frame

LATEST = 40  # lines of the feed
KEYS = [
    Key("n", "n", "now"),
    Key("s", "s", "skip"),
    Key("d", "d", "delay"),
    Key("f", "f", "fault", 1),
    Key("m", "m", "message", 1),
    Key("h", "h", "hint", 2),
    Key("r", "r", "rewind"),
    Key("colon", ":", "line", 3),
    Key("plus", "+", "faster", 5),
    Key("minus", "-", "slower", 6),
    Key("question_mark", "?", "help", 4),
    Key("q", "q", "end"),
]
LINE_KEYS = [
    Key("enter", "Enter", "do it"),
    Key("tab", "Tab", "complete"),
    Key("escape", "Esc", "back to the injects"),
]


class LeadView(TimedScreen):
    """A led drill as its facilitator sees it."""

    def __init__(self, session: Any, frame: Frame, speed: int = 1, link: Any = None) -> None:
        """``link``: the server through which players take part; None: everything is on this screen."""
        super().__init__(session, frame, speed)
        self.link = link
        self.usual: Course = course(session)
        self.rows: list[Inject] = []
        self.told: list[Beside] = []
        self.ended = False

    def compose(self) -> ComposeResult:
        yield Static("", id="head")
        with Horizontal(id="tables"):
            with Vertical(id="left"):
                yield Static("True, and what the others see", classes="title")
                yield DataTable(id="truth", cursor_type="none")
                yield Static("", id="news", markup=False)
            with Vertical(id="right"):
                yield Static("Injects", classes="title")
                yield DataTable(id="injects", cursor_type="row")
                yield Static("", id="about", markup=False)
        yield ConsoleBox(self.host.ascii_only)
        yield KeyBar(id="foot")

    @property
    def table(self) -> DataTable[Any]:
        """The list of injects."""
        return self.query_one("#injects", DataTable)

    def draw(self) -> None:
        """Show the drill as it is, and as it is seen."""
        self.dirty = False
        self.frame = self.host.desk.frame(self.session)
        self.query_one("#head", Static).update(self.head())
        self.show_truth()
        self.show_injects()
        self.query_one("#news", Static).update(self.news())
        self.query_one(ConsoleBox).show(self.frame)
        self.show_keys()

    @on(DescendantFocus)
    def show_keys(self) -> None:
        """Show the keys that are valid now, and whether the run is saved."""
        typing = isinstance(self.focused, ConsoleInput)
        entries = len(self.session.entries)
        saved = (f"saved, {entries} in log ", DIM) if self.session.saving else ("NOT SAVED ", "$error")
        space = "begin" if waits(self.session) else "go on" if self.session.paused else "pause"
        keys = LINE_KEYS if typing else [Key("space", "Space", space), *KEYS]
        self.query_one(KeyBar).show(keys, Content.assemble(saved))

    def on_resize(self) -> None:
        """Lay the first lines out for the new width."""
        self.dirty = True

    def head(self) -> Content:
        """Return what is led, the time, and who takes part."""
        frame, session = self.frame, self.session
        time, begins = f"  T+{clock_text(frame.now)} of {clock_text(frame.length)}  {self.clock.speed}x", ""
        stands = (" paused ", "reverse $warning") if session.paused else ("live", "$success")
        if waits(session):
            whom = " for everybody, once all are here" if self.link is not None else ""
            stands, time, begins = (" not begun ", "reverse $warning"), "", f"   Space begins{whom}"
        code = f"   drill join {spelled(self.link.code)}" if self.link is not None else ""
        if self.link is not None and self.link.problem:
            code = f"   players hear nothing: {self.link.problem}"
        goals = "   ".join(f"{gauge.label} {gauge.actual} of {gauge.target}" for gauge in frame.gauges)
        team = ", ".join(f"{name} {role}" for name, role in session.seats.items()) or "no seats taken"
        fits = width_of(goals) + width_of(team) + 5 <= self.size.width
        return Content.assemble(
            (frame.title, "bold"), f"  seed {frame.seed}", time, "  ", stands, (code, "$secondary"), begins,
            "\n", goals, "   " if fits else "\n", (team, DIM),
        )  # fmt: skip

    def show_truth(self) -> None:
        """Show what is true beside what is seen; a mark where they differ."""
        told = beside(self.session, self.frame)
        if told == self.told:
            return
        self.told = told
        table = self.query_one("#truth", DataTable)
        table.clear()
        mark = "!" if self.host.ascii_only else "≠"
        for row in told:
            style = "bold" if row.differs else ""
            table.add_row(Text(mark if row.differs else " ", style), Text(row.name, style), Text(row.true, style),
                          Text(row.seen))  # fmt: skip

    def show_injects(self) -> None:
        """Show the script as it stands; the cursor stays on its inject."""
        rows = injects(self.session, self.usual)
        if rows != self.rows:
            chosen = self.chosen()
            self.rows = rows
            self.table.clear()
            for row in rows:
                about = f"~{clock_text(row.usual)}" if row.usual >= 0 else "?"
                cells = (clock_text(row.due) if row.due >= 0 else about, row.id, row.state, row.source, row.to)
                style = "" if row.state in ("waiting", "delayed") else "dim"
                self.table.add_row(*(Text(cell, style) for cell in cells))
            at_row = next((n for n, row in enumerate(rows) if chosen and row.id == chosen.id), None)
            if at_row is None:
                at_row = next((n for n, row in enumerate(rows) if row.state in ("waiting", "delayed")), 0)
            self.table.move_cursor(row=at_row, animate=False)
        self.about()

    def chosen(self) -> Inject | None:
        """Return the inject under the cursor."""
        at = self.table.cursor_row
        return self.rows[at] if 0 <= at < len(self.rows) else None

    @on(DataTable.RowHighlighted, "#injects")
    def about(self) -> None:
        """Say what the inject under the cursor does, and what should follow."""
        row = self.chosen()
        text = ""
        if row is not None:
            text = f"{row.id} ({row.when}): {row.text}"
            text += f"\nexpected: {row.expects}" if row.expects else ""
        self.query_one("#about", Static).update(text)

    def news(self) -> str:
        """Return the latest of what everybody sees in the feed, the newest first."""
        rows = sorted(enumerate(self.frame.feed), key=lambda pair: (-pair[1].at, -pair[0]))
        return "\n".join(f"{clock_text(row.at)} {row.source}: {row.text}" for _, row in rows[:LATEST])
