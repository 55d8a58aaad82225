"""The board: what ranks, what does not, and that a frozen one stands still."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from drill.contest.board import Board, Result, Team, board, decode, encode
from drill.contest.event import AttemptRule, PublicLevel, Rules, time_text
from drill.contest.show import csv_text, html_page, left_text, page_lines

OPENS, HOUR = 1_900_000_000_000, 3_600_000
RULES = Rules(
    name="cup", title="Cup", opens=OPENS, closes=OPENS + 2 * HOUR,
    levels=(PublicLevel(level="a", title="A", seeds=2), PublicLevel(level="b", title="B", seeds=1, weight=2)),
)  # fmt: skip
FROZEN = msgspec.structs.replace(RULES, freeze=OPENS + HOUR)
TEAMS = [Team(id="1", name="One", bracket="x"), Team(id="2", name="Two", bracket="y"), Team(id="3", name="Three")]


def result(team: str, level: str = "a", seed: int = 0, points: int = 600, at: int = 60_000, **more: object) -> Result:
    fields = {
        "run": f"{team}-{level}-{seed}-{at}", "team": team, "level": level, "seed": seed, "began": OPENS + at - 50_000,
        "received": OPENS + at, "judged": OPENS + at + 1_000, "state": "verified", "points": points,
        "won": points >= 500,
    }  # fmt: skip
    return Result(**{**fields, **more})


def shown(results: list[Result], rules: Rules = RULES, minutes: int = 30, **more: object) -> Board:
    return board(rules, TEAMS, results, OPENS + minutes * 60_000, **more)


def standing(found: Board) -> list[tuple[int, str, int]]:
    return [(line.rank, line.team, line.total) for line in found.lines]


def test_a_level_is_worth_the_mean_over_all_its_seeds_and_shows_its_spread() -> None:
    found = shown([result("1", points=900), result("1", seed=1, points=500), result("2", points=1000)])
    assert standing(found) == [(1, "One", 700_000), (2, "Two", 500_000), (3, "Three", 0)]
    assert (found.lines[0].cells[0].low, found.lines[0].cells[0].high) == (500, 900)
    assert found.lines[1].cells[0].played == 1
    assert standing(shown([result("1", "b", points=400), result("2", points=1000)]))[0] == (1, "One", 800_000)


def test_only_recomputed_points_rank_and_the_rest_is_counted() -> None:
    runs = [
        result("1", points=300), result("2", points=999, state="waiting"), result("2", at=70_000, state="held"),
        result("2", at=80_000, state="refused"), result("3", points=900, late=True),
    ]  # fmt: skip
    found = shown(runs)
    assert standing(found)[0] == (1, "One", 300_000 // 2)
    two, three = (next(line for line in found.lines if line.team == name) for name in ("Two", "Three"))
    assert (two.total, two.waiting, two.held, three.total, three.late) == (0, 1, 1, 0, 1)


def test_which_attempt_counts_is_the_events_rule() -> None:
    runs = [result("1", points=p, at=at) for p, at in ((500, 60_000), (900, 120_000), (100, 180_000))]
    for counts, points in (("best", 900), ("first", 500), ("last", 100)):
        rules = msgspec.structs.replace(RULES, attempts=AttemptRule(allowed=3, counts=counts))
        assert shown(runs, rules).lines[0].total == points * 500


def test_ties_go_to_the_earlier_or_are_shared_as_declared() -> None:
    runs = [result("2", at=60_000), result("1", at=120_000)]
    assert [line.rank for line in shown(runs).lines] == [1, 2, 3]
    assert shown(runs).lines[0].team == "Two"
    shared = msgspec.structs.replace(RULES, tie="shared")
    assert standing(shown(runs, shared))[:2] == [(1, "One", 300_000), (1, "Two", 300_000)]


def test_first_to_restore_and_movement() -> None:
    runs = [
        result("1", points=400),
        result("2", points=550, at=20 * 60_000),
        result("1", seed=1, points=900, at=1_500_000),
    ]
    found = shown(runs)
    assert found.columns[0].first == "Two" and found.lines[1].cells[0].first
    assert [(line.team, line.moved) for line in found.lines[:2]] == [("One", 0), ("Two", 0)]
    assert [(line.team, line.moved) for line in shown(runs, minutes=21).lines[:2]] == [("Two", 1), ("One", -1)]
    assert [line.team for line in shown(runs, bracket="y").lines] == ["Two"]


LATER = st.builds(
    result,
    team=st.sampled_from(["1", "2", "3", "9"]), level=st.sampled_from(["a", "b"]), seed=st.integers(0, 1),
    points=st.integers(0, 1000), at=st.integers(HOUR + 1, 3 * HOUR), late=st.booleans(),
    state=st.sampled_from(["waiting", "verified", "refused", "held"]),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    before=st.lists(
        st.tuples(st.sampled_from(["1", "2", "3"]), st.integers(0, 1000), st.integers(60_000, HOUR - 2_000))
    ),
    later=st.lists(LATER, max_size=6),
    judged=st.lists(st.sampled_from(["verified", "refused", "held"]), min_size=3, max_size=3),
    passed=st.integers(0, 5 * HOUR),
    names=st.lists(st.text(max_size=5), max_size=3),
)
def test_a_frozen_board_does_not_change_by_a_byte_whatever_happens_later(
    before: list[tuple[str, int, int]], later: list[Result], judged: list[str], passed: int, names: list[str]
) -> None:
    runs = [result(team, points=points, at=at, run=f"run-{n}") for n, (team, points, at) in enumerate(before)]
    waiting = [result(team, at=HOUR - 5_000, run=f"w{team}", state="waiting", judged=0) for team in "123"]
    frozen = encode(board(FROZEN, TEAMS, [*runs, *waiting], FROZEN.freeze))
    assert decode(frozen).frozen and encode(decode(frozen)) == frozen
    verdicts = [
        msgspec.structs.replace(each, state=state, judged=FROZEN.freeze + 1 + n, points=1000, won=True)
        for n, (each, state) in enumerate(zip(waiting, judged, strict=True))
    ]
    joined = [Team(id=f"n{n}", name=name, since=FROZEN.freeze + 1) for n, name in enumerate(names)]
    everything = [*later, *verdicts, *reversed(runs)]
    assert encode(board(FROZEN, [*joined, *TEAMS], everything, FROZEN.freeze + passed)) == frozen
    assert not board(FROZEN, TEAMS, everything, FROZEN.freeze + passed, final=True).frozen


def many(teams: int = 200, levels: int = 10) -> tuple[Rules, list[Team], list[Result]]:
    """A big event in its last hour: three seeds a level, every team has played all of them."""
    dice = random.Random(3)
    names = [f"level-{n}" for n in range(levels)]
    rules = msgspec.structs.replace(RULES, levels=tuple(PublicLevel(level=name, title=name, seeds=3) for name in names))
    results = [
        result(str(team), level, seed, dice.randrange(1001), dice.randrange(60_000, HOUR), run=f"{team}-{level}-{seed}")
        for team in range(teams) for level in names for seed in range(3)
    ]  # fmt: skip
    return rules, [Team(id=str(n), name=f"Team {n}") for n in range(teams)], results


def test_the_page_and_the_table_hold_every_team_and_nothing_of_a_name_is_markup() -> None:
    teams = [Team(id="1", name="<script>alert(1)</script>"), Team(id="2", name="=cmd|calc")]
    found = board(RULES, teams, [result("1"), result("2", points=900)], OPENS + HOUR)
    page = html_page(found)
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")  # self-contained
    rows = csv_text(found).splitlines()
    assert rows[0].startswith("rank,moved,team,bracket,points") and rows[1].startswith("1,0,'=cmd|calc")
    assert len(page_lines(found, 80)) >= 2 + len(teams)


def test_what_is_left_is_told_in_the_unit_that_one_thinks_in() -> None:
    day = 24 * HOUR
    shown = board(RULES, TEAMS, [], OPENS)
    far = msgspec.structs.replace(shown, closes=OPENS + 26_000 * day)
    soon = msgspec.structs.replace(shown, closes=OPENS + 10 * day + HOUR)
    assert left_text(far, OPENS) == f"open until {time_text(far.closes)}"
    assert left_text(soon, OPENS) == "10 days left" and left_text(soon, OPENS + 9 * day) == "25 h left"
    assert left_text(far, OPENS - 3 * day) == f"opens {time_text(OPENS)}"
    assert left_text(shown, OPENS - HOUR) == "opens in 1 h" and left_text(shown, shown.closes) == "ended"
