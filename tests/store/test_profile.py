"""The profile: strong and weak concepts from what levels teach and the latest runs' points."""

from __future__ import annotations

import pytest

from drill.store import RunRecord, ScoreRow
from drill.store.profile import Known, profile

LEVELS = {
    "a": Known(title="A", teaches=("elastic-ip", "warm-spare"), worth={"rto": 800.0, "spend": 200.0}),
    "b": Known(title="B", teaches=("warm-spare",), worth={"rto": 500.0, "rpo": 500.0}),
    "c": Known(title="C", teaches=("dns",), worth={"rto": 1000.0}),
}


def run(level: str, points: int, **rows: float) -> RunRecord:
    named = tuple(ScoreRow(name=name, actual="", points=worth) for name, worth in rows.items())
    return RunRecord(id=f"{level}{points}", level=level, gameplay="", engine="1", seed=1, won=points >= 500,
                     points=points, stars=points // 400, rows=named)  # fmt: skip


def test_a_concept_stands_as_its_levels_do_lately() -> None:
    newest_first = [run("b", 200), run("a", 1000), run("a", 900), run("a", 800), run("a", 0), run("gone", 700)]
    told = profile("Ada", newest_first, LEVELS)
    assert (told.runs, told.won, told.operator) == (6, 5 - 1, "Ada")
    stood = {each.name: (round(each.share, 3), each.word, each.levels) for each in told.concepts}
    assert stood == {"elastic-ip": (0.9, "strong", ("a",)), "warm-spare": (0.55, "so-so", ("a", "b"))}
    assert [each.name for each in told.concepts] == ["warm-spare", "elastic-ip"], "the weakest first"
    assert told.unplayed == ("dns",)
    assert [(line.id, line.title, line.best, line.points) for line in told.levels] == [
        ("a", "A", 1000, (0, 800, 900, 1000)), ("b", "B", 200, (200,)), ("gone", "gone", 700, (700,))]  # fmt: skip


def test_an_objective_stands_as_the_share_of_what_it_is_worth() -> None:
    told = profile("", [run("a", 700, rto=600.0, spend=100.0), run("b", 300, rto=50.0, rpo=250.0, odd=9.0)], LEVELS)
    assert {each.name: pytest.approx(each.share) for each in told.objectives} == {
        "rto": (0.75 + 0.1) / 2, "spend": 0.5, "rpo": 0.5}  # fmt: skip
    assert told.objectives[0].name == "rto" and told.objectives[0].word == "weak"


def test_nothing_played_is_no_profile_but_a_list_of_what_there_is() -> None:
    told = profile("", [], LEVELS)
    assert told.concepts == told.levels == () and told.unplayed == ("dns", "elastic-ip", "warm-spare")
