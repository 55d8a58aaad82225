"""What a competition stands: ``python benchmarks/contest.py [RUNS]`` (default 1000). Figures: docs/reliability.md.

Honest runs of the player's edition and the same runs with one field edited and the chain mended, judged; slowed and
honest clocks; the board of 200 teams on 10 levels from results to the bytes for the terminal; and how verification
speeds up with processes and with the workers of a real Dask cluster on this machine.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent))

from drill.cli.quick import settled
from drill.contest.board import board
from drill.contest.judge import Case, Verdict
from drill.contest.pace import pace
from drill.contest.referees import judge_all, judge_on_cluster
from drill.session.chain import Log
from tests.contest.cases import FIELDS, SHEETS, case, forged, heads, played
from tests.contest.test_board import HOUR, OPENS, many
from tests.contest.test_pace import LENGTH, PAUSE, START, arrivals, real_time

ROUNDS = 3  # the best of so many: the machine may have other work
SOME = 2000  # runs of one round


def judged(cases: list[Case], workers: int = 0) -> tuple[dict[str, Verdict], float]:
    """Return the verdicts by run, and the seconds that they took."""
    found: dict[str, Verdict] = {}
    began = time.perf_counter()
    judge_all(cases, SHEETS, lambda verdict: found.update({verdict.run: verdict}), workers)
    return found, time.perf_counter() - began


def submissions(logs: list[Log]) -> None:
    """Judge honest runs and edited ones."""
    found, took = judged([case(log, f"run-{n}") for n, log in enumerate(logs)])
    right = len([verdict for verdict in found.values() if verdict.verified])
    print(f"honest: {right} of {len(logs)} verified in {took:.1f} s")
    dice, cheats = random.Random(7), []
    for n, log in enumerate(logs):
        field = FIELDS[n % len(FIELDS)]
        changed = forged(log, field, dice)
        cheats.append(case(changed, f"{field}-{n}", received=heads(log), seed=log.header.seed, operator="ada"))
    found, took = judged(cheats)
    bad = [run for run, verdict in found.items() if not verdict.verified and verdict.reason]
    refused = Counter(run.partition("-")[0] for run in bad)
    print(f"edited: {sum(refused.values())} of {len(logs)} refused with a reason in {took:.1f} s: {dict(refused)}")
    for field in FIELDS:
        print(f"  {field:9} {next(v.reason for run, v in found.items() if run.startswith(field))}")


def clocks() -> None:
    """Judge the pace of slowed and of honest clocks."""
    dice = random.Random(1)
    slow = [pace(START, arrivals(real_time(dice, 2.0)), LENGTH, pause=PAUSE) for _ in range(100)]
    fair = [pace(START, arrivals(real_time(dice, 1.0, dice.randrange(5))), LENGTH, pause=PAUSE) for _ in range(100)]
    flagged = [len([each for each in runs if each.state != "ok"]) for runs in (slow, fair)]
    print(f"half speed: {flagged[0]} of 100 flagged; honest with allowed pauses: {flagged[1]} of 100 flagged")


async def redraw() -> None:
    """Draw the board of 200 teams on 10 levels, three seeds each, anew."""
    from drill.desk import Desk
    from drill.tui.app import DrillApp
    from drill.tui.widgets.standings import Standings
    from tests.contest.test_screens import Feed, fetched

    rules, teams, results = many()
    app = DrillApp(Desk(), ("board",), Feed(fetched(board(rules, teams, results, OPENS + HOUR))))
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        table = app.screen.query_one(Standings)
        settled()  # as the command does: what was imported is no garbage
        whole, drawn = [], []
        for n in range(50):
            results[n] = msgspec.structs.replace(results[n], points=1000 - results[n].points)
            began = time.thread_time()
            shown = board(rules, teams, results, OPENS + HOUR + n)
            middle = time.thread_time()
            table.show(shown)
            app.screen._compositor.update_widgets({table})
            update = app.screen._compositor.render_partial_update()
            assert update is not None
            update.render_segments(app.console)
            drawn.append(time.thread_time() - middle)
            whole.append(time.thread_time() - began)
    print(f"board 200x10, 6,000 runs: {median(whole) * 1000:.1f} ms (p95 {sorted(whole)[-3] * 1000:.1f}) from the runs "
          f"to the bytes; {median(drawn) * 1000:.1f} ms of it drawing")  # fmt: skip


def processor_time(cases: list[Case]) -> tuple[float, float]:
    """Return the seconds of a processor that a run takes, judged here and by two processes, their start included.

    Unlike the time of the wall it does not depend on what else the machine does.
    """
    began = time.process_time()
    judged(cases, 1)
    alone = time.process_time() - began
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    judged(cases, 2)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    theirs = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return alone / len(cases), theirs / len(cases)


def speedup(logs: list[Log]) -> None:
    """Measure verification with more processes, and with more workers of a Dask cluster, turn by turn."""
    from distributed import LocalCluster

    cases = [case(logs[n % len(logs)], str(n)) for n in range(SOME)]
    rates: dict[str, float] = {}
    used = processor_time(cases)
    print(f"processor time: {used[0] * 1000:.2f} ms a run in one process, {used[1] * 1000:.2f} ms in one of two: "
          f"{2 * used[0] / used[1]:.2f} times as many runs where two cores are free")  # fmt: skip

    def note(name: str, took: float) -> None:
        rates[name] = max(rates.get(name, 0.0), len(cases) / took)

    for _ in range(ROUNDS):
        for workers in (1, 2):
            note(f"{workers} process(es)", judged(cases, workers)[1])
        for workers in (1, 2):
            with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as cluster:
                judge_on_cluster(cases[:64], SHEETS, lambda verdict: None, cluster.scheduler_address)  # to warm up
                began = time.perf_counter()
                judge_on_cluster(cases, SHEETS, lambda verdict: None, cluster.scheduler_address)
                note(f"Dask, {workers} worker(s)", time.perf_counter() - began)
    print(f"verification, best of {ROUNDS} x {SOME} runs on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}:")
    for name, rate in rates.items():
        print(f"  {name:18} {rate:6.0f} runs/s")


def main(count: int) -> None:
    """Run it all."""
    logs = [played(seed) for seed in range(count)]
    submissions(logs)
    clocks()
    asyncio.run(redraw())
    speedup(logs)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
