"""The flow sleeps through what it knows, and nobody can tell: the World is that of an engine that never sleeps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drill.session.session import Session
from tests.engine.lab import TWO_REGIONS, Lab, level_file, tree
from tests.reliability.test_invariants import play
from tests.reliability.worlds import schedules, worlds

ZONES = ["use1-az1", "use1-az2", "use1-az3"]


def drowning(servers: int, patience: str, retries: dict[str, Any], db: int = 9000) -> dict[str, Any]:
    """Return a level in which a third of the servers dies at 10 s, and the others have too little room ever after."""
    names = [f"web-{i}" for i in range(servers)]
    parts: dict[str, Any] = {
        name: {"kind": "ec2.instance", "zone": ZONES[i % 3], "capacity": "10/s", "needs": ["db"]}
        for i, name in enumerate(names)
    }
    parts["db"] = {"kind": "rds.instance", "zone": ZONES[1], "capacity": f"{db}/s", "connections": 50}
    parts["alb"] = {"kind": "elb.application-load-balancer", "zones": ZONES, "targets": names}
    classes = {"pages": {"patience": patience, "retries": retries}}
    users = {"users": {"enters": "alb", "rate": f"{servers * 9}/s", "classes": classes}}
    dark = {"at": "10s", "fault": "drill:az:power-interruption", "target": ZONES[0]}
    return tree(parts, users, {"dark": dark}, length="10m")


SOLD_OUT = tree(
    {
        "web": {"kind": "autoscaling.group", "zones": ZONES[:2], "min": 2, "desired": 2, "max": 6, "capacity": "50/s"},
        "alb": {"kind": "elb.application-load-balancer", "zones": ZONES[:2], "targets": ["web"]},
    },
    {"users": {"enters": "alb", "rate": "40/s"}},
    regions={"us-east-1": {"zones": {zone: {"pools": {"m5.large": 1}} for zone in ZONES[:2]}}},
)
GROW = "aws autoscaling set-desired-capacity --auto-scaling-group-name web --desired-capacity 5"

STORMS = [
    drowning(7, "2s", {"tries": 2, "gap": "1s"}),
    drowning(20, "5s", {"tries": 3, "gap": "2s"}),
    drowning(7, "12s", {"tries": 1, "gap": "1s", "backoff": 2}),
    drowning(9, "4s", {"tries": 2, "gap": "5s", "jitter": "full"}),
    drowning(9, "3s", {"tries": 2, "gap": "2s"}, db=40),
]


def never_sleeps(session: Session) -> None:
    """Let a session's flow compute every second in which anything moves."""
    flow = session.sim.flow
    decide = flow._rest

    def awake(second: int) -> None:
        if flow.drifting:
            flow.changed = flow.restless = True
        decide(second)

    flow._rest = awake  # type: ignore[method-assign]
    flow._is_later = lambda before: False  # type: ignore[method-assign]


def told(session: Session) -> list[Any]:
    """Return all that was recorded and published."""
    history, samples = session.history, session.telemetry.samples
    return [samples, history.classes, history.known, history.losses, history.spend, history.impact, history.phases]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), schedules, st.lists(st.integers(1, 180_000), max_size=8))
@example(STORMS[0], [], [75_500, 151_000])
@example(STORMS[2], [(120_000, "aws ec2 reboot-instances --instance-ids web-1")], [])
@example(STORMS[3], [], [])
def test_sleeping_changes_nothing(level: dict[str, Any], schedule: list[tuple[int, str]], stops: list[int]) -> None:
    file = level_file(level)
    sleeps, wakes = Session.start(file, 1), Session.start(file, 1)
    never_sleeps(wakes)
    rest = list(schedule)
    for at in sorted([*stops, *range(0, sleeps.length, 7_000), sleeps.length]):
        due = [row for row in rest if row[0] <= at]
        rest = rest[len(due) :]
        for session in (sleeps, wakes):
            play(session, due)
            session.advance(at)
        assert sleeps.world.digest() == wakes.world.digest(), f"at {at} ms"
    sleeps.finish()
    wakes.finish()
    assert told(sleeps) == told(wakes)
    assert sleeps.sim.flow.steps <= wakes.sim.flow.steps


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), schedules)
@example(STORMS[0], [])
@example(SOLD_OUT, [(20_000, GROW)])
def test_conditions_that_are_not_looked_at_have_not_come_true(
    level: dict[str, Any], schedule: list[tuple[int, str]]
) -> None:
    file = level_file(level)
    spares, looks = Session.start(file, 1), Session.start(file, 1)
    clock = looks.sim.clock
    clock._listeners = lambda: list(clock._untils.values())  # type: ignore[method-assign]
    for at in sorted([*(row[0] for row in schedule), *range(0, spares.length, 9_700), spares.length]):
        for session in (spares, looks):
            play(session, [row for row in schedule if row[0] == at])
            session.advance(at)
        assert spares.world.digest() == looks.world.digest(), f"at {at} ms"


