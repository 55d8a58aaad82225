"""Measures: one small pure function for each thing that an objective can count, all of them badness.

Each takes the objective, the level, the history and how much of it to look at (ms), and returns a Reading. They work
the same while the drill runs: asks that can still be answered in time count as neither good nor bad.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from drill.engine.history import LATENCY_EDGES, Given, History
from drill.level.level import Level, Objective
from drill.model.command import operation_of
from drill.score.figures import bounds
from drill.score.model import Reading
from drill.score.outages import Outage, final, outages, tracks, windows

_HOUR = 3_600_000
_AMOUNT = {
    "writes": r"(?i)(\d+(?:[.,]\d+)*)\s*(?:lost\s+)?writes?\b",
    "seconds": r"(?i)(\d+(?:\.\d+)?)\s*(?:s|sec|seconds?)\b",
}


def measure(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """Return what ``objective`` measures at ``upto`` ms, during the drill or after it."""
    over = upto >= int(level.length)
    if objective.phase is not None and not windows(level, history, objective.phase, upto):
        reading = Reading(missed=over)  # a phase that was never reached cannot be its best part
    else:
        reading = _MEASURES[objective.is_](objective, level, history, upto)
    if not over:
        return reading
    final_value = reading.value or 0.0
    if reading.missed:
        final_value = max(bounds(objective)[2], final_value)
    return Reading(value=final_value, best=final_value, since=reading.since, missed=reading.missed)


def rto(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """The longest outage, in ms; within a phase, the longest overlap with it."""
    looked_at = windows(level, history, objective.phase, upto)
    longest, since, settling = 0, -1, False
    for outage in outages(objective, level, history, upto):
        for start, end in looked_at:
            overlap = min(outage.end, end) - max(outage.start, start)
            longest = max(longest, overlap)
            if outage.open and overlap > 0 and end >= min(upto, int(level.length) or upto):
                since, settling = max(outage.start, start), outage.settling
    return Reading(value=longest, best=longest, since=-1 if settling else since, settling=settling)


def availability(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """The share of first asks that were not answered well: failed, shed, late or stale."""
    return _failed(objective, level, history, upto, per_ask=True)


def lost(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """How many first asks were not answered well; of a store or queue, how many acknowledged writes are gone."""
    if objective.store or objective.queue:
        return _losses(history, objective.store or objective.queue, "writes", upto)
    return _failed(objective, level, history, upto, per_ask=False)


def _failed(objective: Objective, level: Level, history: History, upto: int, per_ask: bool) -> Reading:
    looked_at = windows(level, history, objective.phase, upto)
    asks = bad = 0.0
    seconds = 0
    for track in tracks(history, objective.class_):
        known = final(track, upto)
        for start, end in looked_at:
            first, last = start // 1000, min(known, -(-end // 1000))
            seconds = max(seconds, last)
            for second in range(first, last):
                asks += track.asks[second]
                bad += max(0.0, track.asks[second] - track.good[second])
    if asks <= 0:
        return Reading()
    if not per_ask:
        return Reading(value=bad, best=bad)
    # What is still to come: asks go on as they came so far, and from here on each is answered well.
    to_come = max(0, int(level.length) // 1000 - seconds) if objective.phase is None else 0
    return Reading(value=bad / asks, best=bad / (asks * (1 + to_come / max(1, seconds))))


def rpo(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """What was acknowledged and is gone: ms to the furthest cut, or the number of writes, of one store or of all."""
    return _losses(history, objective.store, objective.by, upto)


def _losses(history: History, store: str | None, by: str, upto: int) -> Reading:
    largest = total = 0.0
    for loss in history.losses:
        if loss.at <= upto and store in (None, loss.store):
            largest = max(largest, loss.seconds * 1000)
            total += loss.writes
    value = total if by == "writes" else largest
    return Reading(value=value, best=value)


def latency(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """The 95th percentile of first asks, in ms. What failed took for ever, so that shedding gains nothing."""
    counts = [0.0] * (len(LATENCY_EDGES) + 1)
    asks = late = 0.0
    for track in tracks(history, objective.class_):
        for start, end in windows(level, history, objective.phase, upto):
            for bucket, amount in enumerate(track.histogram(start // 1000, -(-end // 1000))):
                counts[bucket] += amount
            for second in range(start // 1000, min(final(track, upto), -(-end // 1000))):
                asks += track.asks[second]
                late += max(0.0, track.asks[second] - track.good[second])
    if percentile(counts, 0.95) is not None:
        counts[-1] += late
    value = percentile(counts, 0.95)
    return Reading(value=value, best=value, missed=value is None and asks > 0)


def percentile(counts: list[float], share: float) -> float | None:
    """Return the ``share`` quantile in ms of a histogram over LATENCY_EDGES, or None when it is empty.

    The last bucket is open: what lies in it is at least its lower edge, and that is what is returned.
    """
    total = 0.0
    for amount in counts:
        total += amount
    if total <= 0:
        return None
    wanted, seen, lower = share * total, 0.0, 0.0
    for amount, upper in zip(counts, LATENCY_EDGES, strict=False):
        if amount > 0 and seen + amount >= wanted:
            return lower + (upper - lower) * max(0.0, wanted - seen) / amount
        seen, lower = seen + amount, upper
    return lower


def spend(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """US dollars spent; ``carry`` adds what the hourly rate left standing would cost for that long.

    With ``calm``, the drill ends for it where the first fault strikes: what was held ready until then.
    """
    if objective.calm:
        upto = min([upto, *(truth.at - 1 for truth in history.truths if truth.kind == "fault")])
    looked_at = windows(level, history, objective.phase, upto)
    total = 0.0
    for start, end in looked_at:
        total += history.spent(end) - history.spent(start)
    if objective.carry:
        total += hourly(history, looked_at[-1][1]) * int(objective.carry) / _HOUR
    return Reading(value=total, best=total)


def hourly(history: History, at: int) -> float:
    """Return the US dollars per hour that were being paid at ``at`` ms."""
    rate = 0.0
    for row in history.spend:
        if row[0] > at:
            break
        rate = row[2]
    return rate


def exposure(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """For how long security findings stood open, in ms, added up over the findings."""
    total, since = 0, -1
    for start, end in windows(level, history, objective.phase, upto):
        for index, (at, count) in enumerate(history.exposure):
            until = history.exposure[index + 1][0] if index + 1 < len(history.exposure) else upto
            total += count * max(0, min(until, end) - max(at, start))
    if history.exposure and history.exposure[-1][1] > 0:
        since = history.exposure[-1][0]
    return Reading(value=total, best=total, since=since)


def time_to(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """From the first true impact (or the start of the phase) to the first ``of`` that was not refused, in ms.

    A declaration or a post from before anything was broken does not count: it was about nothing. Done before users
    felt it: 0.
    """
    start = _clock_start(objective, level, history, upto)
    if start < 0:
        return Reading(value=0, best=0)
    not_before = _first_fault(history) if (objective.of or "DeclareIncident") in _SAID else 0
    for given in history.commands:
        if not_before <= given.at <= upto and _is(given, objective.of or "DeclareIncident"):
            taken = max(0, given.at - start)
            return Reading(value=taken, best=taken)
    waited = max(0, upto - start)
    return Reading(value=waited, best=waited, since=start, missed=True)


_SAID = {"DeclareIncident": "declare", "PostStatus": "status"}


def _clock_start(objective: Objective, level: Level, history: History, upto: int) -> int:
    if objective.phase is not None:
        found = windows(level, history, objective.phase, upto)
        return found[0][0] if found else -1
    return history.impact if history.impact <= upto else -1


def _first_fault(history: History) -> int:
    for truth in history.truths:
        if truth.kind == "fault":
            return truth.at
    return max(0, history.impact)


def _is(given: Given, operation: str) -> bool:
    if given.state in ("failed", "refused"):
        return False
    try:
        return operation_of(given.action) == operation
    except AttributeError:  # a history that came back from a file holds plain data
        return isinstance(given.action, dict) and str(given.action.get("api", "")).endswith(f":{operation}")


def claim(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """How far what was said is from what was so.

    With ``store``: the difference between the last amount that a post or declaration named (``38 writes``, ``12 s``)
    and the true loss. Without: how many declarations were made before anything was broken, one more if users were
    hurt and none was made.
    """
    said = [one for one in history.claims if one.at <= upto]
    if not objective.store:
        real = _first_fault(history)
        broken = history.impact >= 0 or any(truth.kind == "fault" for truth in history.truths)
        declared = [one.at for one in said if one.what == "declare"]
        false = len([at for at in declared if not broken or at < real])
        missing = 0 <= history.impact <= upto and len(declared) == false
        return Reading(value=float(false + missing), best=float(false))
    truth = _losses(history, objective.store, objective.by, upto).value or 0.0
    for one in reversed(said):
        if found := re.search(_AMOUNT[objective.by], one.text):
            named = float(found[1].replace(",", "")) * (1000 if objective.by == "seconds" else 1)
            return Reading(value=abs(named - truth), best=0)
    return Reading(value=truth, best=0, missed=truth > 0)


def updates(objective: Objective, level: Level, history: History, upto: int) -> Reading:
    """The longest time, in ms, that users who were hurt went without a status post."""
    longest, since = 0, -1
    hurt = outages(objective, level, history, upto)
    if not hurt:
        return Reading(value=0, best=0)
    whole = Outage(hurt[0].start, hurt[-1].end, hurt[-1].open)
    last = whole.start
    for one in history.claims:
        if one.what == "status" and whole.start <= one.at <= whole.end:
            longest, last = max(longest, one.at - last), one.at
    if whole.open:
        since = last
    longest = max(longest, whole.end - last)
    return Reading(value=longest, best=longest, since=since)


_MEASURES: dict[str, Callable[[Objective, Level, History, int], Reading]] = {
    "rto": rto,
    "rpo": rpo,
    "availability": availability,
    "latency": latency,
    "spend": spend,
    "exposure": exposure,
    "lost": lost,
    "time-to": time_to,
    "claim": claim,
    "updates": updates,
}
