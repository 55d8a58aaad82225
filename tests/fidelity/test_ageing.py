"""What ages: leaks, disks that fill, hosts that come back half; and what a reboot, a restart and a new machine do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.lab import ONE_REGION, Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.fleets import asg, fleet, later, machine, names, serving, until

IMMUTABLE = "AWS Well-Architected, reliability pillar: deploy using immutable infrastructure"
REBOOT = "EC2 User Guide: reboot your instance"
AGENT = "CloudWatch User Guide: metrics collected by the CloudWatch agent"
EVENTS = "AWS post-event summaries: power events in single Availability Zones"
LEAK: dict[str, Any] = {"what": "memory", "fills": "20m", "used": "80%"}


def alone(rate: int = 50, **leak: Any) -> Lab:
    """Return a lab with one server that leaks."""
    web = {"kind": "ec2.instance", "zone": "use1-az1", "leak": {**LEAK, **leak}}
    users = {"enters": "web", "rate": f"{rate}/s", "classes": {"all": {"patience": "3s"}}}
    return Lab(tree({"web": web}, {"users": users}, regions=ONE_REGION, length="60m"))


def p95(it: Lab) -> float:
    return it.session.history.classes["users.all"].p95(it.world.traffic.stepped)


@documented("Ageing: a leak is felt as latency first, then nothing answers", source=IMMUTABLE, confidence="typical")
@pytest.mark.parametrize("what", ["memory", "descriptors", "disk"])
def test_latency_drifts_then_it_fails(what: str) -> None:
    it = alone(what=what)
    calm = p95(it.run(60))
    felt = p95(it.run(231))
    assert felt > 2 * calm and it.good("users.all", 60, 230) == 1.0
    assert it.run(300).good("users.all", 250, 296) == 0.0


@documented("Ageing: what is left of the memory is a metric of the CloudWatch agent", source=AGENT)
@pytest.mark.parametrize(
    ("what", "metric"),
    [("memory", "mem_used_percent"), ("disk", "disk_used_percent"), ("descriptors", "fd_used_percent")],
)
def test_it_can_be_measured(what: str, metric: str) -> None:
    it = alone(what=what).run(125)
    assert it.sim.telemetry.last(f"web.{metric}") == pytest.approx(90, abs=1)
    others = {"mem_used_percent", "disk_used_percent", "fd_used_percent"} - {metric}
    assert [it.sim.telemetry.last(f"web.{other}") for other in others] == [None, None]


@documented("Ageing: a reboot gives back memory and descriptors, and leaves a full disk full", source=REBOOT)
@pytest.mark.parametrize(("what", "helps"), [("memory", True), ("descriptors", True), ("disk", False)])
def test_a_reboot(what: str, helps: bool) -> None:
    it = alone(what=what).run(300)
    it.now("aws ec2 reboot-instances --instance-ids web")
    assert (later(it, 90).good("users.all", 380, 388) == 1.0) is helps


@documented("Ageing: a stop and a start keep the disk, and what fills it", source="EC2 User Guide: stop and start")
def test_a_restart_keeps_the_disk() -> None:
    it = alone(what="disk").run(300)
    it.now("aws ec2 stop-instances --instance-ids web")
    later(it, 30)
    it.now("aws ec2 start-instances --instance-ids web")
    later(it, 120)
    assert it["web"].machine.ready and it["web"].machine.full


@documented("Ageing: a new machine starts afresh", source=IMMUTABLE)
@pytest.mark.parametrize("what", ["memory", "disk"])
def test_replacing_prevents_it(what: str) -> None:
    it = fleet(leak={**LEAK, "what": what, "fills": "30m"}, health_check="ELB", grace="90s").run(1)
    asg(it, "start-instance-refresh", "--preferences MinHealthyPercentage=66")
    until(it, lambda: it["fleet"].refreshes[-1].status == "Successful")
    assert it.run(900).good("users.all", 1, 890) == 1.0 and serving(it) == 6


@documented("Ageing: machines of one age fail together", source=IMMUTABLE, confidence="typical")
def test_one_age_one_end() -> None:
    it = fleet(leak={**LEAK, "spread": "2%"})
    assert serving(it.run(235)) == 6
    assert serving(it.run(275)) == 0


@documented("Ageing: EC2 status checks pass on a host whose application hangs; only ELB checks see it", source=AGENT)
@pytest.mark.parametrize(("kind", "replaced"), [("EC2", False), ("ELB", True)])
def test_who_notices(kind: str, replaced: bool) -> None:
    it = fleet(rate=60, leak={**LEAK, "spread": "60%"}, health_check=kind, grace="90s").run(500)
    assert machine(it, 6).used < 0.8
    assert ("fleet-1" not in names(it)) is replaced


@documented("Zone power: hosts come back over time, and some never do", source=EVENTS)
def test_some_hosts_never_come_back() -> None:
    it = fleet(desired=12, suspended=["HealthCheck"]).run(1)
    fault = it.break_("drill:az:power-interruption", "use1-az1", lost=0.25)
    assert serving(it.run(30), "use1-az1") == 0
    fault.recover(it.world, 0.5)
    assert serving(it, "use1-az1") == 2
    fault.recover(it.world, 1.0)
    assert serving(it, "use1-az1") == 3


@documented("Zone power: for a while after it is back, what runs there is slow though checks pass", source=EVENTS)
def test_hosts_limp() -> None:
    it = fleet(rate=150, health_check="ELB").run(1)
    fault = it.break_("drill:az:power-interruption", "use1-az1", limps=1.0, limp_speed=0.5, heals="10m")
    it.mend(fault)
    later(it, 60)
    assert [m.speed for m in it["fleet"].machines if m.zone == "use1-az1"] == [0.5, 0.5]
    assert serving(it) == 6 and {t.state for t in it["alb"].targets_health.values()} == {"healthy"}
    assert {m.speed for m in later(it, 600)["fleet"].machines} == {1.0}


@documented(
    "Zone power: rebalancing brings the fleet back into the zone that limps", source=EVENTS, confidence="typical"
)
def test_the_second_wave() -> None:
    it = fleet(rate=500, health_check="ELB", grace="90s", backlog="1s").run(1)
    fault = it.break_("drill:az:power-interruption", "use1-az1", limps=1.0, limp_speed=0.2)
    until(it, lambda: serving(it) == 6)
    it.mend(fault)
    later(it, 40)
    before = it.good("users.all", it.session.now // 1000 - 20, it.session.now // 1000)
    later(it, 260)
    after = it.good("users.all", it.session.now // 1000 - 60, it.session.now // 1000 - 5)
    assert before == 1.0 and after < 0.9
