"""MapView: the live map, one canvas."""

from __future__ import annotations

from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import GLYPHS, INKS, Ink
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import Frame


class MapView(CanvasWidget, can_focus=True):
    """Regions, zones and components, with traffic flowing. ``selected`` is a card's id ("" for none)."""

    BINDINGS = [
        Binding("left,h", "go('left')", "left", show=False),
        Binding("down,j", "go('down')", "down", show=False),
        Binding("up,k", "go('up')", "up", show=False),
        Binding("right,l", "go('right')", "right", show=False),
        Binding("enter", "choose", "act"),
    ]
    DEFAULT_CSS = """
    MapView { height: 1fr; width: 1fr; }
    """

    selected: reactive[str] = reactive("", repaint=False)

    class Selected(Message):
        """Another card was selected."""

        def __init__(self, card: str) -> None:
            super().__init__()
            self.card = card

    class Chosen(Message):
        """Enter, or a second click: the operator wants to act on this card."""

        def __init__(self, card: str) -> None:
            super().__init__()
            self.card = card

    def watch_selected(self, card: str) -> None:
        """Show what is selected, and say so."""
        self.post_message(self.Selected(card))
        self.redraw()

    def highlight(self, text: str) -> list[str]:
        """Mark the cards whose name, title, kind or place contains ``text``; return their ids ("" marks none)."""
        if self.frame is None or not text:
            return []
        return [c.id for c in self.frame.cards if text.lower() in f"{c.id} {c.title} {c.kind} {c.zone}".lower()]

    def action_go(self, where: str) -> None:
        """Select the nearest card that way."""
        if self.frame is None:
            return
        ids = [c.id for c in self.frame.cards]
        at = ids.index(self.selected) if self.selected in ids else -1
        self.selected = ids[(at + (1 if where in ("right", "down") else -1)) % len(ids)] if ids else ""

    def action_choose(self) -> None:
        """Ask to act on the selected card."""
        if self.selected:
            self.post_message(self.Chosen(self.selected))

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Rough, until the layout is there."""
        for y, card in enumerate(frame.cards[: canvas.height]):
            sign = "▸" if card.id == self.selected else " "
            canvas.put(0, y, f"{sign}{GLYPHS[card.state]} {card.title} {card.zone} {card.word}", INKS[card.state])
        if not frame.cards:
            canvas.put(0, 0, "no components", Ink.MUTED)
