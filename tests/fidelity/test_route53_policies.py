"""Route 53's routing policies, health checks and TTLs, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.errors import LevelError
from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented

CHOOSES = "Route 53 developer guide: how Route 53 chooses records when health checking is configured"
KINDS = "Route 53 developer guide: types of health checks"
TTL = "Route 53 API reference: ResourceRecordSet, TTL"
CHECK = {"interval": "10s", "threshold": 3}


def lab(answers: dict[str, Any], policy: str = "weighted", **more: Any) -> Lab:
    parts: dict[str, Any] = {
        f"web-{i}": {"kind": "ec2.instance", "zone": "use1-az1" if i % 2 else "usw2-az1", "capacity": "200/s"}
        for i in range(1, 11)
    }
    record = more.pop("record", {})
    parts["shop"] = {"kind": "route53.record", "domain": "shop.example", "policy": policy, "answers": answers, **record}
    places = more.pop("places", ["users"])
    users = {
        name: {"place": name, "enters": "shop", "rate": "100/s", "classes": {"all": {"patience": "2s"}}}
        for name in places
    }
    parts.update(more.pop("parts", {}))
    return Lab(tree(parts, users, regions=TWO_REGIONS, length="60m", **more)).run(20)


def weighted(*weights: int) -> dict[str, Any]:
    return {f"r{i}": {"to": f"web-{i}", "weight": weight, "check": CHECK} for i, weight in enumerate(weights, 1)}


def kill(it: Lab, *numbers: int) -> None:
    for i in numbers:
        it.break_("aws:ec2:stop-instances", f"web-{i}")


@documented("Route 53: weighted records share users by weight", source=CHOOSES)
def test_weights() -> None:
    assert lab(weighted(1, 3))["shop"].answer(None) == {"web-1": 0.25, "web-2": 0.75}


@documented("Route 53: an unhealthy weighted record gets nobody", source=CHOOSES)
def test_an_unhealthy_weighted_record() -> None:
    it = lab(weighted(1, 3))
    kill(it, 2)
    assert it.run(80)["shop"].answer(it.world) == {"web-1": 1.0}


@documented("Route 53: when all weighted records are unhealthy, all count as healthy", source=CHOOSES)
def test_all_unhealthy_is_all_healthy() -> None:
    it = lab(weighted(1, 3))
    kill(it, 1, 2)
    assert it.run(80)["shop"].answer(it.world) == {"web-1": 0.25, "web-2": 0.75}


@documented("Route 53: a record of weight 0 is answered only when those above 0 are unhealthy", source=CHOOSES)
def test_weight_zero_is_the_last_resort() -> None:
    it = lab(weighted(1, 0))
    assert it["shop"].answer(it.world) == {"web-1": 1.0}
    kill(it, 1)
    assert it.run(80)["shop"].answer(it.world) == {"web-2": 1.0}


@documented("Route 53: all weights 0 is all alike", source="Route 53 API reference: ResourceRecordSet, Weight")
def test_all_weights_zero() -> None:
    assert lab(weighted(0, 0))["shop"].answer(None) == {"web-1": 0.5, "web-2": 0.5}


@documented("Route 53: multivalue answers give up to eight healthy records", source=CHOOSES)
def test_multivalue_gives_eight() -> None:
    it = lab({f"r{i}": {"to": f"web-{i}", "check": CHECK} for i in range(1, 11)}, "multivalue")
    assert len(it["shop"].answer(it.world)) == 8
    kill(it, 1, 2, 3)
    answer = it.run(80)["shop"].answer(it.world)
    assert sorted(answer) == sorted(f"web-{i}" for i in range(4, 11))
    assert it.good("users.all", 0, 19) == 1.0


@documented("Route 53: latency records answer with the Region nearest to the user", source=CHOOSES)
def test_latency_by_place() -> None:
    near = {
        "east": {"to": "web-1", "near": {"Boston": "10ms", "Tokyo": "170ms"}, "check": CHECK},
        "west": {"to": "web-2", "near": {"Boston": "80ms", "Tokyo": "110ms"}, "check": CHECK},
    }
    it = lab(near, "latency", places=["Boston", "Tokyo"])
    assert (it["web-1"].server.arrived, it["web-2"].server.arrived) == (100, 100)
    kill(it, 1)
    it.run(200)
    assert it["web-2"].server.arrived == 200, "the next nearest that is healthy"


@documented("Route 53: a calculated check is healthy while enough of its children are", source=KINDS)
def test_a_calculated_check() -> None:
    children = {f"r{i}": {"to": f"web-{i}", "check": CHECK} for i in (1, 3, 5)}
    parts = {"kids": {"kind": "route53.record", "domain": "kids.example", "policy": "multivalue", "answers": children}}
    of = {"of": ["kids/r1", "kids/r3", "kids/r5"], "least": 2}
    it = lab({"primary": {"to": "web-1", "check": of}, "secondary": {"to": "web-2"}}, "failover", parts=parts)
    kill(it, 3)
    assert it.run(100)["shop"].answer(it.world) == {"web-1": 1.0}
    kill(it, 5)
    assert it.run(200)["shop"].answer(it.world) == {"web-2": 1.0}


def by_alarm(insufficient: str = "LastKnownStatus", above: int = 40) -> Lab:
    alarm = {"measure": "web-1.CPUUtilization", "above": above, "datapoints": "1 of 1"}
    check = {"alarm": "busy", "insufficient": insufficient}
    answers = {"primary": {"to": "web-1", "check": check}, "secondary": {"to": "web-2"}}
    return lab(answers, "failover", telemetry={"alarms": {"busy": alarm}})


@documented("Route 53: a check that follows an alarm is unhealthy while the alarm is in ALARM", source=KINDS)
def test_a_check_that_follows_an_alarm() -> None:
    it = by_alarm()
    assert it.run(40)["shop"].answer(it.world) == {"web-2": 1.0}, "its endpoint answers well all the time"


@pytest.mark.parametrize(("word", "healthy"), [("Healthy", True), ("Unhealthy", False), ("LastKnownStatus", True)])
@documented("Route 53: InsufficientDataHealthStatus says what an alarm without data means", source=KINDS)
def test_an_alarm_without_data(word: str, healthy: bool) -> None:
    it = by_alarm(word, above=90).run(40)
    kill(it, 1)
    it.run(120)
    assert it.world.flags["alarm/busy"] == "INSUFFICIENT_DATA"
    assert it["shop"].healthy("primary", it.world) is healthy


@documented("Route 53: checks follow a threshold of results in a row, in both directions", source=KINDS)
@pytest.mark.parametrize(("interval", "least", "most"), [("10s", 20, 30), ("30s", 60, 90)])
def test_detection_takes_interval_times_threshold(interval: str, least: int, most: int) -> None:
    check = {"interval": interval, "threshold": 3}
    it = lab({"primary": {"to": "web-1", "check": check}, "secondary": {"to": "web-2"}}, "failover")
    kill(it, 1)
    assert it.run(20 + least - 1)["shop"].answer(it.world) == {"web-1": 1.0}
    assert it.run(20 + most + 1)["shop"].answer(it.world) == {"web-2": 1.0}


@documented("Route 53: an inverted check turns healthy into unhealthy", source=KINDS)
def test_an_inverted_check() -> None:
    it = lab({"primary": {"to": "web-1", "check": CHECK}, "secondary": {"to": "web-2"}}, "failover")
    it.now("aws route53 update-health-check --health-check-id shop/primary --inverted")
    assert it.run(60)["shop"].answer(it.world) == {"web-2": 1.0}


@documented("Route 53: a disabled check counts as healthy, whatever the endpoint does", source=KINDS)
def test_a_disabled_check() -> None:
    check = {**CHECK, "disabled": True}
    it = lab({"primary": {"to": "web-1", "check": check}, "secondary": {"to": "web-2"}}, "failover")
    kill(it, 1)
    assert it.run(120)["shop"].answer(it.world) == {"web-1": 1.0}


@documented("Route 53: fails back by itself once the primary's check is healthy again", source=CHOOSES)
def test_fail_back_is_automatic() -> None:
    it = lab({"primary": {"to": "web-1", "check": CHECK}, "secondary": {"to": "web-2"}}, "failover")
    kill(it, 1)
    it.run(80).now("aws ec2 start-instances --instance-ids web-1")
    assert it.run(200)["shop"].answer(it.world) == {"web-1": 1.0}


@documented("Route 53: an alias that evaluates its target is unhealthy with no healthy target", source=CHOOSES)
def test_evaluate_target_health() -> None:
    rule = {"interval": "10s", "timeout": "5s", "unhealthy": 2}
    alb = {
        "kind": "elb.application-load-balancer",
        "zones": ["use1-az1", "use1-az2"],
        "targets": ["web-1"],
        "health_check": rule,
    }
    answers = {"primary": {"to": "alb", "evaluate": True}, "secondary": {"to": "web-2"}}
    it = lab(answers, "failover", parts={"alb": alb})
    kill(it, 1)
    it.touch()
    assert it.run(60)["shop"].answer(it.world) == {"web-2": 1.0}


def cname(ttl: str = "300s") -> Lab:
    answers = {"primary": {"to": "web-1", "check": CHECK}, "secondary": {"to": "web-2"}}
    return lab(answers, "failover", record={"cname": True, "ttl": ttl})


LOWER = (
    "aws route53 change-resource-record-sets --hosted-zone-id shop --change-batch Changes=[{Action=UPSERT,"
    "ResourceRecordSet={Name=shop.example,Type=CNAME,SetIdentifier=primary,TTL=20,ResourceRecords=[{Value=web-1}]}}]"
)


@documented("DNS: clients keep an answer for its TTL after the name servers give another", source=TTL)
def test_clients_keep_an_answer_for_its_ttl() -> None:
    it = cname()
    kill(it, 1)
    assert 0.3 < it.run(220).good("users.all", 200, 210) < 0.7
    assert it.run(380).good("users.all", 360, 379) == 1.0


@documented("DNS: a lowered TTL does not shorten answers that were given before", source=TTL)
def test_a_ttl_lowered_too_late() -> None:
    it = cname()
    it.now(LOWER)
    kill(it.run(60), 1)
    assert it.run(200).good("users.all", 150, 170) < 0.6, "well over 20 s after the checks failed"


@documented("DNS: a TTL that was lowered one TTL ahead lets go at once", source=TTL)
def test_a_ttl_lowered_in_time() -> None:
    it = cname()
    it.now(LOWER)
    kill(it.run(400), 1)
    assert it.run(500).good("users.all", 455, 499) == 1.0


@documented("Route 53: health checks go on failing over while the API in us-east-1 is down",
            source="AWS Fault Isolation Boundaries (whitepaper): global services")  # fmt: skip
def test_failover_needs_no_api() -> None:
    it = lab({"primary": {"to": "web-1", "check": CHECK}, "secondary": {"to": "web-2"}}, "failover")
    it.break_("aws:fis:inject-api-internal-error", "route53/us-east-1", down=True)
    kill(it, 1)
    assert it.run(60)["shop"].answer(it.world) == {"web-2": 1.0}
    assert it.now(LOWER).error == "ServiceUnavailable"


@documented("Route 53: an alias of a CloudFront distribution cannot evaluate its target's health",
            source="Route 53 API reference: AliasTarget, EvaluateTargetHealth")  # fmt: skip
def test_no_health_of_distributions() -> None:
    cdn = {"kind": "cloudfront.distribution", "domain": "cdn.example", "target": "web",
           "origins": {"web": {"to": "web-1"}}}  # fmt: skip
    it = lab({"only": {"to": "cdn"}}, "simple", parts={"cdn": cdn})
    row = "Name=shop.example,Type=A,AliasTarget={DNSName=cdn,EvaluateTargetHealth=true}"
    refused = it.do("aws route53 change-resource-record-sets --hosted-zone-id shop --change-batch "
                    f"Changes=[{{Action=UPSERT,ResourceRecordSet={{{row}}}}}]")  # fmt: skip
    assert isinstance(refused, Refusal) and refused.code == "InvalidInput"
    with pytest.raises(LevelError, match="cannot evaluate"):
        lab({"only": {"to": "cdn", "evaluate": True}}, "simple", parts={"cdn": cdn})
