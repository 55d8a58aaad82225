"""Fairness: which rules a level breaks, from runs as bots would have made them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from drill.certify.calibrate import weigh
from drill.certify.certify import judge
from drill.certify.model import Certificate, Run
from drill.certify.play import spread
from drill.certify.text import calibration_text, certificate_text
from drill.score.scorecard import points, total
from tests.score.conftest import RAW, level_of

SEEDS = range(1, 9)
LEVEL = level_of(
    tier="hinted",
    solutions={**RAW["solutions"], "wrong": RAW["solutions"]["wrong"][:1]},
    draws={"t0": {"between": ["60s", "90s"], "step": "10s"}},
)
#: rto in seconds (par 75, target 120, zero 300) and spend (par 0.20, target 0.30) by bot and seed; must: rto
BOTS = {
    "reference": ([60 + seed for seed in SEEDS], 0.10),
    "idle": ([300] * 8, 0.10),
    "wrong:reboot it": ([200] * 8, 0.10),
    "brute-force": ([130] * 8, 9.0),
    "without:remap": ([300] * 8, 0.10),
}


def runs(**changes: Iterable[float]) -> list[Run]:
    found = []
    for bot, (times, spent) in BOTS.items():
        for seed, seconds in zip(SEEDS, changes.get(bot.partition(":")[0].replace("-", "_"), times), strict=True):
            won = seconds <= 120
            raw = 800 * points(seconds, 75, 120, 300) + 200 * points(spent, 0.2, 0.3, 2)
            figures = {"rto": seconds * 1000.0, "spend": spent}
            found.append(
                Run(bot=bot, seed=seed, points=total(raw, 0, won), won=won, figures=figures, fingerprint=f"{seed}")
            )
    return found


def failed(certificate: Certificate) -> list[str]:
    return [verdict.rule for verdict in certificate.verdicts if not verdict.ok]


def test_a_fair_level_is_certified() -> None:
    found = judge(LEVEL, runs())
    assert (found.certified, failed(found), found.seeds) == (True, [], 8)
    row = found.rows[0]
    assert (row.name, row.won, row.wins, row.points) == ("reference", True, 8, 1000)
    assert (row.objectives["rto"].low, row.objectives["rto"].high) == (61_000, 68_000)


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"reference": [60] * 7 + [76]}, ["the reference meets every par", "the reference's rto hardly varies"]),
        ({"reference": [50] * 7 + [62]}, ["the reference's rto hardly varies"]),
        ({"idle": [300] * 7 + [119]}, ["idle loses"]),
        ({"wrong": [200] * 7 + [137]}, ["wrong: reboot it loses clearly on rto"]),
        ({"wrong": [119] * 8}, ["wrong: reboot it loses clearly on rto"]),
        ({"brute_force": [100] * 8}, ["brute force loses"]),
        ({"without": [100] * 8}, ["without remap the reference loses"]),
    ],
)
def test_each_unfairness_is_named(changes: dict[str, list[float]], rules: list[str]) -> None:
    found = judge(LEVEL, runs(**changes))
    assert failed(found) == rules
    assert not found.certified


def test_a_level_that_plays_the_same_on_every_seed_is_not_certified_but_the_tutorial_is() -> None:
    same = [Run(**{**run_fields(run), "fingerprint": "x"}) for run in runs()]
    assert failed(judge(LEVEL, same)) == ["it does not play the same on every seed"]
    LEVEL_TUTORIAL = level_of(solutions={**RAW["solutions"], "wrong": RAW["solutions"]["wrong"][:1]})
    assert judge(LEVEL_TUTORIAL, same).certified


def run_fields(run: Run) -> dict[str, object]:
    return {name: getattr(run, name) for name in run.__struct_fields__}


def test_a_run_that_breaks_off_says_where() -> None:
    found = judge(LEVEL, [*runs()[:-1], Run(bot="without:remap", seed=8, error="RuntimeError: a loop")])
    assert [(v.rule, v.text) for v in found.verdicts] == [
        ("runs to the end", "1 runs broke off; without:remap on seed 8: RuntimeError: a loop")
    ]
    assert "FAIL runs to the end" in certificate_text(found, LEVEL)


def test_suggested_figures_make_the_level_fair() -> None:
    found = weigh(LEVEL, runs())
    rto, spend = found.suggestions
    assert (rto.par, rto.target, rto.zero) == ("75s", "125s", "200s")
    assert spend.note == "no bot is clearly worse here: nothing pulls on this objective" or spend.note == ""
    text = calibration_text(found, LEVEL)
    assert "75s" in text
    assert "wrong:reboot it" in text


def test_spread() -> None:
    over = spread(range(1, 101))
    assert (over.median, over.p95, over.low, over.high) == (50.5, 95, 1, 100)
    assert spread([3]).p95 == 3
