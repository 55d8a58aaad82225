"""The debrief's chart: what users really got over the whole drill; below it what broke, was noticed and was done."""

from __future__ import annotations

from typing import Any

from textual.content import Content

from drill.engine.history import History
from drill.score.outages import success
from drill.tui.screens.base import DIM, HEAD
from drill.tui.widgets.timeline import minutes, tick_step

ROWS = 4  # lines of the chart
LEFT = 8  # columns of the labels at its left
BLOCKS = " ▁▂▃▄▅▆▇█"
SIGNS = (("✖", "what broke", "$error"), ("▲", "alarms", "$warning"), ("◆", "what was done", "$primary"))


def chart_text(history: History, length: int, wide: int) -> Content:
    """Return the chart ``wide`` columns wide for a drill of ``length`` ms; nothing when nobody ever asked."""
    columns = max(10, wide - LEFT)
    shares = [success(history, length * x // columns, length * (x + 1) // columns) for x in range(columns)]
    if not any(share is not None for share in shares):
        return Content("")
    parts: list[Any] = [("\nWhat users got", HEAD), ("   requests answered well\n", DIM)]
    for row in range(ROWS):
        label = "100 %" if row == 0 else "0 %" if row == ROWS - 1 else ""
        parts.append((f"{label:>{LEFT - 2}}  ", DIM))
        for share in shares:
            filled = 0 if share is None else min(8, max(0, round(share * ROWS * 8) - 8 * (ROWS - 1 - row)))
            parts.append((BLOCKS[filled], color(share)))
        parts.append("\n")
    parts += [" " * LEFT, *_marks(history, length, columns), "\n", (" " * LEFT + _times(length, columns), DIM), "\n"]
    parts.append(" " * LEFT)
    for sign, what, ink in SIGNS:
        parts += [(sign, ink), (f" {what}   ", DIM)]
    return Content.assemble(*parts).rstrip()


def color(share: float | None) -> str:
    """Return the color of a share of good answers."""
    return DIM if share is None else "$primary" if share >= 0.99 else "$warning" if share >= 0.9 else "$error"


def _marks(history: History, length: int, columns: int) -> list[Any]:
    """Return the line below the chart; where several things stand in one place, what was done is on top."""
    cells: list[Any] = [("─", DIM)] * columns
    times = (
        [truth.at for truth in history.truths if truth.kind == "fault"],
        [known.at for known in history.known if known.kind == "alarm" and known.state == "ALARM"],
        [given.at for given in history.commands if not given.action.reads],
    )
    for (sign, _, ink), here in zip(SIGNS, times, strict=True):
        for at in here:
            cells[min(columns - 1, at * columns // max(1, length))] = (sign, ink)
    return cells


def _times(length: int, columns: int) -> str:
    """Return the times below the chart."""
    line = [" "] * (columns + 6)
    for ms in range(0, length + 1, tick_step(length, columns)):
        at = ms * columns // max(1, length)
        line[at : at + 6] = minutes(ms).ljust(6)
    return "".join(line)[:columns].rstrip()
