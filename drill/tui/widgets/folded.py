"""FoldedPanel: alarms, feed, the selected component and work on its way, one at a time, for small terminals."""

from __future__ import annotations

from textual.binding import Binding
from textual.events import Click
from textual.reactive import reactive

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import Ink
from drill.tui.canvas.text import width_of
from drill.tui.widgets.alarms import loud, paint_alarms
from drill.tui.widgets.base import CanvasWidget
from drill.tui.widgets.feed import paint_feed
from drill.tui.widgets.jobs import paint_jobs
from drill.tui.widgets.selected import card_of, paint_selected
from drill.view.frame import Frame, Series

TABS = ("alarms", "feed", "selected", "on its way")


class FoldedPanel(CanvasWidget):
    """A line of tabs, and the panel that is open. ``tab`` is one of ``TABS``."""

    BINDINGS = [Binding("tab", "next_tab", "panel", show=False)]
    DEFAULT_CSS = """
    FoldedPanel { height: 4; width: 1fr; }
    """

    tab: reactive[str] = reactive("alarms", repaint=False)
    selected: reactive[str] = reactive("", repaint=False)
    series: reactive[tuple[Series, ...]] = reactive((), repaint=False, always_update=True)

    def watch_tab(self) -> None:
        """Show another panel."""
        self.redraw()

    def watch_selected(self) -> None:
        """Show another component."""
        self.redraw()

    def watch_series(self) -> None:
        """Show newer metrics."""
        self.redraw()

    def action_next_tab(self) -> None:
        """Open the next panel."""
        self.tab = TABS[(TABS.index(self.tab) + 1) % len(TABS)]

    def on_click(self, event: Click) -> None:
        """Open the panel whose name was clicked."""
        for name, start, end in _places(self.frame, self.selected):
            if event.y == 0 and start <= event.x < end:
                self.tab = name

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the tabs, and the open panel below them."""
        canvas.put(0, 0, "─" * canvas.width, Ink.LINE)
        for name, start, end in _places(frame, self.selected):
            label = _label(name, frame, self.selected)
            ink = Ink.STRONG if name == self.tab else Ink.MUTED
            if end <= canvas.width:
                canvas.put(start, 0, f" {label} ", ink)
                if name == self.tab:
                    canvas.put(start, 0, "▸", Ink.OK_STRONG)
        below = Canvas(canvas.width, max(0, canvas.height - 1))
        if self.tab == "alarms":
            paint_alarms(below, frame, heading=False)
        elif self.tab == "feed":
            paint_feed(below, frame, heading=False)
        elif self.tab == "selected":
            paint_selected(below, frame, self.selected, self.series, heading=False)
        else:
            paint_jobs(below, frame, heading=False)
        canvas.chars[1:], canvas.inks[1:], canvas.papers[1:] = below.chars, below.inks, below.papers


def _label(name: str, frame: Frame, selected: str) -> str:
    if name == "alarms":
        count = len(loud(frame))
        return f"Alarms {count}" if count else "Alarms"
    if name == "selected":
        card = card_of(frame, selected)
        return f"Selected: {card.title}" if card is not None else "Selected"
    if name == "on its way":
        return f"On its way {len(frame.jobs)}" if frame.jobs else "On its way"
    return "Feed"


def _places(frame: Frame | None, selected: str) -> list[tuple[str, int, int]]:
    """Return where each tab's name stands: name, first column, end."""
    out, x = [], 1
    for name in TABS if frame is not None else ():
        width = width_of(_label(name, frame, selected)) + 2 if frame is not None else 0
        out.append((name, x, x + width))
        x += width + 1
    return out
