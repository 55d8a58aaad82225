"""Zones, Regions and control planes: what fails together, and what goes on without what."""

from __future__ import annotations

from typing import Any

import pytest

from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

BOUNDARIES = "AWS fault isolation boundaries"
THROTTLING = "EC2 developer guide: request throttling"
SCENARIO = "AWS FIS scenario library: AZ Availability: Power Interruption"
SET = "aws autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity "


def lab(**group: Any) -> Lab:
    zones = TWO_REGIONS["us-east-1"]["zones"]
    fleet = {
        "kind": "autoscaling.group",
        "zones": zones,
        "min": 0,
        "desired": 6,
        "max": 9,
        "capacity": "100/s",
        **group,
    }
    parts = {
        "web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"},
        "far": {"kind": "ec2.instance", "zone": "usw2-az1", "capacity": "100/s"},
        "fleet": fleet,
        "alb": {
            "kind": "elb.application-load-balancer",
            "zones": zones,
            "targets": ["fleet"],
            "health_check": {"interval": "10s"},
        },
    }
    classes = {"all": {"patience": "2s"}}
    traffic = {
        "users": {"enters": "alb", "rate": "90/s", "classes": classes},
        "others": {"enters": "far", "rate": "10/s", "classes": classes},
    }
    return Lab(tree(parts, traffic, regions=TWO_REGIONS, length="40m")).run(10)


def impair(it: Lab, plane: str = "ec2/us-east-1", **how: Any) -> Any:
    return it.break_("aws:fis:inject-api-internal-error", plane, **how)


@documented("Control planes: one that is down refuses every call; data planes go on", source=BOUNDARIES)
def test_control_plane_down() -> None:
    it = lab()
    impair(it, down=True)
    assert it.now("aws ec2 describe-instances").error == "ServiceUnavailable"
    assert it.now("aws ec2 stop-instances --instance-ids web").error == "ServiceUnavailable"
    assert it["web"].machine.state == "running"
    assert it.run(120).good("users.all", 0, 110) == 1.0


@documented("Control planes: each Region has its own", source=BOUNDARIES)
def test_control_planes_are_regional() -> None:
    it = lab()
    impair(it, down=True)
    assert it.now("aws ec2 stop-instances --instance-ids far").state == "done"


@documented("Control planes: each service has its own", source=BOUNDARIES)
def test_control_planes_are_per_service() -> None:
    it = lab()
    impair(it, "elbv2/us-east-1", down=True)
    assert it.now("aws ec2 describe-instances").state == "done"
    assert it.now(SET + "6").state == "done"


@documented("Control planes: a slow one takes the call, late", source=BOUNDARIES, confidence="typical")
def test_a_slow_api() -> None:
    it = lab()
    fault = impair(it, latency="20s")
    receipt = it.now("aws ec2 stop-instances --instance-ids web")
    assert receipt.state == "done" and receipt.done - receipt.at == pytest.approx(20_400, abs=100)
    it.mend(fault)
    receipt = it.now("aws ec2 describe-instances")
    assert receipt.done - receipt.at < 1_000


@documented(
    "Control planes: a share of calls fails with a 5xx; trying again helps", source="EC2 API reference: error codes"
)
def test_an_api_that_fails_now_and_then() -> None:
    it = lab()
    impair(it, errors="40%")
    ends = [it.now("aws ec2 describe-instances").error for _ in range(60)]
    assert 12 <= ends.count("InternalError") <= 36 and ends.count("") == 60 - ends.count("InternalError")


@documented("Control planes: each operation has its own bucket of requests", source=THROTTLING)
def test_buckets_are_per_operation() -> None:
    it = lab()
    receipts = [it.do("aws ec2 start-instances --instance-ids web") for _ in range(6)]
    other = it.do("aws ec2 describe-instances")
    it.run(15)
    assert [r.error for r in receipts if not isinstance(r, Refusal)][-1] == "RequestLimitExceeded"
    assert not isinstance(other, Refusal) and other.state == "done"


@documented("Zones: losing the power of one takes its instances, and leaves the others alone", source=SCENARIO)
def test_a_dark_zone() -> None:
    it = lab()
    it.break_("drill:az:power-interruption", "use1-az1")
    assert len([m for m in it["fleet"].machines if m.works(it.world)]) == 4
    assert it.run(200).good("users.all", 150, 190) == 1.0


@documented("Zones: in a dark zone EC2 goes on calling instances running", source=SCENARIO, confidence="typical")
def test_what_ec2_says_of_a_dark_zone() -> None:
    it = lab()
    it.break_("drill:az:power-interruption", "use1-az1")
    it.run(60)
    assert "running" in it.output("aws ec2 describe-instances --instance-ids web")


@documented("Zones: nothing is launched in one without power; another takes it", source=SCENARIO)
def test_no_launch_in_the_dark() -> None:
    it = lab(zones=["use1-az1", "use1-az2"])
    it.break_("drill:az:power-interruption", "use1-az1")
    it.now(SET + "9")
    it.run(60)
    assert {m.zone for m in it["fleet"].machines if m.id in ("fleet-7", "fleet-8", "fleet-9")} == {"use1-az2"}


@documented(
    "Zones: power comes back at once, hosts come back in part", source="AWS post-event summaries", confidence="typical"
)
def test_the_tail_of_a_recovery() -> None:
    it = lab(health_check="EC2", desired=9)
    fault = it.break_("drill:az:power-interruption", "use1-az1")
    it.run(20)
    fault.recover(it.world, 0.5)
    it.touch()
    assert it.world.zones["use1-az1"].power
    assert len([m for m in it["fleet"].machines if m.zone == "use1-az1" and m.works(it.world)]) in (1, 2)


@documented(
    "Zones: one that is cut off goes on working inside, unreached", source="AWS FIS: aws:network:disrupt-connectivity"
)
def test_a_cut_off_zone() -> None:
    it = lab()
    fault = it.break_("aws:network:disrupt-connectivity", "use1-az1")
    assert it.run(40).good("users.all", 12, 15) < 1.0
    it.mend(fault)
    assert until(it, 5, lambda: all(m.works(it.world) for m in it["fleet"].machines)) == 0
    assert it.run(300).good("users.all", 150, 290) == 1.0


@documented("Regions: one that cannot be reached takes nothing from another", source=BOUNDARIES)
def test_a_cut_off_region() -> None:
    it = lab()
    it.break_("aws:network:route-table-disrupt-cross-region-connectivity", "us-east-1")
    it.run(60)
    assert (it.good("users.all", 12, 50), it.good("others.all", 0, 50)) == (0.0, 1.0)
    assert all(found.state == "healthy" for found in it["alb"].targets_health.values()), "inside, all is well"
