"""LeadScreen: the facilitator's screen: truth beside telemetry, the injects, and a line on which everything is ordered.

Its keys write the order on the line, ready to be changed; Enter gives it. So the screen, the line-by-line host and the
log have the same words.
"""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import DataTable, Input, Static

from drill.console import Completion, ConsoleError, complete, help_for, parse
from drill.hosted.injects import Course, Inject, course, injects
from drill.hosted.lines import completions, obey, spelled, words
from drill.hosted.roles import may
from drill.hosted.truth import Beside, beside
from drill.model.command import Refusal
from drill.model.units import clock_text
from drill.session.orders import Pause, Resume
from drill.tui.screens.base import DIM
from drill.tui.screens.clock import FRAMES_PER_SECOND
from drill.tui.screens.console_box import ConsoleBox, ConsoleInput, Output
from drill.tui.screens.drill_time import TimedScreen
from drill.tui.screens.keybar import Key, KeyBar
from drill.view.frame import Frame

LATEST = 40  # lines of the feed
TEAM = "team"  # who gives what is typed without a name
KEYS = [
    Key("space", "Space", "pause"),
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


class LeadScreen(TimedScreen):
    """A drill, and the hands of whoever leads it."""

    CSS_PATH = "lead.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause"),
        Binding("n", "write('fire {id}')", "inject now"),
        Binding("s", "write('skip {id}')", "skip inject"),
        Binding("d", "write('delay {id} 60s')", "delay inject"),
        Binding("f", "write('fault ')", "fault"),
        Binding("m", "write('message support: ')", "message"),
        Binding("h", "write('hint ')", "hint"),
        Binding("r", "write('rewind {back}')", "rewind"),
        Binding("colon", "write('')", "line", priority=True),
        Binding("plus,equals_sign", "faster", "faster"),
        Binding("minus", "slower", "slower"),
        Binding("tab", "other", "other table"),
        Binding("question_mark", "app.help", "help"),
        Binding("q", "leave", "end"),
        Binding("escape", "back", "back"),
    ]

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

    def on_mount(self) -> None:
        """Start the clock."""
        self.query_one("#truth", DataTable).add_columns("", "what", "true", "seen")
        self.query_one("#injects", DataTable).add_columns("time", "inject", "state", "from", "to")
        line = self.query_one(ConsoleBox).line
        line.complete, line.select_on_focus = self.complete, False
        line.placeholder = "fire  skip  delay  fault  message  hint  rewind  seat  as NAME aws …   Tab completes"
        self.table.focus()
        self.begin()
        if self.link is not None:
            self.link.start(lambda: self.app.call_from_thread(self.tick))
        self.draw()
        self.set_interval(1 / FRAMES_PER_SECOND, self.tick)

    @property
    def table(self) -> DataTable[Any]:
        """The list of injects."""
        return self.query_one("#injects", DataTable)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """On a line that is being typed on, every letter is text."""
        return not (action == "write" and isinstance(self.focused, Input))

    def complete(self, line: str) -> list[Any]:
        """Return what may come next: words of orders, else of commands."""
        if line.partition(" ")[0] in words() or " " not in line:
            offers = completions(line, self.session)
            found = [Completion(text=text, label=text.split(" ")[-2], help="") for text in offers]
            if found or line.partition(" ")[0] in words():
                return found
        return complete(line, self.session.world)

    def on_unmount(self) -> None:
        """Once the run is closed, tell the players."""
        if self.link is not None and self.session.entries and self.session.entries[-1].note == "end":
            self.link.end()

    # ---- time -----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Let time pass, let the players' commands in, and draw. The end is the facilitator's to declare."""
        before = (self.session.now, len(self.session.entries))
        self.catch_up()
        if self.link is not None:
            self.link.pump()
        if before != (self.session.now, len(self.session.entries)) or self.dirty:
            self.draw()
        if self.session.over and not self.ended:
            self.ended = True
            self.notify("The end has come. r goes back; q ends it and shows the debrief.", markup=False)

    def action_pause(self) -> None:
        """Pause, or go on: for everybody, and in the log."""
        self.catch_up()
        self.session.order(Resume() if self.session.paused else Pause(), self.who)
        self.after_order()

    def after_order(self) -> None:
        """Take the clock along with the session."""
        self.clock.elapsed()
        self.owed = 0
        self.clock.paused = bool(self.session.paused)
        self.ended = self.session.over
        if self.link is not None:
            self.link.pump()
        self.draw()

    @property
    def who(self) -> str:
        """The facilitator's name in the log."""
        return self.host.desk.operator or "facilitator"

    # ---- what is shown --------------------------------------------------------------------------------------------

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
        self.query_one(KeyBar).show(LINE_KEYS if typing else KEYS, Content.assemble(saved))

    def head(self) -> Content:
        """Return what is led, the time, and who takes part."""
        frame, session = self.frame, self.session
        time = f"T+{clock_text(frame.now)} of {clock_text(frame.length)}  {self.clock.speed}x"
        stands = (" paused ", "reverse $warning") if session.paused else ("live", "$success")
        team = ", ".join(f"{name} {role}" for name, role in session.seats.items()) or "no seats taken"
        code = f"   drill join {spelled(self.link.code)}" if self.link is not None else ""
        if self.link is not None and self.link.problem:
            code = f"   players hear nothing: {self.link.problem}"
        goals = "   ".join(f"{gauge.label} {gauge.actual} of {gauge.target}" for gauge in frame.gauges)
        return Content.assemble(
            (frame.title, "bold"), f"  seed {frame.seed}  ", time, "  ", stands, (code, "$secondary"),
            "\n", (goals, ""), (f"   {team}", DIM),
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

    # ---- what is ordered ------------------------------------------------------------------------------------------

    def action_write(self, text: str) -> None:
        """Write an order on the line, to be changed or given."""
        row = self.chosen()
        if "{id}" in text and (row is None or row.state not in ("waiting", "delayed", "skipped")):
            self.notify("Choose an inject that is still to come.", markup=False)
            return
        back = clock_text(max(0, self.session.now - 60_000) // 1000 * 1000)
        line = self.query_one(ConsoleBox).line
        line.focus()
        line.write(text.format(id=row.id if row else "", back=back))
        self.draw()

    @on(ConsoleBox.Given)
    def line_given(self, event: ConsoleBox.Given) -> None:
        """Do what was typed: an order, or a command of the team."""
        self.catch_up(budget=1.0)
        rewinds = event.line.split(" ")[0] == "rewind"
        problem = obey(event.line, self.session, self.who)
        if problem == "" and rewinds and not self.session.paused:
            self.session.order(Pause(), self.who)  # there is something to say first
        if problem is None:
            problem = self.act(event.line)
        self.after_order()
        if problem:
            self.query_one(ConsoleBox).note(event.line, problem)
        else:
            self.table.focus()

    def act(self, line: str) -> str:
        """Give a command for the team: ``as bob aws ...``, or without a name. Return what is wrong with it."""
        name, command = TEAM, line
        if line.startswith("as "):
            name, _, command = line[3:].strip().partition(" ")
        text = help_for(command)
        if text is not None:
            self.query_one(ConsoleBox).print(command, text, self.session.now)
            return ""
        try:
            action = parse(command, self.session.world)
        except ConsoleError as error:
            return str(error)
        refused = may(name, action, self.session.seats)
        answer = refused or self.session.submit(action, name)
        return str(answer) if isinstance(answer, str | Refusal) else ""

    @on(ConsoleInput.Left)
    @on(Output.Closed)
    def to_table(self) -> None:
        """Give the keys back to the injects."""
        self.table.focus()
        self.draw()

    def action_other(self) -> None:
        """Go from the injects to what was printed, and back."""
        output = self.query_one(Output)
        (output if output.display and self.focused is not output else self.table).focus()

    def action_back(self) -> None:
        """Fold away what was printed, or else give the keys to the injects."""
        if not self.query_one(ConsoleBox).fold():
            self.table.focus()
