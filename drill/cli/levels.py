"""``drill levels``, ``drill lint``, ``drill schema`` and ``drill reference``."""

from __future__ import annotations

import argparse
from pathlib import Path

from drill.cli.guard import BAD_INPUT, FINE
from drill.cli.out import print_json, stars, table
from drill.desk import Desk


def levels(options: argparse.Namespace) -> int:
    """List the levels that come with the drill, with what they teach and the best score."""
    desk = Desk()
    rows = desk.with_bests(desk.shelf())
    if options.json:
        print_json([
            {"id": r.id, "title": r.title, "tier": r.tier, "minutes": r.length / 60_000, "teaches": list(r.teaches),
             "best": r.best, "stars": r.stars, "runs": r.runs, "path": str(r.path), "problem": r.problem or None}
            for r in rows
        ])  # fmt: skip
        return FINE
    shown = [("id", "title", "tier", "min", "teaches", "best", "stars")]
    shown += [
        (r.id, r.title, r.tier, f"{-(-r.length // 60_000)}", ", ".join(r.teaches),
         "-" if r.best is None else str(r.best), stars(r.stars))
        if not r.problem else (r.id, r.problem.splitlines()[0], "?", "?", "", "-", "")
        for r in rows
    ]  # fmt: skip
    print(table(shown, right=(3, 5)))
    return FINE


def lint(options: argparse.Namespace) -> int:
    """Check level files and print one line for each problem; exit code 2 when there is one."""
    from drill.level.lint import lint as problems_of

    found = 0
    for name in options.paths:
        for path in _files(name):
            for problem in problems_of(path):
                found += 1
                print(problem)
    return BAD_INPUT if found else FINE


def _files(name: str) -> list[Path]:
    """Return the level files that ``name`` (a file, a folder, or a level's id) stands for."""
    from drill.cli.places import clear_words
    from drill.level.bundle import find

    path = Path(name)
    if "\0" not in name and path.is_dir():
        return sorted(p for p in path.glob("*.yaml") if p.name != "concepts.yaml")
    with clear_words():
        return [path] if path.exists() else [find(name)]


def schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of level files, or of event files."""
    if options.event:
        from drill.contest.event_schema import event_schema

        print_json(event_schema())
        return FINE
    from drill.level.schema import level_schema as make

    print_json(make())
    return FINE


def reference(options: argparse.Namespace) -> int:
    """Print the reference of everything in the catalog, as Markdown."""
    from drill.reference import reference_md

    print(reference_md(), end="")
    return FINE
