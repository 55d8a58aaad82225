"""Scorecard: what a run is worth, objective by objective. The same shape while the drill runs and after it."""

from collections.abc import Iterable
from typing import Literal

import msgspec

#: How an objective stands. ``ok`` at par or better, ``warn`` within the target, ``bad`` past it, ``busy`` recovering,
#: ``unknown`` nothing to measure yet. The words are the Frame's.
Standing = Literal["ok", "warn", "bad", "busy", "unknown"]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One measure at one instant, as badness (ms, writes, asks, US dollars, or a share of asks).

    ``best``: what it ends at if nothing goes wrong from here on (the same as ``value`` once the drill is over).
    ``since``: ms at which the clock that is running now began, -1 when none runs. ``settling``: what was down is up
    again, but not yet for long enough to count. ``missed``: what had to happen never did.
    """

    value: float | None = None
    best: float | None = None
    since: int = -1
    settling: bool = False
    missed: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One objective. Figures are badness, texts are what people read.

    ``points``: what it adds to the raw score, of at most ``worth``. ``left``: share of the way from nothing to zero
    points that is still there. ``deadline``: ms at which the target runs out if it stays as it is, -1: no clock runs.
    """

    name: str
    label: str
    measure: str
    par: float
    target: float
    zero: float
    actual: float | None
    par_text: str
    target_text: str
    zero_text: str
    actual_text: str
    met: bool
    must: bool
    share: float  # 0 to 1, the published piecewise function
    points: float
    worth: float
    weight: float
    left: float
    state: Standing
    deadline: int = -1
    part: int = 0  # points and worth as they are shown: whole, and adding up to the sum that is shown
    whole: int = 0


class Scorecard(msgspec.Struct, frozen=True, kw_only=True):
    """All objectives, and the total. ``over``: the drill has reached its horizon, so this is final."""

    level: str
    seed: int
    at: int  # ms
    over: bool
    rows: tuple[Row, ...]
    raw: float
    hints: int  # points paid for hints
    won: bool
    total: int
    stars: int

    @property
    def earned(self) -> int:
        """The points before a win or a loss is counted: those of the rows as they are shown, less hints."""
        return add_up(row.part for row in self.rows) - self.hints

    def row(self, name: str) -> Row:
        """Return the row of the objective ``name`` (KeyError when there is none)."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    @property
    def met(self) -> bool:
        """Tell whether every objective, must or not, is at its target."""
        return all(row.met for row in self.rows)


def add_up(parts: Iterable[int]) -> int:
    """Return the sum of whole numbers."""
    total = 0
    for part in parts:
        total += part
    return total


def points_text(row: Row) -> str:
    """Return an objective's points as they are shown: ``214 of 286``."""
    return f"{row.part} of {row.whole}"
