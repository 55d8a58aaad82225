"""Timeline: faults once known, alarms and actions where they happened, now, and when an objective runs out."""

from __future__ import annotations

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import GLYPHS, INKS, Ink
from drill.tui.canvas.text import clock, short_span, width_of
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import Frame, Mark

_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)  # seconds between two ticks
_SIGNS: dict[str, tuple[str, Ink, int]] = {
    "message": ("·", Ink.MUTED, 0),
    "action": ("◆", Ink.OK, 1),
    "end": ("■", Ink.STRONG, 2),
    "alarm": ("▲", Ink.WARN, 3),
    "fault": ("✖", Ink.BAD, 4),
}


class Timeline(CanvasWidget):
    """Three lines: times, the line with its marks, and what they say; or the middle one alone."""

    DEFAULT_CSS = """
    Timeline { height: 3; width: 1fr; }
    """

    def lines_for(self, frame: Frame, width: int) -> int:
        """Three lines at best."""
        return 3

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the line in as many rows as there are."""
        paint_timeline(canvas, frame)


def paint_timeline(canvas: Canvas, frame: Frame) -> None:
    """Draw the timeline on ``canvas``."""
    tall = canvas.height >= 3
    row = 1 if tall else 0
    left, right = 1, canvas.width - 1
    if not tall:
        left, right = _ends(canvas, frame)
    if right - left < 8:
        return
    length = max(frame.length, frame.now, 1)

    def at(ms: int) -> int:
        return left + min(right - left - 1, max(0, ms * (right - left - 1) // length))

    canvas.put(left, row, "─" * (right - left), Ink.LINE)
    _ticks(canvas, row, left, right, length, tall)
    for mark in frame.marks:
        if mark.kind == "fault":
            until = frame.now if mark.until < 0 else min(mark.until, frame.now)
            canvas.put(at(mark.at), row, "━" * max(1, at(until) - at(mark.at)), Ink.BAD)
    for mark in sorted(frame.marks, key=_rank):
        sign, ink, _ = _SIGNS.get(mark.kind, ("·", Ink.MUTED, 0))
        canvas.put(at(mark.at), row, sign, ink)
    if frame.deadline is not None:
        canvas.put(at(frame.deadline[0]), row, "╎", Ink.WARN_STRONG)
    canvas.put(at(frame.now), row, "┃", Ink.STRONG)
    if tall:
        _captions(canvas, frame, at(frame.now), None if frame.deadline is None else at(frame.deadline[0]))


def _rank(mark: Mark) -> tuple[int, int]:
    return (_SIGNS.get(mark.kind, ("", Ink.MUTED, 0))[2], mark.at)


def _ticks(canvas: Canvas, row: int, left: int, right: int, length: int, labels: bool) -> None:
    span = right - left - 1
    for ms in range(0, length + 1, tick_step(length, span)):
        x = left + ms * span // length
        canvas.put(x, row, "┬", Ink.LINE)
        if labels:
            text = minutes(ms)
            canvas.put(min(x, right - width_of(text)), row - 1, text, Ink.MUTED)


def tick_step(length: int, columns: int) -> int:
    """Return the ms between two times written below ``columns`` columns that stand for ``length`` ms."""
    return next((s for s in _STEPS if s * 1000 * columns / max(1, length) >= 9), _STEPS[-1]) * 1000


def minutes(ms: int) -> str:
    """Return a time as short as it can be told: ``2m``, ``1:30``, ``3h``."""
    seconds = ms // 1000
    if seconds % 60:
        return f"{seconds // 60}:{seconds % 60:02d}"
    minutes = seconds // 60
    return f"{minutes}m" if minutes < 120 or minutes % 60 else f"{minutes // 60}h"


def _captions(canvas: Canvas, frame: Frame, now: int, deadline: int | None) -> None:
    """Write what the marks say under the line, most important first, without writing over each other."""
    taken = [False] * (canvas.width + 2)

    def say(x: int, text: str, ink: Ink, least: int = 1) -> None:
        width = width_of(text)
        start = min(max(least, x - width // 2), canvas.width - width - 1)
        if start < 0 or any(taken[max(0, start - 1) : start + width + 2]):
            return
        canvas.put(start, 2, text, ink)
        taken[start : start + width] = [True] * width

    if frame.deadline is not None and deadline is not None:
        say(deadline, *_deadline(frame, frame.deadline), least=now + 4)
    say(now, "now", Ink.STRONG)
    span, length = canvas.width - 3, max(frame.length, frame.now, 1)
    for mark in sorted(frame.marks, key=_rank, reverse=True):
        sign = _SIGNS.get(mark.kind)
        if sign is not None and mark.kind in ("fault", "end"):
            say(1 + mark.at * span // length, mark.text, sign[1] if mark.kind != "fault" else INKS[mark.state])


def _deadline(frame: Frame, deadline: tuple[int, str]) -> tuple[str, Ink]:
    """Return what a deadline says: when, and how long that still is."""
    at, what = deadline
    left = at - frame.now
    return (f"{what} {clock(at)}, in {short_span(left)}", Ink.WARN) if left > 0 else (f"{what} {clock(at)}", Ink.BAD)


def _ends(canvas: Canvas, frame: Frame) -> tuple[int, int]:
    """Write the ends of the single-line form; return what is left for the line itself."""
    left = canvas.put(1, 0, "T ", Ink.MUTED)
    if frame.deadline is None:
        text, ink = f"ends {clock(frame.length)}", Ink.MUTED
    else:
        text, ink = _deadline(frame, frame.deadline)
        text = f"{GLYPHS['warn']} {text}"
    return left, canvas.put_right(canvas.width - 1, 0, text, ink) - 1
