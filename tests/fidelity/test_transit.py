"""Peering connections and transit gateways, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.loader import LevelError
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_vpc import now_good

PEERING = "VPC Peering Guide: how VPC peering connections work"
LIMITS = "VPC Peering Guide: limitations"
HUBS = "Amazon VPC Transit Gateways: peering attachments"
QUOTAS = "Amazon VPC Transit Gateways: quotas"
FIS = "AWS FIS actions reference: aws:network:transit-gateway-disrupt-cross-region-connectivity"
REGIONS = {**TWO_REGIONS, "eu-west-1": {"zones": ["euw1-az1"]}}


def world(ways: dict[str, Any], rate: int = 60) -> dict[str, Any]:
    """A server in one Region that calls one in a second Region; a third one lies between them."""
    parts = {
        "web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100000/s", "needs": ["far"]},
        "ip": {"kind": "ec2.elastic-ip", "region": "us-east-1", "instance": "web"},
        "far": {"kind": "ec2.instance", "zone": "usw2-az1", "capacity": "100000/s"},
        **ways,
    }
    classes = {"all": {"patience": "2s"}}
    traffic = {"users": {"enters": "ip", "rate": f"{rate}/s", "classes": classes}}
    return tree(parts, traffic, length="30m", regions=REGIONS)


def lab(ways: dict[str, Any], rate: int = 60) -> Lab:
    return Lab(world(ways, rate)).run(20)


def peering(region: str = "us-east-1", accepter: str = "us-west-2") -> dict[str, Any]:
    return {"kind": "vpc.peering-connection", "region": region, "accepter": accepter}


def hub(region: str, *peers: str, **more: Any) -> dict[str, Any]:
    return {"kind": "vpc.transit-gateway", "region": region, "peers": list(peers), **more}


@documented("VPC peering: the VPCs of two Regions reach each other through one peering connection", source=PEERING)
def test_a_peering_connection_joins() -> None:
    assert lab({"pcx": peering()}).good("users.all", 10) == 1.0
    assert lab({"pcx": peering("us-west-2", "us-east-1")}).good("users.all", 10) == 1.0


@documented("VPC peering: a peering connection is not transitive", source=LIMITS)
def test_peering_is_not_transitive() -> None:
    it = lab({"a": peering("us-east-1", "eu-west-1"), "b": peering("eu-west-1", "us-west-2")})
    assert it.good("users.all", 10) == 0.0


@documented("VPC peering: a peering connection is no bandwidth bottleneck of its own", source=PEERING)
def test_peering_has_no_limit() -> None:
    assert lab({"pcx": peering()}, rate=50_000).good("users.all", 10) == 1.0


@documented("VPC peering: once either side deletes it, nothing passes, and it is described as deleted", source=PEERING)
def test_a_deleted_peering_connection() -> None:
    it = lab({"pcx": peering()})
    fault = it.break_("drill:vpc:peering-connection-deleted", "pcx")
    assert now_good(it) == 0.0
    assert "deleted" in it.output("aws ec2 describe-vpc-peering-connections")
    it.mend(fault)
    assert now_good(it) == 1.0


@documented("Transit gateway: a transit gateway is Regional, and reaches others by peering attachments", source=HUBS)
def test_hubs_need_a_peering_attachment() -> None:
    assert lab({"e": hub("us-east-1"), "w": hub("us-west-2")}).good("users.all", 10) == 0.0
    assert lab({"e": hub("us-east-1", "w"), "w": hub("us-west-2")}).good("users.all", 10) == 1.0
    assert lab({"e": hub("us-east-1"), "w": hub("us-west-2", "e")}).good("users.all", 10) == 1.0


@documented("Transit gateway: with static routes, packets go on from one peer to the next", source=HUBS)
def test_hubs_are_transitive() -> None:
    ways = {"e": hub("us-east-1", "m"), "m": hub("eu-west-1", "w"), "w": hub("us-west-2")}
    it = lab(ways)
    assert it.good("users.all", 10) == 1.0
    it.break_("aws:network:transit-gateway-disrupt-cross-region-connectivity", "m")
    assert now_good(it) == 0.0


@documented(
    "Transit gateway: packets beyond an attachment's bandwidth are dropped; callers wait in vain", source=QUOTAS
)
def test_bandwidth() -> None:
    it = lab({"e": hub("us-east-1", "w", carries="60/s"), "w": hub("us-west-2")})
    assert it.good("users.all", 10) == 1.0
    it.rate("users", 120)
    assert now_good(it) == pytest.approx(0.5)
    assert it["e"].entered == pytest.approx(120)
    it.rate("users", 50)
    assert now_good(it) == 1.0


@documented("Transit gateway: FIS blocks its peering attachments while it goes on being available", source=FIS)
def test_blocked_attachments() -> None:
    it = lab({"e": hub("us-east-1", "w"), "w": hub("us-west-2")})
    fault = it.break_("aws:network:transit-gateway-disrupt-cross-region-connectivity", "e")
    assert now_good(it) == 0.0
    assert "available" in it.output("aws ec2 describe-transit-gateways --transit-gateway-ids e")
    it.mend(fault)
    assert now_good(it) == 1.0


@documented("VPC peering: what stays in a Region needs no way between VPCs", source=PEERING)
def test_what_needs_no_way() -> None:
    near = {"kind": "ec2.instance", "zone": "use1-az2", "capacity": "100000/s"}
    web = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100000/s", "needs": ["near"]}
    it = lab({"pcx": peering("eu-west-1"), "near": near, "web": web})
    assert it.good("users.all", 10) == 1.0


@documented("Transit gateway: each attachment costs by the hour; a peering connection does not", source=QUOTAS)
def test_prices() -> None:
    it = lab({"e": hub("us-east-1", "w"), "w": hub("us-west-2"), "pcx": peering()})
    assert it["e"].hourly(it.world) == it["w"].hourly(it.world) == pytest.approx(0.10)
    assert it["pcx"].hourly(it.world) == 0.0


@pytest.mark.parametrize(
    ("ways", "says"),
    [
        ({"pcx": peering("us-east-1", "us-east-1")}, "with itself"),
        ({"a": peering(), "b": peering("us-west-2", "us-east-1")}, "one peering connection"),
        ({"e": hub("us-east-1", "x"), "x": hub("us-east-1")}, "another Region"),
        ({"e": hub("us-east-1"), "x": hub("us-east-1")}, "already"),
    ],
)
def test_contradictions(ways: dict[str, Any], says: str) -> None:
    with pytest.raises(LevelError) as told:
        Lab(world(ways))
    assert any(says in str(problem) for problem in told.value.problems)


@documented(
    "RDS: replicas in another Region follow over RDS's own channel: losing every way between the VPCs leaves it alone",
    source="RDS User Guide: creating a read replica in a different AWS Region",
)
def test_replication_needs_no_way() -> None:
    parts = {
        "db": {"kind": "rds.instance", "zone": "use1-az1", "capacity": "1000/s"},
        "copy": {"kind": "rds.instance", "zone": "usw2-az1", "capacity": "1000/s", "replica_of": "db"},
        "near": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "1000/s", "needs": ["db"]},
        "pcx": peering(),
    }
    classes = {"all": {"patience": "2s", "writes": 1}}
    users = {"users": {"enters": "near", "rate": "50/s", "classes": classes}}
    it = Lab(tree(parts, users, length="30m", regions=REGIONS)).run(20)
    it.break_("drill:vpc:peering-connection-deleted", "pcx")
    it.run(200)
    it.sim.before_command()
    assert it["copy"].lag(it.world) < 2
    assert it["copy"].stream.applied > 9_000
