"""Application Load Balancers, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.catalog.elbv2.balancer import HealthCheck
from drill.level.loader import LevelError
from drill.model.command import Refusal
from drill.model.units import Duration
from tests.engine.lab import Lab, level_file, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

HEALTH = "Application Load Balancers guide: health checks for target groups"
GROUP_HEALTH = "Application Load Balancers guide: target group health"
TROUBLE = "Application Load Balancers guide: troubleshooting"


def web(zone: str = "use1-az1", **more: Any) -> dict[str, Any]:
    return {"kind": "ec2.instance", "zone": zone, "capacity": "100/s", **more}


def world(rate: int = 60, targets: tuple[str, ...] = ("web-1", "web-2"), **alb: Any) -> dict[str, Any]:
    parts = {
        "web-1": web(),
        "web-2": web("use1-az2"),
        "spare": web("use1-az2", starts="stopped"),
        "alb": {
            "kind": "elb.application-load-balancer",
            "zones": ["use1-az1", "use1-az2"],
            "targets": list(targets),
            **alb,
        },
    }
    classes = {"all": {"patience": "2s"}}
    return tree(parts, {"users": {"enters": "alb", "rate": f"{rate}/s", "classes": classes}}, length="30m")


def lab(*args: Any, **more: Any) -> Lab:
    return Lab(world(*args, **more)).run(20)


def states(it: Lab) -> dict[str, str]:
    return {name: found.state for name, found in it["alb"].targets_health.items()}


def reasons(it: Lab) -> dict[str, float]:
    it.sim.before_command()  # the seconds that the flow slept are added up
    return dict(it.world.traffic.classes[0].failed)


@documented("ELB: health checks default to every 30 s, 5 s timeout, 5 passes in, 2 failures out", source=HEALTH,
            other="the API reference has a timeout of 6 s for HTTP and 10 s for HTTPS")  # fmt: skip
def test_the_defaults() -> None:
    rule = HealthCheck()
    assert (rule.interval, rule.timeout, rule.healthy, rule.unhealthy) == (Duration(30_000), Duration(5_000), 5, 2)


@pytest.mark.parametrize("seed", range(4))
@documented("ELB: a dead target is out after 2 failed checks 30 s apart, and the timeout", source=HEALTH)
def test_how_long_a_dead_target_gets_requests(seed: int) -> None:
    it = Lab(world(), seed).run(20)
    it.break_("drill:ec2:host-failure", "web-1")
    took = until(it, 120, lambda: states(it)["web-1"] == "unhealthy")
    assert 30 + 5 <= took <= 2 * 30 + 5 + 1
    it.run(120)
    assert it.good("users.all", 22, 20 + int(took) - 1) == pytest.approx(0.5)
    assert it.good("users.all", 100) == 1.0


@pytest.mark.parametrize("seed", range(4))
@documented("ELB: a target that came back gets requests again after 5 passed checks", source=HEALTH)
def test_five_passes_to_come_back(seed: int) -> None:
    it = Lab(world(), seed).run(20)
    fault = it.break_("drill:ec2:host-failure", "web-1")
    it.run(120).mend(fault)
    assert 4 * 30 <= until(it, 300, lambda: states(it)["web-1"] == "healthy") <= 5 * 30


@pytest.mark.parametrize("seed", range(4))
@documented("ELB: a newly registered target needs one passed check", source=HEALTH)
def test_one_pass_admits_a_new_target(seed: int) -> None:
    it = Lab(world(targets=("web-1",)), seed).run(20)
    it.now("aws elbv2 register-targets --target-group-arn alb --targets Id=web-2")
    assert it["web-2"].server.arrived == 0.0
    assert until(it, 120, lambda: states(it).get("web-2") == "healthy") <= 30 + 1
    assert it.run(100)["web-2"].server.arrived == pytest.approx(30)


@documented("ELB: a new target that never passes becomes unhealthy", source=HEALTH)
def test_a_new_target_that_never_passes() -> None:
    it = lab(targets=("web-1",))
    it.break_("drill:ec2:host-failure", "web-2")
    it.now("aws elbv2 register-targets --target-group-arn alb --targets Id=web-2")
    assert until(it, 120, lambda: states(it).get("web-2") == "unhealthy") <= 2 * 30 + 5 + 1
    assert it.good("users.all", 20, 80) == 1.0, "it never got a request"


@documented("ELB: with only unhealthy targets it fails open and sends to all of them", source=HEALTH)
def test_fail_open() -> None:
    it = lab(rate=400, health_check={"timeout": "2s"})
    until(it, 200, lambda: set(states(it).values()) == {"unhealthy"})
    it.run(300)
    assert it["web-1"].server.done == it["web-2"].server.done == pytest.approx(100), "overloaded, still at work"
    assert "503" not in reasons(it)


@documented("ELB: 503 comes when no target is registered", source=TROUBLE)
def test_503_means_no_registered_target() -> None:
    it = lab()
    it.break_("drill:ec2:host-failure", "web-1")
    it.break_("drill:ec2:host-failure", "web-2")
    it.run(200)
    assert list(reasons(it)) == ["timeout"]
    it.now("aws elbv2 deregister-targets --target-group-arn alb --targets Id=web-1 Id=web-2")
    before = reasons(it)["timeout"]
    it.run(260)
    assert reasons(it)["503"] > 50 * 60 * 0.9 and reasons(it)["timeout"] < before + 6 * 60


@documented(
    "ELB: a stopped instance is an unused target, neither healthy nor unhealthy",
    source="ELB API reference: TargetHealth",
)
def test_a_stopped_target_is_unused() -> None:
    it = lab()
    it.now("aws ec2 stop-instances --instance-ids web-1")
    it.run(60)
    assert states(it) == {"web-2": "healthy"}
    assert it.good("users.all", 30, 55) == 1.0


@documented("ELB: deregistering lowers HealthyHostCount and leaves UnHealthyHostCount alone", source=HEALTH)
def test_what_deregistering_does_to_metrics() -> None:
    it = lab()
    it.now("aws elbv2 deregister-targets --target-group-arn alb --targets Id=web-1")
    it.run(60)
    found = [it.session.telemetry.last(f"alb.{name}") for name in ("HealthyHostCount", "UnHealthyHostCount")]
    assert found == [1.0, 0.0] and it.good("users.all", 20, 55) == 1.0


@documented(
    "ELB: cross-zone is on by default; targets share evenly, wherever they are",
    source="ELB API reference: LoadBalancerAttribute",
)
def test_cross_zone_on() -> None:
    it = lab(targets=("web-1", "web-2", "spare"))
    it.now("aws ec2 start-instances --instance-ids spare")
    it.run(200)
    assert [it[n].server.arrived for n in ("web-1", "web-2", "spare")] == pytest.approx([20, 20, 20])


@documented(
    "ELB: without cross-zone each zone's node sends to its own targets only",
    source="ELB API reference: LoadBalancerAttribute",
)
def test_cross_zone_off() -> None:
    it = lab(targets=("web-1", "web-2", "spare"), cross_zone=False)
    it.now("aws ec2 start-instances --instance-ids spare")
    it.run(200)
    assert [it[n].server.arrived for n in ("web-1", "web-2", "spare")] == pytest.approx([30, 15, 15])


@documented(
    "ELB: without cross-zone, a zone without a healthy target leaves DNS; clients follow within the 60 s TTL",
    source=GROUP_HEALTH,
)
def test_a_zone_without_healthy_targets_leaves_dns() -> None:
    it = lab(cross_zone=False)
    it.break_("drill:ec2:host-failure", "web-1")
    left = 20 + until(it, 300, lambda: it["alb"].answer(it.world) == {"alb/use1-az2": 1.0})
    assert 20 + 60 <= left <= 20 + 2 * 30 + 5 + 60
    it.run(left + 70)
    drained = [it.good("users.all", left + s) for s in (0, 15, 30, 45, 61)]
    assert drained == pytest.approx([0.5, 0.625, 0.75, 0.875, 1.0], abs=0.02)


@documented(
    "ELB: the node in a dark zone leaves DNS; until the 60 s TTL is over, clients still ask it", source=GROUP_HEALTH
)
def test_the_node_of_a_dark_zone() -> None:
    it = lab()
    it.break_("drill:az:power-interruption", "use1-az1")
    assert it.run(120).good("users.all", 22, 26) == pytest.approx(0.25), (
        "half at the dark node, half of the rest at a dead target"
    )
    assert it.run(200).good("users.all", 22 + 60 + 5, 110) > 0.9
    assert it.good("users.all", 130, 190) == 1.0


@documented(
    "ELB: a load balancer needs subnets in at least two zones", source="Application Load Balancers guide: introduction"
)
def test_two_zones_at_least() -> None:
    level = world()
    level["world"]["components"]["alb"]["zones"] = ["use1-az1"]
    with pytest.raises(LevelError, match="two zones"):
        level_file(level)


@documented(
    "ELB: it goes on serving and checking while its control plane is down",
    source="Fault isolation boundaries: data planes",
)
def test_its_data_plane_needs_no_control_plane() -> None:
    it = lab()
    it.break_("aws:fis:inject-api-internal-error", "elbv2/us-east-1", down=True)
    it.break_("drill:ec2:host-failure", "web-1")
    assert (
        it.now("aws elbv2 deregister-targets --target-group-arn alb --targets Id=web-1").error == "ServiceUnavailable"
    )
    assert it.run(200).good("users.all", 90, 190) == 1.0


CHECKS = "aws elbv2 modify-target-group --target-group-arn alb "


@documented("ELB: health checks can be made quicker while it runs", source="ELB API reference: ModifyTargetGroup")
def test_checks_can_be_changed() -> None:
    it = lab()
    it.now(CHECKS + "--health-check-interval-seconds 5 --health-check-timeout-seconds 2 --healthy-threshold-count 2")
    it.run(60).break_("drill:ec2:host-failure", "web-1")
    assert until(it, 60, lambda: states(it)["web-1"] == "unhealthy") <= 15


@pytest.mark.parametrize("wrong", ["--health-check-interval-seconds 4", "--healthy-threshold-count 11",
                                   "--health-check-interval-seconds 5"])  # fmt: skip
@documented("ELB: checks run every 5 to 300 s, with a shorter timeout and thresholds of 2 to 10",
            source="ELB API reference: ModifyTargetGroup")  # fmt: skip
def test_wrong_checks_are_refused(wrong: str) -> None:
    refused = lab().do(CHECKS + wrong)
    assert isinstance(refused, Refusal) and refused.code == "InvalidConfigurationRequest"
