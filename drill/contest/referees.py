"""Referees: many submissions at once, on every core of this machine or on a Dask cluster.

Verdicts depend on nothing but the submission and the level, so that it does not matter who judges what, or how often.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from typing import Any

from drill import ENGINE
from drill.contest.judge import Case, Referee, Sheet, Verdict
from drill.model.text import one_line

BATCH = 8  # submissions that travel together
FEW = 4  # submissions that are judged before another process has started

Tell = Callable[[Verdict], None]
_UNKNOWN = "the workers do not know the drill; install the same failure-drill there"


class NoCluster(Exception):
    """The cluster cannot be used: one line."""


def judge_all(cases: Sequence[Case], sheets: Mapping[str, Sheet], tell: Tell, workers: int = 0) -> None:
    """Judge every case and ``tell`` each verdict as it comes. ``workers`` 0: as many as there are cores."""
    count = min(workers or _cores(), -(-len(cases) // BATCH))
    left = {case.run: case for case in cases}
    if count > 1 and len(cases) > FEW:
        try:
            for verdict in _spawned(cases, sheets, count):
                left.pop(verdict.run, None)
                tell(verdict)
        except (BrokenProcessPool, OSError):  # no room for processes here: slower, and the same verdicts
            pass
    referee = Referee(sheets)
    for case in left.values():
        tell(referee.judge(case))


def judge_on_cluster(cases: Sequence[Case], sheets: Mapping[str, Sheet], tell: Tell, scheduler: str) -> int:
    """Judge every case on the Dask cluster at ``scheduler`` and return how many workers it has. Raises NoCluster."""
    try:
        dask: Any = import_module("distributed")
    except ImportError:
        raise NoCluster("Dask is not installed; `pip install distributed` adds it") from None
    try:
        client: Any = dask.Client(scheduler, timeout=5, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NoCluster(f"no Dask scheduler answers at {scheduler} ({type(error).__name__}); check it") from None
    try:
        count = len(client.scheduler_info(n_workers=-1)["workers"])
        if not count:
            raise NoCluster(f"the scheduler at {scheduler} has no workers; start one with `dask worker {scheduler}`")
        held = client.scatter(dict(sheets), broadcast=True, hash=False)
        futures = [client.submit(judge_batch, batch, held, ENGINE, pure=False) for batch in batches(cases)]
        for _, verdicts in dask.as_completed(futures, loop=client.loop, with_results=True):
            for verdict in verdicts:
                tell(verdict)
        return count
    except NoCluster:
        raise
    except Exception as error:  # whatever a cluster can do: nothing is lost, what was told is told
        if "No module named" in str(error):
            raise NoCluster(_UNKNOWN) from None
        what = one_line(f"the cluster gave up ({type(error).__name__}: {error})")
        raise NoCluster(f"{what}; run it again for the rest") from None
    finally:
        client.close()


def batches(cases: Sequence[Case]) -> Iterator[list[Case]]:
    """Cut the cases into batches."""
    for at in range(0, len(cases), BATCH):
        yield list(cases[at : at + BATCH])


_HELD: dict[int, Referee] = {}  # the referee of this process, by the sheets that it holds


def judge_batch(cases: list[Case], sheets: Mapping[str, Sheet], engine: str) -> list[Verdict]:
    """Judge a batch in this process, which keeps the levels that it has read. ``engine``: whose rules have to hold."""
    if engine != ENGINE:
        raise RuntimeError(f"this worker has engine {ENGINE}, not {engine}: install the same failure-drill there")
    key = hash(tuple(sorted((name, sheet.edition, sheet.whole) for name, sheet in sheets.items())))
    if key not in _HELD:
        _HELD.clear()
        _HELD[key] = Referee(sheets)
    return [_HELD[key].judge(case) for case in cases]


def _spawned(cases: Sequence[Case], sheets: Mapping[str, Sheet], workers: int) -> Iterator[Verdict]:
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(dict(sheets),)) as pool:
        for verdicts in pool.map(_there, batches(cases)):
            yield from verdicts


_MINE: list[Referee] = []


def _begin(sheets: Mapping[str, Sheet]) -> None:
    _MINE[:] = [Referee(sheets)]


def _there(cases: list[Case]) -> list[Verdict]:
    return [_MINE[0].judge(case) for case in cases]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def show_workers(workers: int) -> int:
    """Return how many processes ``judge_all`` uses at most for ``workers``."""
    return workers or _cores()
