"""Certify: whether a level is fair, measured over seeds and not believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drill.certify.bots import BRUTE, WITHOUT, bots
from drill.certify.model import Bot, Certificate, Run, Verdict
from drill.certify.play import Job, Progress, play_all, spread
from drill.level.level import Level
from drill.level.loader import LevelFile
from drill.level.solutions import IDLE, REFERENCE, WRONG
from drill.score.figures import bounds, figure_text
from drill.score.scorecard import unit_of

MARGIN = 0.1  # of zero - target: what a wrong lesson must lose by
STEADY = 0.25  # of target - par: what the reference may vary over seeds


def certify(file: LevelFile, seeds: Iterable[int], progress: Progress | None = None, workers: int = 0) -> Certificate:
    """Let every bot play every seed, and hold the level to the published rules of fairness."""
    wanted = list(seeds)
    names = bots(file.level)
    jobs = [Job(bot=name, seed=seed) for name in names for seed in wanted]
    return judge(file.level, play_all(file, jobs, progress, workers))


def judge(level: Level, runs: Sequence[Run]) -> Certificate:
    """Return the certificate that follows from ``runs``."""
    by_bot: dict[str, list[Run]] = {}
    for run in runs:
        by_bot.setdefault(run.bot, []).append(run)
    verdicts = _verdicts(level, by_bot)
    return Certificate(
        level=level.id, seeds=len(by_bot.get(REFERENCE, ())), certified=all(v.ok for v in verdicts),
        rows=tuple(bot_row(name, played) for name, played in by_bot.items()), verdicts=tuple(verdicts),
    )  # fmt: skip


def bot_row(name: str, runs: Sequence[Run]) -> Bot:
    """Return how one bot did over its runs."""
    over = spread(run.points for run in runs)
    figures = {goal: spread(run.figures[goal] for run in runs if goal in run.figures) for goal in runs[0].figures}
    wins = len([run for run in runs if run.won])
    return Bot(
        name=name, points=over.median, won=wins == len(runs), wins=wins, seeds=len(runs), spread=over,
        objectives=figures,
    )  # fmt: skip


def _verdicts(level: Level, by_bot: dict[str, list[Run]]) -> list[Verdict]:
    broken = [run for played in by_bot.values() for run in played if run.error]
    if broken:
        first = broken[0]
        text = f"{len(broken)} runs broke off; {first.bot} on seed {first.seed}: {first.error}"
        return [Verdict(rule="runs to the end", ok=False, text=text)]
    found = [_meets_par(level, by_bot[REFERENCE]), _loses("idle loses", by_bot[IDLE])]
    for lesson in level.solutions.wrong:
        found.append(_loses_clearly(level, lesson.name, lesson.loses, by_bot[f"{WRONG}{lesson.name}"]))
    found.append(_loses("brute force loses", by_bot[BRUTE]))
    for name, played in by_bot.items():
        if name.startswith(WITHOUT):
            found.append(_loses(f"without {name.removeprefix(WITHOUT)} the reference loses", played))
    found += [_steady(level, name, by_bot[REFERENCE]) for name in level.objectives]
    found.append(_differs(level, by_bot))
    return found


def _meets_par(level: Level, runs: list[Run]) -> Verdict:
    missed: list[str] = []
    for name, objective in level.objectives.items():
        par = bounds(objective)[0]
        over = [run for run in runs if run.figures[name] > par]
        if over:
            worst = max(over, key=lambda run: run.figures[name])
            texts = [_text(level, name, worst.figures[name]), _text(level, name, par)]
            missed.append(f"{name} {texts[0]} on seed {worst.seed} (par {texts[1]}; {len(over)} of {len(runs)} seeds)")
    text = "; ".join(missed) or f"on all of {len(runs)} seeds"
    return Verdict(rule="the reference meets every par", ok=not missed, text=text)


def _loses(rule: str, runs: list[Run]) -> Verdict:
    wins = [run.seed for run in runs if run.won]
    most = max(run.points for run in runs)
    text = f"it wins on {_seeds(wins)} of {len(runs)}" if wins else f"at most {most} points"
    return Verdict(rule=rule, ok=not wins, text=text)


def _loses_clearly(level: Level, lesson: str, goal: str, runs: list[Run]) -> Verdict:
    rule = f"wrong: {lesson} loses clearly on {goal}"
    if goal not in level.objectives:
        return Verdict(rule=rule, ok=False, text=f"the level has no objective {goal}")
    _, target, zero = bounds(level.objectives[goal])
    wanted = target + MARGIN * (zero - target)
    least = min(runs, key=lambda run: run.figures[goal])
    wins = [run.seed for run in runs if run.won]
    had, needed = _text(level, goal, least.figures[goal]), _text(level, goal, wanted)
    text = f"at least {had} (seed {least.seed}), {needed} wanted"
    if wins:
        text += f"; it wins on {_seeds(wins)}"
    return Verdict(rule=rule, ok=not wins and least.figures[goal] >= wanted, text=text)


def _steady(level: Level, goal: str, runs: list[Run]) -> Verdict:
    par, target, _ = bounds(level.objectives[goal])
    over = spread(run.figures[goal] for run in runs)
    limit = STEADY * (target - par)
    low, high = _text(level, goal, over.low), _text(level, goal, over.high)
    text = f"{low} to {high}: {100 * (over.high - over.low) / (target - par):.0f} % of target - par"
    return Verdict(rule=f"the reference's {goal} hardly varies", ok=over.high - over.low < limit, text=text)


def _differs(level: Level, by_bot: dict[str, list[Run]]) -> Verdict:
    rule = "it does not play the same on every seed"
    if level.tier == "guided" and not level.draws:
        return Verdict(rule=rule, ok=True, text="a guided level without draws: the tutorial")
    kinds = len({run.fingerprint for run in by_bot[IDLE]})
    reference = len({run.fingerprint for run in by_bot[REFERENCE]})
    seeds = len(by_bot[IDLE])
    return Verdict(rule=rule, ok=seeds < 2 or max(kinds, reference) > 1, text=f"{kinds} courses over {seeds} seeds")


def _text(level: Level, goal: str, value: float) -> str:
    objective = level.objectives[goal]
    return figure_text(objective.is_, value, unit_of(objective))


def _seeds(seeds: list[int]) -> str:
    shown = ", ".join(str(seed) for seed in seeds[:5])
    return f"seed{'s' if len(seeds) > 1 else ''} {shown}{' and more' if len(seeds) > 5 else ''}"
