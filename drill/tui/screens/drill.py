"""DrillScreen: the drill itself: map, panels, console. What it shows is a Frame; what it gives is a console line."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import DescendantFocus
from textual.widget import Widget
from textual.widgets import Input

from drill.console.completion import complete
from drill.model.units import clock_text
from drill.tui.screens.base import DIM
from drill.tui.screens.clock import FRAMES_PER_SECOND, SPEED
from drill.tui.screens.console_box import ConsoleBox, ConsoleInput, Output
from drill.tui.screens.drill_give import GivingScreen
from drill.tui.screens.drill_keys import TYPING, hands, reading, sells
from drill.tui.screens.keybar import KeyBar
from drill.tui.widgets.board import Board
from drill.tui.widgets.feed import FeedPanel
from drill.tui.widgets.guide import GuidePanel
from drill.tui.widgets.map import MapView
from drill.view.closing import Closings
from drill.view.frame import Card


class DrillScreen(GivingScreen):
    """A session on the screen."""

    CSS_PATH = "drill.tcss"
    help_title = "In a drill"
    help_about = ("looking", "states", "score")
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause, go on"),
        Binding("plus,equals_sign", "faster", SPEED),
        Binding("minus", "slower", SPEED),
        Binding("enter", "act", "choose an action for what is selected, and fill in its form"),
        # What opens a line to type on comes first, so that the keys typed right after it are text on that line.
        Binding("colon", "console", "console: type the command itself", priority=True),
        Binding("slash", "find", "find a component", priority=True),
        Binding("H", "hint", "hint; it says its price first"),
        Binding("a", "answer", "answer what somebody asks"),
        Binding("tab", "panel", "go to the feed and back; in a narrow terminal, open the next panel"),
        Binding("e", "end", "end it, with a question: the rest runs hands-off, then the debrief"),
        Binding("question_mark", "app.help", "this page"),
        Binding("q", "leave", "quit, with a question: go on, leave for later, or end now"),
        Binding("escape", "back", "close what is open, back to the map"),
    ]

    def compose(self) -> ComposeResult:
        yield Board(plain=self.host.ascii_only, bare=self.app.no_color, id="board")
        yield ConsoleBox(self.host.ascii_only)
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        """Start the clock."""
        self.query_one(ConsoleBox).line.complete = lambda line: complete(line, self.session.world)
        self.to_map()
        self.begin()
        self.draw()
        if self.resumed:
            self.query_one(ConsoleBox).tell(f"Resumed at T+{clock_text(self.session.now)}; Space goes on.")
        self.set_interval(1 / FRAMES_PER_SECOND, self.tick)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """On a line that is being typed on, ``:`` and ``/`` are text."""
        return not (action in ("console", "find") and isinstance(self.focused, Input))

    @property
    def help_hides(self) -> frozenset[str]:
        """Hints are told of where there are any."""
        return frozenset() if sells(self.frame) else frozenset({"hint"})

    def help_opens(self) -> list[Any]:
        """Forms open on this screen, and have keys of their own."""
        from drill.tui.screens.act import ActionForm

        return [ActionForm]

    @cached_property
    def closings(self) -> Closings:
        """What was said of ending it early."""
        return Closings("`e` ends it.")

    # ---- what is shown --------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Make a Frame and hand it to everything that shows it."""
        self.dirty = False
        was, self.frame = self.frame.saving, self.closings.told(self.host.desk.frame(self.session))
        board = self.query_one(Board)
        board.speed, board.paused = self.clock.speed, not self.clock.running
        board.frame = self.frame
        self.show_selected()
        self.query_one(ConsoleBox).show(self.frame)
        self.show_keys()
        if was and not self.frame.saving:
            self.notify("From here on, this run is not being saved.", severity="warning", markup=False)

    @on(DescendantFocus)
    def show_keys(self) -> None:
        """Show the keys that are valid now, and whether the run is saved and time passes."""
        frame = self.frame
        saved = (f"saved, {frame.entries} in log", DIM) if frame.saving else ("NOT SAVED", "$error bold")
        live = ("live", "$success") if self.clock.running else ("paused", "$warning")
        behind = getattr(getattr(self.session, "witness", None), "behind", 0)  # an event's server that is away
        if behind > 1:
            saved = (f"server away, {behind} heads wait", "$warning")
        keys = hands(frame, self.clock.running)
        if isinstance(self.focused, ConsoleInput):
            keys = TYPING
        elif isinstance(self.focused, FeedPanel | Output):
            keys = reading(self.clock.running)
        short = Content("") if frame.saving else Content.styled("NOT SAVED ", "$error bold")
        self.query_one(KeyBar).show(keys, Content.assemble(saved, " · ", live, " "), short)

    def show_selected(self) -> None:
        """Fetch the selected component's metrics."""
        card = self.selected_card()
        self.query_one(Board).series = self.host.desk.series(self.session, card.component) if card else ()

    def selected_card(self) -> Card | None:
        """Return the card that the map has selected, or None."""
        wanted = self.query_one(MapView).selected
        return next((card for card in self.frame.cards if card.id == wanted), None)

    # ---- what the mouse and the parts say -------------------------------------------------------------------------

    @on(MapView.Selected)
    def map_selected(self) -> None:
        """Follow the map's selection."""
        self.show_selected()

    @on(MapView.Chosen)
    def map_chosen(self) -> None:
        """Enter or a second click on a component: offer its actions."""
        self.action_act()

    @on(GuidePanel.Chosen)
    def guide_chosen(self) -> None:
        """A click on a question: answer it."""
        if self.frame.asked:
            self.action_answer()

    @on(ConsoleInput.Left)
    @on(Output.Closed)
    def to_map(self) -> None:
        """Give the keys back to the map."""
        self.set_focus(self.query_one(MapView))

    # ---- keys -----------------------------------------------------------------------------------------------------

    def action_act(self) -> None:
        """Offer the actions of the selected component."""
        card = self.selected_card()
        if card is None:
            self.notify("Select a component first: arrows, or / to find one.", markup=False)
            return
        self.offer(card.component, card)

    def action_console(self) -> None:
        """Type a command."""
        self.set_focus(self.query_one(ConsoleBox).line)

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
        self.set_focus(stops[at % len(stops)])

    def action_back(self) -> None:
        """Fold away what was printed, or else give the keys to the map."""
        if not self.query_one(ConsoleBox).fold():
            self.to_map()

    async def action_find(self) -> None:
        """Find a component by name. What is typed right after it is text on its line: wait until that is there."""
        from drill.tui.screens.find import Find

        def found(id_: str | None) -> None:
            if id_:
                self.query_one(MapView).selected = id_
                self.to_map()
                self.show_selected()

        if self.on_top:
            await self.app.push_screen(Find(self.frame.cards), found)
