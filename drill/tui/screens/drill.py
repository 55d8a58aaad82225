"""DrillScreen: the drill itself. It advances the session with the clock, draws Frames, and gives commands to it."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import DescendantFocus
from textual.widget import Widget

from drill.console import ConsoleError, complete, help_for, parse
from drill.model.command import Refusal
from drill.model.component import kind_of
from drill.tui.screens.base import DIM, HostScreen
from drill.tui.screens.clock import FRAMES_PER_SECOND, Clock
from drill.tui.screens.console_box import ConsoleBox, ConsoleInput, Output
from drill.tui.screens.drill_keys import READING, TYPING, hands
from drill.tui.screens.keybar import KeyBar
from drill.tui.widgets.board import Board
from drill.tui.widgets.feed import FeedPanel
from drill.tui.widgets.map import MapView
from drill.view.frame import Card, Frame

SLICE = 1000  # ms of simulated time advanced at once
BUDGET = 0.1  # seconds of work one tick may do before it lets keys through


class DrillScreen(HostScreen[None]):
    """A session on the screen."""

    CSS_PATH = "drill.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause"),
        Binding("plus,equals_sign", "faster", "faster"),
        Binding("minus", "slower", "slower"),
        Binding("enter", "act", "act"),
        Binding("colon", "console", "console"),
        Binding("slash", "find", "find"),
        Binding("H", "hint", "hint"),
        Binding("tab", "panel", "panel"),
        Binding("question_mark", "app.help", "help"),
        Binding("q", "leave", "quit"),
        Binding("escape", "back", "back"),
    ]

    def __init__(self, session: Any, frame: Frame, speed: int = 1) -> None:
        """``frame``: the session's first."""
        super().__init__()
        self.session = session
        self.clock = Clock(speed)
        self.owed = 0  # simulated ms that the clock is ahead of the session
        self.frame = frame
        self.dirty = False
        self.ending = False

    def compose(self) -> ComposeResult:
        yield Board(plain=self.host.ascii_only, bare=self.app.no_color, id="board")
        yield ConsoleBox(self.host.ascii_only)
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        """Start the clock."""
        self.query_one(ConsoleBox).line.complete = lambda line: complete(line, self.session.world)
        self.query_one(MapView).focus()
        self.clock.elapsed()
        self.clock.paused = False
        self.draw()
        self.set_interval(1 / FRAMES_PER_SECOND, self.tick)

    # ---- time -----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Let the time pass that the clock shows, as much as there is room for, and draw."""
        before = self.session.now
        self.catch_up()
        if self.session.now != before or self.dirty:
            self.draw()
        if self.session.over and not self.ending and self.app.screen is self:
            self.ending = True
            self.host.open_debrief(self.session)

    def catch_up(self, budget: float = BUDGET) -> None:
        """Advance the session towards the clock, for at most ``budget`` seconds; what is left is still owed."""
        self.owed += self.clock.elapsed()
        until = time.monotonic() + budget
        while self.owed > 0 and not self.session.over:
            step = min(self.owed, SLICE)
            self.session.advance(min(self.session.length, self.session.now + step))
            self.owed -= step
            if time.monotonic() >= until:
                break
        if self.session.over:
            self.owed = 0

    def draw(self) -> None:
        """Make a Frame and hand it to everything that shows it."""
        self.dirty = False
        self.frame = frame = self.host.desk.frame(self.session)
        board = self.query_one(Board)
        board.speed, board.paused = self.clock.speed, not self.clock.running
        board.frame = frame
        self.show_selected()
        self.query_one(ConsoleBox).show(frame)
        self.show_keys()

    @on(DescendantFocus)
    def show_keys(self) -> None:
        """Show the keys that are valid now, and whether the run is saved and time passes."""
        frame = self.frame
        saved = (f"saved, {frame.entries} in log", DIM) if frame.saving else ("NOT SAVED", "$error bold")
        live = ("live", "$success") if self.clock.running else ("paused", "$warning")
        keys = hands(frame.next_hint)
        if isinstance(self.focused, ConsoleInput):
            keys = TYPING
        elif isinstance(self.focused, FeedPanel | Output):
            keys = READING
        short = Content("") if frame.saving else Content.styled("NOT SAVED ", "$error bold")
        self.query_one(KeyBar).show(keys, Content.assemble(saved, " · ", live, " "), short)

    # ---- what to act on -------------------------------------------------------------------------------------------

    def show_selected(self) -> None:
        """Fetch the selected component's metrics."""
        card = self.selected_card()
        self.query_one(Board).series = self.host.desk.series(self.session, card.component) if card else ()

    def selected_card(self) -> Card | None:
        """Return the card that the map has selected, or None."""
        wanted = self.query_one(MapView).selected
        return next((card for card in self.frame.cards if card.id == wanted), None)

    @on(MapView.Selected)
    def map_selected(self) -> None:
        """Follow the map's selection."""
        self.show_selected()

    @on(MapView.Chosen)
    def map_chosen(self) -> None:
        """Enter or a second click on a component: offer its actions."""
        self.action_act()

    def action_act(self) -> None:
        """Offer the actions of the selected component."""
        card = self.selected_card()
        if card is None:
            self.notify("Select a component first: arrows, or / to find one.", markup=False)
            return
        self.offer(card.component, card.word)

    def offer(self, name: str, state: str = "") -> None:
        """Open the picker for a component, then the form of what was picked."""
        from drill.tui.screens.act import ActionPicker

        component = self.session.world.components[name]

        def picked(action: Any) -> None:
            if action is not None:
                self.fill(action, name)

        self.app.push_screen(ActionPicker(component, kind_of(component), state), picked)

    def fill(self, action: Any, name: str) -> None:
        """Open the form of one action on one component."""
        from drill.tui.screens.act import ActionForm

        component = self.session.world.components[name]
        self.app.push_screen(ActionForm(action, component, self.session.world, self.give))

    def give(self, line: str) -> str:
        """Submit a console line. Returns what is wrong with it: no command, or AWS's refusal; "" when accepted."""
        console = self.query_one(ConsoleBox)
        try:
            action = parse(line, self.session.world)
        except ConsoleError as error:
            console.note(line, str(error))
            return str(error)
        self.catch_up(budget=1.0)
        answer = self.session.submit(action)
        self.draw()
        if isinstance(answer, Refusal):
            console.note(line, str(answer))
            return str(answer)
        return ""

    # ---- console --------------------------------------------------------------------------------------------------

    @on(ConsoleBox.Given)
    def line_given(self, event: ConsoleBox.Given) -> None:
        """Run what was typed: help, or a command."""
        text = help_for(event.line)
        if text is not None:
            self.query_one(ConsoleBox).print(event.line, text, self.session.now)
            return
        self.give(event.line)

    @on(ConsoleInput.Left)
    @on(Output.Closed)
    def to_map(self) -> None:
        """Give the keys back to the map."""
        self.query_one(MapView).focus()

    def action_console(self) -> None:
        """Type a command."""
        self.query_one(ConsoleBox).line.focus()

    def action_panel(self) -> None:
        """Go from the map to what was printed, to the feed, and back; where panels are folded, open the next one."""
        board, output = self.query_one(Board), self.query_one(Output)
        stops: list[Widget] = [board.map]
        if output.display:
            stops.append(output)
        if not board.fold.display:
            stops.append(board.feed)
        elif not output.display:
            board.fold.action_next_tab()
        at = stops.index(self.focused) + 1 if self.focused in stops else 0
        stops[at % len(stops)].focus()

    def action_back(self) -> None:
        """Fold away what was printed, or else give the keys to the map."""
        if not self.query_one(ConsoleBox).fold():
            self.query_one(MapView).focus()

    # ---- keys -----------------------------------------------------------------------------------------------------

    def action_pause(self) -> None:
        """Pause, or go on."""
        self.catch_up()
        self.clock.paused = not self.clock.paused
        self.draw()

    def action_faster(self) -> None:
        """One speed up, as far as the phase allows."""
        self.catch_up()
        phase = self.session.level.phases.get(self.frame.phase)
        pace = phase.pace if phase else None
        before = self.clock.speed
        if self.clock.faster(pace) == before and pace is not None:
            self.notify(f"This phase runs at {pace:g}x at most.", markup=False)
        self.draw()

    def action_slower(self) -> None:
        """One speed down."""
        self.catch_up()
        self.clock.slower()
        self.draw()

    def action_find(self) -> None:
        """Find a component by name."""
        from drill.tui.screens.find import Find

        def found(id_: str | None) -> None:
            if id_:
                self.query_one(MapView).selected = id_
                self.query_one(MapView).focus()
                self.show_selected()

        self.app.push_screen(Find(self.frame.cards), found)

    def action_hint(self) -> None:
        """Say what the next hint costs, and sell it."""
        offer = self.frame.next_hint
        if offer is None:
            tier = {"blind": "This level has no hints.", "guided": "The guide speaks by itself here."}
            self.notify(tier.get(self.frame.tier, "No hint is for sale yet."), markup=False)
            return
        from drill.tui.screens.dialogs import hint_question

        def answered(answer: str | None) -> None:
            if answer == "enter":
                self.give(f"ops buy-hint --hint-id {offer.id}")
                bought = next((h for h in self.frame.hints if h.id == offer.id), None)
                if bought and bought.text:
                    self.query_one(ConsoleBox).print("hint", bought.text, self.session.now)

        self.app.push_screen(hint_question(offer.cost), answered)

    # ---- leaving --------------------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Ask before quitting."""
        self.leave()

    def leave(self) -> None:
        """Ask whether to keep playing, leave for later, or end now. Time stands still meanwhile."""
        from drill.tui.screens.dialogs import leave_question

        self.catch_up()
        self.clock.hold("leave")

        def answered(answer: str | None) -> None:
            self.clock.release("leave")
            if answer == "l":
                self.app.exit(0)
            elif answer == "e":
                self.ending = True
                self.host.open_debrief(self.session)

        self.app.push_screen(leave_question(self.frame.saving, self.frame.entries), answered)

    def on_screen_suspend(self) -> None:
        """In a guided level, time stands still while something is read or filled in on top of the drill."""
        from drill.tui.screens.dialogs import TooSmall

        self.catch_up()
        if self.frame.tier == "guided" or isinstance(self.app.screen, TooSmall):
            self.clock.hold("dialog")

    def on_screen_resume(self) -> None:
        """Time passes again."""
        self.clock.elapsed()
        self.clock.release("dialog")
        self.dirty = True
