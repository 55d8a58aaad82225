"""One instant's order: the script strikes before anything looks, the flow steps, commands come after all of it."""

from __future__ import annotations

from typing import Any

import pytest

from drill.session.session import Session
from tests.engine.lab import Lab, tree

SERVER = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"}
CALM = {"users": {"enters": "web", "rate": "50/s"}}


def world(**more: Any) -> dict[str, Any]:
    return tree({"web": SERVER}, CALM, **more)


@pytest.mark.parametrize("awake", [False, True])
def test_a_command_on_a_whole_second_comes_after_that_second_whether_the_flow_sleeps_or_not(awake: bool) -> None:
    lab = Lab(world()).run(59)
    assert lab.world.traffic.steady
    if awake:
        lab.touch()
    lab.run(60).break_("aws:ec2:stop-instances", "web")
    lab.run(90)
    assert [lab.good("users.all", s) for s in (59, 60, 61, 62)] == [1.0, 1.0, 0.0, 0.0]


def test_a_fault_of_the_script_comes_before_the_flow_of_its_second() -> None:
    script = {"dead": {"at": "60s", "fault": "aws:ec2:stop-instances", "target": "web"}}
    lab = Lab(world(script=script)).run(90)
    assert [lab.good("users.all", s) for s in (58, 59, 60, 61)] == [1.0, 1.0, 0.0, 0.0]


def test_an_injected_fault_with_quantities_is_logged_and_read_back() -> None:
    lab = Lab(world()).run(10)
    lab.break_("aws:fis:inject-api-internal-error", "ec2/us-east-1", latency="4s", errors="20%")
    entry = lab.session.entries[-1]
    again = Session.start(lab.file, 1)
    assert [e.n for e in again.follow(lab.session.entries)] == [entry.n]
    assert (again.world.plane("ec2", "us-east-1").latency, again.world.plane("ec2", "us-east-1").errors) == (4_000, 0.2)
    lab.run(20)
    again.advance(20_000)
    assert again.world.digest() == lab.world.digest()


@pytest.mark.parametrize("length", ["60s", "60500ms"])
@pytest.mark.parametrize("awake", [False, True])
def test_the_books_close_with_the_last_second_of_the_level_whether_the_flow_sleeps_or_not(
    awake: bool, length: str
) -> None:
    script = {"dead": {"at": "50s", "fault": "aws:ec2:stop-instances", "target": "web"}} if awake else {}
    lab = Lab(world(script=script, length=length))
    lab.session.finish()
    seconds = 60 if length == "60s" else 61
    assert lab.world.traffic.classes[0].offered == 50 * seconds
    assert len(lab.session.history.classes["users.all"].asks) == seconds
