"""Scorecard: figures to points, points to a total and stars. The rules are published and the same for every level."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from drill.engine.history import History
from drill.level.level import Level, Objective
from drill.score.figures import bounds, figure_text
from drill.score.measures import measure
from drill.score.model import Reading, Row, Scorecard, Standing, add_up

WHOLE = 1000
WON = 500
STARS = (750, 1000)
_LABELS = {
    "rto": "RTO",
    "rpo": "RPO",
    "availability": "Availability",
    "latency": "p95",
    "spend": "Spend",
    "exposure": "Exposure",
    "lost": "Lost",
    "time-to": "Time to",
    "claim": "Claim",
    "updates": "Updates",
}


def points(m: float, par: float, target: float, zero: float) -> float:
    """Return the share of an objective's points, 0 to 1, that a badness of ``m`` earns.

    1 at par or better; half at the target; just under half from there down to nothing at zero. ``par < target < zero``.
    """
    if m <= par:
        return 1.0
    if m <= target:
        return 1.0 - 0.5 * (m - par) / (target - par)
    if m < zero:
        return 0.49 * (zero - m) / (zero - target)
    return 0.0


def total(raw: float, hints: int, won: bool) -> int:
    """Return the points of a run: at least 500 if and only if it is won, whatever the hints cost."""
    rest = before_cap(raw, hints)
    return min(WHOLE, max(WON, rest)) if won else min(WON - 1, max(0, rest))


def before_cap(raw: float, hints: int) -> int:
    """Return the points of a run before a win or a loss is counted. Never up: a point is there once it is earned."""
    return math.floor(raw - hints + 1e-6)


def stars(points_in_all: int, won: bool) -> int:
    """Return the stars, 0 to 3: won, 750, 1000."""
    if not won:
        return 0
    return 1 + len([limit for limit in STARS if points_in_all >= limit])


def scorecard(level: Level, seed: int, history: History) -> Scorecard:
    """Return the scorecard at the end of what ``history`` recorded: final at the horizon, running before it."""
    at = min(history.until, int(level.length))
    over = history.until >= int(level.length)
    weight = 0.0
    for objective in level.objectives.values():
        weight += max(0.0, objective.weight)
    rows = tuple(
        _row(name, objective, level, measure(objective, level, history, at), weight, at)
        for name, objective in level.objectives.items()
    )
    raw, hints = 0.0, 0
    for row in rows:
        raw += row.weight * row.share
    raw = WHOLE * raw / weight if weight > 0 else 0.0
    for bought in history.hints:
        hints += max(0, bought.cost)
    rows = _shown(rows, before_cap(raw, 0), WHOLE if weight > 0 else 0)
    won = all(row.met for row in rows if row.must)
    in_all = total(raw, hints, won)
    return Scorecard(
        level=level.id, seed=seed, at=at, over=over, rows=rows, raw=round(raw, 3), hints=hints, won=won,
        total=in_all, stars=stars(in_all, won),
    )  # fmt: skip


def musts(level: Level) -> list[str]:
    """Return the objectives that decide whether it is won. Where a level marks none, each of them does."""
    marked = [name for name, objective in level.objectives.items() if objective.must]
    return marked or list(level.objectives)


def label(name: str, level: Level) -> str:
    """Return what people call the objective ``name``: ``RTO``, or ``RTO checkout`` when there are several."""
    objective = level.objectives[name]
    base = _LABELS[objective.is_]
    if objective.calm:
        return f"Calm {base.lower()}"
    if objective.is_ == "time-to":
        return f"{base} {_spaced(objective.of or 'DeclareIncident')}"
    same = [other for other in level.objectives.values() if other.is_ == objective.is_ and not other.calm]
    if len(same) == 1:
        return base
    short = (objective.class_ or "").rpartition(".")[2]
    return f"{base} {short or objective.store or objective.queue or objective.phase or name}"


def _spaced(operation: str) -> str:
    return "".join(f" {char.lower()}" if char.isupper() else char for char in operation).strip()


def unit_of(objective: Objective) -> str:
    """Return what the figures of ``objective`` count, for figure_text."""
    return objective.by if objective.is_ in ("rpo", "claim") and (objective.store or objective.is_ == "rpo") else ""


def _row(name: str, objective: Objective, level: Level, reading: Reading, weights: float, at: int) -> Row:
    par, target, zero = bounds(objective)
    unit = unit_of(objective)
    best = reading.best if reading.best is not None else 0.0
    share = points(best, par, target, zero)
    worth = WHOLE * max(0.0, objective.weight) / weights if weights > 0 else 0.0
    deadline = -1
    if reading.since >= 0 and at < int(level.length) and best <= target and objective.is_ in ("rto", "time-to"):
        deadline = int(reading.since + target)
    texts = [figure_text(objective.is_, value, unit) for value in (par, target, zero, reading.value)]
    return Row(
        name=name, label=label(name, level), measure=objective.is_,
        par=par, target=target, zero=zero, actual=reading.value,
        par_text=texts[0], target_text=texts[1], zero_text=texts[2],
        actual_text="never" if reading.missed and at >= int(level.length) else texts[3],
        met=best <= target, must=name in musts(level), share=round(share, 9), points=round(worth * share, 1),
        worth=round(worth, 1), weight=max(0.0, objective.weight),
        left=round(min(1.0, max(0.0, (zero - best) / zero)), 6) if zero > 0 else float(best <= 0),
        state=_standing(reading, best, par or (target if objective.is_ == "spend" else 0.0), target), deadline=deadline,
    )  # fmt: skip


def _shown(rows: tuple[Row, ...], earned: int, worth: int) -> tuple[Row, ...]:
    """Give every row its points as they are shown: whole, and such that they add up to what was earned."""
    wholes = whole_parts([row.worth for row in rows], worth)
    exact = [float(whole) if row.share >= 1.0 else row.points for row, whole in zip(rows, wholes, strict=True)]
    short = [whole if row.share >= 1.0 else max(0, whole - 1) for row, whole in zip(rows, wholes, strict=True)]
    parts = whole_parts(exact, earned, short)
    if add_up(parts) != earned:  # so little is missing that it cannot be shown
        parts = whole_parts(exact, earned, wholes)
    return tuple(
        msgspec.structs.replace(row, part=part, whole=whole)
        for row, part, whole in zip(rows, parts, wholes, strict=True)
    )


def whole_parts(exact: Sequence[float], total: int, most: Sequence[int] | None = None) -> list[int]:
    """Return whole numbers that add up to ``total``, each near its ``exact`` one and at most its ``most``.

    By largest remainder: who lacks most gets the next one. Where one has to be given, who is at the most keeps it.
    """
    parts = [math.floor(each + 1e-6) for each in exact]
    limits = list(most) if most is not None else [total] * len(parts)
    missing = total - add_up(parts)
    while missing:
        step = 1 if missing > 0 else -1
        free = [n for n, part in enumerate(parts) if (part < limits[n] if step > 0 else part > 0)]
        if not free:
            break
        chosen = max(free, key=lambda n: (step < 0 and parts[n] < limits[n], step * (exact[n] - parts[n]), -n))
        parts[chosen] += step
        missing -= step
    return parts


def _standing(reading: Reading, best: float, par: float, target: float) -> Standing:
    if reading.value is None:
        return "unknown"
    if best > target:
        return "bad"
    if reading.settling:
        return "busy"
    return "warn" if best > par or reading.since >= 0 else "ok"
