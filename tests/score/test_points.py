"""The published points: what a figure earns, what a run is worth, what a hint costs."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from drill.engine.history import Bought
from drill.score.headline import cap_text, next_star
from drill.score.scorecard import points, scorecard, stars, total, whole_parts
from tests.score.conftest import history_of, level_of

figures = st.floats(min_value=0, max_value=1e9, allow_nan=False)
gaps = st.floats(min_value=1e-3, max_value=1e6)


@given(par=figures, gap=gaps, more=gaps, one=figures, other=figures)
def test_a_worse_figure_never_earns_more(par: float, gap: float, more: float, one: float, other: float) -> None:
    target, zero = par + gap, par + gap + more
    better, worse = sorted((one, other))
    assert 1.0 >= points(better, par, target, zero) >= points(worse, par, target, zero) >= 0.0


@given(par=st.floats(0, 1e4), gap=st.floats(0.1, 1e4), more=st.floats(0.1, 1e4), m=st.floats(0, 1e5))
def test_half_or_more_means_met(par: float, gap: float, more: float, m: float) -> None:
    target, zero = par + gap, par + gap + more
    assert (points(m, par, target, zero) >= 0.5) == (m <= target)


def test_the_published_corners() -> None:
    assert [points(m, 60, 120, 300) for m in (0, 60, 90, 120, 210, 300, 999)] == [1, 1, 0.75, 0.5, 0.245, 0, 0]
    assert 0.4899 < points(120.0001, 60, 120, 300) < 0.49


@given(raw=st.floats(0, 1000), hints=st.integers(0, 2000), won=st.booleans())
def test_500_if_and_only_if_won_whatever_the_hints_cost(raw: float, hints: int, won: bool) -> None:
    points_in_all = total(raw, hints, won)
    assert 0 <= points_in_all <= 1000
    assert (points_in_all >= 500) == won
    assert total(raw, hints + 10, won) <= points_in_all
    assert (stars(points_in_all, won) >= 1) == won


@given(
    shares=st.lists(st.sampled_from([0.0, 0.5, 0.98, 0.995, 1.0]), min_size=360, max_size=360), at=st.integers(0, 359)
)
def test_a_worse_second_never_earns_more(shares: list[float], at: int) -> None:
    level = level_of()
    worse = [*shares[:at], 0.0, *shares[at + 1 :]]
    assert scorecard(level, 1, history_of(worse)).total <= scorecard(level, 1, history_of(shares)).total


def test_a_calm_run_has_every_star_and_an_outage_that_lasts_has_none() -> None:
    level = level_of()
    calm = scorecard(level, 1, history_of([1.0] * 360))
    assert (calm.total, calm.stars, calm.won, calm.met, calm.over) == (1000, 3, True, True, True)
    dark = scorecard(level, 1, history_of([1.0] * 30 + [0.0] * 330))
    assert (dark.won, dark.stars, dark.row("rto").actual_text) == (False, 0, "05:30")
    assert dark.total == 200  # spend alone


def test_without_a_must_every_objective_decides() -> None:
    objectives = {
        "rto": {"is": "rto", "par": "75s", "target": "2m", "zero": "5m"},
        "spend": {"is": "spend", "par": "$0.20", "target": "$0.30", "zero": "$2"},
    }
    level = level_of(objectives=objectives)
    assert not scorecard(level, 1, history_of([1.0] * 30 + [0.0] * 330)).won
    rich = history_of([1.0] * 360)
    rich.spend = [(0, 0.0, 6.0)]
    assert not scorecard(level, 1, rich).won


def test_a_running_card_counts_down_and_becomes_the_final_one() -> None:
    level = level_of()
    shares = [1.0] * 60 + [0.0] * 60 + [1.0] * 240
    down = scorecard(level, 1, history_of(shares[:100])).row("rto")
    assert (down.actual_text, down.state, down.deadline) == ("00:40", "warn", 60_000 + 120_000)
    assert down.left == round(1 - 40 / 300, 6)
    settling = scorecard(level, 1, history_of(shares[:130])).row("rto")
    assert (settling.actual_text, settling.state, settling.deadline) == ("01:00", "busy", -1)
    assert scorecard(level, 1, history_of(shares)).row("rto").actual == 60_000


goals = st.lists(st.tuples(st.integers(1, 7), st.integers(0, 400)), min_size=1, max_size=6)


@given(goals=goals, hints=st.integers(0, 300), down=st.integers(0, 200), must=st.booleans())
def test_what_is_shown_adds_up(goals: list[tuple[int, int]], hints: int, down: int, must: bool) -> None:
    """``goals``: weight and par in seconds of objectives that one outage misses by more or less."""
    level = level_of(objectives={
        f"g{n}": {"is": "rto", "floor": "99%", "stable": "30s", "par": f"{par}s", "target": f"{par + 20}s",
                  "zero": f"{par + 150}s", "weight": weight, "must": must and n == 0}
        for n, (weight, par) in enumerate(goals)
    })  # fmt: skip
    history = history_of([1.0] * 30 + [0.0] * down + [1.0] * (330 - down), hints=[Bought(at=0, hint="h", cost=hints)])
    card = scorecard(level, 1, history)
    assert sum(row.whole for row in card.rows) == 1000
    assert all(0 <= row.part <= row.whole and abs(row.whole - row.worth) < 1.1 for row in card.rows)
    assert all(abs(row.part - row.points) < 2.1 for row in card.rows)
    assert total(card.raw, 0, True) >= sum(row.part for row in card.rows) >= card.raw - 1.1
    assert card.earned == sum(row.part for row in card.rows) - hints
    assert bool(cap_text(card)) == (card.earned != card.total), "what does not add up is explained"
    if card.won and card.stars < 3:
        star = next_star(card)
        wanted, more = (int(word) for word in re.findall(r"at (\d+) points, (\d+) more", star)[0])
        assert wanted - more == card.earned
        gains = [int(gain) for gain in re.findall(r", \+(\d+)", star)]
        assert card.earned + sum(gains) == 1000, "the gains that are named are all there are"


def test_whole_parts_are_near_their_exact_ones() -> None:
    assert whole_parts([428.571, 285.714, 285.714], 1000) == [428, 286, 286]
    assert whole_parts([333.3, 333.3, 222.2, 111.1], 1000) == [334, 333, 222, 111]
    assert whole_parts([120.9, 0.0], 120, [200, 800]) == [120, 0]
    assert whole_parts([429.0, 100.2], 528, [429, 285]) == [429, 99], "what is at the most stays there"


def test_what_a_loss_makes_of_the_points_is_said() -> None:
    up = {"is": "availability", "par": "90%", "target": "80%", "zero": "10%", "weight": 3}
    rto = {"is": "rto", "par": "5s", "target": "6s", "zero": "9s", "must": True}
    level = level_of(objectives={"up": up, "rto": rto})
    lost = scorecard(level, 1, history_of([1.0] * 30 + [0.0] * 20 + [1.0] * 310))
    assert (lost.won, lost.earned, lost.total, cap_text(lost)) == (False, 750, 499, "lost: at most 499")
