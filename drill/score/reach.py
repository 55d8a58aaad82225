"""Reach: which targets are missed for good, whatever happens until the end. What is not certain is not said."""

from __future__ import annotations

from drill.engine.history import History
from drill.level.level import Level, Objective
from drill.score.model import Row
from drill.score.outages import windows

#: Measures that only ever grow: an outage, a loss or a finding that was cannot be taken back. Availability and latency
#: are none of them: how many asks are still to come is not known. Nor is a claim, which a later word replaces.
GROWING = ("rto", "rpo", "lost", "exposure", "time-to")


def out_of_reach(level: Level, history: History, rows: tuple[Row, ...]) -> Row | None:
    """Return the first objective that a win needs and whose target is missed for good, or None."""
    missed = (row for row in rows if row.must and not row.met)
    return next((row for row in missed if _for_good(row, level.objectives[row.name], level, history)), None)


def _for_good(row: Row, objective: Objective, level: Level, history: History) -> bool:
    """Tell whether no future brings the figure of ``row`` back to its target."""
    if objective.is_ in GROWING:
        return True
    if objective.is_ != "spend" or objective.calm:
        return False
    spent = 0.0  # without what is carried beyond the end: that can still be made less
    for start, end in windows(level, history, objective.phase, history.until):
        spent += history.spent(end) - history.spent(start)
    return spent > row.target
