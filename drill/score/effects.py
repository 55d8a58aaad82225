"""Effects: what each command did, told by the same drill without it: what users got more or less of, since when.

Boots, health checks, DNS and queues take their time, so that no fixed number of seconds after a command tells what it
did. Two runs that differ in that command alone do, and everything that followed from it is in the difference.
"""

import math

import msgspec

from drill.engine.history import History
from drill.model.units import clock_text
from drill.score.model import Scorecard
from drill.score.outages import final, success

AROUND = 20  # seconds over which a share of good answers is said
FELT = 0.05  # share of good answers: users feel no less than that
SHORT = 5  # seconds that a difference lasts before it counts as felt
BRIEF = 60_000  # ms
FEW = 0.002  # share of all asks of a drill: fewer than that are no difference


class Otherwise(msgspec.Struct, frozen=True, kw_only=True):
    """An objective that ends otherwise without a command: its name, the figures with and without, which is better."""

    name: str
    label: str
    here: str
    there: str
    better: bool  # without it


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What one command did, beside the same drill without it.

    ``since``, ``until``: ms between which users felt it, -1: never. ``share``, ``without``: share of good answers with
    and without it while they felt it most, None: never. ``after``: the share once they felt it no more, where it fell
    back; None: it did not. ``more``: asks answered well more than without it (fewer: below 0), of ``asks`` in all.
    ``won``, ``points``: how the drill ends without it. ``rows``: objectives that end otherwise without
    it. ``alone``: what ``more`` would have been, had nothing been done after it.
    """

    since: int = -1
    until: int = -1
    share: float | None = None
    without: float | None = None
    after: float | None = None
    more: float = 0.0
    asks: float = 0.0
    won: bool = False
    points: int = 0
    rows: tuple[Otherwise, ...] = ()
    alone: float = 0.0

    @property
    def few(self) -> float:
        """Return how many asks are no difference."""
        return FEW * self.asks

    @property
    def good(self) -> bool:
        """Tell whether clearly more was answered well with it."""
        return self.more > self.few and not self.spare

    @property
    def bad(self) -> bool:
        """Tell whether clearly less was answered well with it, and not because a later command had more luck."""
        return self.more < -self.few and self.alone <= -self.more / 2

    @property
    def spare(self) -> bool:
        """Tell whether a later command would have brought most of what it brought."""
        return self.alone > self.few and self.alone > 2 * self.more and not self.bad

    @property
    def brief(self) -> bool:
        """Tell whether users felt it for a short while only, or never: a later command may have done as much."""
        return self.until - self.since < BRIEF


class Shed(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch in which requests were turned away: where, which share, from when to when (ms), how many.

    ``open``: nobody took it back. ``better``: the points had it been taken back at ``at_best`` ms, -1: not clearly
    better; ``won``: whether it would have been won then.
    """

    n: int  # the command that began it
    name: str
    share: float
    start: int
    end: int
    open: bool
    turned: float
    better: int = -1
    won: bool = False
    at_best: int = -1


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What running a drill again without its commands, one after the other, has found: effects by command number."""

    effects: dict[int, Effect] = {}
    sheds: tuple[Shed, ...] = ()


def effect(real: History, card: Scorecard, other: History, other_card: Scorecard, done: int) -> Effect:
    """Return the effect of a command: ``real`` is the run with it, ``other`` the same run without it.

    ``done``: ms at which the API took it. What was asked just before that, and is asked again, may feel it too.
    """
    diffs = differences(real, other)
    more = asks = 0.0
    for asked, gained in diffs:
        more += gained
        asks += asked
    sign = 1.0 if more >= 0 else -1.0
    felt = _felt(diffs, sign)
    since, until = (max(done, felt[0] * 1000), (felt[-1] + 1) * 1000) if felt else (-1, -1)
    share = without = after = None
    if felt:
        start = _most(diffs, felt, sign)
        end = min(start + AROUND, felt[-1] + 1)
        share, without = (success(one, start * 1000, end * 1000) for one in (real, other))
        after = _after(real, until, share) if more >= 0 else None
    return Effect(
        since=since, until=until, share=share, without=without, after=after, more=more, asks=asks,
        won=other_card.won, points=other_card.total, rows=_other_rows(card, other_card),
    )  # fmt: skip


def _after(real: History, until: int, share: float | None) -> float | None:
    """Return the share of good answers after ``until`` ms, where it is clearly less than ``share``."""
    later = success(real, until, until + AROUND * 1000)
    return later if later is not None and share is not None and share - later >= FELT else None


def differences(real: History, other: History) -> list[tuple[float, float]]:
    """Return for each second how much was asked, and how much more of it was answered well in ``real``."""
    rows: list[tuple[float, float]] = []
    for name, track in real.classes.items():
        twin = other.classes.get(name)
        if twin is None:
            continue
        for second in range(min(final(track, real.until), final(twin, other.until))):
            if second == len(rows):
                rows.append((0.0, 0.0))
            asked, gained = rows[second]
            rows[second] = (asked + track.asks[second], gained + track.good[second] - twin.good[second])
    return rows


def _felt(diffs: list[tuple[float, float]], sign: float) -> list[int]:
    """Return the seconds of stretches, SHORT or longer, in which the difference is worth a word."""
    found: list[int] = []
    run: list[int] = []
    for second, (asked, gained) in enumerate([*diffs, (0.0, 0.0)]):
        if asked > 0 and gained * sign >= FELT * asked:
            run.append(second)
            continue
        found += run if len(run) >= SHORT else []
        run = []
    return found


def _most(diffs: list[tuple[float, float]], felt: list[int], sign: float) -> int:
    """Return the second from which on, for AROUND seconds, the difference is largest; the first of equal ones."""
    best, start = -1.0, felt[0]
    for first in felt:
        if first + AROUND > felt[-1] + 1 and first != felt[0]:
            break
        asked = gained = 0.0
        for one in diffs[first : first + AROUND]:
            asked, gained = asked + one[0], gained + one[1]
        share = round(sign * gained / asked, 3) if asked > 0 else 0.0
        if share > best:
            best, start = share, first
    return start


def _other_rows(card: Scorecard, other: Scorecard) -> tuple[Otherwise, ...]:
    """Return the objectives whose worth is clearly another without the command."""
    found = []
    for row in card.rows:
        twin = other.row(row.name)
        if abs(row.share - twin.share) >= FELT and row.actual_text != twin.actual_text:
            found.append(Otherwise(
                name=row.name, label=row.label, here=row.actual_text, there=twin.actual_text,
                better=twin.share > row.share,
            ))  # fmt: skip
    return tuple(found)


# ---- in words --------------------------------------------------------------------------------------------------------


def percent(share: float | None) -> str:
    """Return a share of good answers as people say it: cut to a tenth of a percent, never shown better than it is."""
    return "-" if share is None else f"{math.floor(round(share * 1000, 6)) / 10:g} %"


def felt_text(found: Effect, before: float | None, timed: bool = True) -> str:
    """Say what users felt of a command, to go on after its name. ``before``: share of good answers just before it."""
    if found.spare:
        for_ = (
            f"mattered for {(found.until - found.since) // 1000} s"
            if found.more > 0 <= found.since
            else "changed nothing"
        )
        return f"{for_} in the end: a later command would have done as much"
    if found.since < 0 or found.share is None or found.without is None:
        if found.good or found.bad:
            count = f"{abs(found.more):,.0f}"
            return f"brought {count} more good answers, a few at a time" if found.good else f"cost {count} good answers"
        return "made no difference that users felt"
    here, there = percent(found.share), percent(found.without)
    at = f" at T+{clock_text(found.since)}" if timed else ""
    since = f" from T+{clock_text(found.since)} on" if timed else ""
    back = ""
    if found.after is not None:
        back = f", and {percent(found.after)} again from T+{clock_text(found.until)} on"
    if before is not None and found.more >= 0 and found.share - before >= FELT:
        return f"took effect{at}: users from {percent(before)} to {here} ({there} without it){back}"
    if before is not None and found.more < 0 and before - found.share >= FELT:
        return f"cost users{since}: from {percent(before)} to {here} ({there} without it)"
    if found.more < 0:
        return f"held users back{since}: {here} instead of {there}"
    return f"spared users{since}: {here} instead of {there}{back}"


def otherwise_text(found: Effect, won: bool, points: int) -> str:
    """Say how the drill would have ended without a command, "" when it would have ended the same."""
    parts = [f"{row.label} {row.there}" for row in found.rows]
    if found.won != won:
        parts.append(f"{'won' if found.won else 'lost'} with {found.points} points")
    elif found.points != points:
        parts.append(f"{found.points} points")
    return f"without it: {', '.join(parts)}" if parts else ""


def shed_text(shed: Shed) -> str:
    """Say where, when and how much was turned away, and what taking it back would have brought."""
    where = f"{shed.name} turned {percent(shed.share)} of requests away"
    count = f"{shed.turned:,.0f} of them"
    if not shed.open:
        return f"{where} between T+{clock_text(shed.start)} and T+{clock_text(shed.end)}: {count}{better_text(shed)}"
    return f"{where} from T+{clock_text(shed.start)} to the end: {count}; nobody took it back{better_text(shed)}"


def better_text(shed: Shed) -> str:
    """Say what taking load shedding back would have brought, "" where that brings nothing."""
    if shed.better < 0:
        return ""
    end = f"won with {shed.better} points" if shed.won else f"{shed.better} points"
    return f". Taken back at T+{clock_text(shed.at_best)}, it would have been {end}"
