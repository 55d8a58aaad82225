"""ActionPicker: what can be done with one component."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from drill.console import opening
from drill.model.command import Action
from drill.model.component import Component
from drill.tui.screens.base import DIM, key_line
from drill.view.frame import Card
from drill.view.said import offered

KEYS = key_line(("Enter", "choose"), ("Esc", "back"))


class ActionPicker(ModalScreen[type[Action] | None]):
    """The actions of one component, those that apply to it first. Dismisses with the one chosen."""

    CSS_PATH = "act.tcss"
    BINDINGS = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("j", "move(1)", "up and down the list", show=False),
        Binding("k", "move(-1)", "up and down the list", show=False),
    ]

    def __init__(self, component: Component, card: Card | None = None) -> None:
        super().__init__()
        self.component, self.card = component, card
        self.actions = offered(component, card)
        self.wide = max((len(spoken(action)) for action in self.actions), default=0)

    def compose(self) -> ComposeResult:
        card = self.card
        place = (card.zone if card else "") or self.component.zone or self.component.region or "global"
        state = card.phrase if card else ""
        with Vertical(id="box"):
            yield Static(
                Content.assemble((self.component.name, "bold"), (f"  {self.component.title} · {place}  {state}", DIM)),
                id="heading",
            )
            rows = [Option(action_row(action, self.wide), id=str(n)) for n, action in enumerate(self.actions)]
            yield OptionList(*rows, markup=False)
            yield Static(KEYS, id="keys")

    @on(OptionList.OptionHighlighted)
    def told(self, event: OptionList.OptionHighlighted) -> None:
        """Say below what the highlighted action does, where its row has no room for all of that."""
        action = self.actions[event.option_index]
        cut = self.wide + 2 + len(action.summary) > event.option_list.scrollable_content_region.width
        self.query_one("#keys", Static).update(Content.assemble(action.summary, "   ", KEYS) if cut else KEYS)

    def action_move(self, step: int) -> None:
        """Move the highlight by one row."""
        listing = self.query_one(OptionList)
        (listing.action_cursor_down if step > 0 else listing.action_cursor_up)()

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Take the highlighted action."""
        self.dismiss(self.actions[int(event.option.id or 0)])


def spoken(action: type[Action]) -> str:
    """Return how an action is typed, without the ``aws`` that most begin with."""
    return " ".join(opening(action)).removeprefix("aws ")


def action_row(action: type[Action], wide: int) -> Content:
    """Return an action as one row: how it is typed, and what it does."""
    return Content.assemble((f"{spoken(action):<{wide}}", DIM if action.reads else "bold"), "  ", action.summary)
