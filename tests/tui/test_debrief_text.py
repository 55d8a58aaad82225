"""The debrief's sections as text."""

from __future__ import annotations

from drill.engine.history import ClassTrack, Given, History
from drill.score.debrief import Debrief, Extras, debrief
from drill.score.effects import Effect, Measured
from drill.score.scorecard import scorecard
from drill.tui.screens.debrief_text import actions_text, objectives_text
from tests.score.conftest import level_of

ERROR = "An error occurred (PriorRequestNotComplete) when calling it: " + "a previous request is not complete yet; " * 3


def told(*given: Given, down: int = 0, **more: Effect) -> Debrief:
    good = [100.0] * 60 + [0.0] * down + [100.0] * (300 - down)
    track = ClassTrack(name="users", patience=0, asks=[100.0] * 360, good=good)
    history = History(classes={"users": track}, until=360_000, commands=list(given))
    level = level_of()
    measured = Measured(effects={int(n[1:]): effect for n, effect in more.items()})
    return debrief(level, 1, history, scorecard(level, 1, history), Extras(measured=measured))


def given(n: int, **more: object) -> Given:
    line = "aws ec2 start-instances --instance-ids web-1"
    return Given(n=n, at=90_000, author="you", line=line, action={}, **{"state": "done", "done": 90_400, **more})  # type: ignore[arg-type]


def test_what_became_of_an_action_stays_below_it_and_says_its_error_once() -> None:
    failed = given(1, state="failed", error="PriorRequestNotComplete", message=ERROR)
    effect = Effect(since=150_000, until=300_000, share=1.0, without=0.2, more=9_000, asks=36_000, points=200)
    page = actions_text(told(failed, given(2), down=90, _2=effect), 60).plain
    lines = [line for line in page.splitlines()[2:] if line]
    assert all(line.startswith("        ") for line in lines if not line.startswith(" 01:30 ")), "none at the margin"
    assert page.count("PriorRequestNotComplete") == 1
    assert "took effect at T+02:30: users from 0 % to 100 % (20 % without it)" in " ".join(page.split())
    assert not any(line.strip().startswith("%") for line in lines), "a figure keeps its sign"
    assert all(len(line) <= 60 for line in lines)


def test_points_add_up_to_what_the_title_says() -> None:
    page = objectives_text(told(down=299), 100).plain
    assert "Lost: at most" not in page
    rows = [line for line in page.splitlines() if " of " in line]
    assert len(rows) == 2 and "0 of 800" in rows[0] and "200 of 200" in rows[1]
