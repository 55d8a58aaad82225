"""The debrief's chart, from a history made by hand."""

from __future__ import annotations

from drill.console import parse
from drill.engine.history import ClassTrack, Given, History, Known, Truth
from drill.tui.screens.debrief_chart import LEFT, ROWS, chart_text
from tests.tui.fakes import world


def made(good: list[float]) -> History:
    track = ClassTrack(name="shoppers", patience=0, asks=[100.0] * len(good), good=good)
    return History(classes={"shoppers": track}, until=len(good) * 1000)


def test_a_column_is_as_high_as_the_share_of_good_answers() -> None:
    history = made([100.0] * 20 + [0.0] * 20 + [50.0] * 20)
    lines = chart_text(history, 60_000, LEFT + 60).plain.splitlines()
    rows = [line[LEFT:] for line in lines[2 : 2 + ROWS]]
    columns = ["".join(row[x : x + 1] for row in rows) for x in range(60)]
    assert columns[:20] == ["█" * ROWS] * 20
    assert {column.strip() for column in columns[20:40]} == {""}
    assert {column.strip() for column in columns[40:]} == {"█" * (ROWS // 2)}
    assert "100 %" in lines[2] and "0 %" in lines[1 + ROWS]


def test_what_broke_was_noticed_and_was_done_stand_where_they_happened() -> None:
    history = made([100.0] * 60)
    history.truths = [Truth(at=10_000, kind="fault", component="web-1", text="dies")]
    history.known = [Known(at=20_000, kind="alarm", subject="served", text="", state="ALARM"),
                     Known(at=40_000, kind="alarm", subject="served", text="", state="OK")]  # fmt: skip
    for n, line in enumerate(("ops declare-incident", "aws ec2 describe-instances")):
        action = parse(line, world())
        history.commands.append(Given(n=n, at=30_000 + n * 20_000, author="you", line=line, action=action))
    marks = chart_text(history, 60_000, LEFT + 60).plain.splitlines()[2 + ROWS][LEFT:]
    assert {at: sign for at, sign in enumerate(marks) if sign != "─"} == {10: "✖", 20: "▲", 30: "◆"}


def test_nobody_asked_and_there_is_no_chart() -> None:
    assert not chart_text(History(), 60_000, 100)
