"""Subnets, routes, gateways and packet filters, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.loader import LevelError
from drill.model.command import Refusal
from tests.engine.lab import Lab, level_file, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

NAT = "VPC User Guide: NAT gateways"
BASICS = "VPC User Guide: NAT gateway basics"
ROUTES = "VPC User Guide: route tables"
GROUPS = "VPC User Guide: security groups"
ACLS = "VPC User Guide: network ACLs"
ENDPOINTS = "AWS PrivateLink guide: gateway endpoints"
REPLACE = "aws ec2 replace-route --route-table-id t2 --destination-cidr-block 0.0.0.0/0"
ANY = "0.0.0.0/0"
DELETE_ENTRY = "aws ec2 delete-network-acl-entry --network-acl-id"


def out_world(rate: int = 60, **more: Any) -> dict[str, Any]:
    """Two servers in two private subnets behind a balancer in public ones; each calls somebody on the internet."""
    parts = {
        "alb": {"kind": "elb.application-load-balancer", "zones": ["use1-az1", "use1-az2"], "targets": ["w1", "w2"]},
        "w1": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100000/s", "needs": ["cards"]},
        "w2": {"kind": "ec2.instance", "zone": "use1-az2", "capacity": "100000/s", "needs": ["cards"]},
        "cards": {"kind": "outside.service", "capacity": "900000/s"},
        "igw": {"kind": "vpc.internet-gateway", "region": "us-east-1"},
        "nat": {"kind": "vpc.nat-gateway", "zone": "use1-az1", "subnet": "p1"},
        "p1": {
            "kind": "vpc.subnet",
            "zone": "use1-az1",
            "cidr": "10.0.11.0/24",
            "holds": ["alb"],
            "route_table": "pub",
        },
        "p2": {
            "kind": "vpc.subnet",
            "zone": "use1-az2",
            "cidr": "10.0.12.0/24",
            "holds": ["alb"],
            "route_table": "pub",
        },
        "s1": {"kind": "vpc.subnet", "zone": "use1-az1", "cidr": "10.0.1.0/24", "holds": ["w1"], "route_table": "t1"},
        "s2": {"kind": "vpc.subnet", "zone": "use1-az2", "cidr": "10.0.2.0/24", "holds": ["w2"], "route_table": "t2"},
        "pub": {"kind": "vpc.route-table", "region": "us-east-1", "routes": {ANY: "igw"}},
        "t1": {"kind": "vpc.route-table", "region": "us-east-1", "routes": {ANY: "nat"}},
        "t2": {"kind": "vpc.route-table", "region": "us-east-1", "routes": {ANY: "nat"}},
        **more,
    }
    classes = {"all": {"patience": "2s"}}
    return tree(parts, {"users": {"enters": "alb", "rate": f"{rate}/s", "classes": classes}}, length="30m")


def out(**more: Any) -> Lab:
    return Lab(out_world(**more)).run(20)


def filtered(acl: dict[str, Any] | None = None, db: list[dict[str, Any]] | None = None) -> Lab:
    """Users -> balancer -> a server -> a database, each in a security group, the last two in subnets."""
    parts: dict[str, Any] = {
        "alb": {"kind": "elb.application-load-balancer", "zones": ["use1-az1", "use1-az2"], "targets": ["web"],
                "health_check": {"interval": "5s", "timeout": "2s"}},
        "web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s", "needs": ["db"]},
        "db": {"kind": "rds.instance", "zone": "use1-az2"},
        "edge": {"kind": "vpc.security-group", "region": "us-east-1", "of": ["alb"], "ingress": [{"cidr": ANY}]},
        "app": {"kind": "vpc.security-group", "region": "us-east-1", "of": ["web"], "port": 80,
                "ingress": [{"port": 80, "group": "edge"}]},
        "data": {"kind": "vpc.security-group", "region": "us-east-1", "of": ["db"], "port": 5432,
                 "ingress": [{"port": 5432, "group": "app"}] if db is None else db},
        "s1": {"kind": "vpc.subnet", "zone": "use1-az1", "cidr": "10.0.1.0/24", "holds": ["web"]},
        "s2": {"kind": "vpc.subnet", "zone": "use1-az2", "cidr": "10.0.2.0/24", "holds": ["db"], "network_acl": "acl"},
        "acl": {"kind": "vpc.network-acl", "region": "us-east-1", **(acl or {})},
    }  # fmt: skip
    classes = {"all": {"patience": "2s"}}
    return Lab(tree(parts, {"users": {"enters": "alb", "rate": "40/s", "classes": classes}}, length="30m")).run(20)


def now_good(it: Lab, after: float = 5, spell: float = 10) -> float:
    """Return the share of good answers a little later."""
    start = it.session.now / 1000 + after
    it.run(start + spell + 4)
    return it.good("users.all", int(start), int(start + spell))


# ---- routes and gateways --------------------------------------------------------------------------------------------


@documented(
    "VPC: a NAT gateway goes with its zone, and other zones that use it lose their way",
    source=BASICS,
)
def test_a_single_nat_gateway_ties_the_zones_together() -> None:
    it = out()
    assert it.good("users.all", 10) == 1.0
    it.break_("aws:network:disrupt-connectivity", "use1-az1")
    assert now_good(it, 150) == 0.0
    assert it["w2"].machine.reachable(it.world)


@documented(
    "VPC: with a NAT gateway in each zone, a zone's failure leaves the other zone's way out alone", source=BASICS
)
def test_one_gateway_per_zone() -> None:
    more = {"nat2": {"kind": "vpc.nat-gateway", "zone": "use1-az2", "subnet": "p2"},
            "t2": {"kind": "vpc.route-table", "region": "us-east-1", "routes": {ANY: "nat2"}}}  # fmt: skip
    it = out(**more)
    it.break_("aws:network:disrupt-connectivity", "use1-az1")
    assert now_good(it, 150) == 1.0


@documented(
    "VPC: no route changes by itself when its NAT gateway stops working; ReplaceRoute takes effect at once",
    source=ROUTES,
)
def test_replace_route() -> None:
    it = out(nat2={"kind": "vpc.nat-gateway", "zone": "use1-az2", "subnet": "p2"})
    it.break_("drill:vpc:nat-gateway-dead", "nat")
    assert now_good(it, 30) == 0.0
    it.now(f"{REPLACE} --nat-gateway-id nat2")
    assert now_good(it, 1) == pytest.approx(0.5)


@documented(
    "VPC: a NAT gateway in a subnet without a route to an internet gateway reaches nothing",
    source="VPC User Guide: troubleshoot NAT gateways",
)
def test_a_nat_gateway_in_a_private_subnet() -> None:
    it = out(nat={"kind": "vpc.nat-gateway", "zone": "use1-az1", "subnet": "s1"})
    assert it.good("users.all", 10) == 0.0


@documented(
    "VPC: a new NAT gateway is pending for a while, and no route table knows of it", source=NAT, confidence="typical"
)
def test_a_new_gateway() -> None:
    it = out()
    it.now("aws ec2 create-nat-gateway --subnet-id p2")
    new = it["nat-1"]
    assert new.status == "pending"
    assert 60 <= until(it, 300, lambda: new.status == "available") <= 300
    assert new.connections == 0.0
    it.now(f"{REPLACE} --nat-gateway-id nat-1")
    it.run(it.session.now / 1000 + 3)
    assert new.connections == pytest.approx(30)


@documented("VPC: routes through a deleted NAT gateway stay, as blackholes", source=BASICS)
def test_a_deleted_gateway_leaves_blackholes() -> None:
    it = out()
    it.now("aws ec2 delete-nat-gateway --nat-gateway-id nat")
    assert now_good(it, 60) == 0.0
    assert "blackhole" in it.output("aws ec2 describe-route-tables --route-table-ids t2")


@documented(
    "VPC: one address of a NAT gateway holds 55,000 connections to one destination; beyond that ports run out",
    source=BASICS,
)
def test_ports_run_out() -> None:
    it = Lab(out_world(rate=110_000)).run(30)
    assert it["nat"].connections * it["nat"].dropped == pytest.approx(55_000, rel=0.02)
    assert it.good("users.all", 10, 20) == pytest.approx(0.5, abs=0.02)


@documented("VPC: a gateway endpoint leads past NAT gateways, and costs nothing", source=ENDPOINTS)
def test_an_endpoint_needs_no_nat_gateway() -> None:
    it = out(door={"kind": "vpc.endpoint", "region": "us-east-1", "to": "cards", "route_tables": ["t1", "t2"]})
    it.break_("drill:vpc:nat-gateway-dead", "nat")
    assert now_good(it) == 1.0
    assert it["door"].hourly(it.world) == 0.0


@documented("VPC: the most specific route wins", source=ROUTES)
def test_longest_prefix() -> None:
    it = out(t2={"kind": "vpc.route-table", "region": "us-east-1", "routes": {ANY: "nat", "0.0.0.0/1": "igw"}})
    assert it["t2"].target(it.world, "10.0.0.0/8").name == "igw"
    assert it["t2"].target(it.world, "203.0.113.0/24").name == "nat"


@documented(
    "VPC: a subnet without a route to an internet gateway is private: users do not get in",
    source="VPC User Guide: subnets",
)
def test_private_is_private() -> None:
    it = out()
    it.now("aws ec2 delete-route --route-table-id pub --destination-cidr-block 0.0.0.0/0")
    assert now_good(it) == 0.0


@documented(
    "VPC: a NAT gateway is billed by the hour at $0.045 in us-east-1", source="VPC pricing", confidence="typical"
)
def test_price() -> None:
    it = out()
    assert it["nat"].hourly(it.world) == 0.045


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{REPLACE} --nat-gateway-id nope", "InvalidNatGatewayID.NotFound"),
        (f"{REPLACE} --gateway-id nope", "InvalidGatewayID.NotFound"),
        (f"{REPLACE} --gateway-id igw --nat-gateway-id nat", "InvalidParameterCombination"),
        (REPLACE.replace("t2", "t9") + " --gateway-id igw", "InvalidRouteTableID.NotFound"),
        (REPLACE.replace(ANY, "10.9.0.0/16") + " --gateway-id igw", "InvalidRoute.NotFound"),
        (REPLACE.replace("replace", "create") + " --gateway-id igw", "RouteAlreadyExists"),
        ("aws ec2 create-nat-gateway --subnet-id nope", "InvalidSubnetID.NotFound"),
        ("aws ec2 delete-nat-gateway --nat-gateway-id nope", "NatGatewayNotFound"),
    ],
)
@documented("VPC: routes and gateways are refused in AWS's codes", source="EC2 API reference: error codes")
def test_refusals_of_routes(line: str, code: str) -> None:
    it = out()
    before = it.world.digest()
    found = it.do(line)
    assert isinstance(found, Refusal) and found.code == code
    assert it.world.digest() == before


# ---- filters ---------------------------------------------------------------------------------------------------------


@documented("VPC: what no rule of a security group allows is dropped in silence: callers time out", source=GROUPS)
def test_a_rule_taken_out_is_an_outage() -> None:
    it = filtered()
    assert it.good("users.all", 10) == 1.0
    it.now("aws ec2 revoke-security-group-ingress --group-id data --protocol tcp --port 5432 --source-group app")
    assert now_good(it) == 0.0
    it.sim.before_command()
    assert "timeout" in it.world.traffic.classes[0].failed


@documented("VPC: a change of a security group's rules takes effect at once", source=GROUPS)
def test_putting_it_back_helps_at_once() -> None:
    it = filtered(db=[])
    it.now("aws ec2 authorize-security-group-ingress --group-id data --protocol tcp --port 5432 --source-group app")
    assert now_good(it, 1) == 1.0


@documented("VPC: a rule that names a group lets in its members, and nobody else", source=GROUPS)
def test_a_rule_that_names_a_group() -> None:
    assert filtered(db=[{"port": 5432, "group": "edge"}]).good("users.all", 10) == 0.0


@documented("VPC: a rule for another port lets nobody in", source=GROUPS)
def test_another_port() -> None:
    assert filtered(db=[{"port": 3306, "group": "app"}]).good("users.all", 10) == 0.0


@documented("VPC: security groups are stateful: answers need no rule", source=GROUPS)
def test_security_groups_are_stateful() -> None:
    it = filtered()
    assert it["app"].ingress == [it["app"].ingress[0]] and it["app"].ingress[0].group == "edge"
    assert it.good("users.all", 10) == 1.0  # the database's answers reach web, whose group names only the balancer


@documented(
    "ELB: a target whose security group drops the checks is unhealthy",
    source="Application Load Balancers guide: troubleshooting",
)
def test_health_checks_pass_the_filters_too() -> None:
    it = filtered()
    it.now("aws ec2 revoke-security-group-ingress --group-id app --protocol tcp --port 80 --source-group edge")
    assert until(it, 60, lambda: it["alb"].targets_health["web"].state == "unhealthy") <= 15


@documented(
    "VPC: opening a port to 0.0.0.0/0 is a finding until it is revoked; 80 and 443 are not",
    source="Security Hub: control EC2.18",
)
def test_open_to_the_world_is_a_finding() -> None:
    it = filtered(db=[])
    assert it.session.history.exposure == []
    it.now("aws ec2 authorize-security-group-ingress --group-id data --protocol=-1 --cidr 0.0.0.0/0")
    assert now_good(it) == 1.0
    assert [count for _, count in it.session.history.exposure] == [1]
    it.now("aws ec2 revoke-security-group-ingress --group-id data --protocol=-1 --cidr 0.0.0.0/0")
    assert [count for _, count in it.session.history.exposure] == [1, 0]


@documented("VPC: of a network ACL's rules the lowest number that matches decides", source=ACLS)
def test_the_lowest_number_decides() -> None:
    it = filtered()
    put = "aws ec2 create-network-acl-entry --network-acl-id acl --ingress --protocol tcp --rule-action deny"
    it.now(f"{put} --rule-number 110 --port-range From=5432,To=5432 --cidr-block 10.0.1.0/24")
    assert now_good(it) == 1.0
    it.now(f"{put} --rule-number 90 --port-range From=5432,To=5432 --cidr-block 10.0.1.0/24")
    assert now_good(it) == 0.0
    it.now("aws ec2 delete-network-acl-entry --network-acl-id acl --ingress --rule-number 90")
    assert now_good(it) == 1.0


@documented("VPC: what no rule of a network ACL matches is denied", source=ACLS)
def test_the_rest_is_denied() -> None:
    assert filtered({"ingress": {"100": {"cidr": "10.9.0.0/16"}}}).good("users.all", 10) == 0.0


@documented("VPC: network ACLs are stateless: answers need a rule out, to the ports of clients", source=ACLS)
def test_network_acls_are_stateless() -> None:
    one_way = {"egress": {"100": {"port": 443}}}
    assert filtered(one_way).good("users.all", 10) == 0.0
    both = {"egress": {"100": {"port": 1024, "to_port": 65535}}}
    assert filtered(both).good("users.all", 10) == 1.0


@documented("VPC: replacing a rule of a network ACL takes effect at once", source=ACLS)
def test_replace_a_rule() -> None:
    it = filtered({"ingress": {"90": {"action": "deny", "port": 5432}, "100": {}}})
    assert it.good("users.all", 10) == 0.0
    line = "aws ec2 replace-network-acl-entry --network-acl-id acl --ingress --rule-number 90 --protocol tcp"
    it.now(f"{line} --rule-action allow --port-range From=5432,To=5432 --cidr-block 10.0.1.0/24")
    assert now_good(it, 1) == 1.0


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("aws ec2 authorize-security-group-ingress --group-id no --cidr 0.0.0.0/0", "InvalidGroup.NotFound"),
        ("aws ec2 authorize-security-group-ingress --group-id edge --cidr 0.0.0.0/0", "InvalidPermission.Duplicate"),
        ("aws ec2 revoke-security-group-ingress --group-id edge --cidr 10.0.0.0/8", "InvalidPermission.NotFound"),
        (f"{DELETE_ENTRY} acl --ingress --rule-number 7", "InvalidNetworkAclEntry.NotFound"),
        (f"{DELETE_ENTRY} no --ingress --rule-number 7", "InvalidNetworkAclID.NotFound"),
    ],
)  # fmt: skip
@documented("VPC: filters are refused in AWS's codes", source="EC2 API reference: error codes")
def test_refusals_of_filters(line: str, code: str) -> None:
    found = filtered().do(line)
    assert isinstance(found, Refusal) and found.code == code


def test_a_subnet_in_no_zone_is_refused_by_lint() -> None:
    parts = {"s": {"kind": "vpc.subnet", "region": "us-east-1"}, "web": {"kind": "ec2.instance", "zone": "use1-az1"}}
    with pytest.raises(LevelError, match="one zone"):
        level_file(tree(parts, {"users": {"enters": "web", "rate": "1/s"}}))


# ---- addresses ----

SIZES = "VPC User Guide: subnet sizing"
ERRORS = "EC2 API reference: error codes"


def narrow(**group: Any) -> Lab:
    """Return a lab: a group over two subnets of 16 addresses each, 11 of which are free at first, and a server."""
    zones = ["use1-az1", "use1-az2"]
    parts: dict[str, Any] = {
        "web": {"kind": "autoscaling.group", "zones": zones, "min": 0, "desired": 4, "max": 60, "boot": "20s", **group},
        "one": {"kind": "ec2.instance", "zone": "use1-az1"},
        "s1": {"kind": "vpc.subnet", "zone": "use1-az1", "cidr": "10.0.1.0/28", "holds": ["web", "one"]},
        "s2": {"kind": "vpc.subnet", "zone": "use1-az2", "cidr": "10.0.2.0/28", "holds": ["web"]},
    }
    return Lab(tree(parts, {"users": {"enters": "one", "rate": "1/s"}}, length="30m")).run(5)


@documented("VPC: five addresses of each subnet are not to be had", source=SIZES)
def test_the_size_of_a_subnet() -> None:
    it = narrow()
    assert it["s1"].room(it.world) == 16 - 5 - 3 and it["s2"].room(it.world) == 16 - 5 - 2


@documented("VPC: a group that scales out into a full subnet fails to launch, and says why", source=ERRORS)
def test_a_group_in_a_full_subnet() -> None:
    it = narrow()
    it.now("aws autoscaling set-desired-capacity --auto-scaling-group-name web --desired-capacity 30")
    it.run(120)
    assert len(it["web"].machines) == 10 + 11
    assert "InsufficientFreeAddressesInSubnet" in it.output("aws autoscaling describe-scaling-activities")


@documented("VPC: an instance that is launched without an address left is refused; stopped ones keep theirs",
            source=ERRORS)  # fmt: skip
def test_a_launch_in_a_full_subnet() -> None:
    it = narrow(desired=20)
    line = "aws ec2 run-instances --image-id web-ami --count {} --placement AvailabilityZone=use1-az1"
    refused = it.do(line.format(1))
    assert isinstance(refused, Refusal) and refused.code == "InsufficientFreeAddressesInSubnet"
    it.now("aws ec2 stop-instances --instance-ids one")
    refused = it.run(60).do(line.format(1))
    assert isinstance(refused, Refusal)
    it.now("aws ec2 terminate-instances --instance-ids one")
    it.run(120)
    assert it.now(line.format(1)).state == "done"
    assert "one-1" in it["s1"].holds
