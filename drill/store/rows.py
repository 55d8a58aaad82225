"""Rows of the table of runs, to and from RunRecord."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from drill.model.text import clean, one_line
from drill.store.records import RunRecord, ScoreRow

_ROWS = msgspec.json.Decoder(tuple[ScoreRow, ...])


def values_of(run: RunRecord, folder: Path | None = None) -> dict[str, Any]:
    """Return the columns of a run. A log within ``folder`` goes by its name there, so that the folder can be moved."""
    values = {name: getattr(run, name) for name in run.__struct_fields__ if name not in ("team", "event")}
    log = Path(run.log) if run.log else None
    if log is not None and folder is not None and log.absolute().is_relative_to(folder.absolute()):
        log = log.absolute().relative_to(folder.absolute())
    return values | {
        "seed": str(run.seed),
        "operator": one_line(run.operator),
        "rows": msgspec.json.encode(run.rows).decode(),
        "log": log.as_posix() if log else "",
        "team_id": run.team or None,
        "event_id": run.event or None,
    }


def record_of(row: dict[str, Any], folder: Path | None = None) -> RunRecord | None:
    """Return the run in a row, its texts cleaned; None: somebody else wrote it."""
    texts = {
        name: one_line(value) for name, value in row.items() if isinstance(value, str) and name not in ("rows", "log")
    }
    try:
        named = row | texts | {"seed": int(texts["seed"]), "won": bool(row["won"])}
        named["rows"] = [
            {"name": one_line(each.name), "actual": one_line(each.actual), "points": each.points}
            for each in _ROWS.decode(str(row["rows"]))
        ]
        log = clean(str(row["log"]))
        named["log"] = str(folder / log) if log and folder is not None else log
        return msgspec.convert(named, RunRecord)
    except (msgspec.MsgspecError, ValueError, KeyError):
        return None
