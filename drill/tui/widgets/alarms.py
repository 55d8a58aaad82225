"""AlarmsPanel: the alarms, loudest first."""

from __future__ import annotations

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.cards import put_fitting
from drill.tui.canvas.ink import GLYPHS, STRONG_INKS, Ink, Paper
from drill.tui.canvas.text import clock, width_of
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import AlarmRow, Frame, State

_STATES: dict[str, tuple[State, str]] = {
    "ALARM": ("bad", "ALARM"),
    "INSUFFICIENT_DATA": ("unknown", "NO DATA"),
    "OK": ("ok", "OK"),
}
_ORDER = {"ALARM": 0, "INSUFFICIENT_DATA": 1, "OK": 2}


class AlarmsPanel(CanvasWidget):
    """A heading that counts, then one line per alarm that is not OK."""

    DEFAULT_CSS = """
    AlarmsPanel { height: 5; width: 1fr; }
    """

    def lines_for(self, frame: Frame, width: int) -> int:
        """One line per alarm that is not OK, and the heading."""
        return 1 + len(loud(frame))

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the alarms."""
        paint_alarms(canvas, frame)


def loud(frame: Frame) -> list[AlarmRow]:
    """Return the alarms that are not OK: in alarm first, then the latest first."""
    found = [row for row in frame.alarms if row.state != "OK"]
    return sorted(found, key=lambda row: (_ORDER.get(row.state, 1), -row.since, row.name))


def state_word(state: str) -> str:
    """Return how an alarm's state is written here."""
    return _STATES.get(state, ("unknown", state))[1]


def counts(frame: Frame) -> list[tuple[str, Ink]]:
    """Return how many alarms are in which state, as pieces of a heading."""
    ringing = sum(row.state == "ALARM" for row in frame.alarms)
    silent = sum(row.state == "INSUFFICIENT_DATA" for row in frame.alarms)
    calm = len(frame.alarms) - ringing - silent
    parts: list[tuple[str, Ink]] = []
    if ringing:
        parts.append((f"{ringing} in alarm", Ink.BAD))
    if silent:
        parts.append((f"{silent} no data", Ink.OFF))
    if calm or not parts:
        parts.append((f"{calm} ok", Ink.MUTED))
    return [(f" · {text}" if i else text, ink) for i, (text, ink) in enumerate(parts)]


def paint_alarms(canvas: Canvas, frame: Frame, heading: bool = True) -> None:
    """Draw the alarms on ``canvas``; those that do not fit are counted in the last line."""
    y = 0
    if heading:
        x = canvas.put(0, 0, "Alarms", Ink.STRONG)
        put_fitting(canvas, x + 2, 0, counts(frame), canvas.width, apart=0)
        y = 1
    rows = loud(frame)
    room = canvas.height - y
    shown = rows if len(rows) <= room else rows[: max(0, room - 1)]
    words = max((len(_STATES.get(row.state, ("unknown", row.state))[1]) for row in shown), default=0)
    least = max((width_of(row.name) + width_of(row.text) for row in shown), default=0) + words + 4
    for row in shown:
        _row(canvas, y, row, words, frame.now, ages=canvas.width >= least + 10)
        y += 1
    if len(shown) < len(rows) and y < canvas.height:
        canvas.put(0, y, f"+{len(rows) - len(shown)} more", Ink.MUTED)
    if not rows and not heading:
        canvas.put(0, 0, "all alarms ok" if frame.alarms else "no alarms", Ink.MUTED)


def _row(canvas: Canvas, y: int, row: AlarmRow, words: int, now: int, ages: bool) -> None:
    """Draw one alarm: sign and word, name, what it measured at the right, and with ``ages`` since when."""
    state, word = _STATES.get(row.state, ("unknown", row.state))
    fresh = Paper.FLASH if 0 <= now - row.since < 3000 and now > 3000 else None
    sign = "▲" if row.state == "ALARM" else GLYPHS[state]
    x = canvas.put(0, y, f"{sign} {word}", STRONG_INKS[state], fresh)
    x = canvas.put(3 + words, y, row.name, Ink.TEXT, width=canvas.width - 3 - words)
    right = canvas.put_right(canvas.width, y, clock(row.since), Ink.MUTED) - 2 if ages else canvas.width
    if width_of(row.text) + 1 <= right - x:
        canvas.put_right(right, y, row.text, Ink.MUTED)
