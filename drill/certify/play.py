"""Play: one bot on one seed in this process, or many on every core."""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import msgspec

from drill.certify.bots import runbook
from drill.certify.model import Load, Run, Spread
from drill.engine.history import History
from drill.level.level import Runbook
from drill.level.loader import LevelFile, load
from drill.model.server import Server
from drill.session.runbook import Runner
from drill.session.script import Timed, play_script
from drill.session.session import Session

FEW = 12  # runs that are done before another process has started
_SAMPLE = 5_000  # ms between looks at how loaded things are

Progress = Callable[[int, int], None]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One run to do: a named bot, or a runbook or script of one's own under that name, on one seed."""

    bot: str
    seed: int
    rules: Runbook | None = None
    script: tuple[Timed, ...] | None = None
    watch: bool = False  # note loads, queues and retries too


def play_one(file: LevelFile, job: Job) -> Run:
    """Play one run. An exception of the engine ends in ``Run.error``, so that one bad seed does not hide the rest."""
    try:
        return _play(file, job)
    except Exception as error:  # the author must see which bot and seed it was
        return Run(bot=job.bot, seed=job.seed, error=f"{type(error).__name__}: {error}")


def _play(file: LevelFile, job: Job) -> Run:
    session = Session.start(file, job.seed, operator=job.bot)
    gauge = _Gauge() if job.watch else None
    if job.script is not None:
        notes = play_script(session, list(job.script), job.bot)
    else:
        rules = runbook(session.level, job.bot) if job.rules is None else job.rules
        notes = Runner(session, rules, job.bot).play(gauge.look if gauge else None)
    card = session.scorecard()
    figures = {row.name: float(row.actual or 0.0) for row in card.rows}
    return Run(
        bot=job.bot, seed=job.seed, points=card.total, won=card.won, figures=figures,
        fingerprint=fingerprint(session.history, figures), refused=len([note for note in notes if note.refused]),
        loads=gauge.loads() if gauge else {}, retries=gauge.retries if gauge else 0.0, digest=session.world.digest(),
    )  # fmt: skip


def fingerprint(history: History, figures: dict[str, float]) -> str:
    """Return a hash of what happened, when, to what, and how it ended: equal for two seeds that play the same."""
    happened = [(t.at, t.kind, t.component) for t in history.truths if t.kind != "command"]
    asks = [track.asks for track in history.classes.values()]
    data = msgspec.json.encode([happened, asks, figures])
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def play_all(file: LevelFile, jobs: Sequence[Job], progress: Progress | None = None, workers: int = 0) -> list[Run]:
    """Play every job and return the runs in the same order. ``workers`` 0: as many as there are cores."""
    tell = progress or (lambda done, total: None)
    count = min(workers or _cores(), len(jobs))
    if count <= 1 or len(jobs) < FEW:
        return _here(file, jobs, tell)
    try:
        return _spawned(file, jobs, tell, count)
    except (BrokenProcessPool, OSError):  # no room for processes here: slower, and the same result
        return _here(file, jobs, tell)


def _here(file: LevelFile, jobs: Sequence[Job], tell: Progress) -> list[Run]:
    found = []
    for done, job in enumerate(jobs, 1):
        found.append(play_one(file, job))
        tell(done, len(jobs))
    return found


def _spawned(file: LevelFile, jobs: Sequence[Job], tell: Progress, workers: int) -> list[Run]:
    context = multiprocessing.get_context("spawn")
    found = []
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(str(file.path),)) as pool:
        for done, run in enumerate(pool.map(_there, jobs, chunksize=max(1, len(jobs) // (workers * 8))), 1):
            found.append(run)
            tell(done, len(jobs))
    return found


_HELD: list[LevelFile] = []  # the level, in a process that plays it


def _begin(path: str) -> None:
    _HELD[:] = [load(Path(path))]


def _there(job: Job) -> Run:
    return play_one(_HELD[0], job)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(values: Iterable[float]) -> Spread:
    """Return the median, 95th percentile (nearest rank), lowest and highest of at least one value."""
    ranked = sorted(values)
    count = len(ranked)
    middle = (ranked[(count - 1) // 2] + ranked[count // 2]) / 2
    return Spread(median=middle, p95=ranked[max(0, -(-95 * count // 100) - 1)], low=ranked[0], high=ranked[-1])


class _Gauge:
    """Notes how loaded every server is while a bot plays. It sees the World: for authors only."""

    def __init__(self) -> None:
        self.retries = 0.0
        self._at = 0
        self._looks = 0
        self._totals: dict[str, float] = {}
        self._peaks: dict[str, float] = {}
        self._queues: dict[str, float] = {}

    def look(self, session: Any) -> None:
        """Look at a session, at most every five seconds of its time."""
        if session.now < self._at:
            return
        self._at = session.now + _SAMPLE
        self._looks += 1
        for name, server in _servers(session.world.components):
            self._totals[name] = self._totals.get(name, 0.0) + server.load
            self._peaks[name] = max(self._peaks.get(name, 0.0), server.load)
            self._queues[name] = max(self._queues.get(name, 0.0), server.waiting)
        traffic, waiting, asks = session.world.traffic, 0.0, 0.0
        for cohorts in traffic.retries.values():
            for cohort in cohorts:
                waiting += cohort.amount
        for population in traffic.populations.values():
            asks += population.rate
        self.retries = max(self.retries, waiting / asks if asks > 0 else 0.0)

    def loads(self) -> dict[str, Load]:
        """Return mean and peak load and the longest queue of each server."""
        return {
            name: Load(mean=total / self._looks, peak=self._peaks[name], queue=self._queues[name])
            for name, total in self._totals.items()
        }


def _servers(components: dict[str, Any]) -> Iterable[tuple[str, Server]]:
    for name, component in components.items():
        for field in component.__struct_fields__:
            held = getattr(component, field)
            if isinstance(held, Server):
                yield name, held
            elif isinstance(held, dict):
                for part, value in held.items():
                    if isinstance(value, Server):
                        yield f"{name}/{part}", value
