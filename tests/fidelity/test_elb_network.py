"""Network Load Balancers, attributes and enabled zones, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.loader import LevelError
from drill.model.command import Refusal
from tests.engine.lab import Lab, level_file, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

NLB = "Network Load Balancers guide: health checks for target groups"
ZONES = "Application Load Balancers guide: Availability Zones for your load balancer"
ATTRIBUTES = "ELB API reference: LoadBalancerAttribute"
GROUP = "ELB API reference: TargetGroupAttribute"


def web(zone: str, **more: Any) -> dict[str, Any]:
    return {"kind": "ec2.instance", "zone": zone, "capacity": "100/s", **more}


def lab(kind: str = "network", rate: int = 60, patience: str = "4s", zones: int = 2, **more: Any) -> Lab:
    connections = more.pop("connections", {})
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
    users: dict[str, Any] = {"users": {"enters": "lb", "rate": f"{rate}/s", "classes": {"all": {"patience": patience}}}}
    users["users"]["connections"] = connections
    return Lab(tree(parts, users, length="60m")).run(20)


def refused(it: Lab, line: str) -> str:
    found = it.do(line)
    return found.code if isinstance(found, Refusal) else ""


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


# ---- slow start, keep-alive, passive checks ----

MODIFY = "aws elbv2 modify-{} lb --attributes Key={},Value="
SLOW = MODIFY.format("target-group-attributes --target-group-arn", "slow_start.duration_seconds")
KEEP = MODIFY.format("load-balancer-attributes --load-balancer-arn", "client_keep_alive.seconds")


@documented("ALB: with slow start a new target's share grows over its time, beside one that takes requests in full",
            source=GROUP)  # fmt: skip
def test_slow_start() -> None:
    it = lab("application", zones=3, slow_start="60s")
    assert load(it)["a"] == pytest.approx(20), "those that are healthy already do not start slowly"
    it.now("aws elbv2 register-targets --target-group-arn lb --targets Id=far")
    until(it, 30, lambda: it["lb"].targets_health["far"].state == "healthy")
    began = it.session.now / 1000
    it.run(began + 30)
    assert load(it)["far"] == pytest.approx(load(it)["a"] / 2, rel=0.1)
    it.run(began + 70)
    assert load(it) == pytest.approx({"a": 15, "b": 15, "c": 15, "far": 15})


@documented("ALB: a target that comes back from unhealthy starts slowly again", source=GROUP)
def test_slow_start_after_a_failure() -> None:
    it = lab("application", slow_start="60s")
    it.now("aws ec2 reboot-instances --instance-ids a")
    until(it, 60, lambda: it["lb"].targets_health["a"].state == "unhealthy")
    until(it, 120, lambda: it["lb"].targets_health["a"].state == "healthy")
    it.run(it.session.now / 1000 + 10)
    assert load(it)["a"] < load(it)["b"] / 3


@documented("ALB: where all targets are new, none of them starts slowly", source=GROUP)
def test_slow_start_of_all() -> None:
    it = lab("application", slow_start="60s")
    it.now("aws elbv2 deregister-targets --target-group-arn lb --targets Id=a Id=b Id=c")
    it.run(30)
    it.now("aws elbv2 register-targets --target-group-arn lb --targets Id=a Id=b Id=c")
    it.run(60)
    assert load(it)["a"] == pytest.approx(20, abs=1)


@documented("ALB: slow start takes 30 to 900 s; Network Load Balancers have none", source=GROUP)
def test_slow_start_is_refused() -> None:
    assert refused(lab("application"), SLOW + "20") == "InvalidConfigurationRequest"
    assert refused(lab(), SLOW + "60") == "InvalidConfigurationRequest"
    it = lab("application")
    it.now(SLOW + "90")
    assert it["lb"].slow_start == 90_000


def kept(seconds: str) -> float:
    """Return the share that still reaches zone 1 a hundred seconds after a shift away from it."""
    it = lab("application", zonal_shift=True, client_keep_alive=seconds, connections={"share": "100%", "for": "1h"})
    it.now("aws arc-zonal-shift start-zonal-shift --resource-identifier lb --away-from use1-az1 --expires-in 2h "
           "--comment out")  # fmt: skip
    it.run(it.session.now / 1000 + 100)
    return float(it["lb"].tallies["lb/use1-az1"].arrived) / 60


@documented("ALB: clients keep their connections to a zone that is left until client_keep_alive.seconds have passed",
            source="ARC developer guide: zonal shift for Application Load Balancers")  # fmt: skip
def test_client_keep_alive() -> None:
    assert kept("1h") > 0.45
    assert kept("60s") == 0


@documented("ALB: client_keep_alive.seconds is 60 to 604800, and is no attribute of a Network Load Balancer",
            source=ATTRIBUTES)  # fmt: skip
def test_client_keep_alive_is_refused() -> None:
    assert refused(lab("application"), KEEP + "30") == "InvalidConfigurationRequest"
    assert refused(lab(), KEEP + "300") == "InvalidConfigurationRequest"
    it = lab("application")
    it.now(KEEP + "300")
    assert it["lb"].client_keep_alive == 300_000


@documented("NLB: passive checks leave a target out before its active checks have failed", source=NLB)
def test_passive_checks() -> None:
    it = lab(health_check={"interval": "30s", "timeout": "10s", "healthy": 2, "unhealthy": 3})
    it.break_("drill:ec2:host-failure", "b")
    it.run(35)
    assert it["lb"].targets_health["b"].state == "healthy", "the active check does not know yet"
    assert load(it)["b"] == 0 and load(it)["c"] == pytest.approx(30)
    assert it.good("users.all", 33, 35) == 1.0


@documented("NLB: there are no passive checks with stickiness on", source=NLB)
def test_no_passive_checks_with_stickiness() -> None:
    it = lab(sticky="1h", health_check={"interval": "30s", "timeout": "10s", "healthy": 2, "unhealthy": 3})
    it.break_("drill:ec2:host-failure", "b")
    it.run(45)
    assert it["lb"].shunned == [] and it.good("users.all", 33, 40) < 0.8


@pytest.mark.parametrize("key", ["idle_timeout.timeout_seconds", "routing.http2.enabled", "stickiness.type"])
def test_attributes_that_the_drill_does_not_model_are_refused_by_name(key: str) -> None:
    kind = "target-group-attributes --target-group-arn" if key == "stickiness.type" else ""
    line = MODIFY.format(kind or "load-balancer-attributes --load-balancer-arn", key)
    found = lab("application").do(f"{line}app_cookie" if kind else f"{line}60")
    assert isinstance(found, Refusal) and f"'{key}=" in found.message and "not modeled" in found.message
