"""A facilitator's hand is in the log like everything else: what holds of any drill holds of a facilitated one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drill.engine.script import make_fault
from drill.level.level import ScriptRule
from drill.model.command import Fault
from drill.session.chain import Entry, Log, LogError, LogHeader, parse
from drill.session.facilitated import effective
from drill.session.log import LogFile
from drill.session.orders import Clear, Delay, Fire, Hint, Message, Order, Pause, Resume, Rewind, Seat, Skip
from drill.session.session import Session, replay, resume
from drill.view.build import frame
from tests.engine.lab import level_file
from tests.reliability.test_invariants import balanced, play
from tests.reliability.worlds import FAULTS, schedules, worlds

few = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def fault(row: tuple[str, list[str], dict[str, Any]]) -> Fault:
    return make_fault(ScriptRule(fault=row[0], target=row[1][0], with_=row[2]))


rules = st.sampled_from(["secret-0", "secret-1", "secret-demand", "no-such"])
orders: st.SearchStrategy[Order | Fault | float] = st.one_of(
    rules.map(lambda name: Fire(rule=name)),
    rules.map(lambda name: Skip(rule=name)),
    rules.map(lambda name: Delay(rule=name, by=20_000)),
    st.sampled_from(FAULTS).map(fault),
    st.sampled_from(["secret-0", "fault-1"]).map(lambda name: Clear(of=name)),
    st.just(Message(from_="support", text="They call.")),
    st.just(Hint(text="Look at the balancer.")),
    st.just(Pause()),
    st.just(Seat(name="ada", role="operator")),
    st.floats(0.0, 0.99),  # a rewind to this share of what was played
)
steered = st.lists(st.tuples(st.integers(0, 150_000), orders), max_size=7).map(lambda rows: sorted(rows, key=_at))


def _at(row: tuple[int, Any]) -> int:
    return row[0]


def lead(session: Session, schedule: list[tuple[int, str]], hand: list[tuple[int, Any]]) -> Session:
    """Play commands and orders in order of their time; after a rewind both go on from where it went."""
    for at, what in sorted([*schedule, *hand], key=_at):
        session.advance(max(session.now, at))
        if isinstance(what, str):
            play(session, [(session.now, what)])
        elif isinstance(what, Fault):
            session.inject(what, "fay")
        elif isinstance(what, float):
            session.order(Rewind(to=round(session.now * what)), "fay")
        else:
            session.order(what, "fay")
            session.order(Resume(), "fay") if isinstance(what, Pause) else None
    return session


def chained(file: Any, entries: list[Entry]) -> Log:
    log = Log.start(LogHeader(level=file.level.id, gameplay=file.gameplay_hash, seed=1))
    for entry in entries:
        log.append(msgspec.structs.replace(entry))
    return log


@few
@given(worlds(), schedules, steered)
def test_a_facilitated_drill_is_replayed_and_its_branch_alone_leads_to_the_same(
    level: dict[str, Any], schedule: list[tuple[int, str]], hand: list[tuple[int, Any]]
) -> None:
    file = level_file(level)
    live = lead(Session.start(file, 1), schedule, hand)
    balanced(live.world)
    live.finish()
    written = chained(file, live.entries)
    again = replay(file, parse(b"".join(written.lines()), "log"))
    alone = Session.start(file, 1)
    kept = effective(live.entries)
    assert len(list(alone.follow(kept))) == len(kept)  # each with its digest, the end with its points
    for other in (again, alone):
        assert other.world.digest() == live.world.digest()
        assert other.scorecard() == live.scorecard()
    assert frame(again) == frame(live)
    assert again.history.orders == live.history.orders and again.seats == live.seats


@few
@given(worlds(), schedules, steered, st.integers(0, 40))
def test_a_facilitated_drill_goes_on_after_a_crash_anywhere(
    tmp_path_factory: pytest.TempPathFactory, level: dict[str, Any], schedule: list[tuple[int, str]],
    hand: list[tuple[int, Any]], lines: int,
) -> None:  # fmt: skip
    file = level_file(level)
    path: Path = tmp_path_factory.mktemp("cut") / "run.jsonl"
    header = LogHeader(level=file.level.id, gameplay=file.gameplay_hash, seed=1)
    with LogFile.create(path, header) as log:
        live = lead(Session.start(file, 1, "fay", log), schedule, hand)
        live.finish()
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[: min(len(whole) - 1, 1 + lines)]))
    with LogFile.resume(path) as log:
        back = resume(file, log)
        assert list(back.follow(live.entries[len(back.entries) :])) and back.world.digest() == live.world.digest()


@few
@given(worlds(), schedules)
def test_a_script_fired_by_hand_at_its_own_times_plays_as_it_would_by_itself(
    level: dict[str, Any], schedule: list[tuple[int, str]]
) -> None:
    """Bringing an inject forward moves its effect and nothing else: the requests of users tell."""
    rules = {n: r for n, r in level["script"].items() if "fault" in r and "for" not in r}
    file, never = level_file({**level, "script": rules}), level_file(
        {**level, "script": {n: {**r, "at": "end"} for n, r in rules.items()}}
    )  # fmt: skip
    by_itself, by_hand = Session.start(file, 1), Session.start(never, 1)
    for name, rule in sorted(rules.items(), key=lambda row: int(row[1]["at"][:-1])):
        by_hand.advance(int(rule["at"][:-1]) * 1000)
        assert by_hand.order(Fire(rule=name), "fay") == ""
    for session in (by_itself, by_hand):
        session.finish()
    told = [(t.at, t.component, t.text) for t in by_itself.history.truths if t.kind == "fault"]
    assert told == [(t.at, t.component, t.text) for t in by_hand.history.truths if t.kind == "fault"]


def drill() -> Session:
    """Return a drill with one inject and one hint, half a minute in."""
    from tests.reliability.worlds import plain_world

    level = plain_world() | {
        "script": {"dark": {"at": "1m", "fault": "drill:az:power-interruption", "target": "use1-az1"}},
        "hints": {"h": {"at": "2m", "cost": 30, "text": "Look."}},
    }
    session = Session.start(level_file(level), 1)
    session.advance(30_000)
    return session


def struck(session: Session) -> list[int]:
    return [truth.at for truth in session.history.truths if truth.kind == "fault"]


def test_an_inject_comes_now_later_or_not_at_all() -> None:
    cases: tuple[tuple[Order, list[int]], ...] = (
        (Fire(rule="dark"), [30_000]), (Delay(rule="dark", by=15_000), [75_000]), (Skip(rule="dark"), []),
    )  # fmt: skip
    for order, times in cases:
        session = drill()
        assert session.order(order, "fay") == ""
        session.finish()
        assert struck(session) == times


def test_what_cannot_be_done_is_said_and_leaves_no_trace() -> None:
    session = drill()
    wrong: list[tuple[Order, str]] = [
        (Fire(rule="drak"), "the script has no inject drak; it has dark"),
        (Hint(hint="x"), "the level has no hint x; it has h"),
        (Resume(), "time passes already"),
        (Rewind(to=30_000), "go back to a moment before T+00:30"),
        (Clear(of="dark"), "no fault dark has struck; there is none"),
        (Seat(name="ada", role="king"), "there is no role king; choose commander, operator, communications"),
        (Message(text=" "), "a message has 1 to 500 characters"),
    ]
    for order, why in wrong:
        assert session.order(order, "fay") == why
    elsewhere = make_fault(ScriptRule(fault="aws:ec2:stop-instances", target="db"))
    assert "needs the name of a ec2.instance or autoscaling.group, not 'db'" in session.inject(elsewhere, "fay")
    assert session.entries == [] and not session.facilitated
    session.advance(70_000)
    assert session.order(Fire(rule="dark"), "fay") == "dark came at T+01:00 already"


def test_time_stands_still_in_a_pause_and_a_log_that_says_otherwise_is_refused() -> None:
    session = drill()
    session.order(Pause(), "fay")
    session.advance(60_000)
    assert session.now == 30_000
    play(session, [(0, "ops declare-incident --severity 1")])
    session.order(Resume(), "fay")
    session.finish()
    assert [e.t for e in session.entries] == [30_000, 30_000, 30_000, 180_000]
    forged = chained(session.file, [e for e in session.entries if (e.command or {}).get("order") != "resume"])
    with pytest.raises(Exception, match=r"entry 3: time: .* a pause at 30000 ms"):
        replay(session.file, forged)


def test_time_goes_back_by_a_rewind_only() -> None:
    session = drill()
    session.order(Seat(name="ada", role="operator"), "fay")
    session.advance(50_000)
    session.order(Seat(name="ada", role="commander"), "fay")
    session.order(Rewind(to=40_000), "fay")
    assert session.now == 40_000 and session.seats == {"ada": "commander"}, "people stay where they sit"
    session.order(Rewind(to=20_000), "fay")
    assert session.now == 20_000
    play(session, [(20_000, "ops declare-incident --severity 1")])
    log = chained(session.file, session.entries)
    assert len(parse(b"".join(log.lines()), "log").entries) == 5
    bare = list(log.entries)
    bare[3].command = {"order": "message", "from": "support", "text": "back"}
    with pytest.raises(ValueError, match="no entry at 20000 ms can follow"):
        chained(session.file, bare)
    header = b"".join(log.lines()[:1])
    with pytest.raises(LogError, match="no such order"):
        entry = msgspec.structs.replace(session.entries[0], command={"order": "rewind", "to": "now"})
        parse(header + b"".join(chained(session.file, [entry]).lines()[1:]), "log")


def test_a_hint_that_is_given_is_free_and_cannot_be_bought_again() -> None:
    session = drill()
    assert session.order(Hint(hint="h"), "fay") == ""
    session.advance(150_000)
    assert [(hint.id, hint.text) for hint in frame(session).hints] == [("h", "Look.")]
    assert frame(session).next_hint is None and session.scorecard().hints == 0


def test_after_the_end_one_can_still_go_back_until_the_run_is_closed() -> None:
    session = drill()
    session.advance(session.length)
    session.scorecard()
    assert session.order(Message(text="too late"), "fay") == "the drill is over"
    assert session.order(Rewind(to=40_000), "fay") == "" and session.now == 40_000
    session.finish()
    assert session.order(Rewind(to=40_000), "fay") == "the drill is over"
    again = replay(session.file, chained(session.file, session.entries))
    assert again.world.digest() == session.world.digest()
    assert [(o.what, o.at) for o in again.history.orders] == [("rewind", 40_000)]