@pytest.mark.parametrize("level", STORMS)
def test_a_failure_that_has_found_its_shape_costs_nothing_more(level: dict[str, Any]) -> None:
    lab = Lab(level).run(300)
    steps = lab.sim.flow.steps
    lab.run(600)
    assert not lab.world.traffic.steady and lab.good("users.pages", 400, 500) < 0.9
    assert lab.sim.flow.steps == steps


def shop(applies: str) -> dict[str, Any]:
    """Return a level whose database has a copy that applies so many writes a second; a zone goes dark for a while."""
    servers = {"kind": "autoscaling.group", "zones": ZONES, "min": 3, "desired": 6, "max": 6, "capacity": "50/s"}
    parts = {
        "db": {"kind": "rds.instance", "zone": "use1-az1", "capacity": "900/s", "connections": 50},
        "copy": {"kind": "rds.instance", "zone": "usw2-az1", "replica_of": "db", "applies": applies},
        "web": {**servers, "needs": ["db"]},
        "alb": {"kind": "elb.application-load-balancer", "zones": ZONES, "targets": ["web"]},
        "name": {"kind": "route53.record", "domain": "shop.example", "answers": {"it": {"to": "alb"}}, "ttl": "60s"},
    }
    classes = {"orders": {"patience": "3s", "writes": 1, "reads": 1}}
    dark = {"fault": "drill:az:power-interruption", "target": ZONES[2]}
    script = {"dark": {"at": "100s", **dark}, "light": {"at": "200s", "clear": "dark"}}
    users = {"users": {"enters": "name", "rate": "40/s", "classes": classes}}
    return tree(parts, users, script, length="15m", regions=TWO_REGIONS)


@pytest.mark.parametrize(("applies", "behind"), [("100/s", False), ("30/s", True)])
def test_what_drifts_is_moved_on_alone(applies: str, behind: bool) -> None:
    file = level_file(shop(applies))
    sleeps, wakes = Session.start(file, 1), Session.start(file, 1)
    never_sleeps(wakes)
    for at in [*range(0, 900_000, 3_700), 900_000]:
        for session in (sleeps, wakes):
            session.advance(at)
        assert sleeps.world.digest() == wakes.world.digest(), f"at {at} ms"
    sleeps.finish()
    wakes.finish()
    assert told(sleeps) == told(wakes)
    lag = [sample["copy.ReplicaLag"] for sample in sleeps.telemetry.samples]
    assert (max(lag) > 120) == behind
    spared = wakes.sim.flow.steps - sleeps.sim.flow.steps
    assert spared > (500 if behind else 50), "resolvers that return to a zone, and a copy that lags, wake nobody"


def test_resolvers_that_end_at_one_node_are_watched_on_their_way() -> None:
    parts = {
        **{f"web-{i}": {"kind": "ec2.instance", "zone": ZONES[i], "capacity": "100/s"} for i in range(2)},
        "alb": {
            "kind": "elb.application-load-balancer",
            "zones": ZONES[:2],
            "targets": ["web-0", "web-1"],
            "zonal_shift": True,
        },
    }
    file = level_file(tree(parts, {"users": {"enters": "alb", "rate": "40/s"}}))
    sleeps, wakes = Session.start(file, 1), Session.start(file, 1)
    never_sleeps(wakes)
    shift = f"aws arc-zonal-shift start-zonal-shift --resource-identifier alb --away-from {ZONES[0]}"
    for session in (sleeps, wakes):
        session.advance(20_000)
        play(session, [(20_000, f"{shift} --expires-in 2h --comment out")])
    for at in range(21_000, 200_000, 3_300):
        for session in (sleeps, wakes):
            session.advance(at)
        assert sleeps.world.digest() == wakes.world.digest(), f"at {at} ms"
    assert sleeps.world.components["alb"].tallies[f"alb/{ZONES[0]}"].arrived == 0  # type: ignore[attr-defined]
