"""The pace: slowed clocks are flagged, allowed pauses and networks that were away are not."""

from __future__ import annotations

import random

from drill.contest.pace import Head, Pace, pace

START = 1_900_000_000_000
LENGTH = 360_000
PAUSE = 60_000


def arrivals(times: list[int], started: int = START) -> list[Head]:
    """Heads each 10 s of play that come at these ms after the start."""
    return [Head(n=n, t=10_000 * n, head="", at=started + at) for n, at in enumerate(times, 1)]


def went(heads: list[Head], speed: int = 1) -> Pace:
    return pace(START, heads, LENGTH, pause=PAUSE, speed=speed)


def real_time(dice: random.Random, slowness: float = 1.0, pauses: int = 0) -> list[int]:
    """When heads come of a run in real time, with this many pauses that add up to the allowance."""
    found = []
    stops = sorted(dice.randrange(0, LENGTH) for _ in range(pauses))
    for n in range(1, LENGTH // 10_000 + 1):
        stood = len([stop for stop in stops if stop < n * 10_000]) * (PAUSE // max(1, pauses))
        found.append(int(n * 10_000 * slowness) + stood + dice.randrange(20, 1_500))
    return found


def test_100_runs_at_half_speed_are_flagged_and_100_honest_ones_with_allowed_pauses_are_not() -> None:
    dice = random.Random(1)
    slow = [went(arrivals(real_time(dice, 2.0))) for _ in range(100)]
    honest = [went(arrivals(real_time(dice, 1.0, dice.randrange(0, 5)))) for _ in range(100)]
    assert [each.state for each in slow] == ["slow"] * 100
    assert [each.state for each in honest] == ["ok"] * 100
    assert "went by on the server for" in slow[0].says and slow[0].passed >= 1.9 * (slow[0].until - slow[0].since)


def test_a_long_pause_is_told_with_its_place() -> None:
    times = [10_000 * n + (150_000 if n > 12 else 0) for n in range(1, 37)]
    found = went(arrivals(times))
    assert (found.state, found.since, found.until) == ("slow", 120_000, 130_000)
    assert found.says == (
        "from T+02:00 to T+02:10, 2 min 40 s went by on the server for 10 s in the log; 1 min of pause are allowed"
    )


def test_slowing_down_for_a_part_of_it_is_enough_to_be_flagged() -> None:
    times, at = [], 0
    for n in range(36):
        at += 40_000 if 10 <= n < 14 else 10_000
        times.append(at)
    found = went(arrivals(times))
    assert (found.state, found.since, found.until) == ("slow", 100_000, 140_000)


def away(since: int, until: int) -> list[int]:
    """When heads come whose network was away from ``since`` to ``until``: all at once when it is back."""
    times = [10_000 * n for n in range(1, 37)]
    return [until + n * 20 if since < at <= until else at for n, at in enumerate(times)]


def test_a_network_that_was_away_is_told_apart_from_slow_play() -> None:
    assert went(arrivals(away(60_000, 120_000))).state == "ok"  # no longer than the pause that is allowed
    found = went(arrivals(away(60_000, 300_000)))
    assert (found.state, found.since, found.until) == ("unwitnessed", 60_000, 70_000)
    assert "its heads came all at once" in found.says


def test_time_that_was_taken_is_not_given_back_by_going_fast_afterwards() -> None:
    slow_then_fast = [20_000 * n for n in range(1, 13)] + [245_000 + 10 * n for n in range(14)]
    slow_then_fast += [270_000 + 10_000 * n for n in range(10)]
    assert went(arrivals(slow_then_fast)).state == "slow"


def test_what_comes_after_the_last_command_does_not_matter() -> None:
    ended_early = [10_000 * n for n in range(1, 13)] + [120_500 + n for n in range(24)]
    assert pace(START, arrivals(ended_early), 125_000, pause=PAUSE).state == "ok"
    assert pace(START, arrivals(ended_early), LENGTH, pause=PAUSE).state == "fast"
    assert pace(START, [], 0, pause=PAUSE).state == "ok"
    slow_then_ended = [20_000 * n for n in range(1, 13)] + [240_500 + n for n in range(24)]
    assert pace(START, arrivals(slow_then_ended), 125_000, pause=PAUSE).state == "slow"


def test_what_nobody_witnessed_is_neither_accused_nor_passed() -> None:
    at_once = [10_000 * n for n in range(1, 21)] + [600_000 + n for n in range(16)]
    found = went(arrivals(at_once))
    assert found.state == "unwitnessed" and "came all at once" in found.says
    assert went([]).state == "unwitnessed"
    assert went(arrivals([10_000 * n for n in range(1, 20)])).state == "unwitnessed"


def test_faster_than_allowed_is_told() -> None:
    double = arrivals([5_000 * n for n in range(1, 37)])
    assert went(double).state == "fast" and "the event allows 1x" in went(double).says
    assert went(double, speed=2).state == "ok"
    fast_then_stopped = [2_000 * n for n in range(1, 19)] + [200_000 + 10_000 * n for n in range(18)]
    assert went(arrivals(fast_then_stopped), speed=5).state == "slow"
