"""Zonal shift, zonal autoshift, routing controls and gray failures, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented

SHIFT = "ARC developer guide: zonal shift"
AUTO = "ARC developer guide: zonal autoshift"
ROUTING = "ARC developer guide: routing control"
GRAY = "AWS whitepaper: Advanced Multi-AZ Resilience Patterns"


def lab(seed: int = 1, traffic: dict[str, Any] | None = None, **alb: Any) -> Lab:
    zones = ["use1-az1", "use1-az2", "use1-az3"]
    parts = {
        "web": {"kind": "autoscaling.group", "zones": zones, "min": 3, "desired": 6, "max": 9, "capacity": "100/s"},
        "alb": {
            "kind": "elb.application-load-balancer",
            "zones": zones,
            "targets": ["web"],
            "zonal_shift": True,
            "health_check": {"interval": "10s", "timeout": "5s", "healthy": 2, "unhealthy": 2},
            **alb,
        },
    }
    users = {"users": {"enters": "alb", "rate": "240/s", "classes": {"all": {"patience": "2s"}}, **(traffic or {})}}
    return Lab(tree(parts, users, length="3h"), seed).run(20)


def shift(zone: str = "use1-az1", length: str = "2h") -> str:
    line = "aws arc-zonal-shift start-zonal-shift --resource-identifier alb"
    return f"{line} --away-from {zone} --expires-in {length} --comment test"


def refused(it: Lab, line: str) -> str:
    found = it.do(line)
    assert isinstance(found, Refusal), found
    return found.code


def zones(it: Lab) -> dict[str, float]:
    return {zone: cell.arrived for zone, cell in it["web"].cells.items()}


@documented("Zonal shift: the zone leaves DNS and its targets get nothing, with cross-zone on too", source=SHIFT,
            other="the ELB guides of 2023 did not allow it with cross-zone on")  # fmt: skip
def test_a_shift_empties_the_zone() -> None:
    it = lab()
    it.now(shift())
    assert zones(it.run(25)) == pytest.approx({"use1-az1": 0, "use1-az2": 120, "use1-az3": 120}, abs=40)
    assert zones(it.run(120)) == pytest.approx({"use1-az1": 0, "use1-az2": 120, "use1-az3": 120})
    assert it.good("users.all", 0, 119) == 1.0


@documented("Zonal shift: must have been enabled on the load balancer", source=SHIFT)
def test_a_shift_must_be_enabled() -> None:
    it = lab(zonal_shift=False)
    assert refused(it, shift()) == "ResourceNotFoundException"
    it.now("aws elbv2 modify-load-balancer-attributes --load-balancer-arn alb"
           " --attributes Key=zonal_shift.config.enabled,Value=true")  # fmt: skip
    it.now(shift())
    assert it["alb"].away(it.world) == "use1-az1"


@documented("Zonal shift: one zone of a resource at a time", source=SHIFT)
def test_one_zone_at_a_time() -> None:
    it = lab()
    it.now(shift())
    assert refused(it, shift("use1-az2")) == "ConflictException"


@documented("Zonal shift: moves nothing while no other zone has a healthy target", source=SHIFT)
def test_a_shift_needs_healthy_targets_elsewhere() -> None:
    it = lab()
    for zone in ("use1-az2", "use1-az3"):
        it.break_("aws:network:disrupt-connectivity", zone)
    it.run(80).now(shift())
    it.run(90)
    assert it["alb"].away(it.world) == ""
    assert "no effect" in it["alb"].observed(it.world)["note"]


@documented("Zonal shift: ends by itself when it expires", source=SHIFT)
def test_a_shift_expires() -> None:
    it = lab()
    it.now(shift(length="5m"))
    assert it.run(300)["alb"].shifted == "use1-az1"
    assert it.run(325)["alb"].shifted == ""
    assert zones(it.run(500))["use1-az1"] == pytest.approx(80)


@documented("Zonal shift: lasts from 1 minute to 72 hours, written as 120m or 20h", source=SHIFT)
def test_how_long_a_shift_may_last() -> None:
    it = lab()
    assert [refused(it, shift(length=text)) for text in ("90s", "73h", "0m")] == ["ValidationException"] * 3


@documented("Zonal shift: can be cancelled", source=SHIFT)
def test_a_shift_can_be_cancelled() -> None:
    it = lab()
    it.now(shift())
    it.run(100).now("aws arc-zonal-shift cancel-zonal-shift --zonal-shift-id alb")
    assert zones(it.run(200))["use1-az1"] == pytest.approx(80)
    assert refused(it, "aws arc-zonal-shift cancel-zonal-shift --zonal-shift-id alb") == "ResourceNotFoundException"


@documented("Zonal shift: clients keep the connections that they have", source=SHIFT)
def test_kept_connections_stay_with_the_zone() -> None:
    it = lab(traffic={"connections": {"share": "30%", "for": "20m"}}, cross_zone=False)
    it.now(shift())
    assert zones(it.run(120))["use1-az1"] == pytest.approx(240 * 0.3 / 3, rel=0.15)


@documented("Zonal shift: works while the ELB API of the Region does not", source=SHIFT)
def test_a_shift_needs_no_elb_api() -> None:
    it = lab()
    it.break_("aws:fis:inject-api-internal-error", "elbv2/us-east-1", down=True)
    assert it.now(shift()).error == ""
    assert it["alb"].away(it.world) == "use1-az1"


@documented("Zonal autoshift: starts about 5 minutes after a zone is impaired, ends when it works again", source=AUTO,
            other="the published template of FIS's zone outage leaves the autoshift out that its text has")  # fmt: skip
def test_autoshift() -> None:
    it = lab(autoshift=True)
    fault = it.break_("drill:az:power-interruption", "use1-az2")
    assert it.run(300)["alb"].shifted == ""
    assert it.run(325)["alb"].shifted == "use1-az2"
    assert refused(it, "aws arc-zonal-shift cancel-zonal-shift --zonal-shift-id alb") == "ConflictException"
    it.mend(fault)
    assert it.run(330)["alb"].shifted == ""


@documented("Gray failure: users lose requests in a zone whose health checks all pass", source=GRAY)
def test_health_checks_do_not_see_a_gray_zone() -> None:
    it = lab()
    it.break_("drill:az:gray", "use1-az1", lost="40%")
    it.run(200)
    assert it.good("users.all", 60, 190) == pytest.approx(1 - (0.4 / 3 + (1 - 0.4 / 3) * 0.4 / 3), abs=0.005)
    assert all(found.state == "healthy" for found in it["alb"].targets_health.values())


@documented("Gray failure: leaving the whole zone ends it", source=GRAY)
def test_leaving_a_gray_zone_ends_it() -> None:
    it = lab()
    it.break_("drill:az:gray", "use1-az1", lost="40%")
    it.run(60).now(shift())
    assert it.run(200).good("users.all", 130, 199) == 1.0


@documented("Gray failure: part of the answers may be late instead", source=GRAY)
def test_a_slow_gray_zone() -> None:
    it = lab()
    it.break_("drill:az:gray", "use1-az1", lost=0, slow="50%", by="3s")
    it.run(120)
    lost = 1.0 - it.good("users.all", 60, 110)
    assert 0.2 < lost < 0.5, "half of a third at the nodes, half of a third at the servers"


# ---- routing controls -----------------------------------------------------------------------------------------------


def two(at_least: int = 1) -> Lab:
    check = {"interval": "10s"}
    parts = {
        "panel": {"kind": "arc.control-panel", "controls": {"east": "On", "west": "Off"}, "at_least": at_least},
        "shop": {
            "kind": "route53.record",
            "domain": "shop.example",
            "policy": "failover",
            "answers": {
                "primary": {"to": "east", "check": {**check, "control": "panel/east"}},
                "secondary": {"to": "west", "check": {**check, "control": "panel/west"}},
            },
        },
        "east": {"kind": "ec2.instance", "zone": "use1-az1"},
        "west": {"kind": "ec2.instance", "zone": "usw2-az1"},
    }
    users = {"users": {"enters": "shop", "rate": "50/s", "classes": {"all": {"patience": "2s"}}}}
    return Lab(tree(parts, users, regions=TWO_REGIONS, length="30m")).run(20)


SWITCH = (
    "aws route53-recovery-cluster update-routing-control-state --routing-control-arn panel/{}"
    " --routing-control-state {}"
)


@documented("Routing control: Off makes its health check unhealthy, and DNS fails over", source=ROUTING)
def test_switching_moves_users() -> None:
    it = two()
    it.now(SWITCH.format("west", "On"))
    it.now(SWITCH.format("east", "Off"))
    assert it["shop"].answer(it.run(30).world) == {"west": 1.0}
    assert it.run(150)["west"].server.arrived == 50


@documented("Routing control: works while the Route 53 API in us-east-1 does not", source=ROUTING)
def test_a_switch_needs_no_route_53_api() -> None:
    it = two()
    it.break_("aws:fis:inject-api-internal-error", "route53/us-east-1", down=True)
    edit = (
        "aws route53 change-resource-record-sets --hosted-zone-id shop --change-batch Changes=[{Action=UPSERT,"
        "ResourceRecordSet={Name=shop.example,Type=A,SetIdentifier=primary,AliasTarget={DNSName=west}}}]"
    )
    assert it.now(edit).error == "ServiceUnavailable"
    assert it.now(SWITCH.format("west", "On")).error == ""
    assert it.now(SWITCH.format("east", "Off")).error == ""
    assert it["shop"].answer(it.run(60).world) == {"west": 1.0}


@documented("Routing control: any of the cluster's Regions takes the change", source=ROUTING)
def test_another_endpoint_of_the_cluster() -> None:
    it = two()
    it.break_("aws:fis:inject-api-internal-error", "route53-recovery-cluster/us-east-1", down=True)
    assert (
        it.now(SWITCH.format("west", "On") + " --region us-east-1").error == "EndpointTemporarilyUnavailableException"
    )
    assert it.now(SWITCH.format("west", "On") + " --region us-west-2").error == ""


@documented("Routing control: a safety rule keeps the last one On, unless it is overridden", source=ROUTING)
def test_a_safety_rule() -> None:
    it = two()
    assert refused(it, SWITCH.format("east", "Off")) == "ConflictException"
    assert it.now(SWITCH.format("east", "Off") + " --safety-rules-to-override panel").error == ""


@documented("Routing control: several are switched together or not at all", source=ROUTING)
def test_switching_together() -> None:
    it = two()
    entries = "RoutingControlArn=panel/{},RoutingControlState={}"
    line = "aws route53-recovery-cluster update-routing-control-states --update-routing-control-state-entries"
    it.now(f"{line} {entries.format('east', 'Off')} {entries.format('west', 'On')}")
    assert it["panel"].controls == {"east": "Off", "west": "On"}
    both = f"{line} {entries.format('east', 'Off')} {entries.format('west', 'Off')}"
    assert refused(it, both) == "ConflictException"
