"""GuidePanel: what somebody asks, what a guided level says to do now, hints once bought. Prominent, but calm."""

from __future__ import annotations

from textual.message import Message

from drill.tui.canvas.canvas import Canvas, Rect
from drill.tui.canvas.ink import Ink, Paper
from drill.tui.canvas.text import clip, short_span, wrap
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import Frame


class GuidePanel(CanvasWidget):
    """A band with a bar at its left; as tall as its text, and not there at all without one."""

    DEFAULT_CSS = """
    GuidePanel { height: 2; width: 1fr; }
    """
    MOST = 3

    class Chosen(Message):
        """It was clicked."""

    def on_click(self) -> None:
        """Say so: a click on a question answers it."""
        self.post_message(self.Chosen())

    def lines_for(self, frame: Frame, width: int) -> int:
        """As many lines as the text takes, at most three."""
        label, text = said(frame)
        return len(wrap(text, width - len(label) - 5, self.MOST)) if text else 0

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the text."""
        label, text = said(frame)
        canvas.fill(Rect(0, 0, canvas.width, canvas.height), Paper.BAND)
        canvas.column(0, 0, canvas.height, "▌", Ink.OK)
        canvas.put(2, 0, label, Ink.OK_STRONG)
        x = len(label) + 3
        code = False
        for y, line in enumerate(wrap(text, canvas.width - x - 2, canvas.height)):
            at = x
            for i, piece in enumerate(line.split("`")):  # what stands in backticks is to be typed or chosen
                code = code != (i > 0)
                at = canvas.put(at, y, piece, Ink.OK_STRONG if code else Ink.STRONG)


def said(frame: Frame) -> tuple[str, str]:
    """Return what is to be said, with its label: what somebody asks, the guide's line, or the last hint bought."""
    for asked in frame.asked:
        left = "" if asked.left is None else f", {short_span(asked.left)} left"
        return clip(asked.source, 14), f"{asked.text} `a` answers{left}."
    if frame.guide:
        return "Guide", frame.guide
    bought = [hint for hint in frame.hints if hint.text]
    return ("Hint", bought[-1].text) if bought else ("", "")
