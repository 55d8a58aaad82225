"""Elastic IP addresses, as AWS documents them."""

from __future__ import annotations

import pytest

from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented

GUIDE = "EC2 User Guide: Elastic IP addresses"
API = "EC2 API reference: AssociateAddress"
ERRORS = "EC2 API reference: error codes"
MOVE = "aws ec2 associate-address --allocation-id ip --instance-id "


def lab() -> Lab:
    def web(zone: str, **more: str) -> dict[str, str]:
        return {"kind": "ec2.instance", "zone": zone, "capacity": "100/s", **more}

    world = {
        "web-1": web("use1-az1"),
        "web-2": web("use1-az2"),
        "cold": web("use1-az2", starts="stopped"),
        "far": web("usw2-az1"),
        "ip": {"kind": "ec2.elastic-ip", "region": "us-east-1", "instance": "web-1"},
    }
    return Lab(tree(world, {"users": {"enters": "ip", "rate": "50/s"}}, regions=TWO_REGIONS)).run(10)


@documented("EIP: a new association takes effect within 5 to 60 s", source=GUIDE, confidence="judgment")
def test_how_long_a_remap_takes() -> None:
    it = lab()
    it.break_("aws:ec2:stop-instances", "web-1")
    it.run(20).now(MOVE + "web-2")
    it.run(120)
    bad = [s for s in range(11, 110) if it.good("users.all", s) < 0.99]
    assert 20 + 5 <= max(bad) + 1 <= 20 + 60 and min(bad) == 11


@documented("EIP: associating it elsewhere takes it off its instance", source=API)
def test_a_remap_moves_the_address() -> None:
    it = lab()
    it.now(MOVE + "web-2")
    it.run(60)
    assert (it["web-1"].server.arrived, it["web-2"].server.arrived) == (0.0, 50.0)
    assert "web-2" in it.output("aws ec2 describe-addresses")


@documented("EIP: associating it again with the same instance is idempotent", source=API)
def test_a_remap_to_where_it_is_changes_nothing() -> None:
    it = lab()
    assert it.now(MOVE + "web-1").state == "done"
    assert it.run(60).good("users.all", 0, 58) == 1.0


@documented("EIP: it cannot leave its Region; its allocation id is unknown elsewhere", source=ERRORS)
def test_an_address_stays_in_its_region() -> None:
    it = lab()
    elsewhere = it.do(MOVE + "far --region us-west-2")
    assert isinstance(elsewhere, Refusal) and elsewhere.code == "InvalidAllocationID.NotFound"
    to_elsewhere = it.do(MOVE + "far")
    assert isinstance(to_elsewhere, Refusal) and to_elsewhere.code == "InvalidInstanceID.NotFound"


@documented("EIP: an instance that is pending cannot have it yet", source=ERRORS)
def test_a_pending_instance_is_refused() -> None:
    it = lab()
    it.now("aws ec2 start-instances --instance-ids cold")
    refused = it.do(MOVE + "cold")
    assert isinstance(refused, Refusal) and refused.code == "IncorrectInstanceState"


@documented(
    "EIP: --no-allow-reassociation refuses one in use",
    source="EC2 API reference, as moto words it",
    confidence="typical",
)
def test_reassociation_can_be_forbidden() -> None:
    refused = lab().do(MOVE + "web-2 --no-allow-reassociation")
    assert isinstance(refused, Refusal) and refused.code == "Resource.AlreadyAssociated"


@documented("EIP: taking off what is not associated is refused", source=ERRORS)
def test_a_stale_association() -> None:
    it = lab()
    it.now("aws ec2 disassociate-address --association-id ip")
    assert it.run(60).good("users.all", 30, 50) == 0.0
    refused = it.do("aws ec2 disassociate-address --association-id ip")
    assert isinstance(refused, Refusal) and refused.code == "InvalidAssociationID.NotFound"


@documented("EIP: every public IPv4 address is charged, in use or not", source=GUIDE)
def test_it_costs_something_always() -> None:
    it = lab()
    in_use = it["ip"].hourly(it.world)
    it.now("aws ec2 disassociate-address --association-id ip")
    assert it["ip"].hourly(it.world) == in_use == pytest.approx(0.005)


@documented("EIP: moving it needs the EC2 control plane; where it points it goes on serving without", source=API)
def test_a_remap_is_control_plane() -> None:
    it = lab()
    it.break_("aws:fis:inject-api-internal-error", "ec2/us-east-1", down=True)
    assert it.now(MOVE + "web-2").error == "ServiceUnavailable"
    assert it.run(60).good("users.all", 0, 58) == 1.0 and it["web-2"].server.arrived == 0.0


@documented("EIP: an address that was allocated just now can be associated at once", source=API)
def test_another_address() -> None:
    it = lab()
    it.now("aws ec2 allocate-address --domain vpc")
    it.now("aws ec2 associate-address --allocation-id address-1 --instance-id web-2")
    assert it["address-1"].instance == "web-2" and it["ip"].instance == "web-1"


@documented("EIP: five addresses in a Region, unless the quota is raised", source=GUIDE)
def test_the_quota() -> None:
    it = lab()
    for _ in range(4):
        it.now("aws ec2 allocate-address")
    refused = it.do("aws ec2 allocate-address")
    assert isinstance(refused, Refusal) and refused.code == "AddressLimitExceeded"


@documented("EIP: an address in use is not released; one that was released is not found any more", source=ERRORS)
def test_releasing() -> None:
    it = lab()
    refused = it.do("aws ec2 release-address --allocation-id ip")
    assert isinstance(refused, Refusal) and refused.code == "InvalidIPAddress.InUse"
    it.now("aws ec2 disassociate-address --association-id ip")
    it.now("aws ec2 release-address --allocation-id ip")
    assert it["ip"].hourly(it.world) == 0
    for line in (MOVE + "web-2", "aws ec2 release-address --allocation-id ip"):
        refused = it.do(line)
        assert isinstance(refused, Refusal) and refused.code == "InvalidAllocationID.NotFound"
