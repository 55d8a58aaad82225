"""Route 53 records, health checks and failover, as AWS documents them; and how clients follow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from drill.catalog.route53.record import Check
from drill.model.command import Refusal
from drill.model.units import Duration
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

CHOICE = "Route 53 developer guide: how Route 53 chooses records when health checking is configured"
HEALTH = "Route 53 developer guide: how Route 53 determines whether a health check is healthy"
CONFIG = "Route 53 API reference: HealthCheckConfig"
CHANGE = "Route 53 API reference: ChangeResourceRecordSets"
PLANES = "AWS fault isolation boundaries: global services"
FAST = {"check": {"interval": "10s", "threshold": 3}}
INVERT = "aws route53 update-health-check --health-check-id shop/primary "


def world(
    policy: str = "failover", ttl: str = "60s", users: dict[str, Any] | None = None, **answers: Any
) -> dict[str, Any]:
    def web(zone: str) -> dict[str, Any]:
        return {"kind": "ec2.instance", "zone": zone, "capacity": "1000/s"}

    def ip(region: str, instance: str) -> dict[str, Any]:
        return {"kind": "ec2.elastic-ip", "region": region, "instance": instance}

    parts = {
        "east-web": web("use1-az1"),
        "east": ip("us-east-1", "east-web"),
        "west-web": web("usw2-az1"),
        "west": ip("us-west-2", "west-web"),
        "shop": {
            "kind": "route53.record",
            "domain": "shop.example",
            "policy": policy,
            "ttl": ttl,
            "answers": answers or {"primary": {"to": "east", **FAST}, "secondary": {"to": "west"}},
        },
    }
    traffic = {"enters": "shop", "rate": "100/s", "classes": {"all": {"patience": "1s"}}, **(users or {})}
    return tree(parts, {"users": traffic}, regions=TWO_REGIONS, length="30m")


def lab(*args: Any, **more: Any) -> Lab:
    return Lab(world(*args, **more)).run(10)


def answers(it: Lab) -> list[str]:
    return list(it["shop"].answer(it.world))


def change(target: str, name: str = "shop.example", identifier: str = "primary") -> str:
    row = {"Name": name, "Type": "A", "SetIdentifier": identifier, "AliasTarget": {"DNSName": target}}
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": row}]}
    return f"aws route53 change-resource-record-sets --hosted-zone-id shop --change-batch '{json.dumps(batch)}'"


@documented(
    "Route 53: health checks run every 30 s and flip after 3 results in a row unless said otherwise", source=CONFIG
)
def test_the_defaults() -> None:
    assert (Check().interval, Check().threshold) == (Duration(30_000), 3)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("interval", [10, 30])
@documented("Route 53: an endpoint is unhealthy after interval x threshold", source=CONFIG, confidence="typical")
def test_how_long_detection_takes(interval: int, seed: int) -> None:
    check = {"check": {"interval": f"{interval}s", "threshold": 3}}
    it = Lab(world(primary={"to": "east", **check}, secondary={"to": "west"}), seed).run(10)
    it.break_("aws:ec2:stop-instances", "east-web")
    assert 2 * interval <= until(it, 200, lambda: answers(it) == ["west"]) <= 3 * interval + 1


@documented("Route 53: fail-back is automatic, after as many passed checks in a row", source=CHOICE)
def test_fail_back_is_automatic() -> None:
    it = lab()
    it.break_("aws:ec2:stop-instances", "east-web")
    it.run(100)
    assert answers(it) == ["west"]
    it.now("aws ec2 start-instances --instance-ids east-web")
    until(it, 100, lambda: it["east-web"].machine.ready)
    assert 20 <= until(it, 100, lambda: answers(it) == ["east"]) <= 31


@documented("Route 53: with primary and secondary unhealthy the answer is the primary", source=CHOICE)
def test_both_unhealthy() -> None:
    it = lab(primary={"to": "east", **FAST}, secondary={"to": "west", **FAST})
    it.break_("aws:ec2:stop-instances", "east-web")
    assert answers(it.run(60)) == ["west"]
    it.break_("aws:ec2:stop-instances", "west-web")
    assert answers(it.run(120)) == ["east"]


@documented("Route 53: a record without a health check is always healthy", source=CHOICE)
def test_no_check_means_healthy() -> None:
    it = lab(primary={"to": "east"}, secondary={"to": "west", **FAST})
    it.break_("aws:ec2:stop-instances", "east-web")
    assert answers(it.run(300)) == ["east"]


@documented("Route 53: a disabled health check counts as healthy", source=CONFIG)
def test_disabled_means_healthy() -> None:
    it = lab()
    it.now(INVERT + "--disabled")
    it.run(60).break_("aws:ec2:stop-instances", "east-web")
    assert answers(it.run(300)) == ["east"]


@documented("Route 53: an inverted health check fails over from what is well", source=CONFIG)
def test_inverted_fails_over_on_purpose() -> None:
    it = lab()
    it.now(INVERT + "--inverted")
    assert until(it, 70, lambda: answers(it) == ["west"]) <= 60
    it.now(INVERT + "--no-inverted")
    assert until(it, 70, lambda: answers(it) == ["east"]) <= 60


@documented("Route 53: when every weighted record is unhealthy, all count as healthy", source=CHOICE)
def test_the_last_resort() -> None:
    it = lab("weighted", a={"to": "east", **FAST}, b={"to": "west", "weight": 3, **FAST})
    assert it["shop"].answer(it.world) == {"east": 0.25, "west": 0.75}
    it.break_("aws:ec2:stop-instances", "west-web")
    assert it.run(100)["shop"].answer(it.world) == {"east": 1.0}
    it.break_("aws:ec2:stop-instances", "east-web")
    assert it.run(200)["shop"].answer(it.world) == {"east": 0.25, "west": 0.75}


@pytest.mark.parametrize(("targets", "healthy"), [(1, False), (2, True)])
@documented("Route 53: an endpoint stays healthy while more than 18 % of checkers reach it", source=HEALTH)
def test_the_quorum(targets: int, healthy: bool) -> None:
    level = world(primary={"to": "alb", **FAST}, secondary={"to": "west"})
    parts = level["world"]["components"]
    names = [f"web-{n}" for n in range(10)]
    for name in names:
        parts[name] = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "1000/s"}
    alb = {"kind": "elb.application-load-balancer", "zones": ["use1-az1", "use1-az2"], "targets": names}
    parts["alb"] = {**alb, "health_check": {"interval": "300s"}}
    it = Lab(level).run(10)
    for name in names[targets:]:
        it.break_("drill:ec2:host-failure", name)
    assert (answers(it.run(100)) == ["alb"]) is healthy


@documented("Route 53: health checks and failover go on while the API is down; changes do not", source=PLANES)
def test_failover_is_data_plane() -> None:
    it = lab()
    it.break_("aws:fis:inject-api-internal-error", "route53/us-east-1", down=True)
    it.break_("aws:ec2:stop-instances", "east-web")
    assert it.now(change("west")).error == it.now(INVERT + "--inverted").error == "ServiceUnavailable"
    assert answers(it.run(100)) == ["west"]
    assert it.run(200).good("users.all", 130, 190) == 1.0


@documented("Route 53: its API lives in us-east-1, wherever the endpoints are", source=PLANES)
def test_where_the_api_lives() -> None:
    it = lab()
    it.break_("aws:fis:inject-api-internal-error", "route53/us-west-2", down=True)
    assert it.now(change("west")).state == "done"


@documented(
    "Route 53: a change reaches all name servers within 60 s", source="Route 53 developer guide: creating records"
)
def test_how_long_a_change_takes() -> None:
    it = lab("simple", only={"to": "east"})
    it.do(change("west", identifier=""))
    it.run(12)
    assert answers(it) == ["east"], "accepted, not yet published"
    assert 5 <= until(it, 100, lambda: answers(it) == ["west"]) <= 60


@pytest.mark.parametrize(
    "line", [change("nowhere"), change("west", name="other.example"), change("west", identifier="x")]
)
@documented("Route 53: a batch with one wrong change is refused as a whole", source=CHANGE)
def test_a_wrong_change_is_refused(line: str) -> None:
    it = lab()
    refused = it.do(line)
    assert isinstance(refused, Refusal) and refused.code == "InvalidChangeBatch"
    assert answers(it.run(120)) == ["east"]


@documented("Route 53: a change to an alias of itself is refused", source=CHANGE)
def test_a_name_cannot_be_its_own_alias() -> None:
    refused = lab().do(change("shop"))
    assert isinstance(refused, Refusal) and refused.code == "InvalidChangeBatch"


@documented(
    "DNS: clients leave an old answer within its TTL, evenly",
    source="Route 53 API reference: ResourceRecordSet",
    confidence="typical",
)
def test_clients_drain_over_the_ttl() -> None:
    it = lab()
    it.break_("aws:ec2:stop-instances", "east-web")
    failed_over = 10 + until(it, 60, lambda: answers(it) == ["west"], step=1)
    it.run(failed_over + 70)
    moved = [it.good("users.all", failed_over + s) for s in (0, 15, 30, 45, 61)]
    assert moved == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0], abs=0.03)


@documented(
    "DNS: 5 to 10 % of clients ignore the TTL for 5 to 30 minutes",
    source="no figure is published",
    confidence="judgment",
)
def test_late_clients_keep_the_old_answer() -> None:
    it = lab(users={"dns": {"late": {"share": "10%", "for": "10m"}}})
    it.break_("aws:ec2:stop-instances", "east-web")
    it.run(800)
    assert it.good("users.all", 110, 130) == pytest.approx(0.91, abs=0.02)
    assert it.good("users.all", 350, 360) == pytest.approx(0.95, abs=0.02)
    assert it.good("users.all", 700, 780) == 1.0


@documented(
    "DNS: connections that are held go on to the old answer, until they are cut",
    source="ARC developer guide: best practices",
)
def test_held_connections_stay_where_they_are() -> None:
    it = lab(users={"connections": {"share": "40%", "for": "20m"}})
    it.now(INVERT + "--inverted")
    it.run(200)
    assert it["east-web"].server.arrived == pytest.approx(40, rel=0.2)
    it.break_("aws:network:disrupt-connectivity", "use1-az1")
    assert it.run(260).good("users.all", 203, 220) == 1.0
