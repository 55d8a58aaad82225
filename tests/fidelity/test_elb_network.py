"""Network Load Balancers, attributes and enabled zones, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.loader import LevelError
from drill.model.command import Refusal
from tests.engine.lab import Lab, level_file, tree
from tests.fidelity.documented import documented

NLB = "Network Load Balancers guide: health checks for target groups"
ZONES = "Application Load Balancers guide: Availability Zones for your load balancer"
ATTRIBUTES = "ELB API reference: LoadBalancerAttribute"
GROUP = "ELB API reference: TargetGroupAttribute"


def web(zone: str, **more: Any) -> dict[str, Any]:
    return {"kind": "ec2.instance", "zone": zone, "capacity": "100/s", **more}


def lab(kind: str = "network", rate: int = 60, patience: str = "4s", zones: int = 2, **more: Any) -> Lab:
    parts = {
        "a": web("use1-az1"),
        "b": web("use1-az2"),
        "c": web("use1-az2"),
        "far": web("use1-az3"),
        "lb": {
            "kind": f"elb.{kind}-load-balancer",
            "zones": [f"use1-az{i + 1}" for i in range(zones)],
            "targets": ["a", "b", "c"],
            "health_check": {"interval": "10s", "timeout": "5s", "healthy": 2, "unhealthy": 2},
            **more,
        },
    }
    users = {"users": {"enters": "lb", "rate": f"{rate}/s", "classes": {"all": {"patience": patience}}}}
    return Lab(tree(parts, users, length="60m")).run(20)


def load(it: Lab) -> dict[str, float]:
    return {name: it[name].server.arrived for name in ("a", "b", "c", "far")}


def failed(it: Lab) -> dict[str, float]:
    it.sim.before_command()
    return dict(it.world.traffic.classes[0].failed)


@documented("NLB: cross-zone is off: each zone's targets share what its node gets", source=ATTRIBUTES)
def test_a_network_load_balancer_keeps_to_its_zones() -> None:
    assert load(lab()) == pytest.approx({"a": 30, "b": 15, "c": 15, "far": 0})


@documented("ALB: cross-zone is on: every target gets the same, wherever it is", source=ATTRIBUTES)
def test_an_application_load_balancer_crosses_zones() -> None:
    assert load(lab("application")) == pytest.approx({"a": 20, "b": 20, "c": 20, "far": 0})


@documented("NLB: cross-zone can be turned on by an attribute", source=ATTRIBUTES)
def test_cross_zone_on() -> None:
    it = lab()
    it.now("aws elbv2 modify-load-balancer-attributes --load-balancer-arn lb"
           " --attributes Key=load_balancing.cross_zone.enabled,Value=true")  # fmt: skip
    assert load(it.run(30)) == pytest.approx({"a": 20, "b": 20, "c": 20, "far": 0})


@documented("ALB: cross-zone can be turned off for a target group only", source=GROUP)
def test_cross_zone_off_for_a_target_group() -> None:
    it = lab("application")
    line = "Key=load_balancing.cross_zone.enabled,Value=false"
    refused = it.do(f"aws elbv2 modify-load-balancer-attributes --load-balancer-arn lb --attributes {line}")
    assert isinstance(refused, Refusal) and refused.code == "InvalidConfigurationRequest"
    it.now(f"aws elbv2 modify-target-group-attributes --target-group-arn lb --attributes {line}")
    assert load(it.run(30)) == pytest.approx({"a": 30, "b": 15, "c": 15, "far": 0})


@documented("NLB: one static address for each zone", source="Network Load Balancers guide: Availability Zones")
def test_addresses_do_not_change() -> None:
    it = lab()
    before = it["lb"].observed(it.world)["addresses"]
    assert list(before) == ["use1-az1", "use1-az2"]
    assert len({*before.values()}) == 2
    it.break_("aws:ec2:stop-instances", "a")
    assert it.run(200)["lb"].observed(it.world)["addresses"] == before


@documented("NLB: clients of a target that is found unhealthy get a TCP reset", source=NLB)
def test_a_reset_when_the_target_is_found_unhealthy() -> None:
    it = lab(patience="60s", cross_zone=True)
    it.break_("drill:ec2:host-failure", "b")
    assert failed(it.run(24)) == {}
    it.run(60)
    assert failed(it).keys() == {"reset"}, "long before their patience of a minute ends"
    assert it.good("users.all", 50, 59) == 1.0


@documented("NLB: a zone without a healthy target leaves DNS", source=NLB)
def test_a_zone_without_healthy_targets_leaves_dns() -> None:
    it = lab()
    it.break_("drill:ec2:host-failure", "a")
    assert it.run(120)["lb"].dns_zones == ["use1-az2"]
    assert it.good("users.all", 200, 220) == 1.0 if it.run(221) else False


@documented("ALB: targets in a zone that is not enabled get no requests (Target.NotInUse)", source=ZONES)
def test_a_target_in_a_zone_that_is_not_enabled_is_unused() -> None:
    it = lab("application", targets=["a", "b", "c", "far"])
    assert load(it)["far"] == 0
    assert "unused" in it.output("aws elbv2 describe-target-health --target-group-arn lb")


@documented("ALB: enabling its zone brings an unused target into use", source="ELB API reference: SetSubnets")
def test_enabling_a_zone() -> None:
    it = lab("application", targets=["a", "b", "c", "far"])
    it.now("aws elbv2 set-subnets --load-balancer-arn lb --subnets use1-az1 use1-az2 use1-az3")
    assert load(it.run(300)) == pytest.approx({"a": 15, "b": 15, "c": 15, "far": 15})


@documented("ALB: at least two zones", source=ZONES)
def test_an_application_load_balancer_wants_two_zones() -> None:
    refused = lab("application").do("aws elbv2 set-subnets --load-balancer-arn lb --subnets use1-az1")
    assert isinstance(refused, Refusal) and refused.code == "InvalidConfigurationRequest"
    alb = {"kind": "elb.application-load-balancer", "zones": ["use1-az1"], "targets": []}
    with pytest.raises(LevelError, match="at least two zones"):
        level_file(tree({"lb": alb}, {"users": {"enters": "lb", "rate": "1/s"}}))
    lab("network", zones=1)  # one zone will do here


@documented("ELB: a deregistered target drains for 300 s, and gets no new requests", source=GROUP)
def test_deregistration_delay() -> None:
    it = lab("application")
    it.now("aws elbv2 deregister-targets --target-group-arn lb --targets Id=c")
    it.run(200)
    assert load(it)["c"] == 0
    assert "draining" in it.output("aws elbv2 describe-target-health --target-group-arn lb")
    assert it.good("users.all", 0, 199) == 1.0, "what it had begun it ended"
    assert "c" not in it.run(330)["lb"].draining


@documented("ELB: the deregistration delay is an attribute of the target group", source=GROUP)
def test_a_shorter_deregistration_delay() -> None:
    it = lab("application")
    line = "Key=deregistration_delay.timeout_seconds,Value=30"
    it.now(f"aws elbv2 modify-target-group-attributes --target-group-arn lb --attributes {line}")
    it.now("aws elbv2 deregister-targets --target-group-arn lb --targets Id=c")
    assert "c" in it.run(45)["lb"].draining
    assert "c" not in it.run(60)["lb"].draining


@documented("ALB: with sticky sessions a new target gets new sessions only", source=GROUP)
def test_sticky_sessions_keep_clients_where_they_are() -> None:
    it = lab("application", targets=["a", "b"], sticky="10m")
    it.now("aws elbv2 register-targets --target-group-arn lb --targets Id=c")
    early = load(it.run(80))["c"]
    assert 0 < early < 5
    assert load(it.run(900)) == pytest.approx({"a": 20, "b": 20, "c": 20, "far": 0})


@documented(
    "ALB: 502 when the target refuses the connection", source="Application Load Balancers guide: troubleshooting"
)
def test_a_closed_port_is_a_502() -> None:
    it = lab("application", targets=["a", "b"])
    for name in ("a", "b"):
        it[name].machine.ready = False
    it.touch()
    assert failed(it.run(40)).keys() == {"502"}


@documented(
    "ALB: 504 when a target does not answer within 10 s", source="Application Load Balancers guide: troubleshooting"
)
def test_a_silent_target_is_a_504_after_ten_seconds() -> None:
    it = lab("application", patience="60s", targets=["a", "b"])
    for name in ("a", "b"):
        it.break_("drill:ec2:host-failure", name)
    it.run(29)
    assert failed(it) == {}
    assert failed(it.run(33)).keys() == {"504"}


@documented("ELB: an unknown attribute is refused", source="ELB API reference: ModifyTargetGroupAttributes")
def test_unknown_attributes_are_refused() -> None:
    it = lab()
    line = "aws elbv2 modify-target-group-attributes --target-group-arn lb --attributes Key=speed,Value=high"
    refused = it.do(line)
    assert isinstance(refused, Refusal) and refused.code == "InvalidConfigurationRequest"
