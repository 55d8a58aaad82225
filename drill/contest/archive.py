"""Archive: what ``drill event export`` wrote, as whoever doubts a score reads it: no server, nothing but the folder.

A log is run again on the player's edition that it was played on, and scored by the whole level, as the referee does.
What only the server saw is not in an archive: when the heads of a log came, and so the pace.
"""

import csv
from pathlib import Path

import msgspec

from drill.contest.export import edition_path, whole_path
from drill.contest.judge import scored
from drill.level.edition import Edition, read
from drill.model.text import one_line
from drill.score.model import Scorecard
from drill.session.chain import Log
from drill.session.chain import read as read_log
from drill.session.session import replay


class NoArchive(ValueError):
    """A folder is no archive of an event, or lacks something: one line."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A run as ``runs.csv`` has it. ``verified``: it counts; None: nobody has judged it."""

    verified: bool | None
    points: int
    won: bool
    reason: str


class Archive:
    """An exported event in ``folder``. NoArchive: it is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            with (folder / "runs.csv").open(encoding="utf-8", newline="") as file:
                self.listed = {row["run"]: _listed(row) for row in csv.DictReader(file)}
        except (OSError, ValueError, KeyError, csv.Error):
            what = f"{one_line(str(folder))}: no archive of an event"
            raise NoArchive(f"{what}; `drill event export NAME --to FOLDER` writes one") from None
        self._levels: dict[str, tuple[Edition, Edition]] = {}

    def logs(self) -> list[Path]:
        """Return the logs that were handed in, by name."""
        return sorted((self.folder / "logs").glob("*.jsonl"))

    def again(self, path: Path) -> tuple[Log, Scorecard | None]:
        """Run a log again; return it, and its score, None when it has not ended.

        NoArchive: its level is not here. LevelError, LogError, Divergence.
        """
        log = read_log(path)
        edition, whole = self._level(log.header.level)
        session = replay(edition, log)
        return log, scored(session, whole) if log.ended else None

    def _level(self, name: str) -> tuple[Edition, Edition]:
        if name not in self._levels:
            self._levels[name] = self._read(edition_path(name)), self._read(whole_path(name))
        return self._levels[name]

    def _read(self, name: str) -> Edition:
        path = self.folder / name
        try:
            return read(path.read_bytes(), one_line(str(path)))
        except OSError as error:
            raise NoArchive(f"{one_line(str(path))}: {error.strerror}; export the event again") from None


def _listed(row: dict[str, str]) -> Listed:
    """Return one row of the table. KeyError, ValueError: it is not what an export writes."""
    verified = {"True": True, "False": False, "": None}[row["verified"]]
    return Listed(
        verified=verified, points=int(row["points"] or 0), won=row["won"] == "True", reason=one_line(row["reason"])
    )
