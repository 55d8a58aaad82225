"""The calendar: order within one instant, waits that are seen in the World, conditions that are never polled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from drill.engine.clock import Clock
from drill.model.world import World


def run(clock: Clock, until: int) -> None:
    """Do every instant up to ``until``, without traffic."""
    while clock.next_due() <= until:
        at = int(clock.next_due())
        clock.world.now = at
        clock.run_instant(at, lambda: None, lambda: None)


def begin(*processes: Any) -> Clock:
    clock = Clock(World(seed=1))
    for process in processes:
        clock.start(process(clock))
    clock.run_instant(0, lambda: None, lambda: None)
    return clock


def test_in_one_instant_the_script_strikes_first_then_events_by_sequence_then_conditions_then_probes() -> None:
    said: list[str] = []

    def after(name: str, make: Any) -> Any:
        def process(clock: Clock) -> Iterator[Any]:
            yield make(clock)
            said.append(name)

        return process

    clock = begin(
        after("probe", lambda c: c.probe(1_000)),
        after("second until", lambda c: c.until(lambda: "event" in said)),
        after("event", lambda c: c.wait(1_000)),
        after("later event", lambda c: c.wait(1_000)),
        after("third until", lambda c: c.until(lambda: "script" in said)),
        after("script", lambda c: c.wait(1_000, first=True)),
    )
    run(clock, 2_000)
    assert said == ["script", "event", "later event", "second until", "third until", "probe"]


def test_a_probe_sees_what_its_instant_led_to_and_wakes_who_waits_for_what_it_finds() -> None:
    world = {"broken": False, "known": False}
    said: list[int] = []

    def breaks(clock: Clock) -> Iterator[Any]:
        yield clock.wait(1_000)
        yield clock.until(lambda: True)
        world["broken"] = True

    def looks(clock: Clock) -> Iterator[Any]:
        yield clock.probe(1_000)
        world["known"] = world["broken"]

    def waits(clock: Clock) -> Iterator[Any]:
        yield clock.until(lambda: world["known"])
        said.append(clock.now)

    run(begin(waits, looks, breaks), 5_000)
    assert said == [1_000]


def test_every_wait_stands_in_the_world_with_what_and_for_whom_until_it_is_over() -> None:
    def process(clock: Clock) -> Iterator[Any]:
        yield clock.wait(5_000, "boot", "web", shown=True)
        yield clock.until(lambda: clock.now >= 9_000, "condition", "web")

    def tick(clock: Clock) -> Iterator[Any]:
        yield clock.wait(9_000)

    clock = begin(process, tick)
    empty = World(seed=1).digest()
    (row, _) = clock.world.pending.values()
    assert (row.what, row.who, row.since, row.until, row.shown) == ("boot", "web", 0, 5_000, True)
    assert clock.world.digest() != empty
    run(clock, 5_000)
    assert ("condition", -1) in [(row.what, row.until) for row in clock.world.pending.values()]
    run(clock, 9_000)
    assert not clock.world.pending


def test_processes_that_wake_each_other_without_end_are_an_error_that_names_them() -> None:
    def process(clock: Clock) -> Iterator[Any]:
        while True:
            yield clock.until(lambda: True, "spin", "the-culprit")

    with pytest.raises(RuntimeError, match="the-culprit"):
        begin(process)
