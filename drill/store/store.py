"""Store: saved runs and scores, in one SQLite file of one's own or in a shared database; logs as files beside the file.

A store that cannot be used never stops a drill: nothing here raises. ``problem`` says in one line why nothing can be
read; ``save`` says why a run was not kept. Several processes may use one store at a time; each call opens the file
anew, so that a store may also appear, vanish or be moved while a drill runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import ColumnElement, Engine, Select, func, select

from drill.model.text import one_line
from drill.store.database import (
    DatabaseProblem,
    Newer,
    add_once,
    check_version,
    engine,
    get_ready,
    migrate,
    place,
    reading,
    version,
    writing,
)
from drill.store.folder import HOME, Logs, data_folder
from drill.store.outbox import Outbox, Parcel, Waiting
from drill.store.records import NotSaved, RunRecord, Saved, Standing
from drill.store.rows import record_of, values_of
from drill.store.tables import EVENTS, RUNS, TEAMS
from drill.store.versions import HEAD

NAME = "runs.sqlite3"
_OLD = 1  # the user_version of files from before Alembic; this release leaves it, so that those can still read
_BEST_FIRST = (RUNS.c.won.desc(), RUNS.c.points.desc(), RUNS.c.ended, RUNS.c.id)
_NEWEST_FIRST = (RUNS.c.ended.desc(), RUNS.c.id)
#: What a run says of itself; a shared store knows teams and events by their ids, and people by their names.
_TEAM = func.coalesce(TEAMS.c.name, RUNS.c.team_id, "").label("team")
_EVENT = func.coalesce(EVENTS.c.name, RUNS.c.event_id, "").label("event")
_COLUMNS = [RUNS.c[name] for name in RunRecord.__struct_fields__ if name not in ("team", "event")] + [_TEAM, _EVENT]
_NAMES = [str(column.name) for column in _COLUMNS]
_FROM = RUNS.outerjoin(TEAMS, TEAMS.c.id == RUNS.c.team_id).outerjoin(EVENTS, EVENTS.c.id == RUNS.c.event_id)


class Store(Logs):
    """Saved runs. ``problem`` is "" when they can be read."""

    def __init__(self, made: Engine, folder: Path) -> None:
        super().__init__(folder)
        self.engine = made
        self.problem = ""
        self._unusable = False

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """Open the store in ``path`` (default: in the data folder), made and migrated as needed."""
        path = path if path is not None else data_folder() / NAME
        store = cls(engine(f"sqlite:///{path}"), path.parent)
        store.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _prepare(path, store.engine)
        except Newer as error:
            store._unusable, store.problem = True, f"{error}, or set {HOME} to another folder"
        except (DatabaseProblem, sqlite3.Error, OSError, ValueError) as error:
            store._fall_back(error)
        return store

    @classmethod
    def at(cls, url: str, token: str = "") -> Self:
        """Open a shared store by its URL: what ``token`` may see of it. DatabaseProblem when it cannot be used."""
        store = cls(engine(url, token), data_folder())
        if store.engine.dialect.name == "sqlite" and not Path(place(store.engine)).is_file():
            raise DatabaseProblem(f"{place(store.engine)}: there is no such file")
        with reading(store.engine) as db:
            check_version(db)
        return store

    path: Path = Path()

    @property
    def outbox(self) -> Outbox:
        """What waits to be sent to shared stores."""
        return Outbox(self.engine)

    def waiting(self) -> Waiting:
        """Return what waits there: nothing where it cannot be read."""
        try:
            return Waiting() if self._unusable else self.outbox.waiting()
        except (DatabaseProblem, OSError):
            return Waiting()

    def _fall_back(self, error: Exception) -> None:
        """Read what there is when nothing can be written; else say why not."""
        self.engine = engine(f"sqlite:///{self.path}", read_only=True)
        self._unusable = True
        try:
            with reading(self.engine) as db:
                self._unusable = version(db) != HEAD
        except (DatabaseProblem, OSError, ValueError):
            pass
        if self._unusable:
            why = one_line(str(error)).removeprefix(f"{self.path}: ")
            self.problem = f"{self.path}: runs cannot be kept here ({why}); set {HOME} to another folder"

    # ---- runs -----------------------------------------------------------------------------------------------------

    def save(self, run: RunRecord, parcel: Parcel | None = None) -> Saved | NotSaved:
        """Keep a run; one saved before under the same id is replaced. ``parcel``: what is to be sent with it, or not
        at all when the run cannot be kept."""
        if self._unusable:
            return NotSaved(self.problem)
        try:
            with writing(self.engine) as db:
                add_once(db, RUNS, values_of(run, self.folder), replace=True)
                if parcel is not None:
                    self.outbox.put(db, parcel)
        except (DatabaseProblem, OSError, OverflowError) as error:
            return NotSaved(self._said(error))
        return Saved(run.id)

    def runs(self, level: str | None = None, operator: str | None = None, **wanted: str | None) -> list[RunRecord]:
        """Return saved runs, newest first; ``wanted``: ``team``, ``event``."""
        return self._select(_NEWEST_FIRST, level=level, operator=operator, **wanted)

    def scores(self, level: str | None = None, operator: str | None = None, **wanted: str | None) -> list[RunRecord]:
        """Return saved runs, best first; of equal ones the earlier. ``wanted``: ``team``, ``event``."""
        return self._select(_BEST_FIRST, level=level, operator=operator, **wanted)

    def best(self, level: str, gameplay: str | None = None) -> RunRecord | None:
        """Return the best run of a level; with ``gameplay``, of that very version of it."""
        return _first(self._select(_BEST_FIRST, level=level, gameplay=gameplay))

    def personal_best(self, level: str, operator: str = "", gameplay: str | None = None) -> RunRecord | None:
        """Return an operator's best run of a level."""
        return _first(self._select(_BEST_FIRST, level=level, operator=operator, gameplay=gameplay))

    def standings(self) -> dict[str, Standing]:
        """Return the best run and the number of runs of every level that was played."""
        found: dict[str, Standing] = {}
        for run in self.scores():
            known = found.get(run.level)
            found[run.level] = Standing(best=known.best if known else run, runs=known.runs + 1 if known else 1)
        return found

    def find(self, run: str) -> RunRecord | None:
        """Return the run with this id, or the only one whose id begins so (four characters at least)."""
        exact = self._select((), id=run)
        if exact or len(run) < 4:
            return _first(exact)
        alike = [each for each in self.runs() if each.id.startswith(run.lower())]
        return alike[0] if len(alike) == 1 else None

    def _select(self, order: Sequence[Any], **wanted: str | None) -> list[RunRecord]:
        """Return the runs whose columns have these values (None: any), in this order."""
        if self._unusable:
            return []
        named: dict[str, ColumnElement[Any]] = {"team": _TEAM.element, "event": _EVENT.element}
        asked: Select[Any] = select(*_COLUMNS).select_from(_FROM).order_by(*order)
        for name, value in wanted.items():
            if value is not None:
                asked = asked.where((named[name] if name in named else RUNS.c[name]) == value)
        try:
            with reading(self.engine) as db:
                rows = [dict(zip(_NAMES, row, strict=True)) for row in db.execute(asked)]
        except (DatabaseProblem, OSError) as error:
            self.problem = self._said(error)
            return []
        self.problem = ""
        return [run for row in rows if (run := record_of(row, self.folder)) is not None]

    def _said(self, error: Exception) -> str:
        return one_line(str(error) if isinstance(error, DatabaseProblem) else f"{self.path}: {error}")


def _prepare(path: Path, made: Engine) -> None:
    """Bring one's own file up to date, once, whoever comes first. DatabaseProblem, sqlite3.Error."""
    with reading(made) as db:
        old = int(db.exec_driver_sql("PRAGMA user_version").scalar() or 0)
        found = version(db)
    if old > _OLD:
        raise Newer(f"{path}: a newer failure-drill wrote this store; upgrade")
    if found != HEAD:
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path)) as db:  # another process, or the disk
            db.execute("PRAGMA journal_mode = WAL")
        get_ready()
        with writing(made) as connection:
            migrate(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {_OLD}")


def _first(runs: list[RunRecord]) -> RunRecord | None:
    return runs[0] if runs else None
