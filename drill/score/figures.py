"""Figures: the numbers of an objective, as the score counts them and as people read them.

Badness by measure: rto, rpo and claim by seconds, latency, time-to, updates, exposure: milliseconds. rpo and claim by
writes, lost, claim of no store: a count. spend: US dollars. availability: the share of asks that failed, though a level
writes the availability.
"""

from __future__ import annotations

import math

from drill.level.figures import parse_figure
from drill.level.level import Objective
from drill.model.units import clock_text, duration_text

__all__ = ["bounds", "figure_text", "parse_figure"]

CLOCKS = ("rto", "time-to", "updates")
_TIMES = (*CLOCKS, "exposure")


def bounds(objective: Objective) -> tuple[float, float, float]:
    """Return par, target and zero of ``objective`` as badness; ValueError when one of them cannot be read."""
    kind, by = objective.is_, objective.by
    return (
        parse_figure(kind, objective.par, by),
        parse_figure(kind, objective.target, by),
        parse_figure(kind, objective.zero, by),
    )


def figure_text(measure: str, badness: float | None, unit: str = "seconds") -> str:
    """Return what people read: ``01:52``, ``97.4 %``, ``$0.61``, ``38 writes``; ``-`` when there is no figure.

    ``unit`` tells what rpo and claim count: ``seconds`` or ``writes``. Never shows a figure as better than it is.
    """
    if badness is None:
        return "-"
    if measure == "availability":
        return _percent(1.0 - badness)
    if measure == "spend":
        return f"${_up(badness, 2):,.2f}"
    if measure in CLOCKS:
        return clock_text(math.ceil(badness / 1000) * 1000)
    if measure == "latency":
        return f"{_up(badness, 0):.0f} ms" if badness < 1000 else f"{_up(badness / 1000, 2):.2f} s"
    if measure == "exposure" or (measure in ("rpo", "claim") and unit == "seconds"):
        return f"{_up(badness / 1000, 1):g} s" if badness < 60_000 else duration_text(math.ceil(badness / 1000) * 1000)
    noun = {"rpo": "writes", "lost": "asks", "claim": unit}.get(measure, "")
    return f"{_up(badness, 0):,.0f} {noun}".rstrip()


def _percent(share: float) -> str:
    """Return ``share`` in per cent, cut rather than rounded, so that 99.996 % is never shown as 100 %."""
    value = round(share * 100, 9)
    places = 1 if value < 99 else 2 if value < 99.99 else 3
    return f"{math.floor(round(value * 10**places, 6)) / 10**places:g} %"


def _up(value: float, places: int) -> float:
    scale: int = 10**places
    return math.ceil(round(value * scale, 6)) / scale


def written(measure: str, badness: float, by: str = "seconds") -> str:
    """Return ``badness`` as a level file writes it: ``75s``, ``99.9%``, ``$0.31``, ``38``."""
    if measure == "availability":
        return f"{round(100 * (1.0 - badness), 6):g}%"
    if measure == "spend":
        return f"${badness:.2f}"
    if measure == "latency" or (measure in _TIMES and badness % 1000):
        return f"{badness:.0f}ms"
    if measure in _TIMES or (measure == "rpo" and by == "seconds"):
        return f"{badness / 1000:.0f}s"
    return f"{badness:.0f}"
