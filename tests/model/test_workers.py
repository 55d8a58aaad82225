"""A pool of workers, whatever happens to its zones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.model.workers import Workers


@given(
    dead=st.lists(st.sampled_from([0.0, 0.0, 1 / 3, 2 / 3, 1.0]), min_size=1, max_size=200),
    count=st.integers(1, 500),
    queue=st.integers(0, 500),
    calls=st.integers(0, 300),
    stuck=st.integers(1, 90),
)
def test_calls_are_passed_waiting_or_refused_and_no_worker_is_held_twice(
    dead: list[float], count: int, queue: int, calls: int, stuck: int
) -> None:
    it = Workers(count=float(count), queue=float(queue), calls=float(calls), takes=400, stuck=stuck * 1000)
    came = refused = 0.0
    for second, share in enumerate(dead):
        it.work(second, share)
        came += calls
        refused += it.refused * calls
        assert -1e-6 <= it.held <= count + 1e-6
        assert 0 <= it.waiting <= queue + 1e-6
        assert came == pytest.approx(it.passed + it.waiting + refused, abs=1e-3)


@given(calls=st.integers(1, 300), stuck=st.integers(1, 60), dark=st.integers(1, 200))
def test_it_is_calm_again_once_no_zone_is_dead(calls: int, stuck: int, dark: int) -> None:
    it = Workers(count=400.0, queue=400.0, calls=float(calls), takes=400, stuck=stuck * 1000)
    for second in range(dark):
        it.work(second, 1 / 3)
    for second in range(dark, dark + 10):
        it.work(second, 0.0)
    assert not it.busy()
