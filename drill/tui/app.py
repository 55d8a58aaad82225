"""DrillApp: level list -> briefing -> drill -> debrief. Screens are imported when they are first opened."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from typing import Any

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.command import Provider
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen

from drill.desk import Desk
from drill.tui.theme import DARK, LIGHT, textual_theme

SMALLEST = (60, 20)


def _palette() -> type[Provider]:
    from drill.tui.screens.palette import DrillCommands

    return DrillCommands


def get_ready() -> None:
    """Import what a drill needs while its briefing is read; what it needs at its end, beside the screen."""
    import importlib
    import threading

    import drill.session.session
    import drill.tui.screens.drill
    import drill.view.build  # noqa: F401

    threading.Thread(target=importlib.import_module, args=("drill.store.store",), daemon=True).start()


class DrillApp(App[int]):
    """The app. ``desk`` keeps levels and runs; ``first`` says what to open."""

    TITLE = "drill"
    CSS_PATH = "app.tcss"
    COMMANDS = {_palette}
    BINDINGS = [
        Binding(
            "ctrl+p", "command_palette", "palette: everything that can be done here, by name", show=False, priority=True
        ),
        Binding(
            "ctrl+c,ctrl+q",
            "leave",
            "quit, with a question where a run goes on; it is never lost",
            show=False,
            priority=True,
        ),
    ]

    def __init__(
        self,
        desk: Desk,
        first: tuple[str, ...] = ("list",),
        what: Any = None,
        ascii_only: bool = False,
        speed: int = 1,
    ) -> None:
        """``first``: ("list",), ("play", PATH, SEED), ("resume",) or ("replay",); ``what``: the session to go on with,
        or (level file, log) to watch. ``problem`` says afterwards why there was nothing to play."""
        super().__init__()
        self.desk, self.first, self.what, self.ascii_only, self.speed = desk, first, what, ascii_only, speed
        self.trouble: Exception | None = None
        self.problem = self.played = self.farewell = ""
        self.animation_level = "none"  # at most four frames a second, and calm

    # ---- life -----------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Take the theme and the signals, and open the first screen."""
        for palette in (DARK, LIGHT):
            self.register_theme(textual_theme(palette))
        self.theme = DARK.name
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, self.stop_for, number)
        what, *rest = self.first
        if what == "play":
            self.open_first(rest[0], int(rest[1]))
        elif what == "resume":
            self.open_session(self.what, resumed=True)
        elif what == "replay":
            self.open_replay(*self.what)
        elif what == "seat":
            from drill.tui.screens.seat import SeatScreen

            self.show(SeatScreen(self.what, self.desk.frame(self.what.session)))
        elif what == "host":
            self.open_lead(*self.what)
        elif what == "event":
            self.open_entry(*self.what)
        elif what == "board":
            from drill.tui.screens.board import BoardScreen

            self.show(BoardScreen(self.what))
        else:
            self.back_to_list()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add the stand-ins for glyphs where only ASCII may be drawn; without color, gray is a color, too."""
        found = [NoColor() if isinstance(each, Monochrome) else each for each in super().get_line_filters()]
        if not self.ascii_only:
            return found
        from drill.tui.screens.ascii import AsciiFilter

        return [*found, AsciiFilter()]

    def stop_for(self, number: int) -> None:
        """End because of a signal: Textual gives the terminal back; the log is on disk already."""
        self.exit(128 + number)

    def _handle_exception(self, error: Exception) -> None:
        """Keep the error for whoever runs the app: it is told in one line once the terminal is given back."""
        self.trouble = self.trouble or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End without Textual's own traceback."""
        self._close_messages_no_wait()

    def on_resize(self, event: events.Resize) -> None:
        """Say which size is needed when the terminal is smaller."""
        self.fit(event.size.width, event.size.height)

    def fit(self, width: int, height: int) -> None:
        """Show or hide the one message that a terminal below 60x20 gets."""
        small = width < SMALLEST[0] or height < SMALLEST[1]
        top = self.screen_stack[-1] if self.screen_stack else None
        if small != getattr(top, "too_small", False):
            if small:
                from drill.tui.screens.dialogs import TooSmall

                self.push_screen(TooSmall())
            else:
                self.pop_screen()

    # ---- where to go ----------------------------------------------------------------------------------------------

    def show(self, screen: Screen[Any]) -> None:
        """Replace what is open by ``screen``; nothing is stacked below it but Textual's own base."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)
        self.fit(*self.size)

    def open_first(self, path: str, seed: int) -> None:
        """Show at once which level is opened, read it, and show its briefing; end when it cannot be read."""
        from pathlib import Path

        from drill.tui.screens.opening import Opening

        def read() -> None:
            from drill.level.errors import LevelError

            try:
                file = self.desk.load(path)
                level = file.bind(seed).level
            except LevelError as error:
                self.problem = str(error)
                self.exit(2)
                return
            self.show_briefing(file, level, seed)

        self.show(Opening(Path(path).stem, seed))
        self.call_after_refresh(read)

    def back_to_list(self) -> None:
        """Leave what is open and show the level list; in an event there is none."""
        if self.first[0] == "event":
            self.exit(0)
            return
        from drill.tui.screens.levels import LevelList

        self.show(LevelList())

    def open_briefing(self, name: str, seed: int | None = None, file: Any = None) -> bool:
        """Load a level and show its briefing; an error is shown as a notice, and False returned."""
        from drill.level.errors import LevelError

        drawn = self.desk.draw_seed() if seed is None else seed
        try:
            file = self.desk.load(name) if file is None else file
            level = file.bind(drawn).level
        except LevelError as error:
            self.notify(str(error), title="This level cannot be played", severity="error", markup=False)
            return False
        self.show_briefing(file, level, drawn)
        return True

    def show_briefing(self, file: Any, level: Any, seed: int) -> None:
        """Show a briefing, and get ready meanwhile for the drill itself."""
        from drill.tui.screens.briefing import Briefing

        self.show(Briefing(file, level, seed))
        self.set_timer(0.2, get_ready)

    def open_drill(self, file: Any, seed: int) -> None:
        """Start a session and show the drill."""
        self.open_session(self.desk.start(file, seed))

    def open_session(self, session: Any, resumed: bool = False) -> None:
        """Show a session that is under way; one that somebody comes back to stands still at first."""
        from drill.tui.screens.drill import DrillScreen

        self.played = session.level.id
        self.show(DrillScreen(session, self.desk.frame(session), self.speed, resumed))

    def open_entry(self, file: Any, said: list[str]) -> None:
        """Show what is played in an event, and by which rules."""
        from drill.tui.screens.entry import Entry

        self.show(Entry(file, said))
        self.set_timer(0.2, get_ready)

    def open_lead(self, session: Any, link: Any = None) -> None:
        """Lead a session; ``link``: the server through which players take part."""
        from drill.tui.screens.lead import LeadScreen

        self.show(LeadScreen(session, self.desk.frame(session), self.speed, link))

    def open_debrief(self, session: Any) -> None:
        """Finish a session and show its debrief; in an event, the event says what follows."""
        from drill.tui.screens.debrief import DebriefScreen
        from drill.tui.screens.debrief_last import LastDebrief

        screen = LastDebrief if self.desk.event else DebriefScreen
        self.show(screen(session, self.desk.finish(session)))

    def open_replay(self, file: Any, log: Any) -> None:
        """Watch a saved run."""
        from drill.tui.screens.replay import Replay

        self.show(Replay(file, log, self.speed))

    # ---- keys that work everywhere --------------------------------------------------------------------------------

    def action_help(self) -> None:
        """Show the keys that are valid on the screen that is open."""
        from drill.tui.screens.help import Help

        if not isinstance(self.screen, Help):
            self.push_screen(Help(self.screen))

    async def action_leave(self) -> None:
        """Quit, with a question where something would be left behind."""
        asks = getattr(self.screen, "leave", None)
        if asks is not None:
            asks()
        elif len(self.screen_stack) > 2:  # a dialog or a form is open: back to what is below it, and ask there
            self.pop_screen()
            await self.action_leave()
        else:
            self.exit(0)

    def action_resume(self) -> None:
        """Go on with the last run that was cut off."""
        from drill.desk import NoRun, why
        from drill.level.errors import LevelError
        from drill.session.chain import LogError
        from drill.session.session import Divergence

        try:
            session = self.desk.resume()
        except (NoRun, LevelError, LogError) as error:
            self.notify(str(error), markup=False)
            return
        except Divergence as error:
            self.notify(why(error), markup=False)
            return
        self.open_session(session, resumed=True)
