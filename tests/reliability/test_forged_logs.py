"""Logs that were changed, by accident or by somebody who mends the chain behind him: none verifies.

``DRILL_MUTATIONS`` sets how many; the suite tries a few hundred. What a mended chain can still change is the operator's
name and the wall time of the start: nothing follows from them, and nothing in the log can prove them.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drill.console import ConsoleError
from drill.level.loader import LevelFile, find, load
from drill.session.chain import Entry, Log, LogError, LogHeader, parse
from drill.session.log import LogFile
from drill.session.runbook import Runner
from drill.session.session import Divergence, Session, replay

COUNT = int(os.environ.get("DRILL_MUTATIONS", "400"))
UNPROVEN = ("operator", "started")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[LevelFile, bytes]:
    level = load(find("eip-remap"))
    path = tmp_path_factory.mktemp("log") / "run.jsonl"
    header = LogHeader(level=level.level.id, gameplay=level.gameplay_hash, seed=3, operator="ada")
    with LogFile.create(path, header) as log:
        session = Session.start(level, 3, "ada", log)
        Runner(session, session.level.solutions.reference).play()
    return level, Path(path).read_bytes()


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Return the log with a byte, a stretch or lines of it changed."""
    at = dice.randrange(len(data))
    lines = data.split(b"\n")[:-1]
    kind = dice.randrange(5)
    if kind == 0:
        return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + data[at + dice.randrange(1, 20) :]
    if kind == 2:
        return data[:at] + bytes(dice.randrange(32, 127) for _ in range(5)) + data[at:]
    if kind == 3:
        del lines[dice.randrange(len(lines))]
    else:
        one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines) + b"\n"


def forged(data: bytes, dice: random.Random) -> bytes | None:
    """Return the log with one field changed and the chain made whole again, as somebody who knows the format would."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in data.split(b"\n")[:-1]]
    row = dice.choice(rows)
    field = dice.choice([name for name in row if name not in ("hash", "prev", "drill", "n", *UNPROVEN)])
    value = row[field]
    if isinstance(value, int):
        row[field] = value + dice.choice([1, -1, 1000, -1000])
    elif isinstance(value, str):
        row[field] = value[:-1] + ("y" if value.endswith("x") else "x")
    elif isinstance(value, dict):
        row[field] = {**value, dice.choice(list(value)): dice.choice(["web-3", 999])}
    else:
        row[field] = {"api": "ec2:RebootInstances", "InstanceIds": ["web-1"]}
    try:
        log = Log.start(msgspec.convert(rows[0], LogHeader))
        for raw in rows[1:]:
            log.append(msgspec.convert(raw, Entry))
    except (ValueError, TypeError):  # the log's own code would not write it
        return None
    return b"".join(log.lines())


def verifies(level: LevelFile, data: bytes) -> bool:
    try:
        log = parse(data, "run.jsonl")
        replay(level, log)
    except (LogError, Divergence, ConsoleError) as said:
        assert "\n" not in str(said)
        return False
    return log.ended


def test_no_changed_log_verifies(played: tuple[LevelFile, bytes]) -> None:
    level, data = played
    assert verifies(level, data)
    dice = random.Random(11)
    meaning = [json.loads(line) for line in data.split(b"\n")[:-1]]
    for n in range(COUNT):
        changed = forged(data, dice) if n % 2 else damaged(data, dice)
        if changed is None or not verifies(level, changed):
            continue
        assert [json.loads(line) for line in changed.split(b"\n")[:-1]] == meaning, f"mutation {n} passes"


@pytest.mark.parametrize(
    ("wrote", "spelled"),
    [(b',"started":""', b""), (b'"n":1,', b'"n": 1,'), (b'"note":"end"', b'"note":"\\u0065nd"')],
)
def test_a_log_that_says_the_same_in_another_spelling_was_edited(
    played: tuple[LevelFile, bytes], wrote: bytes, spelled: bytes
) -> None:
    level, data = played
    assert wrote in data
    assert not verifies(level, data.replace(wrote, spelled, 1))
