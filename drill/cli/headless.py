"""``drill run`` and ``drill verify``: without a screen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from drill.cli.guard import FINE, MISSED, Stop
from drill.cli.out import Progress, print_json, stars, table
from drill.cli.places import clear_words, load
from drill.desk import Desk, why


def run(options: argparse.Namespace) -> int:
    """Play a script, a runbook or a solution, on one seed or many, and print the scorecard."""
    desk = Desk(options.operator or (options.solution or ""))
    file = load(desk, options.level)
    plan = _plan(options, file.level)
    if options.seeds is not None:
        return _many(options, file, plan)
    seed = desk.draw_seed() if options.seed is None else options.seed
    return _one(options, desk, file, plan, seed)


def _plan(options: argparse.Namespace, level: Any) -> dict[str, Any]:
    """Return what to play: ``{"rules": Runbook}`` or ``{"script": [Timed]}``."""
    if options.solution:
        from drill.level.solutions import runbook

        try:
            return {"rules": runbook(level, options.solution)}
        except KeyError as error:
            raise Stop(str(error.args[0])) from None
    return _own_plan(options.script)


def _own_plan(name: str) -> dict[str, Any]:
    from drill.level.runbooks import load_runbook
    from drill.session.script import ScriptError, load_script, parse_script

    try:
        if name == "-":
            return {"script": parse_script(sys.stdin.read(), "standard input")}
        if Path(name).suffix in (".yaml", ".yml"):
            with clear_words():
                return {"rules": load_runbook(Path(name))}
        return {"script": load_script(Path(name))}
    except ScriptError as error:
        raise Stop(str(error)) from None


def play(session: Any, plan: dict[str, Any], author: str) -> list[Any]:
    """Play a plan to the horizon; return a note for each line typed."""
    from drill.session.runbook import Runner
    from drill.session.script import play_script

    if "script" in plan:
        return play_script(session, plan["script"], author)
    return Runner(session, plan["rules"], author).play()


def _one(options: argparse.Namespace, desk: Desk, file: Any, plan: dict[str, Any], seed: int) -> int:
    session = desk.start(file, seed, Path(options.log) if options.log else None)
    notes = play(session, plan, desk.operator or "script")
    filed = desk.finish(session, keep=not (options.solution or options.no_save))
    card, log = session.scorecard(), str(filed.log) if filed.log else None
    refused = [note for note in notes if note.refused]
    if log is None:
        print(f"the log is not saved: {session.log.reason}", file=sys.stderr)
    if options.json:
        print_json({
            "level": card.level, "seed": seed, "won": card.won, "points": card.total, "stars": card.stars,
            "met": card.met, "digest": session.world.digest(), "log": log, "run": filed.id or None,
            "objectives": [objective(row) for row in card.rows],
            "refused": [{"t": n.at, "line": n.line, "why": n.refused} for n in refused],
        })  # fmt: skip
    else:
        print(card_text(card, file.level.title))
        for note in refused:
            print(f"refused at T+{note.at / 1000:g}s: {note.line}: {note.refused}")
        if log:
            print(f"log: {log}")
    return FINE if card.met else MISSED


def objective(row: Any) -> dict[str, Any]:
    """Return one objective as JSON has it: figures as badness (ms, dollars, shares, counts), texts as people read."""
    return {
        "name": row.name, "measure": row.measure, "par": row.par, "target": row.target, "zero": row.zero,
        "actual": row.actual, "met": row.met, "must": row.must, "points": row.points, "worth": row.worth,
        "text": {"par": row.par_text, "target": row.target_text, "zero": row.zero_text, "actual": row.actual_text},
    }  # fmt: skip


def card_text(card: Any, title: str) -> str:
    """Return a scorecard as a table."""
    from drill.score.headline import cap_text
    from drill.score.model import points_text

    rows = [("objective", "actual", "par", "target", "zero", "points", "")]
    rows += [
        (row.label, row.actual_text, row.par_text, row.target_text, row.zero_text,
         points_text(row), ("met" if row.met else "missed") + (", needed to win" if row.must else ""))
        for row in card.rows
    ]  # fmt: skip
    came = f"{'won' if card.won else 'lost'}, {card.total} points {stars(card.stars)}"
    hints = f"\nhints: -{card.hints}" if card.hints else ""
    hints += f"\n{cap_text(card)}" if cap_text(card) else ""
    return f"{card.level} ({title}), seed {card.seed}: {came}\n\n{table(rows, right=(1, 2, 3, 4, 5))}{hints}\n"


def _many(options: argparse.Namespace, file: Any, plan: dict[str, Any]) -> int:
    from drill.certify.play import Job, play_all

    bot = options.solution or "script"
    plan = {key: tuple(value) if key == "script" else value for key, value in plan.items()}
    jobs = [Job(bot=bot, seed=seed, **plan) for seed in range(1, options.seeds + 1)]
    progress = Progress("runs")
    runs = play_all(file, jobs, progress.to)
    progress.close()
    broken = [run for run in runs if run.error]
    if broken:
        raise RuntimeError(f"seed {broken[0].seed}: {broken[0].error}")
    summary = _summary(file.level, runs)
    if options.json:
        print_json(summary)
    else:
        print(_summary_text(file.level, summary))
    return FINE if all(goal["met"] == len(runs) for goal in summary["objectives"]) else MISSED


def _summary(level: Any, runs: list[Any]) -> dict[str, Any]:
    from drill.certify.play import spread
    from drill.score.figures import bounds

    goals = []
    for name, goal in level.objectives.items():
        par, target, zero = bounds(goal)
        over = spread(run.figures[name] for run in runs)
        met = len([run for run in runs if run.figures[name] <= target])
        goals.append({"name": name, "measure": goal.is_, "par": par, "target": target, "zero": zero,
                      "median": over.median, "p95": over.p95, "met": met})  # fmt: skip
    points = spread(run.points for run in runs)
    return {
        "level": level.id, "seeds": len(runs), "wins": len([run for run in runs if run.won]),
        "points": {"median": points.median, "p95": points.p95, "low": points.low, "high": points.high},
        "objectives": goals,
        "runs": [{"seed": r.seed, "won": r.won, "points": r.points, "digest": r.digest} for r in runs],
    }  # fmt: skip


def _summary_text(level: Any, summary: dict[str, Any]) -> str:
    from drill.score.figures import figure_text
    from drill.score.scorecard import label, unit_of

    rows: list[tuple[str, ...]] = [("objective", "median", "p95", "par", "target", "met")]
    for goal in summary["objectives"]:
        spec = level.objectives[goal["name"]]
        texts = [figure_text(spec.is_, goal[key], unit_of(spec)) for key in ("median", "p95", "par", "target")]
        rows.append((label(goal["name"], level), *texts, f"{goal['met']} of {summary['seeds']}"))
    points = summary["points"]
    return (
        f"{summary['level']}: {summary['wins']} of {summary['seeds']} won,"
        f" points {points['median']:g} (median), {points['low']:g} to {points['high']:g}\n\n"
        + table(rows, right=(1, 2, 3, 4, 5))
    )


def verify(options: argparse.Namespace) -> int:
    """Re-run each log, compare every digest and the score."""
    if not options.logs:
        raise Stop("drill verify: which log? Give log files or run ids, --event NAME, or --archive FOLDER")
    desk = Desk()
    results = [_verified(desk, name, options.level) for name in options.logs]
    codes: list[int] = [result.pop("exit") for result in results]
    if options.json:
        whole = results[0] if len(results) == 1 else {"verified": all(r["verified"] for r in results), "logs": results}
        print_json(whole)
    else:
        for result in results:
            print(f"{result['log']}: {result['text']}", file=sys.stdout if result["verified"] else sys.stderr)
    return max(codes)


def _verified(desk: Desk, name: str, level: str) -> dict[str, Any]:
    from drill.session.session import Divergence, replay

    found: dict[str, Any] = {"log": name, "verified": False, "text": "", "exit": MISSED}
    try:
        with clear_words():
            file, log = desk.open_run(name, level)
        found |= {"level": log.header.level, "seed": log.header.seed, "entries": len(log.entries)}
        session = replay(file, log)
    except Stop as error:
        return found | {"text": str(error).removeprefix(f"{name}: "), "exit": error.code}
    except Divergence as error:
        return found | {"text": why(error), "first": {"entry": error.n, "what": error.what, "expected": error.expected,
                                                "found": error.found}}  # fmt: skip
    if not log.ended:
        return found | {"text": "not verified: every entry is right, but the run has not ended"}
    card = session.scorecard()
    text = f"verified: {len(log.entries)} entries, {card.total} points, {'won' if card.won else 'lost'}"
    text += ", with a facilitator's hand in it" if session.facilitated else ""
    return found | {"verified": True, "facilitated": session.facilitated, "points": card.total, "won": card.won,
                    "digest": session.world.digest(), "text": text, "exit": FINE}  # fmt: skip
