"""What must hold in any world, whatever breaks and whatever anybody does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from drill.console import ConsoleError, parse
from drill.model.traffic import Cohort, Server
from drill.model.world import World
from drill.session.session import Session
from tests.engine.lab import level_file
from tests.reliability.worlds import schedules, worlds

few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def play(session: Session, schedule: list[tuple[int, str]]) -> Session:
    """Give each line at its time; what is refused or not understood leaves no trace."""
    for at, line in schedule:
        session.advance(at)
        try:
            session.submit(parse(line, session.world))
        except ConsoleError:
            continue
    return session


def unjudged(world: World) -> list[float]:
    """Return, per class, the first asks that somebody still waits for: under a deadline or to be sent again."""
    amounts = [0.0] * len(world.traffic.classes)
    rows: list[Cohort] = [c for row in world.traffic.deadlines.values() for c in row if not c.gone]
    rows += [c for row in world.traffic.retries.values() for c in row]
    for cohort in rows:
        if not cohort.judged:
            amounts[cohort.cls] += cohort.amount
    return amounts


def balanced(world: World) -> None:
    """Invariant 2: offered = served + failed + waiting, and waiting is what waits."""
    for cls, waits in zip(world.traffic.classes, unjudged(world), strict=True):
        assert cls.waiting == pytest.approx(waits, abs=1e-5), f"{cls.name} at {world.now}"
        assert cls.served >= 0 and all(amount >= 0 for amount in cls.failed.values())
    for component in world.components.values():
        for server in servers(component):
            queued = 0.0
            for cohort in server.queue[server.head :]:
                assert cohort.amount > 0
                queued += cohort.amount * (cohort.hops[0].reads + cohort.hops[0].writes if cohort.hops else 1.0)
            assert server.waiting == pytest.approx(queued, abs=1e-5), component.name


def servers(component: Any) -> list[Server]:
    found = [component.server] if hasattr(component, "server") else []
    return found + list(getattr(component, "cells", {}).values())


def kept(session: Session) -> None:
    """Invariant 2: per store, acknowledged = held + lost, for the copy as for the source."""
    db, copy = session.world.components["db"], session.world.components["copy"]
    slept = max(0, session.now // 1000 - session.world.traffic.stepped - 1)
    acked = db.acked
    if copy.stream.running:
        on_the_way = 0.0
        for _, writes in [*copy.stream.unsent, *copy.stream.received]:
            on_the_way += writes
        assert acked == pytest.approx(copy.stream.applied + on_the_way, abs=1e-5), slept
    else:
        lost = 0.0
        for loss in session.history.losses:
            lost += loss.writes
        assert acked == pytest.approx(copy.stream.applied + lost + db.orphaned, abs=1e-5)


@few
@given(worlds(), schedules)
def test_books_balance_at_every_second_and_stores_account_for_every_write(
    level: dict[str, Any], schedule: list[tuple[int, str]]
) -> None:
    session = Session.start(level_file(level), 1)
    rest = list(schedule)
    for second in range(181):
        due = [row for row in rest if row[0] < second * 1000]
        rest = rest[len(due) :]
        play(session, due)
        session.advance(second * 1000)
        balanced(session.world)
        kept(session)
