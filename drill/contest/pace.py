"""Pace: whether a run took longer on the server's clock than in its log.

While a run is played, the hash of its log's last entry (its head) goes to the server every 10 s of play, and the server
notes when it came. A clock that was stopped or slowed shows as play that took longer there than in the log. A head that
comes late, because the network was away, is told apart from one that was sent late: those that were held up come all at
once. Nothing can tell what went on meanwhile, and nobody is accused of it: that stretch was not witnessed, which is for
the organizer to judge. What comes after a run's last command decides nothing, and is not looked at.
"""

from collections.abc import Sequence

import msgspec

from drill.model.units import SECOND, clock_text, duration_text

GRACE = 10 * SECOND  # ms for starting up and for a head's way to the server
GAP = 20 * SECOND  # ms of a log between two heads; longer stretches were not witnessed
_PROMPT = 3 * SECOND  # ms: a head that came later than this after it must have been sent was held up on its way
_AT_ONCE = 2 * SECOND  # ms between two heads that came at once


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """One head: after entry ``n`` of the log at ``t`` (ms of the drill); ``at``: when it came (ms on the server)."""

    n: int
    t: int
    head: str
    at: int


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How a run went by the server's clock. ``state``: ``ok``, ``slow``, ``fast`` or ``unwitnessed``.

    ``says``: in one sentence, for whom it concerns. From ``since`` to ``until`` (ms of the drill) ``passed`` ms went by
    on the server.
    """

    state: str
    says: str = ""
    since: int = 0
    until: int = 0
    passed: int = 0


def pace(started: int, heads: Sequence[Head], until: int, *, pause: int, speed: int = 1) -> Pace:
    """Return how a run went that began at ``started``, up to its last command at ``until`` (ms of the drill).

    ``heads`` in the order of their entries. ``pause``: ms that it may stand still in all; ``speed``: the fastest that
    it may be played.
    """
    ends = [(0, started), *((head.t, head.at) for head in heads if head.t <= until)]
    passed = _passed(ends, speed)
    allowed = pause + GRACE
    slow = _slow(ends, passed, allowed)
    if slow is not None and slow.state == "slow":
        return slow
    took = passed[-1] - started
    if took < ends[-1][0] // speed - GRACE:
        what = f"the log tells of {clock_text(ends[-1][0])}, but only {duration_text(took)} went by on the server"
        return Pace(state="fast", says=f"{what}; the event allows {speed}x", until=ends[-1][0], passed=took)
    late = slow or _slow(ends, [at for _, at in ends], allowed)
    if late is not None:
        return msgspec.structs.replace(late, state="unwitnessed", says=f"{_stretch(late)}: {_HELD_UP}")
    gap = _gap([t for t, _ in ends], until)
    if gap is not None:
        a, b = gap
        says = f"nothing was heard from T+{clock_text(a)} to T+{clock_text(b)}"
        return Pace(state="unwitnessed", says=says, since=a, until=b)
    return Pace(state="ok")


_HELD_UP = "its heads came all at once, so the network was away, or nobody can tell"


def _passed(ends: list[tuple[int, int]], speed: int) -> list[int]:
    """Return by when (ms on the server) each instant had been played, as those that came at once with it prove."""
    found = [at for _, at in ends]
    for n in range(len(ends) - 2, -1, -1):
        if ends[n + 1][1] - ends[n][1] <= _AT_ONCE:
            latest = found[n + 1] - (ends[n + 1][0] - ends[n][0]) // speed
            found[n] = max(ends[0][1], min(found[n], latest))
    return found


def _slow(ends: list[tuple[int, int]], passed: list[int], allowed: int) -> Pace | None:
    """Return the stretch that took longest beyond its length, if that is more than allowed; None: there is none."""
    low, worst = 0, (0, 0, 0)
    for n, (t, _) in enumerate(ends):
        lag = passed[n] - t
        if lag < passed[low] - ends[low][0]:
            low = n
        lost = lag - (passed[low] - ends[low][0])
        if lost > worst[0]:
            worst = (lost, low, n)
    lost, first, last = worst
    if lost <= allowed:
        return None
    since, until = _narrowed(ends, passed, first, last)
    found = Pace(state="slow", since=ends[since][0], until=ends[until][0], passed=passed[until] - passed[since])
    if lost - _held(ends, passed, first, last) <= allowed:
        return msgspec.structs.replace(found, state="unwitnessed")
    says = f"{_stretch(found)}; {duration_text(allowed - GRACE)} of pause are allowed"
    return msgspec.structs.replace(found, says=says)


def _stretch(found: Pace) -> str:
    """Say where, how long on the server, and how long in the log."""
    where = f"from T+{clock_text(found.since)} to T+{clock_text(found.until)}"
    length = duration_text(found.until - found.since)
    return f"{where}, {duration_text(found.passed)} went by on the server for {length} in the log"


def _narrowed(ends: list[tuple[int, int]], passed: list[int], first: int, last: int) -> tuple[int, int]:
    """Return the same stretch without what went at its own pace before and after."""

    def step(n: int) -> int:
        return (passed[n + 1] - passed[n]) - (ends[n + 1][0] - ends[n][0])

    while first < last - 1 and step(first) < SECOND:
        first += 1
    while last > first + 1 and step(last - 1) < SECOND:
        last -= 1
    return first, last


def _held(ends: list[tuple[int, int]], passed: list[int], first: int, last: int) -> int:
    """Return the ms between ``first`` and ``last`` that were lost where heads were held up on their way."""
    held = 0
    for n in range(first, last):
        lost = (passed[n + 1] - passed[n]) - (ends[n + 1][0] - ends[n][0])
        if lost > 0 and ends[n + 1][1] - passed[n + 1] > _PROMPT:
            held += lost
    return held


def _gap(times: list[int], length: int) -> tuple[int, int] | None:
    """Return the longest stretch of the log without a head, if it is too long; None: there is none."""
    found: tuple[int, int] | None = None
    for since, until in zip(times, [*times[1:], length], strict=True):
        if until - since > max(GAP, found[1] - found[0] if found else 0):
            found = (since, until)
    return found
