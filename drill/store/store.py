"""Store: saved runs and scores in one SQLite file, logs as files beside it.

A store that cannot be used never stops a drill: nothing here raises. ``problem`` says in one line why nothing can be
read; ``save`` says why a run was not kept. Several processes may use one store at a time; each call opens it anew, so
that a store may also appear, vanish or be moved while a drill runs.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import msgspec

from drill.model.text import clean, one_line
from drill.store.folder import data_folder
from drill.store.records import NotSaved, RunRecord, Saved, ScoreRow, Standing

_BUSY = 5.0  # seconds to wait for another process

#: Statements that lead from each version of the schema to the next. Append only.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE runs (
            id TEXT PRIMARY KEY, level TEXT NOT NULL, gameplay TEXT NOT NULL, engine TEXT NOT NULL,
            seed TEXT NOT NULL, operator TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL,
            won INTEGER NOT NULL, points INTEGER NOT NULL, stars INTEGER NOT NULL,
            rows TEXT NOT NULL, log TEXT NOT NULL, digest TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX runs_by_level ON runs (level, won DESC, points DESC, ended)",
    ),
)
_COLUMNS = "id, level, gameplay, engine, seed, operator, started, ended, won, points, stars, rows, log, digest"
_BEST_FIRST = "ORDER BY won DESC, points DESC, ended, id"
_NEWEST_FIRST = "ORDER BY ended DESC, id"
_ROWS = msgspec.json.Decoder(tuple[ScoreRow, ...])


class _Unusable(Exception):
    """The file is there, but this failure-drill cannot use it."""


class Store:
    """Saved runs. ``problem`` is "" when they can be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.parent
        self.problem = ""
        self._unusable = False
        self._frozen = False  # only readable, as from a read-only medium

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """Open the store in ``path`` (default: ``runs.sqlite3`` in the data folder), made and migrated as needed."""
        store = cls(path if path is not None else data_folder() / "runs.sqlite3")
        try:
            store.folder.mkdir(parents=True, exist_ok=True)
            with store._connection() as db:
                with suppress(sqlite3.OperationalError):  # another process is doing just this, or the disk cannot
                    db.execute("PRAGMA journal_mode = WAL")
                _migrate(db, store.path)
        except _Unusable as error:
            store._unusable, store.problem = True, str(error)
        except (sqlite3.Error, OSError, ValueError) as error:
            store._fall_back(error)
        return store

    def _fall_back(self, error: Exception) -> None:
        """Read what there is when nothing can be written; else say why not."""
        self._frozen = True
        try:
            with self._connection() as db:
                if _version(db) == len(_MIGRATIONS):
                    return
        except (sqlite3.Error, OSError, ValueError):
            pass
        self._unusable = True
        self.problem = one_line(f"{self.path}: runs cannot be kept here ({error}); set DRILL_HOME to another folder")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._frozen:
            uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            db = sqlite3.connect(uri, uri=True, timeout=_BUSY, isolation_level=None)
        else:
            db = sqlite3.connect(self.path, timeout=_BUSY, isolation_level=None)
            db.execute("PRAGMA synchronous = NORMAL")  # with WAL: safe against crashes; the log is the truth anyway
        try:
            yield db
        finally:
            db.close()

    # ---- files ----------------------------------------------------------------------------------------------------

    @property
    def runs_folder(self) -> Path:
        """The folder of the runs' logs. It need not exist."""
        return self.folder / "runs"

    def new_run(self) -> tuple[str, Path]:
        """Return the id of a new run and where its log belongs."""
        run = str(uuid.uuid4())
        return run, self.log_path(run)

    def log_path(self, run: str) -> Path:
        """Return where the log of a run belongs."""
        return self.runs_folder / f"{run}.jsonl"

    # ---- runs -----------------------------------------------------------------------------------------------------

    def save(self, run: RunRecord) -> Saved | NotSaved:
        """Keep a run; one saved before under the same id is replaced."""
        if self._unusable:
            return NotSaved(self.problem)
        marks = ", ".join("?" * len(_COLUMNS.split(", ")))
        try:
            with self._connection() as db:
                db.execute(f"INSERT OR REPLACE INTO runs ({_COLUMNS}) VALUES ({marks})", self._values(run))
        except (sqlite3.Error, OSError, OverflowError) as error:
            return NotSaved(one_line(f"{self.path}: {error}"))
        return Saved(run.id)

    def runs(self, level: str | None = None, operator: str | None = None) -> list[RunRecord]:
        """Return saved runs, newest first."""
        return self._select(_NEWEST_FIRST, level=level, operator=operator)

    def scores(self, level: str | None = None) -> list[RunRecord]:
        """Return saved runs, best first; of equal ones the earlier."""
        return self._select(_BEST_FIRST, level=level)

    def best(self, level: str, gameplay: str | None = None) -> RunRecord | None:
        """Return the best run of a level; with ``gameplay``, of that very version of it."""
        return _first(self._select(f"{_BEST_FIRST} LIMIT 1", level=level, gameplay=gameplay))

    def personal_best(self, level: str, operator: str = "", gameplay: str | None = None) -> RunRecord | None:
        """Return an operator's best run of a level."""
        return _first(self._select(f"{_BEST_FIRST} LIMIT 1", level=level, operator=operator, gameplay=gameplay))

    def standings(self) -> dict[str, Standing]:
        """Return the best run and the number of runs of every level that was played."""
        found: dict[str, Standing] = {}
        for run in self.scores():
            known = found.get(run.level)
            found[run.level] = Standing(best=known.best if known else run, runs=known.runs + 1 if known else 1)
        return found

    def find(self, run: str) -> RunRecord | None:
        """Return the run with this id, or the only one whose id begins so (four characters at least)."""
        exact = self._select("", id=run)
        if exact or len(run) < 4:
            return _first(exact)
        alike = [each for each in self.runs() if each.id.startswith(run.lower())]
        return alike[0] if len(alike) == 1 else None

    def _select(self, order: str, **wanted: str | None) -> list[RunRecord]:
        """Return the runs whose columns have these values (None: any), in this order."""
        if self._unusable:
            return []
        given = {column: value for column, value in wanted.items() if value is not None}
        where = f"WHERE {' AND '.join(f'{column} = ?' for column in given)}" if given else ""
        try:
            with self._connection() as db:
                rows = db.execute(f"SELECT {_COLUMNS} FROM runs {where} {order}", list(given.values())).fetchall()
        except (sqlite3.Error, OSError) as error:
            self.problem = one_line(f"{self.path}: {error}")
            return []
        self.problem = ""
        return [run for row in rows if (run := self._record(row)) is not None]

    def _values(self, run: RunRecord) -> tuple[str | int, ...]:
        log = run.log
        with suppress(ValueError):  # within the folder by its name there, so that the folder can be moved
            log = Path(log).absolute().relative_to(self.folder.absolute()).as_posix() if log else ""
        return (
            run.id, run.level, run.gameplay, run.engine, str(run.seed), one_line(run.operator), run.started, run.ended,
            int(run.won), run.points, run.stars, msgspec.json.encode(run.rows).decode(),
            log, run.digest,
        )  # fmt: skip

    def _record(self, row: tuple[object, ...]) -> RunRecord | None:
        """Return the run in a row, its texts cleaned; None: somebody else wrote it."""
        named = dict(zip(_COLUMNS.split(", "), row, strict=True))
        texts = {
            name: one_line(value)
            for name, value in named.items()
            if isinstance(value, str) and name not in ("rows", "log")
        }
        try:
            named |= {**texts, "seed": int(texts["seed"]), "won": bool(named["won"])}
            named["rows"] = [
                {"name": one_line(each.name), "actual": one_line(each.actual), "points": each.points}
                for each in _ROWS.decode(str(named["rows"]))
            ]
            named["log"] = str(self.folder / clean(str(named["log"]))) if named["log"] else ""
            return msgspec.convert(named, RunRecord)
        except (msgspec.MsgspecError, ValueError, KeyError):
            return None


def _first(runs: list[RunRecord]) -> RunRecord | None:
    return runs[0] if runs else None


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the schema up to date, once, whoever comes first."""
    if _version(db) < len(_MIGRATIONS):
        db.execute("BEGIN IMMEDIATE")
        for statements in _MIGRATIONS[_version(db) :]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {max(_version(db), len(_MIGRATIONS))}")
        db.execute("COMMIT")
    if _version(db) > len(_MIGRATIONS):
        raise _Unusable(f"{path}: a newer failure-drill wrote this store; upgrade, or set DRILL_HOME to another folder")
