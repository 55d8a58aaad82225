"""FeedPanel: what happened, what was said and what you did, latest on top."""

from __future__ import annotations

from textual.binding import Binding
from textual.reactive import reactive

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import STRONG_INKS, Ink
from drill.tui.canvas.text import clock, width_of, wrap
from drill.tui.widgets.alarms import state_word
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import FeedRow, Frame


class FeedPanel(CanvasWidget, can_focus=True):
    """Rows of time, source and text, wrapped between words. ``first`` is how many rows are scrolled past."""

    BINDINGS = [
        Binding("down,j", "scroll_feed(1)", "scroll", show=False),
        Binding("up,k", "scroll_feed(-1)", "scroll", show=False),
        Binding("pagedown", "scroll_feed(10)", "ten lines", show=False),
        Binding("pageup", "scroll_feed(-10)", "ten lines", show=False),
        Binding("home", "scroll_feed(-100000)", "the latest", show=False),
    ]
    help_title = "In the feed"
    DEFAULT_CSS = """
    FeedPanel { height: 1fr; width: 1fr; }
    """

    first: reactive[int] = reactive(0, repaint=False)

    def watch_first(self) -> None:
        """Show from there."""
        self.redraw()

    def action_scroll_feed(self, by: int) -> None:
        """Go to older rows, or back to newer ones."""
        rows = len(self.frame.feed) if self.frame else 0
        self.first = min(max(0, rows - 1), max(0, self.first + by))

    def on_mouse_scroll_down(self) -> None:
        """Older."""
        self.action_scroll_feed(3)

    def on_mouse_scroll_up(self) -> None:
        """Newer."""
        self.action_scroll_feed(-3)

    def lines_for(self, frame: Frame, width: int) -> int:
        """As many as there are."""
        return 1 + len(frame.feed)

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the rows."""
        paint_feed(canvas, frame, self.first)


def latest(frame: Frame) -> list[FeedRow]:
    """Return the feed, latest first; of one instant, the last written first."""
    return [row for _, row in sorted(enumerate(frame.feed), key=lambda pair: (-pair[1].at, -pair[0]))]


def paint_feed(canvas: Canvas, frame: Frame, first: int = 0, heading: bool = True) -> None:
    """Draw the feed on ``canvas`` from the row ``first`` on."""
    rows, y = latest(frame), 0
    if heading:
        canvas.put(0, 0, "Feed", Ink.STRONG)
        if first:
            canvas.put(6, 0, f"{first} newer above", Ink.MUTED)
        y = 1
    for row in rows[first:]:
        if y >= canvas.height:
            break
        y = _row(canvas, y, row, frame.now)
    if not rows:
        canvas.put(0, y, "nothing yet", Ink.MUTED)


def _row(canvas: Canvas, y: int, row: FeedRow, now: int) -> int:
    """Draw one row; return the line below it."""
    x = canvas.put(0, y, clock(row.at), Ink.MUTED) + 1
    mine = row.source == "you"
    source, said = told(row)
    ink = Ink.OK_STRONG if mine else STRONG_INKS[row.state] if row.state != "ok" else Ink.MUTED
    x = canvas.put(x, y, source, ink, width=12) + 1
    fresh = now - row.at < 20_000
    text = Ink.TEXT if fresh or mine or row.state in ("bad", "warn") else Ink.MUTED
    first = wrap(said, canvas.width - x, 1)
    if first and width_of(said) <= canvas.width - x:
        canvas.put(x, y, first[0], text)
        return y + 1
    head, rest = _split(said, canvas.width - x)
    canvas.put(x, y, head, text)
    lines = wrap(rest, canvas.width - 6, 2)
    for i, line in enumerate(lines):
        canvas.put(6, y + 1 + i, line, text)
    return y + 1 + len(lines)


def told(row: FeedRow) -> tuple[str, str]:
    """Return who says what; an alarm says its state first, in the words of the alarms' own panel."""
    name, arrow, state = row.text.rpartition(" -> ")
    return (state_word(state), name) if row.source == "alarm" and arrow else (row.source, row.text)


def _split(text: str, width: int) -> tuple[str, str]:
    """Return as many words as fit in ``width`` cells, and the rest."""
    words, head = text.split(), ""
    for i, word in enumerate(words):
        joined = f"{head} {word}" if head else word
        if width_of(joined) > width:
            return head, " ".join(words[i:])
        head = joined
    return head, ""
