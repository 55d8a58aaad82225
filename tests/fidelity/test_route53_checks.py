"""Health checks that are made and deleted while it burns, and changes that come too fast."""

from __future__ import annotations

import json
from typing import Any

import pytest

from drill.level.errors import LevelError
from drill.model.command import Refusal
from tests.engine.lab import Lab
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until
from tests.fidelity.test_route53 import FAST, answers, change, lab, world

CREATE = "Route 53 API reference: CreateHealthCheck"
DELETE = "Route 53 API reference: DeleteHealthCheck"
ERRORS = "Route 53 API reference: ChangeResourceRecordSets, errors"


def make(name: str = "east-check", endpoint: str = "east", **config: Any) -> str:
    wanted = {"Type": "HTTP", "FullyQualifiedDomainName": endpoint, "RequestInterval": 10, **config}
    return f"aws route53 create-health-check --caller-reference {name} --health-check-config '{json.dumps(wanted)}'"


def use(check: str) -> str:
    row = {"Name": "shop.example", "Type": "A", "SetIdentifier": "primary", "HealthCheckId": check,
           "AliasTarget": {"DNSName": "east"}}  # fmt: skip
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": row}]}
    return f"aws route53 change-resource-record-sets --hosted-zone-id shop --change-batch '{json.dumps(batch)}'"


def unchecked() -> Lab:
    return lab(primary={"to": "east"}, secondary={"to": "west"})


def code(answer: Any) -> str:
    return answer.code if isinstance(answer, Refusal) else ""


@documented("Route 53: a health check that was just made decides once a record names it", source=CREATE)
def test_a_check_is_made_and_used() -> None:
    it = unchecked()
    it.now(make())
    it.now(use("east-check"))
    it.run(60).break_("aws:ec2:stop-instances", "east-web")
    assert 20 <= until(it, 60, lambda: answers(it) == ["west"]) <= 40
    it.run(it.session.now / 1000 + 15)
    assert "Failure" in it.output("aws route53 get-health-check-status --health-check-id east-check")


@documented("Route 53: a health check by itself moves nobody", source=CREATE)
def test_a_check_alone_decides_nothing() -> None:
    it = unchecked()
    it.now(make())
    it.run(60).break_("aws:ec2:stop-instances", "east-web")
    assert answers(it.run(200)) == ["east"]


@documented("Route 53: a caller reference makes one health check, and no second", source=CREATE)
def test_a_reference_is_used_once() -> None:
    it = unchecked()
    it.now(make())
    assert code(it.do(make())) == "HealthCheckAlreadyExists"


@pytest.mark.parametrize("wrong", [{"RequestInterval": 20}, {"FailureThreshold": 11},
                                   {"FullyQualifiedDomainName": "nowhere"}])  # fmt: skip
@documented("Route 53: a check's interval is 10 or 30 s, its threshold 1 to 10", source=CREATE)
def test_a_wrong_check_is_refused(wrong: dict[str, Any]) -> None:
    assert code(unchecked().do(make(**wrong))) == "InvalidInput"


@documented("Route 53: a record that names a health check that is not there is refused", source=ERRORS)
def test_an_unknown_check() -> None:
    assert code(unchecked().do(use("nobody"))) == "NoSuchHealthCheck"


@documented(
    "Route 53: a health check is deleted though records use it; what becomes of them is not promised",
    source=DELETE,
)
def test_a_deleted_check_says_nothing_new() -> None:
    it = lab()
    it.now("aws route53 delete-health-check --health-check-id shop/primary")
    it.break_("aws:ec2:stop-instances", "east-web")
    assert answers(it.run(200)) == ["east"], "what it held last stays (judgment)"
    assert code(it.do("aws route53 delete-health-check --health-check-id shop/primary")) == "NoSuchHealthCheck"


@documented("Route 53: an inverted check that stands alone fails every record over that names it", source=CREATE)
def test_one_check_for_many() -> None:
    it = unchecked()
    it.now(make())
    it.now(use("east-check"))
    it.run(60).now("aws route53 update-health-check --health-check-id east-check --inverted")
    assert until(it, 60, lambda: answers(it) == ["west"]) <= 30


@documented("Route 53: levels can have health checks that several answers share", source=CREATE, confidence="judgment")
def test_a_level_shares_a_check() -> None:
    level = world(primary={"to": "east", "check": {"id": "east-check"}}, secondary={"to": "west"})
    level["world"]["components"]["east-check"] = {"kind": "route53.health-check", "to": "east", "interval": "10s"}
    it = Lab(level).run(10)
    it.break_("aws:ec2:stop-instances", "east-web")
    assert until(it, 90, lambda: answers(it) == ["west"]) <= 40
    with pytest.raises(LevelError, match=r"route53\.health-check"):
        Lab(world(primary={"to": "east", "check": {"id": "west"}}, secondary={"to": "west"}))


@documented("Route 53: a second change of a zone is refused while the first is being processed", source=ERRORS)
def test_one_change_after_the_other() -> None:
    it = lab("weighted", a={"to": "east", **FAST}, b={"to": "west", **FAST})
    it.now(change("west", identifier="a"))
    assert code(it.do(change("east", identifier="b"))) == "PriorRequestNotComplete"
    it.run(it.session.now / 1000 + 2)
    assert it.now(change("east", identifier="b")).state == "done", "PENDING is no obstacle"
    assert "PENDING" in it.output("aws route53 get-change --id shop")
    it.run(it.session.now / 1000 + 60)
    assert "INSYNC" in it.output("aws route53 get-change --id shop")


@documented("Route 53: two changes that go out together are one too many; one batch takes both", source=ERRORS)
def test_two_changes_at_once() -> None:
    it = lab("weighted", a={"to": "east", **FAST}, b={"to": "west", **FAST})
    first, second = it.do(change("west", identifier="a")), it.do(change("east", identifier="b"))
    it.run(15)
    assert [getattr(first, "error", ""), getattr(second, "error", "")] == ["", "PriorRequestNotComplete"]
