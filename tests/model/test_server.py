"""The queue that every server has: first in, first out; bounded; its callers at its pace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.lab import Lab, tree


def lab(
    rate: float, bound: int = 500, backlog: str = "5s", patience: str = "60s", capacity: int = 100, **db: Any
) -> Lab:
    parts = {
        "web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "1000/s", "backlog": backlog, "needs": ["db"]},
        "db": {"kind": "rds.instance", "zone": "use1-az1", "capacity": f"{capacity}/s", "connections": bound, **db},
    }
    users = {"users": {"enters": "web", "rate": f"{rate}/s", "classes": {"all": {"patience": patience}}}}
    return Lab(tree(parts, users))


def test_latency_rises_with_load_and_a_server_at_rest_answers_as_fast_as_it_can() -> None:
    p95 = [lab(rate).run(30).session.history.classes["users.all"].p95(25) for rate in (1, 50, 90, 99)]
    assert p95[0] == pytest.approx(45, abs=1) and p95 == sorted(p95) and p95[-1] < 80


def test_what_waits_waits_its_turn() -> None:
    it = lab(150, bound=100_000).run(21)
    assert it["db"].server.waiting == pytest.approx(50 * 22)
    assert it.session.history.classes["users.all"].p95(20) == pytest.approx(1000 * 50 * 20 / 150, rel=0.1)


def test_a_full_server_makes_its_callers_wait_at_its_pace_and_they_refuse_when_they_are_full_too() -> None:
    it = lab(150, bound=200, backlog="500ms").run(60)
    assert it["db"].server.waiting == pytest.approx(200, rel=0.01)
    assert it["web"].server.waiting == pytest.approx(500, rel=0.15)
    assert [it[name].server.done for name in ("web", "db")] == pytest.approx([100, 100])
    assert it["web"].server.refused == pytest.approx(50)


def test_two_callers_of_a_full_server_get_on_in_proportion_to_what_they_could_do() -> None:
    level = lab(300, bound=100).file.root.plain()
    parts, traffic = level["world"]["components"], level["traffic"]
    parts["app"] = {**parts["web"], "capacity": "250/s"}
    traffic["others"] = {**traffic["users"], "enters": "app", "rate": {"calm": "100/s"}}
    level["world"]["components"]["web"]["backlog"] = level["world"]["components"]["app"]["backlog"] = "60s"
    it = Lab(level).run(60)
    assert it["web"].server.done + it["app"].server.done == pytest.approx(100, rel=0.02)
    assert it["web"].server.done / it["app"].server.done == pytest.approx(4, rel=0.05)


def test_what_is_stranded_is_waited_for_in_vain() -> None:
    it = lab(150, bound=100_000, patience="30s", standby="use1-az2").run(20)
    it.now("aws rds reboot-db-instance --db-instance-identifier db --force-failover")
    it.run(200)
    cls = it.world.traffic.classes[0]
    assert cls.failed["timeout"] > 50 * 20 and it["db"].server.waiting < 100_000
