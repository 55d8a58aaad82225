"""What must hold in any world, whatever breaks and whatever anybody does."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drill.console import ConsoleError, parse
from drill.model.command import Action
from drill.model.server import Server
from drill.model.traffic import Cohort
from drill.model.world import World
from drill.session.session import Session
from drill.view.build import frame, series
from tests.engine.lab import level_file
from tests.reliability.worlds import FAULTS, LINES, plain_world, schedules, worlds

few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
SECRET = "the-way-out-is-known-to-nobody"


def action(line: str, session: Session) -> Action | None:
    """Return what a line says, or None where the names of this world do not allow it."""
    try:
        return parse(line, session.world)
    except ConsoleError:
        return None


def play(session: Session, schedule: list[tuple[int, str]]) -> Session:
    """Give each line at its time; what is refused or not understood leaves no trace."""
    for at, line in schedule:
        session.advance(at)
        said = action(line, session)
        if said is not None:
            session.submit(said)
    return session


def look(session: Session) -> None:
    """Do all that a screen may do between two instants."""
    shown = frame(session)
    assert msgspec.json.encode(shown)
    for name in session.world.components:
        series(session, name)
    for line in LINES:
        said = action(line, session)
        if said is not None:
            session.sim.refusal(said)


def unjudged(world: World) -> list[float]:
    """Return, per class, the first asks that somebody still waits for: under a deadline or to be sent again."""
    amounts = [0.0] * len(world.traffic.classes)
    rows: list[Cohort] = [c for row in world.traffic.deadlines.values() for c in row if not c.gone]
    rows += [c for row in world.traffic.retries.values() for c in row]
    for cohort in rows:
        if not cohort.judged:
            amounts[cohort.cls] += cohort.amount
    return amounts


def servers(component: Any) -> list[Server]:
    found = [component.server] if hasattr(component, "server") else []
    return found + list(getattr(component, "cells", {}).values())


def balanced(world: World) -> None:
    """Offered = served + failed + waiting, waiting is what waits, and a queue holds what it says."""
    for cls, waits in zip(world.traffic.classes, unjudged(world), strict=True):
        assert cls.waiting == pytest.approx(waits, abs=1e-5), f"{cls.name} at {world.now}"
        assert cls.served >= 0 and all(amount >= 0 for amount in cls.failed.values())
    for component in world.components.values():
        for server in servers(component):
            queued = 0.0
            for cohort in server.queue:
                assert cohort.amount > 0
                queued += cohort.amount * (cohort.hops[0].reads + cohort.hops[0].writes if cohort.hops else 1.0)
            assert server.waiting == pytest.approx(queued, abs=1e-5), component.name


def accounted(session: Session) -> None:
    """Acknowledged = held + lost: what the source has acknowledged is on its copy, on its way there, or lost."""
    db, copy = session.world.components["db"], session.world.components["copy"]
    lost = 0.0
    for loss in session.history.losses:
        lost += loss.writes
    on_the_way = 0.0
    for _, writes in [*copy.stream.unsent, *copy.stream.received]:
        on_the_way += writes
    assert db.acked == pytest.approx(copy.stream.applied + on_the_way + lost + db.orphaned, abs=1e-5)
    assert copy.stream.applied >= 0 and (on_the_way == 0 or copy.stream.running)


@few
@given(worlds(), schedules)
def test_books_balance_at_every_second_and_stores_account_for_every_write(
    level: dict[str, Any], schedule: list[tuple[int, str]]
) -> None:
    session = Session.start(level_file(level), 1)
    rest = list(schedule)
    for second in range(181):
        due = [row for row in rest if row[0] <= second * 1000]
        rest = rest[len(due) :]
        play(session, due)
        session.advance(second * 1000)
        balanced(session.world)
        accounted(session)


@few
@given(worlds(), schedules, st.lists(st.integers(0, 180_000), max_size=60).map(sorted), st.integers(1, 3))
def test_one_step_or_many_with_frames_and_checks_between_and_a_replay_lead_to_the_same(
    level: dict[str, Any], schedule: list[tuple[int, str]], looks: list[int], seed: int
) -> None:
    file = level_file(level)
    plain = play(Session.start(file, seed), schedule)
    plain.finish()
    watched = Session.start(file, seed)
    for at, line in sorted([*schedule, *((at, "") for at in looks)], key=lambda row: row[0]):
        if line:
            play(watched, [(at, line)])
            continue
        watched.advance(at)
        before = watched.world.digest()
        look(watched)
        assert watched.world.digest() == before, "looking changed the world"
    watched.finish()
    assert [(e.t, e.digest) for e in watched.entries] == [(e.t, e.digest) for e in plain.entries]
    assert watched.scorecard() == plain.scorecard()
    assert frame(watched) == frame(plain)
    again = Session.start(file, seed)
    assert len(list(again.follow(plain.entries))) == len(plain.entries)
    assert again.world.digest() == plain.world.digest()
    assert frame(again) == msgspec.structs.replace(frame(plain), entries=0)


@few
@given(worlds(), schedules)
def test_frames_and_logs_hold_neither_what_is_to_come_nor_how_it_is_solved(
    level: dict[str, Any], schedule: list[tuple[int, str]]
) -> None:
    level["draws"] = {"unseen": {"one_of": [f"{SECRET}-0", f"{SECRET}-1"]}}
    level["script"]["secret-last"] = {"at": "170s", "message": {"text": f"$unseen {SECRET}"}}
    rules = {SECRET: {"when": {"alarm": "success", "is": "ALARM"}, "do": [f"ops post-status {SECRET}"]}}
    level["solutions"] = {
        "reference": {"rules": rules},
        "wrong": [{"name": SECRET, "why": SECRET, "rules": rules, "loses": "spend"}],
    }
    level["debrief"] = {"question": SECRET, "chain": [SECRET]}
    level["hints"] = {"h": {"at": "1m", "cost": 30, "text": SECRET}}
    session = Session.start(level_file(level), 1)
    for at, line in schedule:
        play(session, [(min(at, 150_000), line)])
        shown = msgspec.json.encode(frame(session)).decode()
        assert SECRET not in shown and "secret-" not in shown
    for at in range(10_000, 170_000, 10_000):
        session.advance(max(at, session.now))
        shown = msgspec.json.encode(frame(session)).decode()
        assert SECRET not in shown and "secret-" not in shown
    written = json.dumps([msgspec.to_builtins(entry) for entry in session.entries])
    assert SECRET not in written and "secret-" not in written


@few
@given(worlds(), schedules)
def test_frames_before_a_fault_are_those_of_a_world_in_which_it_never_comes(
    level: dict[str, Any], schedule: list[tuple[int, str]]
) -> None:
    calm = {**level, "script": {}}
    later = {**level, "script": {n: {**rule, "at": "100s"} for n, rule in level["script"].items()}}
    sessions = [Session.start(level_file(one), 1) for one in (calm, later)]
    for at in range(1_000, 100_000, 9_000):
        for session in sessions:
            play(session, [row for row in schedule if at - 9_000 <= row[0] < at])
            session.advance(at)
        assert frame(sessions[0]) == frame(sessions[1])


@pytest.mark.parametrize(
    ("fault", "targets", "fields"), FAULTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_fault_is_not_seen_before_anything_could_tell(fault: str, targets: list[str], fields: dict[str, Any]) -> None:
    level = {**plain_world(), "script": {"secret": {"at": "31s", "fault": fault, "target": targets[0], "with": fields}}}
    broken, calm = Session.start(level_file(level), 1), Session.start(level_file({**level, "script": {}}), 1)
    for at in (31_000, 32_500, 34_900):
        broken.advance(at)
        calm.advance(at)
        assert frame(broken) == frame(calm), at
