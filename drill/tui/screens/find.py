"""Find: go to a component by a part of its name, kind or place."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from drill.tui.screens.base import DIM
from drill.view.frame import Card


class Find(ModalScreen[str]):
    """A line to type in, and what matches. Dismisses with the id of a card, "" for none."""

    CSS_PATH = "find.tcss"
    BINDINGS = [
        Binding("escape", "dismiss('')", "back"),
        Binding("down", "move(1)", "up and down the list", show=False, priority=True),
        Binding("up", "move(-1)", "up and down the list", show=False, priority=True),
    ]

    def __init__(self, cards: Sequence[Card]) -> None:
        super().__init__()
        self.cards = cards

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Input(placeholder="find a component by name, kind or zone", id="wanted", compact=True)
            yield OptionList(id="found", markup=False)

    def on_mount(self) -> None:
        """Show everything at first."""
        self.fill("")
        self.set_focus(self.query_one(Input))

    def fill(self, wanted: str) -> None:
        """List the cards that have every word of ``wanted`` somewhere."""
        words = wanted.lower().split()
        listing = self.query_one(OptionList)
        rows = [
            c for c in self.cards if all(w in f"{c.id} {c.kind} {c.title} {c.zone} {c.region}".lower() for w in words)
        ]
        named = max((len(card.id) for card in rows), default=0)
        said = max((len(card.phrase) for card in rows), default=0)
        listing.set_options([Option(card_row(card, named, said), id=card.id) for card in rows])
        listing.highlighted = 0 if rows else None

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Narrow the list as one types."""
        self.fill(event.value)

    @on(Input.Submitted)
    def take(self) -> None:
        """Go to the highlighted one."""
        option = self.query_one(OptionList).highlighted_option
        self.dismiss(option.id if option and option.id else "")

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        """Go to the one that was clicked."""
        self.dismiss(event.option.id or "")

    def action_move(self, step: int) -> None:
        """Move the highlight while the line keeps the keys."""
        listing = self.query_one(OptionList)
        (listing.action_cursor_down if step > 0 else listing.action_cursor_up)()


def card_row(card: Card, named: int, said: int) -> Content:
    """Return one component as one row: name and state, as wide as the widest of them, then the place."""
    where = card.zone or card.region or "global"
    return Content.assemble((f"{card.id:<{named}}", "bold"), f"  {card.phrase:<{said}}", (f"  {where}", DIM))
