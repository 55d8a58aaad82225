"""Plays the golden logs: ``python -m tests.golden.make``. Raise ``ENGINE`` first: the rules have changed.

The levels are copies that stand still, so that tuning a level does not touch the logs; only a change of the rules does.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from drill.level.bundle import find
from drill.level.loader import load
from drill.level.solutions import names, runbook
from drill.session.log import LogFile, LogHeader
from drill.session.runbook import Runner
from drill.session.session import Session

FOLDER = Path(__file__).parent
LEVELS = FOLDER / "levels"
PLAYED = ("first-shift", "eip-remap", "zone-power", "region-failover")
SEEDS = (7, 23)


def play(path: Path, solution: str, seed: int, log: Path) -> None:
    """Play one solution of a level and keep its log."""
    file = load(path)
    log.unlink(missing_ok=True)
    header = LogHeader(level=file.level.id, gameplay=file.gameplay_hash, seed=seed, operator="golden")
    with LogFile.create(log, header) as kept:
        session = Session.start(file, seed, "golden", kept)
        Runner(session, runbook(session.level, solution), "golden").play()


def main() -> None:
    """Make every log anew, of the levels as they are now."""
    for old in [*FOLDER.glob("*.jsonl"), *LEVELS.glob("*.yaml")]:
        old.unlink()
    for name in PLAYED:
        path = Path(shutil.copy(find(name), LEVELS))
        for seed in SEEDS:
            play(path, "reference", seed, FOLDER / f"{path.stem}-{seed}-reference.jsonl")
        wrong = names(load(path).level)[-1]
        play(path, wrong, SEEDS[0], FOLDER / f"{path.stem}-{SEEDS[0]}-wrong.jsonl")


if __name__ == "__main__":
    main()
