"""LeadScreen: the facilitator's screen: truth beside telemetry, the injects, and a line on which everything is ordered.

Its keys write the order on the line, ready to be changed; Enter gives it. So the screen, the line-by-line host and the
log have the same words.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Input

from drill.console import ConsoleError, parse
from drill.console.manual import help_for
from drill.hosted.begun import discard, nothing_played, resumes, way_on
from drill.hosted.lines import AS, ORDERS, obey, offers
from drill.hosted.roles import may
from drill.model.command import Refusal
from drill.model.units import clock_text
from drill.session.orders import Pause, Resume
from drill.tui.screens.clock import FRAMES_PER_SECOND, SPEED
from drill.tui.screens.console_box import ConsoleBox, ConsoleInput, Output
from drill.tui.screens.dialogs import Question
from drill.tui.screens.lead_view import LeadView

TEAM = "team"  # who gives what is typed without a name


class LeadScreen(LeadView):
    """A drill, and the hands of whoever leads it."""

    CSS_PATH = "lead.tcss"
    help_title = "While you lead: a key writes its order on the line, Enter gives it"
    help_words = (("Orders on the line", (*ORDERS, ("aws ...   ops ...", "what the team does, without a name"))),)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause, go on: for everybody"),
        Binding("n", "write('fire {id}')", "let the chosen inject come now"),
        Binding("s", "write('skip {id}')", "leave the chosen inject out"),
        Binding("d", "write('delay {id} 60s')", "put the chosen inject off"),
        Binding("f", "write('fault ')", "add a fault"),
        Binding("m", "write('message support: ')", "send a message to everybody"),
        Binding("h", "write('hint ')", "give a hint, free of charge"),
        Binding("r", "write('rewind {back}')", "go back, a minute or to any moment"),
        Binding("colon", "write('')", "the line: an order, or what the team does", priority=True),
        Binding("plus,equals_sign", "faster", SPEED),
        Binding("minus", "slower", SPEED),
        Binding("tab", "other", "from the injects to what was printed, and back"),
        Binding("question_mark", "app.help", "this page"),
        Binding("q", "leave", "stop leading, with a question: go on, leave for later, or end now"),
        Binding("escape", "back", "close what is open, back to the injects"),
    ]

    def on_mount(self) -> None:
        """Start the clock."""
        self.query_one("#truth", DataTable).add_columns("", "what", "true", "seen")
        self.query_one("#injects", DataTable).add_columns("time", "inject", "state", "from", "to")
        line = self.query_one(ConsoleBox).line
        line.complete, line.select_on_focus = self.complete, False
        line.placeholder = "fire  skip  delay  fault  message  hint  rewind  seat  as NAME aws …   Tab completes"
        self.table.focus()
        self.begin()
        self.clock.paused = bool(self.session.paused)
        if self.link is not None:
            home = self.app  # threads know no active app

            def wake() -> None:
                with suppress(RuntimeError):  # it has closed
                    home.call_from_thread(self.tick)

            self.link.start(wake)
        self.draw()
        self.set_interval(1 / FRAMES_PER_SECOND, self.tick)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """On a line that is being typed on, every letter is text."""
        return not (action == "write" and isinstance(self.focused, Input))

    def complete(self, line: str) -> list[Any]:
        """Return what may come next: words of orders, else of commands."""
        return offers(line, self.session)

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
            self.link.speed = self.clock.speed
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

    def leave(self) -> None:
        """Ask whether to go on leading, leave for later, or end now. Time stands still meanwhile."""
        rest = "" if self.session.over else ": the rest runs hands-off"
        command = resumes(self.session)
        later = f"`{command}` goes on from here" if command else "the run is lost"
        if self.link is not None:
            later += ", with a new code: this session ends for the players"
        if nothing_played(self.session):
            rest = "; nothing was played, and no run is kept"
        self.ask_leave(
            Question(
                "Stop leading?",
                "Players are told when you end it. Time stands still while you decide.",
                [("k", "k", "go on"), ("l", "l", f"leave; {later}"),
                 ("e", "e", f"end it now{rest}")],
            )
        )  # fmt: skip

    def way_on(self) -> str:
        """Who leads goes on as who leads."""
        return way_on(self.session)

    def end_now(self) -> None:
        """End it; where nothing was played, there is nothing to tell of and nothing to keep."""
        if nothing_played(self.session):
            discard(self.session)
            self.app.exit(0)
        else:
            super().end_now()

    @property
    def who(self) -> str:
        """The facilitator's name in the log."""
        return self.host.desk.operator or "facilitator"

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
        if line.startswith(f"{AS} "):
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
