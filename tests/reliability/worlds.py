"""Small worlds of real components, and schedules of faults and commands, for hypothesis to draw."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.engine.lab import TWO_REGIONS, tree

EAST, WEST = ["use1-az1", "use1-az2", "use1-az3"], ["usw2-az1", "usw2-az2"]
ZONES = [*EAST, *WEST]

HOW = st.sampled_from(["hard", "hard", "soft", "hidden", "reads", "writer"])


@st.composite
def components(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """Return a topology and the name that users enter: some front, one to three services, a database with copies."""
    found: dict[str, Any] = {}
    db = {
        "kind": "rds.instance",
        "zone": draw(st.sampled_from(EAST)),
        "capacity": f"{draw(st.sampled_from([60, 150, 400, 2000]))}/s",
        "connections": draw(st.sampled_from([5, 50, 500])),
    }
    if draw(st.booleans()):
        db["standby"] = next(z for z in EAST if z != db["zone"])
    copy = {
        "kind": "rds.instance",
        "zone": draw(st.sampled_from(ZONES)),
        "replica_of": "db",
        "capacity": "300/s",
        "promotion": "20s",
    }
    if draw(st.booleans()):
        copy["applies"] = "20/s"

    def need(to: str) -> Any:
        how = draw(HOW)
        return (
            to
            if how == "hard" and draw(st.booleans())
            else {"to": to, "how": how, "calls": draw(st.sampled_from([0.5, 1.0, 3.0]))}
        )

    lower = [n for n in ("db", "copy") if n == "db" or draw(st.booleans())]
    for i in range(draw(st.integers(0, 2))):
        needs = draw(st.permutations([*lower]))[: draw(st.integers(0, len(lower)))]
        found[f"svc-{i}"] = {
            "kind": "ec2.instance",
            "zone": draw(st.sampled_from(EAST)),
            "capacity": f"{draw(st.sampled_from([50, 120, 500]))}/s",
            "needs": [need(n) for n in needs],
        }
        lower.append(f"svc-{i}")
    front_needs = [need(n) for n in draw(st.permutations(lower))[: draw(st.integers(1, len(lower)))]]
    front = {
        "capacity": f"{draw(st.sampled_from([40, 100, 300]))}/s",
        "needs": front_needs,
        "backlog": draw(st.sampled_from(["500ms", "3s", "30s"])),
    }
    for i in range(2):
        zone = draw(st.sampled_from(EAST))
        found[f"web-{i}"] = {"kind": "ec2.instance", "zone": zone, **front}
    found["fleet"] = {
        "kind": "autoscaling.group",
        "zones": draw(st.sampled_from([EAST, EAST[:2], EAST[:1]])),
        "min": 0,
        "desired": draw(st.integers(0, 4)),
        "max": 6,
        "health_check": draw(st.sampled_from(["EC2", "ELB"])),
        **({"tracking": {"cpu": 50}} if draw(st.booleans()) else {}),
        **front,
    }
    found["ip"] = {
        "kind": "ec2.elastic-ip",
        "region": "us-east-1",
        "instance": draw(st.sampled_from(["web-0", "web-1"])),
    }
    found["alb"] = {
        "kind": "elb.application-load-balancer",
        "zones": draw(st.sampled_from([EAST, EAST[:2]])),
        "targets": draw(st.sampled_from([["fleet"], ["web-0", "web-1"], ["fleet", "web-1"], []])),
        "cross_zone": draw(st.booleans()),
        "health_check": {"interval": "10s", "timeout": "5s"},
    }
    check = {"check": {"interval": "10s", "threshold": draw(st.integers(1, 3))}}
    first, second = draw(st.permutations(["alb", "ip", "web-1"]))[:2]
    found["name"] = draw(
        st.sampled_from(
            [
                {"policy": "simple", "answers": {"it": {"to": first}}},
                {"policy": "failover", "answers": {"primary": {"to": first, **check}, "secondary": {"to": second}}},
                {
                    "policy": "weighted",
                    "answers": {"a": {"to": first, **check}, "b": {"to": second, "weight": 3, **check}},
                },
            ]
        )
    )
    found["name"] = {
        "kind": "route53.record",
        "domain": "shop.example",
        "ttl": draw(st.sampled_from(["5s", "60s"])),
        **found["name"],
    }
    found["db"], found["copy"] = db, copy
    names = draw(st.permutations(list(found)))
    return {n: found[n] for n in names}, draw(st.sampled_from(["name", "name", "alb", "ip", "web-0"]))


@st.composite
def classes(draw: st.DrawFn) -> dict[str, Any]:
    """Return one or two classes of requests that share their population."""

    def one(share: str) -> dict[str, Any]:
        found: dict[str, Any] = {
            "share": share,
            "patience": draw(st.sampled_from(["1s", "2500ms", "5s"])),
            "retries": {"tries": draw(st.integers(0, 3)), "gap": draw(st.sampled_from(["1s", "4s"]))},
            "reads": draw(st.sampled_from([0.0, 1.0, 2.5])),
            "writes": draw(st.sampled_from([0.0, 0.5, 1.0])),
        }
        if draw(st.booleans()):
            found["staleness"] = "2s"
        return found

    return {"all": one("100%")} if draw(st.booleans()) else {"browse": one("70%"), "buy": one("30%")}


FAULTS = (
    ("aws:ec2:stop-instances", ["web-0", "web-1", "fleet"], {}),
    ("aws:ec2:terminate-instances", ["fleet"], {"share": "50%"}),
    ("drill:ec2:host-failure", ["web-0", "web-1", "fleet"], {}),
    ("aws:rds:reboot-db-instances", ["db", "copy"], {}),
    ("drill:az:power-interruption", EAST, {}),
    ("aws:network:disrupt-connectivity", ZONES, {}),
    ("aws:network:route-table-disrupt-cross-region-connectivity", ["us-east-1", "us-west-2"], {}),
    ("aws:fis:inject-api-internal-error", ["ec2/us-east-1", "route53/us-east-1"], {"errors": "50%", "latency": "2s"}),
    ("aws:ec2:api-insufficient-instance-capacity-error", EAST, {}),
    ("drill:network:link-degraded", ["sea"], {"carries": "5/s"}),
)


@st.composite
def script(draw: st.DrawFn) -> dict[str, Any]:
    """Return up to four faults, some of which end again, and a change of demand."""
    found: dict[str, Any] = {}
    for i in range(draw(st.integers(0, 4))):
        fault, targets, fields = draw(st.sampled_from(FAULTS))
        at = draw(st.integers(5, 100))
        rule = {"at": f"{at}s", "fault": fault, "target": draw(st.sampled_from(targets)), "with": fields}
        if draw(st.booleans()):
            rule["for"] = f"{draw(st.integers(3, 60))}s"
        found[f"secret-{i}"] = rule
    if draw(st.booleans()):
        factor = draw(st.sampled_from([0.0, 0.3, 4.0]))
        found["secret-demand"] = {
            "at": f"{draw(st.integers(5, 100))}s",
            "demand": {"population": "users", "factor": factor},
        }
    return found


LINES = (
    "aws ec2 associate-address --allocation-id ip --instance-id web-0",
    "aws ec2 associate-address --allocation-id ip --instance-id web-1",
    "aws ec2 disassociate-address --association-id ip",
    "aws ec2 stop-instances --instance-ids web-0",
    "aws ec2 start-instances --instance-ids web-0 web-1",
    "aws ec2 reboot-instances --instance-ids web-1",
    "aws ec2 terminate-instances --instance-ids web-1",
    "aws ec2 run-instances --image-id web-ami --count 2",
    "aws ec2 describe-instances",
    "aws autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity 5",
    "aws autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity 1",
    "aws autoscaling update-auto-scaling-group --auto-scaling-group-name fleet --availability-zones use1-az2 use1-az3",
    "aws elbv2 register-targets --target-group-arn alb --targets Id=web-0",
    "aws elbv2 deregister-targets --target-group-arn alb --targets Id=fleet",
    "aws elbv2 describe-target-health --target-group-arn alb",
    "aws route53 update-health-check --health-check-id name/primary --inverted",
    "aws route53 change-resource-record-sets --hosted-zone-id name --change-batch "
    '\'{"Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":"shop.example","Type":"A","AliasTarget":{"DNSName":"ip"}}}]}\'',
    "aws rds reboot-db-instance --db-instance-identifier db --force-failover",
    "aws rds reboot-db-instance --db-instance-identifier copy",
    "aws rds promote-read-replica --db-instance-identifier copy",
    "dig name",
    "curl name",
    "ops declare-incident --severity 1",
)

schedules = st.lists(st.tuples(st.integers(0, 120_000), st.sampled_from(LINES)), max_size=8).map(sorted)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Return a level: three minutes of a small world in two Regions with a link."""
    parts, enters = draw(components())
    users: dict[str, Any] = {
        "enters": enters,
        "rate": f"{draw(st.sampled_from([7, 90, 250]))}/s",
        "classes": draw(classes()),
    }
    if draw(st.booleans()):
        users["dns"] = {"late": {"share": "10%", "for": "40s"}}
        users["connections"] = {"share": "20%", "for": "30s"}
    return tree(
        parts,
        {"users": users},
        script=draw(script()),
        length="3m",
        regions=TWO_REGIONS,
        world={"links": {"sea": {"between": ["us-east-1", "us-west-2"], "carries": "100/s"}}},
        telemetry={"alarms": {"success": {"measure": "users.success", "below": "90%", "datapoints": "1 of 1"}}},
    )


def plain_world() -> dict[str, Any]:
    """Return one world that has a target for every fault."""
    web = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "300/s", "needs": ["db"]}
    parts = {
        "web-0": web,
        "web-1": {**web, "zone": "use1-az2"},
        "fleet": {"kind": "autoscaling.group", "zones": EAST, "desired": 3, "max": 6, "needs": ["db"]},
        "ip": {"kind": "ec2.elastic-ip", "region": "us-east-1", "instance": "web-0"},
        "alb": {"kind": "elb.application-load-balancer", "zones": EAST, "targets": ["fleet", "web-1"]},
        "db": {"kind": "rds.instance", "zone": "use1-az1", "standby": "use1-az2"},
        "copy": {"kind": "rds.instance", "zone": "usw2-az1", "replica_of": "db"},
    }
    traffic = {"users": {"enters": "alb", "rate": "90/s"}, "others": {"enters": "ip", "rate": "20/s"}}
    links = {"sea": {"between": ["us-east-1", "us-west-2"]}}
    return tree(parts, traffic, length="3m", regions=TWO_REGIONS, world={"links": links})
