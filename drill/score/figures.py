"""Figures: the numbers of an objective as level files write them, as the score counts them, and as people read them.

Badness by measure: rto, rpo by seconds, latency, time-to, updates, exposure: milliseconds. rpo by writes, lost, claim:
a count. spend: US dollars. availability: the share of asks that failed, though a level writes the availability.
"""

from __future__ import annotations

import math
import re
from typing import Any

from drill.level.level import Objective
from drill.model.units import Duration, Money, Share, clock_text, duration_text

CLOCKS = ("rto", "time-to", "updates")
_COUNT = re.compile(r"(\d+(?:\.\d+)?)(?:\s+[a-z]+)?")


def parse_figure(measure: str, raw: Any) -> float:
    """Return the badness that ``raw`` of a level file stands for; ValueError says what to write instead.

    >>> parse_figure("rto", "75s"), parse_figure("availability", "99.9%"), parse_figure("rpo", "38 writes")
    (75000.0, 0.001, 38.0)
    """
    if measure == "availability":
        return round(1.0 - Share.parse(raw), 12)
    if measure == "spend":
        return float(raw) if _is_number(raw) else float(Money.parse(raw))
    counts = measure in ("rpo", "lost", "claim")
    if counts and _is_number(raw):
        return float(raw)
    if counts and isinstance(raw, str) and (found := _COUNT.fullmatch(raw.strip())):
        return float(found[1])
    if measure in ("lost", "claim"):
        raise ValueError("write a count such as 40 or 40 writes")
    if _is_number(raw) and not raw:
        return 0.0
    return float(Duration.parse(raw))


def _is_number(raw: Any) -> bool:
    return isinstance(raw, int | float) and not isinstance(raw, bool | Duration)


def bounds(objective: Objective) -> tuple[float, float, float]:
    """Return par, target and zero of ``objective`` as badness; ValueError when one of them cannot be read."""
    return (
        parse_figure(objective.is_, objective.par),
        parse_figure(objective.is_, objective.target),
        parse_figure(objective.is_, objective.zero),
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
    if measure == "exposure" or (measure == "rpo" and unit == "seconds"):
        return f"{_up(badness / 1000, 1):g} s" if badness < 60_000 else duration_text(math.ceil(badness / 1000) * 1000)
    noun = {"rpo": "writes", "lost": "asks", "claim": unit if unit == "writes" else ""}.get(measure, "")
    return f"{_up(badness, 0):,.0f} {noun}".rstrip()


def _percent(share: float) -> str:
    """Return ``share`` in per cent, cut rather than rounded, so that 99.996 % is never shown as 100 %."""
    value = round(share * 100, 9)
    places = 1 if value < 99 else 2 if value < 99.99 else 3
    return f"{math.floor(round(value * 10**places, 6)) / 10**places:g} %"


def _up(value: float, places: int) -> float:
    scale: int = 10**places
    return math.ceil(round(value * scale, 6)) / scale
