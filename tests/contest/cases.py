"""Honest submissions, and what cheats would make of them."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from drill.contest.judge import Case, Sheet, deflate
from drill.contest.pace import Head
from drill.level.bundle import find
from drill.level.edition import Edition, edition, read, whole
from drill.level.loader import load
from drill.level.solutions import runbook
from drill.session.chain import Entry, Log, LogHeader
from drill.session.runbook import Runner
from drill.session.session import Session

LEVEL = "eip-remap"
START = 1_900_000_000_000  # ms since 1970
FILE = load(find(LEVEL))
SHEET = Sheet(edition=edition(FILE), whole=whole(FILE))
SHEETS = {LEVEL: SHEET}
PLAYER: Edition = read(SHEET.edition, LEVEL)
FIELDS = ("command", "time", "seed", "level", "score", "operator", "order")


class _Memory:
    """A log in memory that behaves like one on disk."""

    def __init__(self, header: LogHeader) -> None:
        self.log = Log.start(header)
        self.header = self.log.header
        self.saving, self.reason = True, ""

    @property
    def entries(self) -> list[Entry]:
        return self.log.entries

    def append(self, entry: Entry) -> Entry:
        return self.log.append(entry)


def played(seed: int, operator: str = "ada", solution: str = "reference") -> Log:
    """Return the log of a run of the player's edition by one of the level's solutions."""
    header = LogHeader(level=LEVEL, gameplay=PLAYER.gameplay_hash, seed=seed, operator=operator)
    kept: Any = _Memory(header)
    session = Session.start(PLAYER, seed, operator, kept)
    Runner(session, runbook(FILE.level, solution), operator).play()
    log: Log = kept.log
    return log


def heads(log: Log, *, slowness: float = 1.0, delay: int = 80, pauses: tuple[tuple[int, int], ...] = ()) -> list[Head]:
    """Return the heads that a server gets of a run: one each 10 s and at the end. ``pauses``: (at, for) in ms."""
    found = []
    for entry in log.entries:
        if entry.note in ("mark", "end"):
            stood = sum(length for at, length in pauses if at < entry.t)
            at = START + int(entry.t * slowness) + stood + delay
            found.append(Head(n=entry.n, t=entry.t, head=entry.hash, at=at))
    return found


def case(log: Log, run: str = "run", received: list[Head] | None = None, **more: Any) -> Case:
    """Return the submission of a log."""
    fields: dict[str, Any] = {
        "run": run, "level": LEVEL, "seed": log.header.seed, "operator": log.header.operator,
        "content": deflate(b"".join(log.lines())), "started": START,
        "heads": tuple(heads(log) if received is None else received), "pause": 60_000,
    }  # fmt: skip
    return Case(**{**fields, **more})


def forged(log: Log, field: str, dice: random.Random) -> Log:
    """Return ``log`` with one field changed and its chain made whole again, as somebody who knows the format would."""
    header = msgspec.structs.replace(log.header)
    entries = [msgspec.structs.replace(entry) for entry in log.entries]
    commands = [n for n, entry in enumerate(entries) if entry.note == "action"]
    if field == "command":
        entry = entries[dice.choice(commands)]
        entry.command = {"api": "ec2:RebootInstances", "Region": "", "InstanceIds": [dice.choice(["web-1", "web-2"])]}
    elif field == "time":
        n = dice.choice(commands)
        low = entries[n - 1].t if n else 0
        entries[n].t = dice.choice([t for t in (low, entries[n].t - 1, entries[n].t + 1) if t != entries[n].t])
    elif field == "seed":
        header.seed += dice.randrange(1, 1000)
    elif field == "level":
        header.level = dice.choice(["first-shift", "zone-power"])
    elif field == "score":
        entries[-1].command = {"points": dice.randrange(1001, 2000), "won": True}
    elif field == "operator":
        header.operator = dice.choice(["eve", "mallory"])
    else:
        n = dice.randrange(len(entries) - 2)
        one, other = entries[n], entries[n + 1]
        one.t, other.t = other.t, one.t
        entries[n : n + 2] = [other, one]
    made = Log.start(header)
    for entry in entries:
        made.append(entry)
    return made
