"""The flow: calls in one pass, whatever the order of names; what can be done without; first asks and their ends."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from drill.level.loader import LevelError
from tests.engine.lab import Lab, tree


def server(capacity: int = 1000, **more: Any) -> dict[str, Any]:
    return {"kind": "ec2.instance", "zone": "use1-az1", "capacity": f"{capacity}/s", "latency": "10ms", **more}


def users(rate: int = 100, **cls: Any) -> dict[str, Any]:
    return {"users": {"enters": "web", "rate": f"{rate}/s", "classes": {"all": {"patience": "2s", **cls}}}}


DIAMOND = {
    "web": server(needs=["db", "auth"]),
    "auth": server(needs=[{"to": "db", "calls": 2.0}]),
    "db": {"kind": "rds.instance", "zone": "use1-az1", "capacity": "1000/s"},
}


@pytest.mark.parametrize("order", list(permutations(DIAMOND)))
def test_a_service_called_along_two_ways_does_all_its_calls_in_the_same_second(order: tuple[str, ...]) -> None:
    lab = Lab(tree({name: DIAMOND[name] for name in order}, users())).run(30)
    assert lab["db"].server.arrived == pytest.approx(300), "one call of web's own and two of auth's for each request"
    assert lab.good("users.all", 0, 29) == 1.0
    assert lab.world.traffic.steady


@pytest.mark.parametrize("order", list(permutations(DIAMOND)))
def test_what_is_called_next_is_found_under_overload_too(order: tuple[str, ...]) -> None:
    lab = Lab(tree({name: DIAMOND[name] for name in order}, users(500))).run(60)
    cls = lab.world.traffic.classes[0]
    assert lab["db"].server.done == pytest.approx(1000, rel=0.01)
    late = cls.failed["timeout"] + cls.failed["refused"] + cls.waiting
    assert cls.served + late == pytest.approx(60 * 500 + 500)


def test_a_request_goes_on_without_what_it_can_do_without_and_without_what_that_calls() -> None:
    world = {
        "web": server(needs=[{"to": "ads", "how": "soft"}, "db"]),
        "ads": server(needs=["ads-db"]),
        "ads-db": {"kind": "rds.instance", "zone": "use1-az2", "replica_of": "db"},
        "db": {"kind": "rds.instance", "zone": "use1-az1"},
    }
    lab = Lab(tree(world, users(reads=1, writes=1))).run(10)
    assert lab.good("users.all", 0, 9) == 1.0, "the replica refuses the writes of ads, which nobody waits for"
    lab.break_("aws:ec2:stop-instances", "web")
    assert lab.run(20).good("users.all", 12) == 0.0


def test_an_ask_that_needs_longer_than_its_patience_over_all_its_tries_has_failed_once() -> None:
    lab = Lab(tree({"web": server()}, users(tries=0) | users(retries={"tries": 3, "gap": "4s"}))).run(10)
    lab.break_("aws:ec2:stop-instances", "web")
    lab.run(40)
    cls = lab.world.traffic.classes[0]
    assert cls.offered == cls.served + cls.failed["timeout"] + cls.waiting
    assert cls.waiting == pytest.approx(300), "those of the last two seconds, and of the one in which they give up"


@pytest.mark.parametrize(("change", "says"), [({"needs": ["fleet"]}, "takes no calls"), ({}, "users cannot enter")])
def test_what_takes_no_requests_by_its_name_is_neither_called_nor_entered(change: dict[str, Any], says: str) -> None:
    fleet = {"kind": "autoscaling.group", "zones": ["use1-az1"]}
    level = tree({"web": server(**change), "fleet": fleet}, users())
    if not change:
        level["traffic"]["users"]["enters"] = "fleet"
    with pytest.raises(LevelError, match=says):
        Lab(level)
