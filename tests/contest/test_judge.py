"""The referee: honest runs count as recomputed; what was changed is refused with its reason; the pace is told.

``DRILL_SUBMISSIONS`` sets how many; ``benchmarks/contest.py`` judges 1,000 of each.
"""

from __future__ import annotations

import os
import random

import distributed
import msgspec
import pytest

from drill.contest.judge import Case, Referee, Verdict, deflate
from drill.contest.referees import judge_all, judge_on_cluster
from drill.score.scorecard import scorecard
from drill.session.chain import Log
from drill.session.session import replay
from tests.contest.cases import FIELDS, FILE, PLAYER, SHEETS, case, forged, heads, played

COUNT = int(os.environ.get("DRILL_SUBMISSIONS", "56"))
SAYS = {
    "command": ("run again", "command", "another time"), "time": ("run again", "command", "time"), "seed": ("seed: ",),
    "level": ("level: ",), "score": ("score: ",), "operator": ("operator: ",), "order": ("run again", "command"),
}  # fmt: skip


@pytest.fixture(scope="module")
def logs() -> list[Log]:
    return [played(seed) for seed in range(COUNT // len(FIELDS))]


@pytest.fixture
def referee() -> Referee:
    return Referee(SHEETS)


def test_honest_runs_are_verified_and_scored_by_the_whole_level(logs: list[Log], referee: Referee) -> None:
    for log in logs:
        verdict = referee.judge(case(log))
        assert verdict.verified and not verdict.reason
        seed = log.header.seed
        true = scorecard(FILE.bind(seed).level, seed, replay(PLAYER, log).history)
        assert (verdict.points, verdict.won, verdict.rows) == (true.total, true.won, true.rows)
        claimed = log.entries[-1].command
        assert claimed is not None and verdict.points >= claimed["points"]  # an edition's par is perfection


@pytest.mark.parametrize("field", FIELDS)
def test_one_edited_field_is_refused_with_its_reason(field: str, logs: list[Log], referee: Referee) -> None:
    dice = random.Random(field)
    for log in logs:
        cheat = forged(log, field, dice)
        verdict = referee.judge(case(cheat, received=heads(log), seed=log.header.seed, operator="ada"))
        assert not verdict.verified and verdict.points == 0
        assert verdict.reason.startswith(tuple(f"entry {verdict.entry}: {word}" for word in SAYS[field]) + SAYS[field])


def test_a_better_run_played_afterwards_is_not_the_one_whose_heads_came(referee: Referee) -> None:
    first = played(3, solution="wrong:" + FILE.level.solutions.wrong[0].name)
    verdict = referee.judge(case(played(3), received=heads(first)[:12]))
    assert not verdict.verified and "not the log whose head came" in verdict.reason
    assert referee.judge(case(first)).verified


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no drill log"),
        (b"x" * 99, "no log"),
        (deflate(b""), "no drill log"),
        (deflate(b"{}\n"), "no drill log"),
        (deflate(b"\0" * (40 << 20)), "longer than"),
    ],
)
def test_anything_else_is_refused_in_one_line(content: bytes, says: str, logs: list[Log], referee: Referee) -> None:
    verdict = referee.judge(msgspec.structs.replace(case(logs[0]), content=content))
    assert not verdict.verified and says in verdict.reason and "\n" not in verdict.reason


def test_a_run_that_was_not_ended_and_a_hint_that_was_not_bought(logs: list[Log], referee: Referee) -> None:
    log = logs[0]
    short = b"".join(log.lines()[:-1])
    assert "not played to its end" in referee.judge(case(log, content=deflate(short))).reason
    hinted = Log.start(msgspec.structs.replace(log.header))
    for entry in log.entries[:20]:
        hinted.append(msgspec.structs.replace(entry))
    bought = msgspec.structs.replace(
        log.entries[20], note="action", author="ada", command={"api": "ops:BuyHint", "Region": "", "HintId": "h1"}
    )
    hinted.append(bought)
    hinted.append(msgspec.structs.replace(log.entries[-1]))
    assert "the hint h1 was not bought" in referee.judge(case(hinted)).reason


def _verdicts(cases: list[Case], workers: int) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    judge_all(cases, SHEETS, lambda verdict: found.update({verdict.run: verdict}), workers)
    return found


def test_processes_and_a_real_cluster_give_the_same_verdicts(logs: list[Log]) -> None:
    dice = random.Random(5)
    cases = [case(log, f"run-{n}") for n, log in enumerate(logs)]
    cases += [case(forged(log, "score", dice), f"forged-{n}", received=heads(log)) for n, log in enumerate(logs)]
    one = _verdicts(cases, 1)
    assert len(one) == len(cases) and _verdicts(cases, 2) == one
    found: dict[str, Verdict] = {}
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        workers = judge_on_cluster(
            cases, SHEETS, lambda verdict: found.update({verdict.run: verdict}), cluster.scheduler_address
        )
    assert workers == 1 and found == one
