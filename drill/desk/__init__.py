"""Desk: what a front end asks for: levels with bests, a session started or resumed, a run filed, its debrief.

The app, the line-by-line front end and the commands are handed one; none of them knows where files are or how runs are
stored. Everything heavy is imported when it is first needed.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from drill.desk.levels import Levels, Shelf
from drill.level.errors import LevelError
from drill.model.units import clock_text

__all__ = ["Desk", "Filed", "NoRun", "Shelf", "why"]


class NoRun(Exception):
    """There is no run to go on with, or none of that name: one line."""


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A finished run: its Debrief, its id, its log, and why it is not in the scores ("" when it is)."""

    debrief: Any
    id: str = ""
    log: Path | None = None
    problem: str = ""


class Desk(Levels):
    """Levels, sessions and saved runs, for whoever plays. ``event``: which competition is played in, "" for none."""

    event = ""

    def __init__(self, operator: str = "", credential: Any = None) -> None:
        """``credential``: the drill.store.Credential of whoever plays for a team; runs are then sent to its server."""
        self.operator = operator
        self.credential = credential

    @cached_property
    def filing(self) -> Any:
        """Where runs are kept and sent from (drill.store.filing.Filing). To re-run a log file nobody asks for it."""
        from drill.store.filing import Filing

        return Filing(self.credential)

    @property
    def store(self) -> Any:
        """The store of saved runs, opened when it is first asked for: that takes 0.2 s."""
        return self.filing.store

    def send_waiting(self) -> None:
        """Begin to send what waits for a shared store, if anything does; may be called from a thread of its own."""
        self.filing.send_waiting()

    def waiting(self) -> str:
        """Say what waits to be sent and why, "" when nothing does."""
        told: str = self.filing.waiting()
        return told

    # ---- play -----------------------------------------------------------------------------------------------------

    def start(self, file: Any, seed: int, log: Path | None = None) -> Any:
        """Return a new session with its log on disk (default: in the store), or not: ``saving`` tells."""
        from drill.session.log import LogFile, LogHeader
        from drill.session.session import Session

        path = log if log is not None else self.filing.logs.new_run()[1]
        header = LogHeader(
            level=file.level.id, gameplay=file.gameplay_hash, seed=seed, operator=self.operator, started=_utc()
        )
        return Session.start(file, seed, self.operator, LogFile.create(path, header))

    def frame(self, session: Any) -> Any:
        """Return what an operator can know now, as a view.frame.Frame."""
        from drill.view.build import frame

        return frame(session)

    def series(self, session: Any, component: str) -> tuple[Any, ...]:
        """Return the metrics of one component, each as a view.frame.Series."""
        from drill.view.build import series

        return series(session, component)

    # ---- saved runs -----------------------------------------------------------------------------------------------

    def resume(self, run: str = "", level: str = "") -> Any:
        """Return the session of a cut-off run (``""``: the last one), its log open for more.

        NoRun, LogError, LevelError, or Divergence when the log leads elsewhere.
        """
        from drill.session.log import LogFile
        from drill.session.session import resume

        last = None if run else self._last_open()
        if not run and last is None:
            raise NoRun("no run was cut off")
        log = LogFile.resume(last.path if last else self.log_path(run))
        try:
            return resume(self.load(level or log.header.level), log).lift()
        except BaseException:
            log.close()
            raise

    def way_on(self, session: Any, options: str = "") -> str:
        """Say in one line how to go on with a session that is left where it stands. ``options``: of that command."""
        log = session.log
        if log is None or not log.saving:
            return "Left. This run was not saved."
        kept = clock_text(session.entries[-1].t if session.entries else 0)  # there is a mark every 10 s
        command = f"drill resume {log.path.stem[:8]}{options}"
        return f"Left at T+{clock_text(session.now)}. `{command}` goes on from T+{kept}."

    def cut_off(self) -> str:
        """Return which run ``resume`` would go on with, "" for none: ``eip-remap at 02:10``."""
        last = self._last_open()
        return f"{last.header.level} at {clock_text(last.t)}" if last else ""

    def _last_open(self) -> Any:
        """Return the last run that was cut off and can still be gone on with: its level and rules are as they were."""
        from drill import ENGINE
        from drill.session.log import open_runs

        for each in open_runs(self.filing.logs.runs_folder):
            try:
                same = each.header.gameplay == self.load(each.header.level).gameplay_hash
            except LevelError:
                continue
            if same and each.header.engine == ENGINE and not each.busy:
                return each
        return None

    def open_run(self, run: str, level: str = "") -> tuple[Any, Any]:
        """Return a saved run as (level file, log); NoRun, LogError or LevelError."""
        from drill.session.log import read

        log = read(self.log_path(run))
        return self.load(level or log.header.level), log

    def log_path(self, run: str) -> Path:
        """Return the log file of a run's id (or how it begins) or path; NoRun when there is none."""
        given = Path(run)
        if "\0" not in run and given.is_file():
            return given
        plain = len(run) >= 4 and run.replace("-", "").isalnum()
        alike = sorted(self.filing.logs.runs_folder.glob(f"{run.lower()}*.jsonl")) if plain else []
        if len(alike) == 1:
            return Path(alike[0])
        known = self.store.find(run)
        if known is not None and known.log:
            return Path(known.log)
        raise NoRun(f"{run}: no such run; `drill scores` lists the saved ones")

    # ---- after it -------------------------------------------------------------------------------------------------

    def finish(self, session: Any, keep: bool = True) -> Filed:
        """Run what is left hands-off, score it, file the run in the store (when ``keep``), and tell."""
        from drill.score.debrief import Extras, debrief

        session.finish()
        card = session.scorecard()
        best = self.store.personal_best(card.level, self.operator, session.file.gameplay_hash) if keep else None
        told = debrief(
            session.level, session.seed, session.history, card,
            Extras(best=best.points if best else None),
        )  # fmt: skip
        log = session.log
        path = log.path if log is not None and log.saving else None
        if log is not None:
            log.close()
        if not keep or log is None:
            return Filed(debrief=told, log=path)
        if session.facilitated:
            problem = f"a facilitator's hand was in it; `drill report {log.path.stem[:8]}` tells of it all the same"
            return Filed(debrief=told, id=log.path.stem if path else "", log=path, problem=problem)
        return self._file(session, card, told, path, log.header.started)

    def _file(self, session: Any, card: Any, told: Any, path: Path | None, started: str) -> Filed:
        from drill import ENGINE
        from drill.store import NotSaved, RunRecord, ScoreRow

        id_ = session.log.path.stem
        record = RunRecord(
            id=id_, level=card.level, gameplay=session.file.gameplay_hash, engine=ENGINE, seed=card.seed,
            operator=session.operator, started=started, ended=_utc(), won=card.won, points=card.total,
            stars=card.stars, log=str(path or ""), digest=session.world.digest(),
            rows=tuple(ScoreRow(name=row.name, actual=row.actual_text, points=row.points) for row in card.rows),
        )  # fmt: skip
        saved = self.filing.keep(record, path)
        problem = saved.reason if isinstance(saved, NotSaved) else "" if path else session.log.reason
        return Filed(debrief=told, id=id_, log=path, problem=problem)

    def explained(self, session: Any, told: Any) -> Any:
        """Return the debrief ``told`` with what each command did: takes a run of the drill or two for each of them."""
        from drill.score.debrief import Extras, debrief
        from drill.session.without import measured

        try:
            found = measured(session)
        except Exception:  # no reason to show no debrief: it then says less
            return told
        extras = Extras(reference=told.reference, best=told.best, measured=found)
        return debrief(session.level, session.seed, session.history, session.scorecard(), extras)

    def reference_points(self, file: Any, seed: int) -> int | None:
        """Play the reference solution on the same seed and return its points; None when it cannot be played."""
        from drill.certify.play import Job, play_one

        run = play_one(file, Job(bot="reference", seed=seed))
        return None if run.error else run.points


def why(error: Any) -> str:
    """Say in one line why a log does not lead where it says (a Divergence)."""
    if error.n == 0 and error.what != "level":
        return "the level's gameplay has changed since this run was played"
    return f"not verified: {error}"


def _utc() -> str:
    """Return the wall time for people to read; nothing follows from it."""
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
