"""Calibrate: what the level's own bots measure, and the par, target and zero that follow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from drill.certify.bots import BRUTE
from drill.certify.certify import MARGIN, STEADY, bot_row
from drill.certify.model import Bot, Calibration, Load, Run, Suggestion
from drill.certify.play import Job, Progress, play_all
from drill.level.level import Level, Objective
from drill.level.loader import LevelFile
from drill.level.solutions import REFERENCE, WRONG, names
from drill.score.figures import written

ROOM = 1.1  # par lies this much above the reference's worst


def calibrate(file: LevelFile, seeds: Iterable[int], progress: Progress | None = None, workers: int = 0) -> Calibration:
    """Let reference, idle, wrong lessons and brute force play every seed, and suggest figures from that."""
    wanted = list(seeds)
    players = [*names(file.level), BRUTE]
    jobs = [Job(bot=name, seed=seed, watch=True) for name in players for seed in wanted]
    return weigh(file.level, play_all(file, jobs, progress, workers))


def weigh(level: Level, runs: Sequence[Run]) -> Calibration:
    """Return the calibration that follows from ``runs``."""
    by_bot: dict[str, list[Run]] = {}
    for run in runs:
        if not run.error:
            by_bot.setdefault(run.bot, []).append(run)
    rows = {name: bot_row(name, played) for name, played in by_bot.items()}
    return Calibration(
        level=level.id, seeds=len(by_bot.get(REFERENCE, ())), rows=tuple(rows.values()),
        suggestions=tuple(suggest(level, name, rows) for name in level.objectives) if REFERENCE in rows else (),
        loads={name: _worst(played) for name, played in by_bot.items()},
        retries={name: max(run.retries for run in played) for name, played in by_bot.items()},
        errors=tuple(f"{run.bot} on seed {run.seed}: {run.error}" for run in runs if run.error),
    )  # fmt: skip


def suggest(level: Level, goal: str, rows: dict[str, Bot]) -> Suggestion:
    """Return the figures for one objective: par above the reference, the target well below who must lose on it."""
    objective = level.objectives[goal]
    reference = rows[REFERENCE].objectives[goal]
    par = _nice(objective, max(reference.high, reference.p95) * ROOM)
    named = [f"{WRONG}{lesson.name}" for lesson in level.solutions.wrong if lesson.loses == goal]
    losers = [rows[name].objectives[goal] for name in named if name in rows]
    others = [bot.objectives[goal] for name, bot in rows.items() if name != REFERENCE]
    losers = losers or [over for over in others if over.low > par]
    steady = (reference.high - reference.low) / STEADY * ROOM  # the least that target - par may be
    note = ""
    if not losers or min(over.low for over in losers) <= par:
        note = "no bot is clearly worse here: nothing pulls on this objective" if not losers else (
            "the wrong lesson that names it does no worse than the reference"
        )  # fmt: skip
        target, zero = par + max(steady, 0.5 * par), par + max(2 * steady, 2 * par)
    else:
        least = min(over.low for over in losers)
        gap = 0.4 * (least - par)
        target = par + max(steady, min(gap, par) if par > 0 else gap)
        if target >= least:
            note = "the reference varies too much to tell it from a wrong lesson"
        most = max(over.median for over in losers) if named else min(least, 3 * target)
        zero = max(min(least, 3 * target), min(most, target + 0.9 * (least - target) / MARGIN))
    target = _nice(objective, max(target, par))
    if target <= par:
        target = par + _step(objective, par)
    zero = _nice(objective, zero)
    if zero <= target:
        zero = target + 2 * _step(objective, target)
    return Suggestion(
        objective=goal, measure=objective.is_, note=note,
        now=(str(objective.par), str(objective.target), str(objective.zero)),
        par=written(objective.is_, par, objective.by), target=written(objective.is_, target, objective.by),
        zero=written(objective.is_, zero, objective.by),
    )  # fmt: skip


def _step(objective: Objective, value: float) -> float:
    """Return what figures of this size are rounded to: 5 s, a cent, one write, one more digit of the failed share."""
    kind = objective.is_
    if kind == "latency":
        return 10.0 if value < 1000 else 100.0
    if kind in ("rto", "time-to", "updates", "exposure") or (kind == "rpo" and objective.by == "seconds"):
        return 5_000.0 if value < 600_000 else 30_000.0
    if kind in ("spend", "availability"):
        smallest = 0.01 if kind == "spend" else 0.0001
        return max(smallest, 10.0 ** (math.floor(math.log10(value)) - 1)) if value > 0 else smallest
    return max(1.0, 10.0 ** (math.floor(math.log10(value)) - 1)) if value > 0 else 1.0


def _nice(objective: Objective, value: float) -> float:
    step = _step(objective, value)
    return round(math.ceil(round(value / step, 6)) * step, 9)


def _worst(runs: list[Run]) -> dict[str, Load]:
    found: dict[str, Load] = {}
    for run in runs:
        for name, load in run.loads.items():
            old = found.get(name, load)
            found[name] = Load(
                mean=max(old.mean, load.mean), peak=max(old.peak, load.peak), queue=max(old.queue, load.queue)
            )
    return found
