"""What every screen may ask of the app, as a type: screens do not import the app."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, TypeVar, cast

from textual.content import Content
from textual.screen import Screen

from drill.desk import Desk

T = TypeVar("T")
HEAD = "bold $primary"
DIM = "$footer-foreground"  # the theme's muted text, under a name that Content can resolve
KEY_CAP = "bold $footer-key-foreground on $footer-key-background"
TIER_COLOR = {"guided": "$success", "hinted": "$secondary", "blind": "$warning"}


class Host(Protocol):
    """The app, as its screens see it."""

    desk: Desk
    ascii_only: bool
    speed: int
    farewell: str  # what is said once the terminal is given back
    played: str  # id of the level that was played last, "" before the first

    def open_briefing(self, name: str, seed: int | None = None, file: Any = None) -> bool:
        """Load a level and show its briefing; an error is shown as a notice, and False returned."""

    def open_drill(self, file: Any, seed: int) -> None:
        """Start a session and show the drill."""

    def open_debrief(self, session: Any) -> None:
        """Finish a session and show its debrief."""

    def open_replay(self, file: Any, log: Any) -> None:
        """Watch a saved run."""

    def back_to_list(self) -> None:
        """Leave what is open and show the level list."""


class HostScreen(Screen[T]):
    """A screen of this app."""

    leaving = False
    help_title: ClassVar[str] = "On this screen"  # of its keys, on the help page
    help_words: ClassVar[tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = ()  # heading, what is typed and does
    help_about: ClassVar[tuple[str, ...]] = ()  # what the help page tells besides: "looking", "states", "score"

    def leave_once(self) -> bool:
        """Return True the first time only: keys typed ahead must not open what follows twice."""
        first, self.leaving = not self.leaving, True
        return first

    @property
    def on_top(self) -> bool:
        """Whether nothing is open above this screen: keys typed twice must not open the same thing twice."""
        return self.app.screen is self

    def mail(self) -> Content:
        """Return what waits to be sent to a shared store, for the right of the keys."""
        told = self.host.desk.waiting()
        return Content.styled(told if len(told) <= 70 else f"{told[:69]}…", "$warning") if told else Content("")

    @property
    def host(self) -> Host:
        """The app, typed."""
        return cast(Host, self.app)


def key_line(*pairs: tuple[str, str]) -> Content:
    """Return one line of keys and what each does: ``Enter buy   Esc not now``."""
    parts: list[Any] = []
    for key, does in pairs:
        parts += [("   " if parts else "", ""), (f" {key} ", KEY_CAP), (f" {does}", "")]
    return Content.assemble(*parts)
