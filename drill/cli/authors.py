"""``drill calibrate`` and ``drill certify``: for those who write levels."""

from __future__ import annotations

import argparse

from drill.cli.guard import FINE, MISSED
from drill.cli.out import Progress, print_json
from drill.cli.places import load_all
from drill.desk import Desk


def calibrate(options: argparse.Namespace) -> int:
    """Print what the level's own bots measure, and the figures that follow."""
    from drill.certify.calibrate import calibrate as measure
    from drill.certify.text import calibration_text

    found = []
    for file in load_all(Desk(), options.level):
        progress = Progress(f"{file.level.id}: runs")
        found.append(measure(file, range(1, options.seeds + 1), progress.to))
        progress.close()
        if not options.json:
            print(calibration_text(found[-1], file.level))
    if options.json:
        print_json(found[0] if len(found) == 1 else found)
    return MISSED if any(each.errors for each in found) else FINE


def certify(options: argparse.Namespace) -> int:
    """Print whether each level is fair, and why; exit code 1 when one is not."""
    from drill.certify.certify import certify as judge
    from drill.certify.text import certificate_text

    desk = Desk()
    files = [file for name in options.levels for file in load_all(desk, name)]
    found = []
    for file in files:
        progress = Progress(f"{file.level.id}: runs")
        found.append(judge(file, range(1, options.seeds + 1), progress.to))
        progress.close()
        if not options.json:
            print(certificate_text(found[-1], file.level))
    if options.json:
        print_json(found[0] if len(found) == 1 else found)
    return FINE if all(each.certified for each in found) else MISSED
