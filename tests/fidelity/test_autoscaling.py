"""EC2 Auto Scaling groups, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.catalog.autoscaling.group import Group
from drill.model.command import Refusal
from tests.engine.lab import Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

HEALTH = "EC2 Auto Scaling User Guide: health checks for instances in an Auto Scaling group"
API = "Auto Scaling API reference"
SET = "aws autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity "


def world(rate: int = 60, alb: dict[str, Any] | None = None, **group: Any) -> dict[str, Any]:
    parts = {
        "fleet": {
            "kind": "autoscaling.group",
            "zones": ["use1-az1", "use1-az2"],
            "min": 1,
            "desired": 4,
            "max": 8,
            "capacity": "50/s",
            **group,
        },
        "alb": {
            "kind": "elb.application-load-balancer",
            "zones": ["use1-az1", "use1-az2"],
            "targets": ["fleet"],
            **(alb or {}),
        },
    }
    classes = {"all": {"patience": "2s"}}
    return tree(parts, {"users": {"enters": "alb", "rate": f"{rate}/s", "classes": classes}}, length="60m")


def lab(*args: Any, **more: Any) -> Lab:
    return Lab(world(*args, **more)).run(20)


def serving(it: Lab, zone: str = "") -> int:
    return len([m for m in it["fleet"].machines if m.works(it.world) and not m.leaving and zone in ("", m.zone)])


@documented("ASG: a stopped instance counts as unhealthy, is terminated and replaced", source=HEALTH)
def test_a_stopped_instance_is_replaced() -> None:
    it = lab()
    it.now("aws ec2 stop-instances --instance-ids fleet-1")
    it.run(600)
    ids = [m.id for m in it["fleet"].machines]
    assert "fleet-1" not in ids and serving(it) == len(ids) == 4


@documented("ASG: a failed status check is waited out for 2 to 5 minutes", source=HEALTH, confidence="typical")
def test_how_long_a_dead_host_is_not_noticed() -> None:
    it = lab()
    it.break_("drill:ec2:host-failure", "fleet", share="25%")
    assert 120 <= until(it, 600, lambda: any(m.leaving for m in it["fleet"].machines)) <= 300


@documented(
    "ASG: replacing an instance takes 2 to 6 minutes in all",
    source="composed of documented parts",
    confidence="judgment",
)
def test_how_long_a_replacement_takes() -> None:
    it = lab()
    it.break_("drill:ec2:host-failure", "fleet", share="25%")
    assert serving(it) == 3
    assert 120 <= until(it, 600, lambda: serving(it) == 4) <= 360


@documented("ASG: the default health check knows nothing of what a load balancer sees", source=API)
@pytest.mark.parametrize(("kind", "replaced"), [("EC2", False), ("ELB", True)])
def test_whose_health_checks_count(kind: str, replaced: bool) -> None:
    it = lab(rate=1000, health_check=kind, alb={"health_check": {"timeout": "2s"}})
    it.run(300)
    assert any(m.id == "fleet-1" for m in it["fleet"].machines) is not replaced


@documented(
    "ASG: of instances that fail health checks but run, at most 10 % of desired are replaced at a time", source=HEALTH
)
def test_the_pace_of_replacement() -> None:
    it = lab(rate=4000, desired=20, max=20, health_check="ELB", grace="60s", alb={"health_check": {"timeout": "2s"}})
    fewest = 20
    for second in range(21, 500):
        it.run(second)
        fewest = min(fewest, serving(it))
    assert fewest == 18 and it["fleet"].launched > 24


@documented("ASG: instances that are dead are all replaced at once", source=HEALTH)
def test_dead_ones_are_replaced_at_once() -> None:
    it = lab(desired=20, max=20)
    it.break_("aws:ec2:terminate-instances", "fleet", share="50%")
    assert until(it, 300, lambda: serving(it) == 20) < 60


@documented(
    "ASG: with one zone out of capacity, launches go to another",
    source="Auto Scaling API reference: AvailabilityZoneDistribution",
)
def test_launches_go_where_there_is_capacity() -> None:
    it = lab()
    it.break_("aws:ec2:api-insufficient-instance-capacity-error", "use1-az1")
    it.now(SET + "8")
    it.run(120)
    assert (serving(it, "use1-az1"), serving(it, "use1-az2")) == (2, 6)


@documented("ASG: out of capacity shows in the scaling activities, not in the answer to the call", source=API)
def test_where_insufficient_capacity_shows() -> None:
    it = lab()
    for zone in ("use1-az1", "use1-az2"):
        it.break_("aws:ec2:api-insufficient-instance-capacity-error", zone)
    assert it.now(SET + "8").state == "done"
    it.run(60)
    told = it.output("aws autoscaling describe-scaling-activities --auto-scaling-group-name fleet")
    assert "Failed" in told and "InsufficientInstanceCapacity" in told and serving(it) == 4


@documented(
    "ASG: it launches again by itself once there is capacity", source="EC2 Auto Scaling User Guide: troubleshooting"
)
def test_launches_are_tried_again() -> None:
    it = lab()
    faults = [it.break_("aws:ec2:api-insufficient-instance-capacity-error", f"use1-az{n}") for n in (1, 2)]
    it.now(SET + "8")
    it.run(200)
    for fault in faults:
        it.mend(fault)
    assert until(it, 200, lambda: serving(it) == 8) <= 60 + 60


@documented("ASG: desired capacity outside min and max is refused", source=API)
def test_desired_stays_between_min_and_max() -> None:
    it = lab()
    above, below = it.do(SET + "9"), it.do(SET + "0")
    assert isinstance(above, Refusal) and isinstance(below, Refusal)
    assert str(above) == (
        "An error occurred (ValidationError) when calling the SetDesiredCapacity operation: "
        "New SetDesiredCapacity value 9 is above max value 8 for the AutoScalingGroup."
    )
    assert below.code == "ValidationError" and "below min value 1" in below.message


@documented("ASG: lowering max below desired lowers desired", source=API)
def test_desired_follows_max() -> None:
    it = lab()
    it.now("aws autoscaling update-auto-scaling-group --auto-scaling-group-name fleet --max-size 2")
    it.run(120)
    assert (it["fleet"].desired, serving(it)) == (2, 2)


@documented("ASG: the grace period is 0 s unless given: only the console gives 300 s", source=API,
            other="the console's 300 s is often quoted as the default")  # fmt: skip
def test_the_default_grace_period() -> None:
    assert Group(name="x", zones=[]).grace == 0


@documented(
    "ASG: a slow boot without grace period and with ELB checks is replaced again and again",
    source="EC2 Auto Scaling User Guide: health check grace period",
)
@pytest.mark.parametrize(("grace", "loops"), [("0s", True), ("600s", False)])
def test_the_grace_period_saves_slow_starters(grace: str, loops: bool) -> None:
    it = lab(desired=1, ami="bootstrapped", health_check="ELB", grace=grace, rate=10)
    it.now(SET + "2")
    it.run(1200)
    assert (it["fleet"].launched > 4) is loops
    assert serving(it) == (1 if loops else 2)


@documented(
    "ASG: the grace period ends by itself, at its time", source="EC2 Auto Scaling User Guide: health check grace period"
)
def test_the_end_of_the_grace_period_is_noticed() -> None:
    it = lab(desired=2, max=2, health_check="ELB", grace="500s", alb={"health_check": {"interval": "10s"}})
    it.now(
        "aws autoscaling terminate-instance-in-auto-scaling-group --instance-id fleet-1 "
        "--no-should-decrement-desired-capacity"
    )
    until(it, 200, lambda: any(m.id == "fleet-3" and m.ready for m in it["fleet"].machines))
    new = next(m for m in it["fleet"].machines if m.id == "fleet-3")
    new.ready = False  # its application hangs; its host is well
    it.touch()
    until(it, 700, lambda: new.marked, step=1)
    assert it.session.now - new.since == pytest.approx(500_000, abs=2_000)


@documented(
    "ASG: while the EC2 API is down it launches nothing, and what runs serves on",
    source="Fault isolation boundaries: static stability",
)
def test_it_needs_the_control_plane_to_launch() -> None:
    it = lab()
    fault = it.break_("aws:fis:inject-api-internal-error", "ec2/us-east-1", down=True)
    it.break_("aws:ec2:terminate-instances", "fleet", share="50%")
    it.run(300)
    assert serving(it) == 2 and it.good("users.all", 100, 290) == 1.0
    it.mend(fault)
    assert until(it, 200, lambda: serving(it) == 4) <= 20 + 60


@documented("ASG: zones left out are drained and not launched in", source=API)
def test_a_zone_can_be_left_out() -> None:
    it = lab()
    it.now(
        "aws autoscaling update-auto-scaling-group --auto-scaling-group-name fleet "
        "--availability-zones use1-az2 use1-az3"
    )
    it.run(900)
    assert (serving(it, "use1-az1"), serving(it)) == (0, 4)


@documented(
    "ASG: target tracking scales out after 3 minutes above the target, in after 15 below it",
    source="EC2 Auto Scaling User Guide: target tracking",
    confidence="typical",
)
def test_target_tracking_waits_before_it_acts() -> None:
    it = lab(rate=40, tracking={"cpu": 50}, desired=2)
    it.rate("users", 90)
    assert 120 <= until(it, 600, lambda: it["fleet"].desired > 2, step=1) <= 240
    it.run(600).rate("users", 10)
    assert 14 * 60 <= until(it, 1200, lambda: it["fleet"].desired < 4, step=5) <= 17 * 60
