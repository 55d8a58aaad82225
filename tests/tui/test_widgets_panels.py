"""The panels around the map: what they say, at the width they have, and that no text acts on the terminal."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from drill.tui.canvas.canvas import Canvas
from drill.tui.widgets.alarms import paint_alarms
from drill.tui.widgets.feed import paint_feed
from drill.tui.widgets.folded import FoldedPanel
from drill.tui.widgets.guide import GuidePanel
from drill.tui.widgets.header import Header, paint_header
from drill.tui.widgets.jobs import paint_job, paint_jobs
from drill.tui.widgets.selected import paint_selected
from drill.tui.widgets.timeline import paint_timeline
from drill.view.frame import AlarmRow, FeedRow, Frame, HintOffer, Job
from tests.tui import frames
from tests.tui.test_map_paint import HOSTILE


def lines(paint: Callable[[Canvas], None], width: int, height: int) -> list[str]:
    canvas = Canvas(width, height)
    paint(canvas)
    return [canvas.text(y) for y in range(height)]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_header_always_says_what_users_feel_and_what_is_left(width: int) -> None:
    first, second = lines(lambda c: paint_header(c, frames.zone_power()), width, 2)
    assert "Zone power" in first and "04:12" in first and "✖ 83.2 %" in first and "1,420 ms" in first
    assert "▲ RTO 01:52" in second and "✖ AVAI" in second and "$0.61" in second
    if width >= 80:
        assert "05:00" in second and "97.0 %" in second
    if width >= 120:
        assert "ada · seed 7" in first and "$9.40/h" in first and "97.4 of 97.0 %" in second


def test_the_header_says_when_time_stands_and_when_nothing_is_saved() -> None:
    frame = msgspec.structs.replace(frames.zone_power(), saving=False)
    assert "‖" in lines(lambda c: paint_header(c, frame, paused=True), 80, 2)[0]
    assert "▲ not saving" in lines(lambda c: paint_header(c, frame, speed=10), 80, 2)[0]
    assert "10×" in lines(lambda c: paint_header(c, frame, speed=10), 80, 2)[0]


def test_no_data_on_users_is_no_share_served() -> None:
    base = frames.calm()
    users = msgspec.structs.replace(base.users, success=None, state="unknown")
    shown = lines(lambda c: paint_header(c, msgspec.structs.replace(base, users=users), 1, False), 200, 2)[0]
    assert "users ? no data" in shown and "served" not in shown


def test_objectives_that_do_not_fit_are_counted() -> None:
    base = frames.zone_power()
    frame = msgspec.structs.replace(base, gauges=base.gauges * 3)
    assert "more" in lines(lambda c: paint_header(c, frame), 80, 2)[1]


@pytest.mark.parametrize(("width", "height"), [(80, 1), (118, 3), (200, 3)])
def test_the_timeline_shows_faults_actions_now_and_the_deadline(width: int, height: int) -> None:
    shown = "\n".join(lines(lambda c: paint_timeline(c, frames.zone_power()), width, height))
    for sign in "✖▲◆┃╎━":
        assert sign in shown
    assert "RTO runs out 07:20, in 3:08" in shown
    if height == 3:
        assert "use1-az1 dark" in shown and "now" in shown and "10m" in shown
        base = frames.zone_power()
        soon = msgspec.structs.replace(base, deadline=(base.now + 25_000, "RTO runs out"), marks=())
        below = lines(lambda c: paint_timeline(c, soon), width, height)[2]
        assert "now" in below and "in 25 s" in below, "the last half minute is when now matters most"


def test_alarms_are_loudest_first_and_counted() -> None:
    shown = lines(lambda c: paint_alarms(c, frames.zone_power()), 50, 5)
    assert shown[0].startswith("Alarms  2 in alarm · 1 no data · 9 ok")
    assert [row.split()[1] for row in shown[1:4]] == ["ALARM", "ALARM", "NO"]
    assert "98 % > 70 %" in shown[1]
    many = tuple(AlarmRow(name=f"a{i}", state="ALARM", text="", since=0) for i in range(9))
    assert (
        lines(lambda c: paint_alarms(c, msgspec.structs.replace(frames.calm(), alarms=many)), 40, 5)[4][:7] == "+6 more"
    )


def test_the_feed_is_latest_first_and_breaks_between_words() -> None:
    shown = lines(lambda c: paint_feed(c, frames.zone_power()), 36, 20)
    assert shown[0].startswith("Feed") and shown[1].startswith("04:10 you aws autoscaling")
    words = {w for row in frames.zone_power().feed for w in row.text.split()} | {"…", "Feed"}
    for row in shown[1:]:
        told = row.split()[2:] if row[:1].isdigit() else row.split()
        assert all(w in words for w in told), row
    newest = (*frames.zone_power().feed, FeedRow(at=251_000, source="ec2", text="later"))
    assert "later" in lines(lambda c: paint_feed(c, msgspec.structs.replace(frames.calm(), feed=newest)), 36, 20)[1]


def test_an_alarm_says_its_state_before_its_name_in_the_feed() -> None:
    rows = tuple(
        FeedRow(at=n * 1000, source="alarm", text=f"west-unhealthy-euw1-az3 -> {state}")
        for n, state in enumerate(("INSUFFICIENT_DATA", "OK", "ALARM"))
    )
    shown = lines(lambda c: paint_feed(c, msgspec.structs.replace(frames.calm(), feed=rows)), 35, 5)
    assert [line.strip() for line in shown[1:3]] == ["00:02 ALARM west-unhealthy-euw1-az3",
                                                     "00:01 OK west-unhealthy-euw1-az3"]  # fmt: skip
    assert "NO DATA" in shown[3]


def test_the_selected_component_is_told_in_full() -> None:
    frame = frames.zone_power()
    shown = "\n".join(lines(lambda c: paint_selected(c, frame, "web-asg/use1-az2", frames.series()), 36, 14))
    facts = "▣ web · use1-az2|✖ 3 of 3|load 131 %|470/s|94/s failed|CPU|98 %|157/s|38|··|boot 2 instances|41 s|Enter"
    for fact in facts.split("|"):
        assert fact in shown, fact
    assert "nothing" in "".join(lines(lambda c: paint_selected(c, frames.zone_power(), "gone", ()), 36, 3))


def test_work_on_its_way_says_how_far_it_is_and_what_is_left() -> None:
    shown = lines(lambda c: paint_jobs(c, frames.zone_power()), 60, 5)
    assert "web-asg: boot 2 instances" in shown[1] and "━" in shown[1] and "41 s" in shown[1]
    assert "1 of 4 launches waits for capacity" in shown[3]
    assert lines(lambda c: paint_jobs(c, frames.zone_power()), 60, 3)[2].startswith("+2 more")
    for who, said in {
        "web/use1-az1/12": "web: launch",
        "central-web/a": "central-web/a: launch",
        "the-very-long-name-of-a-group/a": "the-very-lon…group: launch",
    }.items():
        boot = Job(what="launch", who=who, share=0.5, left=28_000)
        assert said in lines(lambda c, boot=boot: paint_job(c, 0, boot), 35, 2)[0], "whose it is stays to be seen"


def test_what_one_component_does_several_times_is_one_line() -> None:
    boots = tuple(Job(what="launch", who=f"web/use1-az{n}/{n}", share=0.1, left=20_000 + n * 1000) for n in (2, 1, 3))
    other = Job(what="promote", who="db", share=None, left=None)
    frame = msgspec.structs.replace(frames.zone_power(), jobs=(*boots, other))
    shown = lines(lambda c: paint_jobs(c, frame), 40, 4)
    assert "web: launch ×3" in shown[1] and "21 s" in shown[1] and "db: promote" in shown[2] and not shown[3].strip()


def test_the_guide_is_there_only_when_there_is_something_to_say() -> None:
    panel = GuidePanel()
    assert panel.lines_for(frames.calm(), 80) == 0
    assert panel.lines_for(frames.tiny(), 80) == 2
    bought = msgspec.structs.replace(frames.calm(), hints=(HintOffer(id="h", cost=30, text="What points at web-1?"),))
    assert panel.lines_for(bought, 80) == 1
    assert "Hint What points at web-1?" in lines(lambda c: panel.paint(c, bought), 80, 1)[0]


def test_no_text_of_a_panel_acts_on_the_terminal() -> None:
    base = frames.zone_power()
    frame: Frame = msgspec.structs.replace(
        base,
        title=HOSTILE,
        operator=HOSTILE,
        phase=HOSTILE,
        guide=HOSTILE,
        deadline=(440_000, HOSTILE),
        alarms=tuple(msgspec.structs.replace(a, name=HOSTILE, text=HOSTILE) for a in base.alarms),
        feed=tuple(msgspec.structs.replace(f, source=HOSTILE, text=HOSTILE) for f in base.feed),
        marks=tuple(msgspec.structs.replace(m, text=HOSTILE) for m in base.marks),
        jobs=tuple(msgspec.structs.replace(j, what=HOSTILE, who=HOSTILE) for j in base.jobs),
        gauges=tuple(msgspec.structs.replace(g, label=HOSTILE, actual=HOSTILE, target=HOSTILE) for g in base.gauges),
        cards=tuple(msgspec.structs.replace(c, title=HOSTILE, word=HOSTILE, role=HOSTILE) for c in base.cards),
    )
    fold = FoldedPanel()
    paints: list[Callable[[Canvas], None]] = [
        lambda c: paint_header(c, frame),
        lambda c: paint_timeline(c, frame),
        lambda c: paint_alarms(c, frame),
        lambda c: paint_feed(c, frame),
        lambda c: paint_jobs(c, frame),
        lambda c: paint_selected(c, frame, "web-alb", frames.series()),
        lambda c: GuidePanel().paint(c, frame),
        lambda c: fold.paint(c, frame),
    ]
    for paint in paints:
        for width, height in ((1, 1), (20, 3), (36, 12), (120, 3)):
            for row in lines(paint, width, height):
                assert row.isprintable()


def test_in_little_room_objectives_keep_their_targets() -> None:
    frame = frames.zone_power()
    assert [Header().lines_for(frame, width) for width in (60, 80, 120)] == [3, 2, 2]
    first, *rest = lines(lambda c: paint_header(c, frame), 60, 3)
    below = " ".join(rest)
    assert "RTO 01:52 of 05:00" in below and "AVAIL 97.4 of 97.0 %" in below and "SPEND $0.61 of " in below
    assert below.count(" of ") == len(frame.gauges) and "83.2 %" in first


@pytest.mark.parametrize("width", [80, 100, 120])
def test_what_the_header_says_does_not_give_way_as_the_drill_goes_on(width: int) -> None:
    base = frames.zone_power()

    def names(samples: int) -> list[str]:
        users = msgspec.structs.replace(base.users, history=(0.9,) * samples)
        frame = msgspec.structs.replace(base, users=users)
        first = lines(lambda c: paint_header(c, frame), width, 2)[0]
        return [word for word in ("hinted", "spend", "seed", "p95") if word in first]

    assert names(1) == names(60) and "p95" in names(60)
    assert width < 120 or names(60) == ["hinted", "spend", "seed", "p95"]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_header_says_that_requests_are_turned_away(width: int) -> None:
    base = frames.zone_power()
    cards = tuple(msgspec.structs.replace(c, sheds="sheds 30 %") if c.id == "web-alb" else c for c in base.cards)
    frame = msgspec.structs.replace(base, cards=cards)
    first = lines(lambda c: paint_header(c, frame), width, 2)[0]
    assert ("▲ sheds 30 %" if width >= 80 else "▲ sheds") in first
    assert "sheds" not in lines(lambda c: paint_header(c, base), width, 2)[0]
    assert "sheds 30 %" in "\n".join(lines(lambda c: paint_selected(c, frame, "web-alb", ()), 36, 8))
