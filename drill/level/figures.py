"""Numbers as level files write them where the unit depends on what is measured.

Badness of an objective: rto, time-to, updates, exposure, latency, and rpo by seconds in milliseconds; lost, claim, and
rpo by writes as a count; spend in US dollars. Figures of ``availability`` are written as the availability itself
(par: 99.9%, target: 99%, zero: 95%) and counted as the share of asks that failed, so that less is better everywhere.
"""

from __future__ import annotations

import re
from typing import Any

from drill.model.units import Duration, Money, Price, Quantity, Rate, Share, Size

_COUNT = r"([0-9]+(?:\.[0-9]+)?)(?:\s+[a-z]+)?"
_OF = r"([0-9]{1,3}) of ([0-9]{1,3})"
_MOMENT = r"([A-Za-z][A-Za-z0-9_-]*)(?:\+(.+))?"
_UNITS: tuple[type[Quantity], ...] = (Share, Duration, Rate, Size, Money, Price)


def parse_figure(measure: str, raw: Any, by: str = "seconds") -> float:
    """Return the badness that a figure of an objective stands for; ValueError says what to write instead.

    >>> parse_figure("rto", "75s"), parse_figure("availability", "99.9%"), parse_figure("rpo", "38 writes")
    (75000.0, 0.001, 38.0)
    """
    number = isinstance(raw, int | float) and not isinstance(raw, bool | Quantity)
    if measure == "availability":
        return round(1.0 - Share.parse(raw), 12)
    if measure == "spend":
        return float(raw) if number else float(Money.parse(raw))
    if measure in ("rpo", "lost", "claim"):
        if number:
            return float(raw)
        counted = re.fullmatch(_COUNT, raw.strip()) if isinstance(raw, str) else None
        if counted:
            return float(counted[1])
        if measure == "lost" or by == "writes":
            raise ValueError("write a count such as 40 or 40 writes")
    if number and not raw:
        return 0.0
    return float(Duration.parse(raw))


def threshold(raw: Any) -> float:
    """Return the number that ``above`` or ``below`` stands for: plain, or 99%, 800ms, 250/s, 10GiB, $4.

    Shares become 0 to 1, durations milliseconds, rates requests per second. ValueError says what to write.
    """
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    for unit in _UNITS:
        try:
            return float(unit.parse(raw))  # type: ignore[arg-type]
        except (ValueError, OverflowError):
            continue
    raise ValueError("write a number, or for example 99%, 800ms or 250/s")


def datapoints(raw: str) -> tuple[int, int]:
    """Return (M, N) of an alarm's ``M of N``; ValueError says what to write."""
    found = re.fullmatch(_OF, raw.strip())
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ValueError("write for example 3 of 3, or 2 of 3")
    return int(found[1]), int(found[2])


def moment(raw: str) -> tuple[str, int]:
    """Return (anchor, ms after it) of an ``at``: ``2m`` -> ("", 120000); ``outage+90s``; ``end``. ValueError if none.

    The anchor is "" for T+0, ``end`` for the end of the level, or a phase, whose start it is.
    """
    try:
        return "", int(Duration.parse(raw))
    except (ValueError, OverflowError):
        pass
    found = re.fullmatch(_MOMENT, raw.strip())
    if not found:
        raise ValueError("write for example 2m, outage+90s or end")
    if not found[2]:
        return found[1], 0
    if found[1] == "end":
        raise ValueError("nothing comes after the end; write a time before it")
    return found[1], int(Duration.parse(found[2]))
