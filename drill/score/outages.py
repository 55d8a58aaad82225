"""Outages: when users were down, from what was recorded of their asks, second by second."""

from __future__ import annotations

from typing import NamedTuple

from drill.engine.history import ClassTrack, History
from drill.level.level import Level, Objective

FLOOR = 0.99
STABLE = 60_000  # ms
_SLACK = 1e-9  # share of a second's asks that rounding may cost


class Outage(NamedTuple):
    """A stretch of time in ms during which users were down, short recoveries included.

    ``open``: it has not ended. ``settling``: they are up again from ``end`` on, but not yet for ``stable``.
    """

    start: int
    end: int
    open: bool = False
    settling: bool = False


def tracks(history: History, wanted: str | None) -> list[ClassTrack]:
    """Return the recorded classes that ``class: wanted`` means: a full name, a population, a short name, or all."""
    if wanted is None:
        return list(history.classes.values())
    if wanted in history.classes:
        return [history.classes[wanted]]
    whole = [track for name, track in history.classes.items() if name.startswith(f"{wanted}.")]
    return whole or [track for name, track in history.classes.items() if name.endswith(f".{wanted}")]


def final(track: ClassTrack, upto: int) -> int:
    """Return how many seconds of ``track`` can no longer change at ``upto`` ms: patience has passed for all of them."""
    return max(0, min(len(track.asks), len(track.good), (upto - track.patience) // 1000))


def windows(level: Level, history: History, phase: str | None, upto: int) -> list[tuple[int, int]]:
    """Return the stretches [start, end) in ms that an objective looks at: the whole drill, or each run of its phase.

    A phase counts over its full ``max``, however soon it was ended, so that nobody can shorten the denominator.
    """
    horizon = min(upto, int(level.length)) if level.length else upto
    if phase is None:
        return [(0, horizon)]
    found = []
    for spell in history.phases:
        if spell.name == phase and spell.start < horizon:
            limit = spell.max or (level.phases[phase].max if phase in level.phases else 0)
            end = spell.start + limit if limit else (spell.end if spell.end >= 0 else horizon)
            found.append((spell.start, min(end, horizon)))
    return found


def success(history: History, start: int, end: int) -> float | None:
    """Return the share of first asks from [start, end) ms that were answered well, or None when there were none."""
    asks = good = 0.0
    for track in history.classes.values():
        for second in range(max(0, start // 1000), min(final(track, history.until), end // 1000)):
            asks += track.asks[second]
            good += track.good[second]
    return min(1.0, good / asks) if asks > 0 else None


def down_seconds(chosen: list[ClassTrack], floor: float, upto: int) -> list[bool | None]:
    """Tell for each final second whether users were down in it; None: nobody asked, so neither up nor down."""
    if not chosen:
        return []
    states: list[bool | None] = []
    for second in range(min(final(track, upto) for track in chosen)):
        asks = good = 0.0
        for track in chosen:
            asks += track.asks[second]
            good += track.good[second]
        states.append(None if asks <= 0 else good < (floor - _SLACK) * asks)
    return states


def outages(objective: Objective, level: Level, history: History, upto: int) -> list[Outage]:
    """Return every outage up to ``upto`` ms, in order.

    One starts at the first second down and ends at the start of the first unbroken stretch of ``stable`` above the
    floor. At the horizon less than that is still down; before it, the outage is settling and its clock stands still.
    """
    floor = FLOOR if objective.floor is None else float(objective.floor)
    stable = STABLE if objective.stable is None else int(objective.stable)
    horizon = int(level.length) or upto
    now = min(upto, horizon)
    found: list[Outage] = []
    start = up = -1
    for second, down in enumerate(down_seconds(tracks(history, objective.class_), floor, upto)):
        at = second * 1000
        if start >= 0 and up >= 0 and at - up >= stable:
            found.append(Outage(start, up))
            start = up = -1
        if down:
            start, up = (at if start < 0 else start), -1
        elif down is False and start >= 0 and up < 0:
            up = at
    if start < 0:
        return found
    if up >= 0 and now - up >= stable:
        found.append(Outage(start, up))
    elif up >= 0 and now < horizon and up + stable <= horizon:
        found.append(Outage(start, up, open=True, settling=True))
    else:
        found.append(Outage(start, now, open=True))
    return found
