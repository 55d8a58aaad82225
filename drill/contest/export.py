"""Export: everything about an event in a folder, for an archive, or for whoever wants to verify it on their own."""

from __future__ import annotations

import csv
import zlib
from pathlib import Path

import msgspec
from sqlalchemy import Engine, select

from drill.contest.board import encode
from drill.contest.commitment import opened
from drill.contest.office import clock, secrets_of
from drill.contest.records import Known, live_board
from drill.contest.show import csv_text, html_page
from drill.level.edition import read
from drill.session.chain import MAX_LOG
from drill.store.database import reading
from drill.store.tables import ATTEMPTS, EVENT_LEVELS, EVENT_SECRETS, RUNS, TEAMS, VERDICTS

_COLUMNS = ("run", "team", "level", "seed", "began", "received", "late", "verified", "entry", "points", "won", "reason")


def export(made: Engine, found: Known, folder: Path) -> int:
    """Write it all and return how many logs there were. The board is the final one, freeze or not. OSError."""
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    (folder / "levels").mkdir(exist_ok=True)
    final = live_board(made, found, clock(made), final=True)
    _write(folder / "board.json", encode(final))
    _write(folder / "board.csv", csv_text(final).encode())
    _write(folder / "board.html", html_page(final).encode())
    if found.frozen:
        _write(folder / "board-frozen.json", found.frozen)
    _write(folder / "rules.json", msgspec.json.format(msgspec.json.encode(found.rules), indent=2))
    _write(folder / "commitment.json", opened(found.name, secrets_of(made, found)))
    _levels(made, found, folder)
    return _runs(made, found, folder)


def _levels(made: Engine, found: Known, folder: Path) -> None:
    with reading(made) as db:
        row = db.execute(select(EVENT_SECRETS).where(EVENT_SECRETS.c.event_id == found.id)).one()
        editions = db.execute(select(EVENT_LEVELS).where(EVENT_LEVELS.c.event_id == found.id)).all()
    for name, text in msgspec.json.decode(row.levels).items():
        _write(folder / whole_path(read(text.encode(), name).level.id), text.encode())
    for each in editions:
        _write(folder / edition_path(each.level), each.content.encode())


def whole_path(level: str) -> str:
    """Return where in an archive the whole of a level is."""
    return f"levels/{level.replace('/', '-')}.yaml"


def edition_path(level: str) -> str:
    """Return where in an archive the player's edition of a level is."""
    return f"levels/{level.replace('/', '-')}.edition.yaml"


def _runs(made: Engine, found: Known, folder: Path) -> int:
    asked = (
        select(
            RUNS.c.id, RUNS.c.content, RUNS.c.received_at, RUNS.c.late, RUNS.c.seed, TEAMS.c.name, ATTEMPTS.c.level,
            ATTEMPTS.c.started_at, VERDICTS.c.verified, VERDICTS.c.entry, VERDICTS.c.points, VERDICTS.c.won,
            VERDICTS.c.reason,
        )
        .join(ATTEMPTS, ATTEMPTS.c.id == RUNS.c.id)
        .join(TEAMS, TEAMS.c.id == ATTEMPTS.c.team_id)
        .join(VERDICTS, VERDICTS.c.run == RUNS.c.id, isouter=True)
        .where(RUNS.c.event_id == found.id)
        .order_by(RUNS.c.received_at, RUNS.c.id)
    )  # fmt: skip
    with reading(made) as db, (folder / "runs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        count = 0
        for row in db.execute(asked):
            writer.writerow([
                row.id, _plain(row.name), row.level, row.seed, row.started_at, row.received_at, row.late,
                "" if row.verified is None else row.verified, "" if row.entry is None else row.entry,
                "" if row.points is None else row.points, row.won, _plain(row.reason or ""),
            ])  # fmt: skip
            _log(folder / "logs" / f"{row.id}.jsonl", bytes(row.content or b""))
            count += 1
    return count


def _log(path: Path, content: bytes) -> None:
    """Write a log as it was handed in; one that is none as it came."""
    try:
        content = zlib.decompressobj().decompress(content, MAX_LOG)
    except zlib.error:
        path = path.with_suffix(".bin")
    _write(path, content)


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
