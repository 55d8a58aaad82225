"""SeatScreen: a drill that somebody else leads: one's own hands, the facilitator's time, and what the role may see."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Input

from drill.catalog.ops import Answer, BuyHint
from drill.console import ConsoleError, parse
from drill.hosted.roles import DUTY, LEADER_ENDS, may, may_call
from drill.model.command import Action
from drill.tui.screens.base import DIM
from drill.tui.screens.console_box import ConsoleBox, Output
from drill.tui.screens.debrief_last import SeatDebrief
from drill.tui.screens.dialogs import Question
from drill.tui.screens.drill import DrillScreen
from drill.tui.screens.drill_keys import TYPING, hands, reading
from drill.tui.screens.drill_time import BUDGET
from drill.tui.screens.keybar import Key, KeyBar
from drill.tui.widgets.feed import FeedPanel
from drill.view.closing import Closings
from drill.view.frame import Frame

SILENT = 6_000  # ms without a word of the host after which one is told
_TIME = frozenset({"pause", "faster", "slower", "end"})  # the facilitator's to do
_DOES = {"space": "pause", "plus": "faster", "minus": "slower", "e": "end", "H": "hint", "a": "answer"}  # in the footer


class SeatScreen(DrillScreen):
    """The drill's screen for one who takes part."""

    CSS_PATH = "drill.tcss"
    help_title = "In your seat"
    BINDINGS = [Binding("q", "leave", "leave, with a question; the others play on")]

    def __init__(self, player: Any, frame: Frame) -> None:
        """``player``: the drill.hosted.player.Player whose session is shown."""
        super().__init__(player.session, frame)
        self.player = player
        self.lost = ""
        self.told: set[str] = set()  # answers that were shown

    def on_mount(self) -> None:
        """Begin to listen."""
        super().on_mount()
        self.home = self.app  # threads know no active app
        self.player.start(self.hear, self.lose)

    def on_unmount(self) -> None:
        """Stop listening."""
        self.player.close()

    def show_soon(self, what: Callable[..., object], *given: object) -> None:
        """Run something where the screen lives, from a thread, and wait for it; nothing once the app has closed."""
        try:
            self.home.call_from_thread(what, *given)
        except RuntimeError:
            self.player.close()

    def hear(self, news: dict[str, Any]) -> None:
        """Take news from the listening thread to the screen, and wait until they are shown."""
        self.show_soon(self.take, news)

    def lose(self, why: str) -> None:
        """Note in the listening thread why there are no news."""
        if why != self.lost:
            self.show_soon(self.take, None, why)

    def take(self, news: dict[str, Any] | None, lost: str = "") -> None:
        """Follow the host, and show what came of it."""
        self.lost = lost
        changed = news is not None and self.player.apply(news)
        self.session = self.player.session
        self.clock.paused, self.clock.speed = bool(self.session.paused), self.player.speed
        if changed or lost or self.player.silent >= SILENT:
            self.draw()
        for id_, (line, answer) in self.player.answers.items():
            if id_ not in self.told:
                self.told.add(id_)
                if answer:
                    self.query_one(ConsoleBox).note(line, answer)
        if self.player.state == "ended" and not self.ending:
            self.ending = True
            self.player.close()
            self.app.push_screen(SeatDebrief(self.session, self.host.desk.finish(self.session)))

    def tick(self) -> None:
        """Draw what something else has changed. Time comes from the host."""
        if self.dirty:
            self.draw()

    def catch_up(self, budget: float = BUDGET) -> None:
        """Time comes from the host alone."""

    def give(self, line: str) -> str:
        """Ask the host to do a line, if it is this role's; what the host says comes with the news."""
        console = self.query_one(ConsoleBox)
        try:
            refused = may(self.player.name, parse(line, self.session.world), self.session.seats)
        except ConsoleError as error:
            refused = str(error)
        if refused:
            console.note(line, refused)
            return refused
        self.run_worker(lambda: self.ask(line), thread=True)
        return ""

    def ask(self, line: str) -> None:
        """Send a line to the host; in a thread."""
        from drill.store.database import DatabaseProblem

        try:
            self.player.ask(line)
        except DatabaseProblem as error:
            self.show_soon(self.query_one(ConsoleBox).note, line, f"not sent: {error}")

    @on(DescendantFocus)
    def show_keys(self) -> None:
        """Show the keys that are valid now, and who one is."""
        keys = self.own(hands(self.frame))
        if isinstance(self.focused, Input):
            keys = TYPING
        elif isinstance(self.focused, FeedPanel | Output):
            keys = self.own(reading())
        trouble = self.player.trouble or self.lost
        if not trouble and self.player.silent >= SILENT:
            trouble = "the facilitator's machine is silent"
        who = (f"{self.player.name}, {self.player.role}" if self.player.role else "waiting for a seat", "bold")
        stands = f"{self.player.leader} has not begun" if self.player.waiting else "paused"
        live = (trouble[:60], "$error") if trouble else (stands, "$warning") if self.clock.paused else ("live", DIM)
        self.query_one(KeyBar).show(keys, Content.assemble(who, " · ", live, " "), Content.assemble(live, " "))

    @cached_property
    def closings(self) -> Closings:
        """What was said of ending it early: that is not for a seat to do."""
        return Closings(LEADER_ENDS)

    @property
    def help_hides(self) -> frozenset[str]:
        """Keys of others are neither in the last line nor on the help page: the facilitator's, and other roles'."""
        theirs = {name for name, action in (("hint", BuyHint), ("answer", Answer)) if self.others(action)}
        return super().help_hides | _TIME | theirs

    def own(self, keys: list[Key]) -> list[Key]:
        """Return those of ``keys`` that this role has."""
        hidden = self.help_hides
        return [key for key in keys if _DOES.get(key.key) not in hidden]

    def others(self, action: type[Action]) -> str:
        """Return whom to ask for a command, "" where it is this role's own."""
        return may_call(self.player.name, action, self.session.seats)

    def action_hint(self) -> None:
        """Sell a hint, where that is this role's to buy."""
        self.own_or_told(BuyHint, super().action_hint)

    def action_answer(self) -> None:
        """Answer what is asked, where that is this role's to answer."""
        self.own_or_told(Answer, super().action_answer)

    def own_or_told(self, action: type[Action], do: Callable[[], None]) -> None:
        """Do what this role may do; else say whom to ask."""
        refused = self.others(action)
        if refused:
            self.notify(f"{refused}.", markup=False)
        else:
            do()

    # ---- keys that are the facilitator's, or mean something else here ----------------------------------------------

    def action_pause(self) -> None:
        """Say whose the time is."""
        yours = DUTY.get(self.player.role, "wait for a seat")
        self.notify(f"The facilitator keeps the time, and ends it. Yours: {yours}.", markup=False)

    action_faster = action_slower = action_end = action_pause

    def leave(self) -> None:
        """Ask whether to leave; the others play on."""

        def answered(answer: str | None) -> None:
            if answer == "l":
                self.player.close()
                self.app.exit(0)

        answers = [("k", "k", "stay"), ("l", "l", "leave; `drill join` with the same code comes back")]
        self.app.push_screen(Question("Leave this session?", "The others play on meanwhile.", answers), answered)
