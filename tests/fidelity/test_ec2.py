"""EC2 instances and their capacity, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented

LIFECYCLE = "EC2 User Guide: instance lifecycle"
ERRORS = "EC2 API reference: error codes"
THROTTLING = "EC2 developer guide: request throttling"
RUN = "aws ec2 run-instances --image-id web-ami --count 1"
START = "aws ec2 start-instances --instance-ids web"


def lab(**more: Any) -> Lab:
    web = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s", **more}
    return Lab(tree({"web": web}, {"users": {"enters": "web", "rate": "10/s"}}, regions=TWO_REGIONS, length="20m"))


def until(it: Lab, seconds: float, condition: Any, step: float = 0.5) -> float:
    """Let time pass until ``condition()``; return the seconds that took, at most ``seconds``."""
    began = it.session.now
    while not condition():
        assert it.session.now - began < seconds * 1000, f"not within {seconds} s"
        it.run(it.session.now / 1000 + step)
    return (it.session.now - began) / 1000


@documented("EC2: pending to running takes 5 to 18 s", source="measured: daemonology.net 2021", confidence="typical")
def test_pending_to_running() -> None:
    it = lab().run(5)
    it.now(RUN)
    assert it["web-1"].machine.state == "pending"
    assert 5 <= until(it, 60, lambda: it["web-1"].machine.state == "running") <= 18


@documented(
    "EC2: from launch to an open port in 25 to 45 s with a baked AMI",
    source="measured: daemonology.net 2021",
    confidence="typical",
)
def test_a_baked_image_answers_soon() -> None:
    it = lab().run(5)
    it.do(RUN)
    assert 25 <= until(it, 120, lambda: "web-1" in it.world.components and it["web-1"].machine.ready) <= 45


@documented("EC2: a bootstrapped AMI needs 180 to 600 s", source="no figure is published", confidence="judgment")
def test_a_bootstrapped_image_answers_late() -> None:
    it = lab(ami="bootstrapped").run(5)
    it.do(RUN)
    assert 180 <= until(it, 700, lambda: "web-1" in it.world.components and it["web-1"].machine.ready) <= 600


@documented("EC2: a stopped instance keeps its zone when it is started again", source=LIFECYCLE)
def test_stop_and_start() -> None:
    it = lab().run(5)
    it.now("aws ec2 stop-instances --instance-ids web")
    assert it["web"].machine.state == "stopping"
    until(it, 60, lambda: it["web"].machine.state == "stopped")
    it.now(START)
    until(it, 60, lambda: it["web"].machine.ready)
    assert it["web"].machine.zone == "use1-az1"


@documented("EC2: a terminated instance cannot be started", source=LIFECYCLE)
def test_termination_is_for_good() -> None:
    it = lab().run(5)
    it.now("aws ec2 terminate-instances --instance-ids web")
    until(it, 60, lambda: it["web"].machine.state == "terminated")
    refused = it.do(START)
    assert isinstance(refused, Refusal) and refused.code == "IncorrectInstanceState"


@documented("EC2: an instance on a dead host is still described as running; its status check fails", source=LIFECYCLE)
def test_describe_knows_nothing_of_a_dead_host() -> None:
    it = lab().run(5)
    it.break_("drill:ec2:host-failure", "web")
    it.run(60)
    assert "running" in it.output("aws ec2 describe-instances --instance-ids web")
    assert "impaired" in it.output("aws ec2 describe-instance-status --instance-ids web")


@documented("EC2: a reboot stays on the host, a stop and a start move to another", source=LIFECYCLE)
def test_what_leaves_a_dead_host() -> None:
    it = lab().run(5)
    it.break_("drill:ec2:host-failure", "web")
    it.now("aws ec2 reboot-instances --instance-ids web")
    assert it.run(200).good("users.all", 150, 190) == 0.0
    it.now("aws ec2 stop-instances --instance-ids web")
    it.run(240).now(START)
    assert it.run(400).good("users.all", 350, 390) == 1.0


@documented("EC2: starting a stopped instance needs capacity in its zone, like a launch", source=ERRORS)
def test_a_start_without_capacity_is_refused() -> None:
    it = lab(starts="stopped").run(5)
    it.break_("aws:ec2:api-insufficient-instance-capacity-error", "use1-az1")
    refused = it.do(START)
    assert isinstance(refused, Refusal) and refused.code == "InsufficientInstanceCapacity"
    assert str(refused).startswith("An error occurred (InsufficientInstanceCapacity) when calling the StartInstances")


@documented("EC2: a launch fails in a zone without capacity and works in another zone", source=ERRORS)
def test_capacity_is_per_zone() -> None:
    it = lab().run(5)
    it.break_("aws:ec2:api-insufficient-instance-capacity-error", "use1-az1")
    refused = it.do(RUN)
    assert isinstance(refused, Refusal) and refused.code == "InsufficientInstanceCapacity"
    it.now(RUN + " --placement AvailabilityZone=use1-az2")
    assert it["web-1"].machine.zone == "use1-az2"


@documented("EC2: capacity is per instance type", source=ERRORS)
def test_capacity_is_per_type() -> None:
    it = lab().run(5)
    it.break_("aws:ec2:api-insufficient-instance-capacity-error", "use1-az1", type="m5.large")
    assert isinstance(it.do(RUN), Refusal)
    it.now(RUN + " --instance-type m5.xlarge")


@documented("EC2: an AMI is regional; its id is unknown in another Region", source=ERRORS)
def test_an_image_is_regional() -> None:
    refused = lab().run(5).do(RUN + " --region us-west-2")
    assert isinstance(refused, Refusal) and refused.code == "InvalidAMIID.NotFound"


@documented("EC2: an instance id is unknown in another Region", source=ERRORS)
def test_an_instance_is_regional() -> None:
    refused = lab().run(5).do("aws ec2 reboot-instances --instance-ids web --region us-west-2")
    assert isinstance(refused, Refusal) and refused.code == "InvalidInstanceID.NotFound"


@documented("EC2: only running instances are billed", source=LIFECYCLE)
def test_what_is_billed() -> None:
    it = lab().run(5)
    bill = {"running": it.world.hourly()}
    it.now("aws ec2 stop-instances --instance-ids web")
    while it["web"].machine.state != "running":
        bill[it["web"].machine.state] = it.world.hourly()
        if it["web"].machine.state == "stopped":
            it.now(START)
        it.run(it.session.now / 1000 + 0.5)
    assert bill == {"running": 0.096, "stopping": 0.0, "stopped": 0.0, "pending": 0.0}


@pytest.mark.parametrize(
    ("line", "burst", "refill"),
    [
        pytest.param(RUN, 5, 2, id="RunInstances"),
        pytest.param("aws ec2 start-instances --instance-ids web", 5, 2, id="StartInstances"),
        pytest.param("aws ec2 associate-address --allocation-id ip --instance-id web", 50, 5, id="mutating"),
        pytest.param("aws ec2 describe-instances", 100, 20, id="describe"),
    ],
)
@documented(
    "EC2: request buckets: run and start 5 + 2/s, other changes 50 + 5/s, describe 100 + 20/s", source=THROTTLING
)
def test_throttling(line: str, burst: int, refill: int) -> None:
    ip = {"kind": "ec2.elastic-ip", "region": "us-east-1", "instance": "web"}
    web = {"kind": "ec2.instance", "zone": "use1-az1"}
    it = Lab(tree({"web": web, "ip": ip}, {"users": {"enters": "ip", "rate": "10/s"}})).run(5)
    first = [it.do(line) for _ in range(burst + 1)]
    it.run(8)
    assert [getattr(r, "error", "?") for r in first] == [""] * burst + ["RequestLimitExceeded"]
    it.run(9)  # four seconds after the burst
    later = [it.do(line) for _ in range(4 * refill + 1)]
    it.run(12)
    assert [getattr(r, "error", "?") for r in later] == [""] * min(burst, 4 * refill) + ["RequestLimitExceeded"] * (
        4 * refill + 1 - min(burst, 4 * refill)
    )
