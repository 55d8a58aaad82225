"""Control planes, and what goes on without them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

STATIC = "AWS whitepaper: fault isolation boundaries, static stability"
GLOBAL = "AWS whitepaper: fault isolation boundaries, global services"
THROTTLE = "EC2 API reference: request throttling"
FIS = "AWS FIS actions reference: aws:fis:inject-api-internal-error"
IMPAIRED = "aws:fis:inject-api-internal-error"


def lab() -> Lab:
    parts: dict[str, Any] = {
        "name": {"kind": "route53.record", "domain": "shop.example", "ttl": "10s", "policy": "failover", "answers": {
            "primary": {"to": "alb", "check": {"interval": "10s", "threshold": 3}}, "secondary": {"to": "ip-b"}}},
        "alb": {"kind": "elb.application-load-balancer", "zones": ["use1-az1", "use1-az2"], "targets": ["web"],
                "health_check": {"interval": "5s", "timeout": "2s"}},
        "web": {"kind": "autoscaling.group", "zones": ["use1-az1", "use1-az2"], "min": 2, "desired": 4, "max": 8,
                "capacity": "100/s"},
        "ip-b": {"kind": "ec2.elastic-ip", "region": "us-west-2", "instance": "far"},
        "far": {"kind": "ec2.instance", "zone": "usw2-az1", "capacity": "400/s"},
        "spare": {"kind": "ec2.instance", "zone": "use1-az1", "starts": "stopped"},
    }  # fmt: skip
    classes = {"all": {"patience": "2s"}}
    traffic = {"users": {"enters": "name", "rate": "100/s", "classes": classes}}
    return Lab(tree(parts, traffic, length="30m", regions=TWO_REGIONS)).run(30)


@documented(
    "Control planes: what was provisioned beforehand goes on when the API is away (static stability)", source=STATIC
)
def test_data_planes_go_on() -> None:
    it = lab()
    for service in ("ec2", "elbv2", "autoscaling", "route53"):
        it.break_(IMPAIRED, f"{service}/us-east-1", down=True)
    it.run(120)
    assert it.good("users.all", 40, 110) == 1.0


@documented("Control planes: a balancer leaves dead targets out while its API is away", source=STATIC)
def test_health_checks_need_no_control_plane() -> None:
    it = lab()
    it.break_(IMPAIRED, "elbv2/us-east-1", down=True)
    it["web"].machines[0].hurt = True
    it.touch()
    until(it, 60, lambda: it["alb"].targets_health["web-1"].state == "unhealthy")
    it.run(120)
    assert it.good("users.all", 90, 110) == 1.0


@documented("Control planes: what must be made anew waits for the API", source=STATIC)
def test_launches_need_the_control_plane() -> None:
    it = lab()
    it.break_(IMPAIRED, "ec2/us-east-1", down=True)
    receipt = it.now("aws ec2 start-instances --instance-ids spare")
    assert (receipt.state, receipt.error) == ("failed", "ServiceUnavailable")
    assert it["spare"].machine.state == "stopped"


@documented("Control planes: Route 53 fails over by health check while its API in us-east-1 is away", source=GLOBAL)
def test_route_53_fails_over_without_its_api() -> None:
    it = lab()
    it.break_(IMPAIRED, "route53/us-east-1", down=True)
    it.break_("aws:network:route-table-disrupt-cross-region-connectivity", "us-east-1")
    it.run(150)
    assert it.good("users.all", 120, 140) == 1.0


@documented("Control planes: each Region has its own; one that is impaired leaves the other's alone", source=STATIC)
def test_regions_are_apart() -> None:
    it = lab()
    it.break_(IMPAIRED, "ec2/us-east-1", down=True)
    assert it.now("aws ec2 reboot-instances --instance-ids far").state == "done"
    assert it.now("aws ec2 start-instances --instance-ids spare").state == "failed"


@documented("Control planes: services fail apart: EC2's API may be away while ELB's works", source=STATIC)
def test_services_are_apart() -> None:
    it = lab()
    it.break_(IMPAIRED, "ec2/us-east-1", down=True)
    line = "aws elbv2 modify-target-group-attributes --target-group-arn alb --attributes"
    assert it.now(f"{line} Key=deregistration_delay.timeout_seconds,Value=30").state == "done"


@documented("Control planes: an impaired API fails a share of calls with an internal error", source=FIS)
def test_errors() -> None:
    it = lab()
    it.break_(IMPAIRED, "ec2/us-west-2", errors=0.5)
    ends = []
    for i in range(40):
        it.run(30 + 5 * i)
        ends.append(it.now("aws ec2 describe-instances --region us-west-2").error)
    assert 10 <= ends.count("InternalError") <= 30
    assert set(ends) == {"", "InternalError"}


@documented("Control planes: a slow API takes as much longer as it is slow", source=FIS)
def test_latency() -> None:
    it = lab()
    it.break_(IMPAIRED, "ec2/us-east-1", latency="20s")
    receipt = it.now("aws ec2 start-instances --instance-ids spare")
    assert 20_000 <= receipt.done - receipt.at <= 22_000


@documented(
    "Control planes: calls beyond a bucket's tokens are throttled, and the bucket fills up again", source=THROTTLE
)
def test_throttling() -> None:
    it = lab()
    ends = [it.now("aws ec2 start-instances --instance-ids far").error for _ in range(1)]
    receipts = [it.do("aws ec2 start-instances --instance-ids far") for _ in range(12)]
    it.run(60)
    ends += ["" if isinstance(r, Refusal) else r.error for r in receipts]
    assert "RequestLimitExceeded" in ends
    it.run(120)
    assert it.now("aws ec2 start-instances --instance-ids far").error == ""


@pytest.mark.parametrize("service", ["ec2", "elbv2"])
@documented("Control planes: when the impairment ends, calls work again", source=FIS)
def test_recovery(service: str) -> None:
    it = lab()
    fault = it.break_(IMPAIRED, f"{service}/us-east-1", down=True)
    it.run(60).mend(fault)
    assert it.now("aws ec2 start-instances --instance-ids spare").state == "done"


@pytest.mark.parametrize(("denied", "line", "code"), [
    ("ec2", "aws ec2 start-instances --instance-ids spare", "UnauthorizedOperation"),
    ("ec2:StartInstances", "aws ec2 start-instances --instance-ids spare", "UnauthorizedOperation"),
    ("elbv2", "aws elbv2 describe-target-health --target-group-arn alb", "AccessDenied"),
    ("arc-zonal-shift", "aws arc-zonal-shift list-zonal-shifts", "AccessDeniedException"),
])  # fmt: skip
@documented("Permissions: a call that no policy allows is refused in the service's own words, and changes nothing",
            source="IAM User Guide: troubleshoot access denied error messages")  # fmt: skip
def test_missing_permissions(denied: str, line: str, code: str) -> None:
    it = lab()
    fault = it.break_("drill:iam:permissions-missing", denied)
    digest = it.world.digest()
    refused = it.do(line)
    assert isinstance(refused, Refusal) and refused.code == code
    assert it.world.digest() == digest
    if denied != "ec2":
        assert it.now("aws ec2 reboot-instances --instance-ids far").state == "done"
    it.mend(fault)
    assert it.now(line).state == "done"


@documented("Permissions: a group goes on with a role of its own when operators lose theirs",
            source="EC2 Auto Scaling User Guide: service-linked roles")  # fmt: skip
def test_groups_have_a_role_of_their_own() -> None:
    it = lab()
    for service in ("ec2", "autoscaling"):
        it.break_("drill:iam:permissions-missing", service)
    it["web"].machines[0].state = "terminated"
    it.touch()
    it.run(200)
    assert len([m for m in it["web"].machines if m.works(it.world)]) == 4


@documented("Control planes: nobody outside reaches the APIs of a Region that is cut off; the CLI gives up after 60 s",
            source="AWS CLI reference: global options, cli-connect-timeout")  # fmt: skip
def test_a_cut_off_region() -> None:
    it = lab()
    cut = it.break_("aws:network:route-table-disrupt-cross-region-connectivity", "us-west-2")
    receipt = it.now("aws ec2 reboot-instances --instance-ids far")
    assert (receipt.state, receipt.error) == ("failed", "ConnectTimeoutError")
    assert receipt.message == 'Connect timeout on endpoint URL: "https://ec2.us-west-2.amazonaws.com/"'
    assert 60_000 <= receipt.done - receipt.at <= 61_000
    assert it.now("aws ec2 start-instances --instance-ids spare").state == "done"
    it.mend(cut)
    assert it.now("aws ec2 reboot-instances --instance-ids far").state == "done"
