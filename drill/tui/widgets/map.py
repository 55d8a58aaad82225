"""MapView: the live map, one canvas."""

from __future__ import annotations

from time import monotonic

from textual.binding import Binding
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.cards import View
from drill.tui.canvas.layout import layout
from drill.tui.canvas.paint import paint_map
from drill.tui.canvas.shapes import Layout
from drill.tui.canvas.topology import lines_of, natural
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import Frame

FLASH = 2.0  # seconds


class MapView(CanvasWidget, can_focus=True):
    """Regions, zones and components, with traffic flowing. ``selected`` is a card's id ("" for none)."""

    BINDINGS = [
        Binding("left,h", "go('left')", "from component to component", show=False),
        Binding("down,j", "go('down')", "from component to component", show=False),
        Binding("up,k", "go('up')", "from component to component", show=False),
        Binding("right,l", "go('right')", "from component to component", show=False),
        Binding("enter", "choose", "act on it"),
    ]
    help_title = "On the map"
    DEFAULT_CSS = """
    MapView { height: 1fr; width: 1fr; }
    """

    selected: reactive[str] = reactive("", repaint=False, init=False)

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

    def __init__(
        self, frame: Frame | None = None, *, plain: bool = False, bare: bool = False, id: str | None = None
    ) -> None:
        super().__init__(frame, plain=plain, bare=bare, id=id)
        self._layout: Layout | None = None
        self._key: object = None
        self._found: frozenset[str] = frozenset()
        self._seen: dict[str, object] = {}
        self._fresh: dict[str, float] = {}
        self._waiting = False
        self._loads: dict[str, list[float | None]] = {}
        self._sampled = -1

    # ---- what is selected and found -------------------------------------------------------------------------------

    def watch_selected(self, card: str) -> None:
        """Show what is selected, and say so."""
        self.post_message(self.Selected(card))
        self.redraw()

    def highlight(self, text: str) -> list[str]:
        """Mark the cards whose name, title, kind or place contains ``text``; return their ids ("" marks none)."""
        cards = self.frame.cards if self.frame is not None and text else ()
        found = [c.id for c in cards if text.lower() in f"{c.id} {c.title} {c.kind} {c.zone} {c.region}".lower()]
        self._found = frozenset(found)
        self.redraw()
        return found

    def action_go(self, where: str) -> None:
        """Select the nearest card that way."""
        if self._layout is not None:
            self.selected = nearest(self._layout, self.selected, where)

    def action_choose(self) -> None:
        """Ask to act on the selected card."""
        if self.selected:
            self.post_message(self.Chosen(self.selected))

    def on_click(self, event: Click) -> None:
        """Select the card under the mouse; a second click asks to act on it."""
        if self._layout is None:
            return
        for id, spot in self._layout.cards.items():
            if spot.rect.contains(event.x, event.y):
                if id == self.selected:
                    self.post_message(self.Chosen(id))
                else:
                    self.selected = id
                return

    # ---- drawing --------------------------------------------------------------------------------------------------

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the map."""
        layout = self._laid_out(frame, canvas.width, canvas.height)
        self._notice(frame)
        self._sample(frame)
        view = View(
            now=frame.now,
            selected=self.selected,
            fresh=frozenset(self._fresh),
            found=self._found,
            ascii=self.plain,
            loads=self._loads,
        )
        paint_map(canvas, frame, layout, view)

    def _laid_out(self, frame: Frame, width: int, height: int) -> Layout:
        """Return the layout: the one we have for as long as nothing comes or goes."""
        top = self._layout.top if self._layout is not None else None
        wants, sizes = (top.wants, top.naturals) if top is not None else ({}, {})
        key = (
            width,
            height,
            [
                (c.id, c.region, c.zone, c.tier, max(lines_of(c), wants.get(c.tier, 0)))
                if c.zone
                else (c.id, c.region, c.tier, max(natural(c), sizes.get(c.id, 0)))
                for c in frame.cards
            ],
            [(r.name, [z.name for z in r.zones]) for r in frame.regions],
            [(s.name, s.enters) for s in frame.sources],
            [(lane.source, lane.target, lane.kind) for lane in frame.lanes],
        )
        hidden = self._layout is not None and self.selected and self.selected not in self._layout.cards
        if self._layout is None or key != self._key or hidden:
            self._key = key
            self._layout = layout(frame, width, height, self._layout, self.selected)
        return self._layout

    def _notice(self, frame: Frame) -> None:
        """Remember what changed since the last frame: it draws the eye for two seconds of real time."""
        now = monotonic()
        news: dict[str, object] = {c.id: (c.state, c.changed) for c in frame.cards}
        news |= {f"zone:{z.name}": (z.state, z.word) for r in frame.regions for z in r.zones}
        started = bool(self._seen)
        for id, value in news.items():
            if started and self._seen.get(id) != value:
                self._fresh[id] = now + FLASH
        self._seen = news
        before = len(self._fresh)
        self._fresh = {id: until for id, until in self._fresh.items() if until > now}
        if self._fresh and (before > len(self._fresh) or not self._waiting):
            self._waiting = True
            self.set_timer(FLASH + 0.05, self._rest)

    def _sample(self, frame: Frame) -> None:
        """Keep how every card's load went, as far as it was shown: one sample per hundredth of the level."""
        slot = frame.now * 100 // max(1, frame.length)
        if slot < self._sampled:
            self._loads.clear()
        if slot != self._sampled:
            self._sampled = slot
            for card in frame.cards:
                if card.load is not None or card.id in self._loads:
                    self._loads.setdefault(card.id, []).append(card.load)

    def _rest(self) -> None:
        """Let what was fresh rest, even while time stands."""
        self._waiting = False
        self.redraw()


def nearest(layout: Layout, selected: str, where: str) -> str:
    """Return the card nearest to ``selected`` that way ("left", "down", "up", "right"); itself when there is none."""
    if selected not in layout.cards:
        return next(iter(layout.cards), "")
    here = layout.cards[selected].rect
    across = where in ("left", "right")
    best, least = selected, 0.0
    for id, spot in layout.cards.items():
        rect = spot.rect
        ahead = {
            "left": here.x - rect.right,
            "right": rect.x - here.right,
            "up": here.y - rect.bottom,
            "down": rect.y - here.bottom,
        }[where]
        if id == selected or ahead < 0:
            continue
        if across:
            aside = max(0, rect.y - here.bottom + 1, here.y - rect.bottom + 1)
        else:
            aside = max(0, rect.x - here.right + 1, here.x - rect.right + 1)
        off = abs(rect.y - here.y) if across else abs(rect.x - here.x)
        cost = ahead * (1.0 if across else 2.0) + aside * (8.0 if across else 2.0) + off * 0.1
        if best == selected or cost < least:
            best, least = id, cost
    return best
