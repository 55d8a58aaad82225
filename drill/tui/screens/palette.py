"""DrillCommands: the palette (Ctrl+P) knows every action on every component, and every key by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from drill.console import actions_on, opening
from drill.model.component import kind_of
from drill.tui.screens.drill import DrillScreen

KEYS = (
    ("pause or go on", "pause"),
    ("faster", "faster"),
    ("slower", "slower"),
    ("hint", "hint"),
    ("answer what somebody asks", "answer"),
    ("find a component", "find"),
    ("console", "console"),
    ("end now: the rest runs hands-off", "end"),
    ("end or leave the drill", "leave"),
)


class Entry(NamedTuple):
    """One line of the palette."""

    text: str
    help: str
    run: Callable[[], object]


class DrillCommands(Provider):
    """Entries of the palette for what is on the screen."""

    def entries(self) -> Iterator[Entry]:
        """Yield what can be done now."""
        screen = self.screen
        if isinstance(screen, DrillScreen):
            for name, component in screen.session.world.components.items():
                for action in actions_on(kind_of(component)):
                    words = " ".join(opening(action)).removeprefix("aws ")
                    yield Entry(f"{name}: {words}", action.summary, partial(screen.fill, action, name))
            for text, key in KEYS:
                yield Entry(text, "", getattr(screen, f"action_{key}"))
        yield Entry("help", "every key and what it does", partial(self.app.run_action, "help"))
        yield Entry("quit", "with a question where a drill is running", partial(self.app.run_action, "leave"))

    async def discover(self) -> Hits:
        """Show everything before a word is typed: keys first."""
        found = list(self.entries())
        for entry in [e for e in found if ":" not in e.text] + [e for e in found if ":" in e.text]:
            yield DiscoveryHit(Content(entry.text), entry.run, text=entry.text, help=entry.help)

    async def search(self, query: str) -> Hits:
        """Yield what matches ``query``, the best with the highest score."""
        matcher = self.matcher(query)
        for entry in self.entries():
            score = matcher.match(f"{entry.text} {entry.help}")
            if score > 0:
                yield Hit(score, Content(entry.text), entry.run, text=entry.text, help=entry.help)
