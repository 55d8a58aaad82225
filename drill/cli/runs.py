"""``drill scores`` and ``drill report``: what was played before."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from drill.cli.guard import FINE, Stop
from drill.cli.out import print_json, stars, table
from drill.cli.places import run_again
from drill.desk import Desk


def scores(options: argparse.Namespace) -> int:
    """List saved runs, best first."""
    store = Desk().store
    rows = store.scores(options.level or None)
    if store.problem:
        raise Stop(store.problem)
    if options.json:
        print_json(rows)
    elif options.csv:
        _csv(rows)
    elif rows:
        shown = [("points", "stars", "level", "seed", "operator", "ended", "run")]
        shown += [
            (str(r.points), stars(r.stars), r.level, str(r.seed), r.operator or "-",
             r.ended[:16].replace("T", " "), r.id[:8])
            for r in rows
        ]  # fmt: skip
        print(table(shown, right=(0, 3)))
    else:
        print(f"no saved runs of {options.level}" if options.level else "no saved runs", file=sys.stderr)
    return FINE


def _csv(rows: list[Any]) -> None:
    import csv

    names = ("id", "level", "seed", "operator", "won", "points", "stars", "started", "ended", "engine", "digest", "log")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in names])


def _cell(value: Any) -> str:
    """Return a value for a spreadsheet, which must not take a name that begins like a formula for one."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def report(options: argparse.Namespace) -> int:
    """Print the debrief of a saved run."""
    from drill.score.debrief import Extras, debrief
    from drill.score.report import report_json, report_md

    desk = Desk()
    session = run_again(desk, options.log, options.level)
    if not session.over:
        raise Stop(f"{options.log}: this run has not ended; `drill resume {options.log}` goes on with it")
    points = desk.reference_points(session.file, session.seed)
    told = debrief(
        session.level, session.seed, session.history, session.scorecard(),
        Extras(reference=points),
    )  # fmt: skip
    print(report_json(told).decode() if options.format == "json" else report_md(told).rstrip())
    return FINE
