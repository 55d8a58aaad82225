"""KeyBar: the keys that are valid now, as many as fit, each of them also a button; at its right how the run stands."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content
from textual.events import Click
from textual.widget import Widget

from drill.tui.screens.base import DIM, KEY_CAP


class Key(NamedTuple):
    """One key as the bar shows it. ``rank``: when room is short, the highest goes first."""

    key: str  # as Textual names it
    shown: str
    does: str
    rank: int = 0

    @property
    def width(self) -> int:
        """Columns it takes: `` Esc back``."""
        return len(self.shown) + len(self.does) + 3


NOTHING = Content("")


class KeyBar(Widget):
    """One line. ``show`` sets what is on it; a click presses the key."""

    DEFAULT_CSS = """
    KeyBar { height: 1; width: 1fr; }
    """

    def __init__(self, keys: list[Key] | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.keys: list[Key] = keys or []
        self.status = self.short = NOTHING

    def show(self, keys: list[Key], status: Content = NOTHING, short: Content = NOTHING) -> None:
        """Show ``keys`` and ``status``, or ``short`` where the status leaves too little room for the keys."""
        if (keys, status, short) != (self.keys, self.status, self.short):
            self.keys, self.status, self.short = keys, status, short
            self.refresh()

    def fitting(self, room: int) -> list[Key]:
        """Return the keys that fit into ``room`` columns, in their order."""
        kept = list(self.keys)
        while kept and sum(key.width for key in kept) > room:
            kept.remove(max(kept, key=lambda key: key.rank))
        return kept

    def parts(self) -> tuple[list[Key], Content]:
        """Return what is shown at the present width."""
        wanted = sum(key.width for key in self.keys)
        status = self.status if wanted + self.status.cell_length + 1 <= self.size.width else self.short
        return self.fitting(self.size.width - status.cell_length - 1), status

    def render(self) -> Content:
        """Draw the line."""
        keys, status = self.parts()
        used = sum(key.width for key in keys)
        line = [part for key in keys for part in ((f" {key.shown}", KEY_CAP), (f" {key.does} ", DIM))]
        gap = max(0, self.size.width - used - status.cell_length)
        return Content.assemble(*line, " " * gap, status)

    def on_click(self, event: Click) -> None:
        """Press the key that was clicked."""
        at = 0
        for key in self.parts()[0]:
            if at <= event.x < at + key.width:
                self.app.simulate_key(key.key)
                return
            at += key.width
