"""TimedScreen: a session on a screen, and the clock that drives it: pause, speed, and what holds it still."""

from __future__ import annotations

import time
from typing import Any

from drill.tui.screens.base import HostScreen
from drill.tui.screens.clock import Clock
from drill.tui.screens.dialogs import Question, TooSmall, end_question, leave_question
from drill.view.frame import Frame

SLICE = 1000  # ms of simulated time advanced at once
BUDGET = 0.1  # seconds of work one tick may do before it lets keys through


class TimedScreen(HostScreen[None]):
    """Advances a session with the clock. Subclasses ``draw`` what came of it."""

    def __init__(self, session: Any, frame: Frame, speed: int = 1, resumed: bool = False) -> None:
        """``frame``: the session's first. ``resumed``: somebody comes back to it, and wants to look round first."""
        super().__init__()
        self.session, self.resumed = session, resumed
        self.clock = Clock(speed)
        self.owed = 0  # simulated ms that the clock is ahead of the session
        self.frame = frame
        self.dirty = False
        self.ending = False

    def draw(self) -> None:
        """Make a Frame and show it."""
        raise NotImplementedError

    def begin(self) -> None:
        """Start the clock."""
        self.clock.elapsed()
        self.clock.paused = self.resumed

    def tick(self) -> None:
        """Let the time pass that the clock shows, as much as there is room for, and draw."""
        before = self.session.now
        self.catch_up()
        if self.session.now != before or self.dirty:
            self.draw()
        if self.session.over and not self.ending and self.on_top:
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
        fastest = getattr(self.session, "fastest", None)  # an event's rule
        pace = min((each for each in (phase.pace if phase else None, fastest) if each is not None), default=None)
        before = self.clock.speed
        if self.clock.faster(pace) == before and pace is not None:
            self.notify(f"This runs at {pace:g}x at most.", markup=False)
        self.draw()

    def action_slower(self) -> None:
        """One speed down."""
        self.catch_up()
        self.clock.slower()
        self.draw()

    # ---- what holds time still ------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Ask before quitting."""
        self.leave()

    def action_end(self) -> None:
        """Ask whether to end now."""
        rest = self.session.length - self.session.now
        if self.on_top:
            self.ask_leave(end_question(rest, self.frame.closing, self.host.desk.event))

    def leave(self) -> None:
        """Ask whether to keep playing, leave for later, or end now. Time stands still, but for no event."""
        event = self.host.desk.event
        self.ask_leave(leave_question(self.frame.saving, self.frame.entries, event))

    def ask_leave(self, question: Question) -> None:
        """Put a question whose answers are ``l`` (leave) and ``e`` (end now), or neither: go on."""
        self.catch_up()
        if question.still:
            self.clock.hold("leave")

        def answered(answer: str | None) -> None:
            self.clock.release("leave")
            if answer == "l":
                self.host.farewell = self.way_on()
                self.app.exit(0)
            elif answer == "e":
                self.end_now()

        self.app.push_screen(question, answered)

    def way_on(self) -> str:
        """Return what is said of the way back once the terminal is given back; an event says it itself."""
        return "" if self.host.desk.event else self.host.desk.way_on(self.session)

    def end_now(self) -> None:
        """End the drill: what is left runs hands-off, and the debrief opens."""
        self.ending = True
        self.host.open_debrief(self.session)

    def on_screen_suspend(self) -> None:
        """In a guided level, time stands still while something is read or filled in on top of the drill."""
        self.catch_up()
        still = self.frame.tier == "guided" and getattr(self.app.screen, "still", True)
        if still or isinstance(self.app.screen, TooSmall):
            self.clock.hold("dialog")

    def on_screen_resume(self) -> None:
        """Time passes again."""
        self.clock.elapsed()
        self.clock.release("dialog")
        self.dirty = True
