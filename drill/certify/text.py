"""Certificates and calibrations as lines of text, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from drill.certify.bots import PREPARED
from drill.certify.model import Bot, Calibration, Certificate
from drill.level.level import Level
from drill.score.figures import figure_text
from drill.score.scorecard import unit_of


def certificate_text(found: Certificate, level: Level) -> str:
    """Return a table of bots, then one line for each rule of fairness."""
    lines = [f"{found.level}: {'certified' if found.certified else 'not certified'}, {found.seeds} seeds", ""]
    lines += _bots(found.rows, level)
    lines += ["", *(f"  {'ok  ' if v.ok else 'FAIL'} {v.rule}: {v.text}" for v in found.verdicts)]
    for bot in found.rows:
        if bot.name == PREPARED:  # no rule: to prepare is right, and may win; what is held ready should cost something
            won = f"wins on {bot.wins} of {bot.seeds} seeds, {bot.points:.0f} points"
            lines.append(f"  note {PREPARED}, the reference's commands at T+0:00, {won}")
    return "\n".join(lines)


def calibration_text(found: Calibration, level: Level) -> str:
    """Return a table of bots, how loaded things were, and the figures that are suggested."""
    lines = [f"{found.level}: {found.seeds} seeds", "", *_bots(found.rows, level), ""]
    for bot, loads in found.loads.items():
        lines.append(f"  {bot}: at most {found.retries[bot]:.2f} retries waiting per first ask")
        shown = [
            (name, f"{100 * load.mean:.0f} %", f"{100 * load.peak:.0f} %", f"{load.queue:.0f}")
            for name, load in loads.items()
        ]
        lines += _table(("component", "mean load", "peak", "longest queue"), shown, 4)
    lines += ["", "  suggested:"]
    lines += _table(
        ("objective", "par", "target", "zero", "now", ""),
        [(s.objective, s.par, s.target, s.zero, " / ".join(s.now), s.note) for s in found.suggestions],
        4,
    )
    return "\n".join(lines + [f"  FAIL {error}" for error in found.errors])


def _bots(rows: tuple[Bot, ...], level: Level) -> list[str]:
    goals = list(level.objectives)
    shown = []
    for bot in rows:
        cells = [bot.name, f"{bot.wins}/{bot.seeds}", f"{bot.points:.0f}"]
        for goal in goals:
            objective, over = level.objectives[goal], bot.objectives.get(goal)
            unit = unit_of(objective)
            texts = [] if over is None else [figure_text(objective.is_, v, unit) for v in (over.median, over.p95)]
            cells.append(" / ".join(texts) or "-")
        shown.append(tuple(cells))
    return _table(("bot", "won", "points", *(f"{goal} (median / p95)" for goal in goals)), shown, 2)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], indent: int) -> list[str]:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return [
        (" " * indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in [head, *rows]
    ]
