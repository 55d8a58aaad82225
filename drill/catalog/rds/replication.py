"""Asynchronous replication: what is on its way to a read replica, second by second."""

from typing import Any

import msgspec

from drill.model.traffic import TINY, counted


class Stream(msgspec.Struct, kw_only=True):
    """Writes of the source that this copy does not hold yet, oldest first, as [second, writes] rows.

    ``unsent`` still sit at the source and are lost with it; ``received`` have arrived and wait to be applied.
    """

    unsent: list[list[float]] = []
    received: list[list[float]] = []
    running: bool = True
    applied: float = 0.0  # writes held, since T+0
    rate: float = 0.0  # the source's writes in the second just gone


def move(rows: list[list[float]], limit: float) -> list[list[float]]:
    """Take up to ``limit`` writes (below 0: all) from the head of ``rows`` and return them."""
    moved: list[list[float]] = []
    left = limit
    while rows:
        row = rows[0]
        if left < 0 or row[1] <= left + TINY:
            moved.append(rows.pop(0))
            left -= row[1] if left >= 0 else 0.0
        else:
            left = counted(left)
            if left > TINY:
                moved.append([row[0], left])
                row[1] -= left
            break
    return moved


def amount(rows: list[list[float]]) -> float:
    """Return the writes in ``rows``."""
    total = 0.0
    for row in rows:
        total += row[1]
    return total


def ship(stream: Stream, second: int, wrote: float, carries: float, applies: float, connected: bool) -> bool:
    """Move replication on by one second; return whether anything behind moved, or moved differently from before."""
    rate, behind = stream.rate, bool(stream.unsent or stream.received)
    stream.rate = wrote
    writes = stream.running and wrote > 0
    if writes:
        stream.unsent.append([float(second), wrote])
    sent = move(stream.unsent, carries) if stream.running and connected else []
    stream.received.extend(sent)
    applied = move(stream.received, applies)
    stream.applied += amount(applied)
    behind = behind or bool(stream.unsent or stream.received)
    return rate != wrote or (behind and bool(writes or sent or applied))


def missing_seconds(stream: Stream, now: int, base_ms: int) -> float:
    """Return how many seconds of the source's writes the copy lacks. They stop growing when the source stops."""
    rows = [*stream.received, *stream.unsent]
    base = base_ms / 1000.0 if stream.rate > 0 else 0.0
    if not rows:
        return base
    oldest = min(row[0] for row in rows)
    newest = max(row[0] for row in rows)
    return base + max(0.0, min(now / 1000.0, newest + 1.0) - oldest)


def lag_seconds(stream: Stream, now: int, base_ms: int) -> float:
    """Return how old the newest write that the copy holds is, in seconds."""
    oldest: Any = None
    for rows in (stream.received, stream.unsent):
        if rows and (oldest is None or rows[0][0] < oldest):
            oldest = rows[0][0]
    behind = max(0.0, now / 1000.0 - oldest) if oldest is not None else 0.0
    return base_ms / 1000.0 + behind
