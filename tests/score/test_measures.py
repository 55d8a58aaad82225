"""The measures, as published: outages, losses, shares of asks, money and times."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.engine.history import LATENCY_EDGES, Claim, ClassTrack, Given, History, Loss, Spell, Truth
from drill.level.level import Level, Objective
from drill.model.units import decode
from drill.score.figures import figure_text, parse_figure
from drill.score.measures import measure, percentile
from drill.score.model import Reading
from drill.score.scorecard import label
from tests.score.conftest import history_of, level_of

RTO = {"is": "rto", "floor": "99%", "stable": "30s", "par": "1m", "target": "2m", "zero": "4m"}
PAST = {"par": "1m", "target": "2m", "zero": "4m"}


def objective(**fields: Any) -> Objective:
    return msgspec.convert(fields, Objective, dec_hook=decode)


def read(history: History, level: Level | None = None, upto: int | None = None, **fields: Any) -> Reading:
    return measure(objective(**fields), level or level_of(), history, history.until if upto is None else upto)


def rto_of(text: str) -> int:
    """Measure an outage drawn as text, one sign for ten seconds: ``-`` up, ``x`` down, ``.`` nobody asks."""
    shares = [1.0 if sign == "-" else 0.0 for sign in text for _ in range(10)]
    history = history_of(shares)
    track = history.classes["shoppers.all"]
    track.asks = [0.0 if sign == "." else 100.0 for sign in text for _ in range(10)]
    level = level_of(length=f"{len(text) * 10}s")
    return int(read(history, level, **RTO).value or 0) // 10_000


@pytest.mark.parametrize(
    ("drawn", "down"),
    [
        ("----------", 0),  # never down
        ("--xxx-----", 3),
        ("--xx-xx---", 5),  # a gap shorter than stable is merged
        ("--xx--x---", 5),
        ("--xx---x--", 3),  # a stretch of stable ends it; what is left at the horizon does not
        ("--xx---xx-------", 2),
        ("--x----xxx------", 3),  # the longest, not the sum
        ("-----xxx--", 5),  # less than stable left: still down
        ("----xxx---", 3),  # just enough left
        ("xxxxxxxxxx", 10),
        ("--xx..xx------", 6),  # nobody asking does not end an outage
        ("--xx-..-x-----", 2),  # nor does it break a recovery
        ("..........", 0),
    ],
)
def test_rto_as_published(drawn: str, down: int) -> None:
    assert rto_of(drawn) == down


def brute_rto(states: list[bool], stable: int) -> int:
    """The definition, word for word, without any cleverness."""
    longest, second = 0, 0
    while second < len(states):
        if not states[second]:
            second += 1
            continue
        end = len(states)
        for up in range(second, len(states)):
            if up + stable <= len(states) and not any(states[up : up + stable]):
                end = up
                break
        longest = max(longest, end - second)
        second = max(end, second + 1)
    return longest


@given(st.lists(st.booleans(), min_size=1, max_size=80), st.integers(1, 12))
def test_rto_is_the_definition(states: list[bool], stable: int) -> None:
    history = history_of([0.0 if down else 1.0 for down in states], patience=0)
    level = level_of(length=f"{len(states)}s")
    value = read(history, level, **{**RTO, "stable": f"{stable}s"}).value
    assert value == brute_rto(states, stable) * 1000


def test_asks_that_can_still_be_answered_count_as_neither() -> None:
    history = history_of([1.0] * 97 + [0.0] * 3)
    assert read(history, **RTO).value == 0
    assert read(history, **{"is": "availability", "par": "99.9%", "target": "99%", "zero": "95%"}).value == 0
    later = history_of([1.0] * 97 + [0.0] * 6)
    assert read(later, **RTO).value == 6000  # the outage runs on while asks are open


def test_classes_weigh_by_their_asks_and_can_be_chosen() -> None:
    history = history_of([1.0] * 360)
    history.classes["shoppers.buy"] = ClassTrack(
        name="shoppers.buy", patience=3000, asks=[300.0] * 360, good=[0.0] * 360
    )
    shares = {"is": "availability", "par": "99.9%", "target": "99%", "zero": "5%"}
    assert read(history, **shares).value == 0.75
    assert read(history, **shares, **{"class": "buy"}).value == 1.0
    assert read(history, **shares, **{"class": "shoppers.all"}).value == 0.0
    assert read(history, **shares, **{"class": "shoppers"}).value == 0.75


def test_a_phase_counts_over_its_full_max_and_overlaps_only() -> None:
    history = history_of([1.0] * 60 + [0.0] * 120 + [1.0] * 180)
    history.phases = [Spell(name="outage", start=60_000, end=90_000, max=60_000)]
    assert read(history, **RTO, phase="outage").value == 60_000
    shares = {"is": "availability", "par": "99.9%", "target": "99%", "zero": "5%"}
    assert read(history, **shares, phase="outage").value == 1.0
    history.phases = [Spell(name="outage", start=150_000, end=160_000, max=60_000)]
    assert read(history, **shares, phase="outage").value == 0.5
    never = read(history, **RTO, phase="fail-back")
    assert (never.value, never.missed) == (240_000, True)


def test_availability_at_best_takes_the_rest_as_answered() -> None:
    history = history_of([1.0] * 90 + [0.0] * 10, patience=0)
    reading = read(history, **{"is": "availability", "par": "99.9%", "target": "99%", "zero": "95%"})
    assert reading.value == pytest.approx(0.1)
    assert reading.best == pytest.approx(10 / 360)


def test_rpo_takes_the_furthest_cut_or_all_writes_of_a_store() -> None:
    history = history_of([1.0] * 360)
    history.losses = [
        Loss(at=1, store="db", writes=30, seconds=2.5, why="promoted"),
        Loss(at=2, store="db", writes=8, seconds=4, why="restored"),
        Loss(at=3, store="other", writes=1, seconds=9, why="gone"),
    ]
    assert read(history, **{"is": "rpo", "store": "db", **PAST}).value == 4000
    assert read(history, **{"is": "rpo", "store": "db", "by": "writes", "par": 0, "target": 50, "zero": 90}).value == 38
    assert read(history, **{"is": "rpo", **PAST}).value == 9000
    assert read(history, upto=1, **{"is": "rpo", **PAST}).value == 2500


def test_spend_carries_the_rate_left_standing() -> None:
    history = history_of([1.0] * 360)
    history.spend = [(0, 0.0, 1.0), (180_000, 0.05, 10.0)]
    money = {"is": "spend", "par": "$1", "target": "$2", "zero": "$3"}
    assert read(history, **money).value == pytest.approx(0.05 + 0.5)
    assert read(history, **money, carry="24h").value == pytest.approx(0.55 + 240)
    assert read(history, upto=60_000, **money).value == pytest.approx(1 / 60)


def test_spend_in_the_calm_is_what_was_held_ready_when_the_first_fault_struck() -> None:
    history = history_of([1.0] * 360)
    history.spend = [(0, 0.0, 1.0), (60_000, 1 / 60, 2.0), (120_000, 0.05, 0.5), (180_000, 1.0, 10.0)]
    money = {"is": "spend", "par": "$1", "target": "$2", "zero": "$3", "calm": True, "carry": "24h"}
    assert read(history, upto=60_000, **money).value == pytest.approx(1 / 60 + 48), "as far as it has come"
    history.truths = [Truth(at=at, kind=kind, component="a", text="b") for at, kind in
                      ((30_000, "clear"), (120_000, "fault"), (300_000, "fault"))]  # fmt: skip
    assert read(history, **money).value == pytest.approx(0.05 + 48, abs=1e-4), "before the fault took servers away"
    two = level_of(objectives={"spend": {**money, "calm": False}, "idle": money})
    assert [label(name, two) for name in two.objectives] == ["Spend", "Calm spend"]


def test_p95_is_linear_within_its_bucket() -> None:
    counts = [0.0] * len(LATENCY_EDGES)
    counts[1], counts[2] = 90.0, 10.0
    assert percentile(counts, 0.95) == 12.5
    assert percentile([0.0] * 5, 0.95) is None
    assert percentile([0.0] * len(LATENCY_EDGES) + [7.0], 0.95) == LATENCY_EDGES[-1]
    silent = read(history_of([0.0] * 360), **{"is": "latency", "par": "100ms", "target": "1s", "zero": "9s"})
    assert (silent.value, silent.missed) == (9000, True)


def test_time_to_runs_from_true_impact_and_never_doing_it_is_worst() -> None:
    history = history_of(
        [1.0] * 300 + [0.0] * 60, impact=300_000, truths=[Truth(at=290_000, kind="fault", component="a", text="b")]
    )
    wanted = {"is": "time-to", "of": "DeclareIncident", **PAST}
    assert read(history, **wanted).value == 240_000  # though only a minute was left
    assert read(history, upto=330_000, **wanted).value == 30_000
    early = {"n": 1, "author": "you", "line": "ops declare-incident", "action": {"api": "ops:DeclareIncident"}}
    history.commands = [Given(at=1000, **early)]
    assert read(history, **wanted).value == 240_000  # about nothing
    history.commands.append(Given(at=295_000, **early))
    assert read(history, **wanted).value == 0
    history.commands = [Given(at=310_000, **early, state="failed"), Given(at=320_000, **early)]
    assert read(history, **wanted).value == 20_000


def test_claims_are_held_against_what_was_so() -> None:
    history = history_of([1.0] * 360, losses=[Loss(at=9, store="db", writes=38, seconds=4, why="")])
    counted = {"is": "claim", "store": "db", "by": "writes", "par": 5, "target": 20, "zero": 1000}
    assert read(history, **counted).value == 1000  # nothing was said
    history.claims = [
        Claim(at=10, what="status", text="We lost about 1,040 writes"),
        Claim(at=20, what="status", text="Correction: 40 writes"),
    ]
    assert read(history, **counted).value == 2
    false = {"is": "claim", "par": 0, "target": 1, "zero": 2}
    assert read(history_of([1.0] * 360, claims=[Claim(at=9, what="declare", text="")]), **false).value == 1


def test_exposure_and_updates_add_up_time() -> None:
    history = history_of([1.0] * 60 + [0.0] * 120 + [1.0] * 180, exposure=[(60_000, 2), (90_000, 0)])
    assert read(history, **{"is": "exposure", **PAST}).value == 60_000
    posts = {"is": "updates", "floor": "99%", "stable": "30s", **PAST}
    assert read(history, **posts).value == 120_000
    history.claims = [Claim(at=100_000, what="status", text="looking")]
    assert read(history, **posts).value == 80_000


@pytest.mark.parametrize(
    ("measure", "raw", "badness", "text"),
    [
        ("rto", "75s", 75_000, "01:15"),
        ("availability", "99.9%", 0.001, "99.9 %"),
        ("availability", "97.4%", 0.026, "97.4 %"),
        ("availability", 0.95, 0.05, "95 %"),
        ("spend", "$0.61", 0.61, "$0.61"),
        ("rpo", "5s", 5000, "5 s"),
        ("latency", "250ms", 250, "250 ms"),
        ("latency", "1500ms", 1500, "1.50 s"),
        ("lost", 40, 40, "40 asks"),
        ("rto", 0, 0, "00:00"),
    ],
)
def test_figures_are_read_and_shown(measure: str, raw: Any, badness: float, text: str) -> None:
    assert parse_figure(measure, raw) == badness
    assert figure_text(measure, badness) == text


def test_figures_never_look_better_than_they_are() -> None:
    assert figure_text("availability", 0.00004) == "99.996 %"
    assert figure_text("availability", 0.0000001) == "99.999 %"
    assert figure_text("spend", 0.3001) == "$0.31"
    assert figure_text("rpo", 37.2, "writes") == "38 writes"
    assert figure_text("rto", None) == "-"
    for kind, raw in (("rto", 75), ("spend", "4 dollars"), ("availability", "$4"), ("lost", "75%")):
        with pytest.raises(ValueError, match="write"):
            parse_figure(kind, raw)
