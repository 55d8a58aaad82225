"""Golden logs verify on every commit: the rules of play are what they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from drill import ENGINE
from drill.level.loader import load
from drill.session.log import read
from drill.session.session import replay
from tests.golden.make import FOLDER, LEVELS

LOGS = sorted(FOLDER.glob("*.jsonl"))


def test_there_are_logs_of_every_level() -> None:
    assert {read(path).header.level for path in LOGS} == {path.stem for path in LEVELS.glob("*.yaml")}
    assert len(LOGS) >= 8


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_a_golden_log_verifies(path: Path) -> None:
    log = read(path)
    assert log.ended and len(log.entries) > 10
    assert log.header.engine == ENGINE
    # A Divergence here means that the rules have changed: raise ENGINE, then `python -m tests.golden.make`.
    session = replay(load(LEVELS / f"{log.header.level}.yaml"), log)
    assert session.over
    assert session.scorecard().total == (log.entries[-1].command or {})["points"]
