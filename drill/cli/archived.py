"""``drill verify --archive``: whoever has an event's archive gets the points of its board, log by log."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from drill.cli.guard import FINE, MISSED, Stop
from drill.cli.out import print_json
from drill.cli.places import clear_words
from drill.contest.archive import Archive, Listed, NoArchive
from drill.desk import why
from drill.session.session import Divergence


def verify_archive(options: argparse.Namespace) -> int:
    """Run the archive's logs again, all of them or those that are named, and compare what they are worth."""
    try:
        archive = Archive(Path(options.archive))
        paths = [Path(name) for name in options.logs] or archive.logs()
        results = [_verified(archive, path) for path in paths]
    except NoArchive as error:
        raise Stop(str(error)) from None
    right = all(result["verified"] for result in results)
    if options.json:
        print_json({"verified": right, "logs": results})
    else:
        for result in results:
            print(f"{result['log']}: {result['text']}", file=sys.stdout if result["verified"] else sys.stderr)
        count = f"{len(results)} {'log' if len(results) == 1 else 'logs'}"
        print(f"{count} run again: {'as runs.csv says' if right else 'NOT as runs.csv says'}")
    return FINE if right else MISSED


def _verified(archive: Archive, path: Path) -> dict[str, Any]:
    """Return what became of one log. ``verified``: it leads to what the archive's table says of it."""
    listed = archive.listed.get(path.stem)
    found: dict[str, Any] = {"log": str(path), "run": path.stem, "points": None, "won": None}
    try:
        with clear_words():
            log, card = archive.again(path)
    except Stop as error:
        problem = str(error).removeprefix(f"{path}: ")
    except Divergence as error:
        problem = why(error)
    else:
        problem = "" if card else "the run was not played to its end"
        if card:
            found |= {"entries": len(log.entries), "points": card.total, "won": card.won}
    return found | _compared(found, listed, problem)


def _compared(found: dict[str, Any], listed: Listed | None, problem: str) -> dict[str, Any]:
    """Say whether a run's new result is the one that the table has."""
    if listed is None:
        return {"verified": False, "counts": False, "text": problem or "runs.csv has no such run"}
    counts = bool(listed.verified)
    if problem:  # a log that the referee refused may well be one that cannot be run again
        return {"verified": listed.verified is False, "counts": counts, "text": f"refused: {problem}"}
    came = f"{found['entries']} entries, {found['points']} points, {'won' if found['won'] else 'lost'}"
    if listed.verified is None:
        return {"verified": True, "counts": False, "text": f"right: {came}; nobody had judged it"}
    if not counts:
        return {"verified": True, "counts": False, "text": f"right: {came}; it does not count: {listed.reason}"}
    if (found["points"], found["won"]) != (listed.points, listed.won):
        said = f"{listed.points} points, {'won' if listed.won else 'lost'}"
        return {"verified": False, "counts": True, "text": f"not verified: {came}; runs.csv says {said}"}
    return {"verified": True, "counts": True, "text": f"verified: {came}"}
