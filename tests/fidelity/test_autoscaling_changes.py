"""How an Auto Scaling group replaces, evens out, refreshes and scales, as AWS documents it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.lab import Lab
from tests.fidelity.documented import documented
from tests.fidelity.fleets import (
    API,
    BALANCE,
    HEALTH,
    POLICIES,
    REFRESH,
    SUSPEND,
    asg,
    at,
    fleet,
    hang,
    later,
    machine,
    names,
    refused,
    serving,
    until,
)

TRACKING = "EC2 Auto Scaling User Guide: target tracking scaling policies"
COOLDOWN = "EC2 Auto Scaling User Guide: scaling cooldowns"
ZONES = ("use1-az1", "use1-az2", "use1-az3")


def zones(it: Lab) -> list[int]:
    """Return how many machines are in service, zone by zone."""
    return [serving(it, zone) for zone in ZONES]


# ---- replacement ----------------------------------------------------------------------------------------------------


@documented(
    "ASG: of 20 that hang, 2 are replaced at a time, and the next only once those are in service", source=HEALTH
)
def test_ten_percent_at_a_time() -> None:
    it = fleet(desired=20, min=20, max=20, rate=600, health_check="ELB", grace="60s").run(1)
    hang(it, 1, 2, 3, 4, 5, 6)
    most = 0
    while len([n for n in names(it) if int(n.rpartition("-")[2]) <= 6]):
        later(it, 1)
        most = max(most, len([m for m in it["fleet"].machines if int(m.id.rpartition("-")[2]) > 20 and not m.ready]))
        assert at(it) < 600
    assert most == 2 and at(it) > 100


@documented("ASG: in a group of less than 20, one at a time", source=HEALTH)
def test_at_least_one() -> None:
    it = fleet(health_check="ELB", grace="60s").run(1)
    hang(it, 1, 2)
    until(it, lambda: len(names(it)) < 6 or it["fleet"].launched > 6)
    later(it, 5)
    assert len({"fleet-1", "fleet-2"} & set(names(it))) == 1


@documented("ASG: the unhealthy instance is terminated while its replacement is launched, not after", source=HEALTH)
def test_terminates_first() -> None:
    it = fleet().run(1)
    it.now("aws autoscaling set-instance-health --instance-id fleet-1 --health-status Unhealthy")
    until(it, lambda: it["fleet"].launched == 7)
    assert machine(it, 1).state == "shutting-down" and machine(it, 7).state == "pending"


@documented("ASG: one group over zones makes up for a lost zone elsewhere; a group per zone does not", source=BALANCE)
def test_one_group_over_zones_or_one_for_each() -> None:
    one = fleet(health_check="ELB", grace="90s").run(1)
    one.break_("drill:az:power-interruption", "use1-az1")
    assert zones(later(one, 200)) == [0, 3, 3]
    each = {
        f"web-{z}": {"kind": "autoscaling.group", "zones": [z], "min": 1, "desired": 2, "max": 6, "health_check": "ELB"}
        for z in ZONES
    }
    three = fleet(parts=each).run(1)
    three["alb"].targets = list(each)
    three.touch()
    three.break_("drill:az:power-interruption", "use1-az1")
    later(three, 300)
    assert [len(three[name].members(three.world)) for name in each] == [0, 2, 2]


# ---- rebalancing ----------------------------------------------------------------------------------------------------


def came_back(**group: object) -> Lab:
    """Return a group that has left a zone which is powered again now."""
    it = fleet(health_check="ELB", grace="90s", **group).run(1)
    fault = it.break_("drill:az:power-interruption", "use1-az1")
    until(it, lambda: zones(it) == [0, 3, 3])
    it.mend(fault)
    return it


@documented("ASG: when a zone comes back the group evens out: a second churn", source=BALANCE)
def test_the_second_churn() -> None:
    it = came_back()
    launched = it["fleet"].launched
    assert until(it, lambda: zones(it) == [2, 2, 2]) > 60
    assert it["fleet"].launched == launched + 2


@documented("ASG: rebalancing launches before it terminates: never fewer in service than desired", source=BALANCE)
def test_launches_first() -> None:
    it = came_back()
    fewest, most = 6, 6
    for _ in range(300):
        later(it, 1)
        fewest, most = min(fewest, serving(it)), max(most, len(names(it)))
    assert (fewest, zones(it)) == (6, [2, 2, 2]) and most > 6


@documented("ASG: at max, rebalancing may go over it by 10 %, at least by one", source=BALANCE)
@pytest.mark.parametrize(("size", "over"), [(6, 1), (30, 3)])
def test_how_far_over_max(size: int, over: int) -> None:
    it = fleet(desired=size, max=size, health_check="ELB", grace="90s").run(1)
    fault = it.break_("drill:az:power-interruption", "use1-az1")
    until(it, lambda: serving(it) == size)
    it.mend(fault)
    most = 0
    for _ in range(200):
        later(it, 1)
        most = max(most, len(names(it)))
    assert most == size + over


@documented("ASG: AZRebalance suspended leaves zones uneven; resumed, it evens them out", source=SUSPEND)
def test_rebalancing_suspended() -> None:
    it = came_back(suspended=["AZRebalance"])
    assert zones(later(it, 400)) == [0, 3, 3]
    asg(it, "resume-processes", "--scaling-processes AZRebalance")
    assert zones(later(it, 200)) == [2, 2, 2]


@documented("ASG: with AZRebalance suspended, scaling out still goes to the emptiest zone", source=SUSPEND)
def test_scaling_out_goes_to_the_emptiest_zone() -> None:
    it = came_back(suspended=["AZRebalance"])
    asg(it, "set-desired-capacity", "--desired-capacity 8")
    assert zones(later(it, 120)) == [2, 3, 3]


@documented("ASG, Terminate suspended: rebalancing launches without terminating, up to 10 % over max", source=SUSPEND)
def test_terminate_suspended_while_rebalancing() -> None:
    it = came_back(max=6)
    asg(it, "suspend-processes", "--scaling-processes Terminate")
    assert len(names(later(it, 600))) == 7
    asg(it, "resume-processes")
    assert len(names(later(it, 10))) == 6


# ---- refresh ----------------------------------------------------------------------------------------------------


def fewest_during_refresh(it: Lab, preferences: str) -> tuple[int, int]:
    """Refresh the group to its end; return the fewest in service and the most there were."""
    asg(it, "start-instance-refresh", f"--preferences {preferences}" if preferences else "")
    fewest, most = serving(it), len(names(it))
    while it["fleet"].refreshes[-1].status == "InProgress":
        later(it, 1)
        fewest, most = min(fewest, serving(it)), max(most, len(names(it)))
        assert at(it) < 3000
    return fewest, most


@documented("ASG refresh: replaces every instance, and 90 % stay in service unless told otherwise", source=REFRESH)
def test_refresh_by_default() -> None:
    it = fleet(desired=20, max=30, rate=500).run(1)
    assert fewest_during_refresh(it, "") == (18, 20)
    assert names(it) == [f"fleet-{n}" for n in range(21, 41)]
    assert it["fleet"].refreshes[-1].status == "Successful"


@documented("ASG refresh: in a small group at least one is replaced at a time", source=REFRESH)
def test_refresh_of_a_small_group() -> None:
    assert fewest_during_refresh(fleet().run(1), "MinHealthyPercentage=100") == (5, 6)


@documented("ASG refresh: MinHealthyPercentage says how many stay in service", source=REFRESH)
@pytest.mark.parametrize(("percent", "fewest"), [(75, 9), (50, 6)])
def test_refresh_keeps_what_it_is_told(percent: int, fewest: int) -> None:
    it = fleet(desired=12, rate=300).run(1)
    assert fewest_during_refresh(it, f"MinHealthyPercentage={percent}")[0] == fewest


@documented("ASG refresh: MaxHealthyPercentage above 100 launches before it terminates", source=REFRESH)
def test_refresh_launches_first() -> None:
    it = fleet(rate=300).run(1)
    assert fewest_during_refresh(it, "MinHealthyPercentage=100,MaxHealthyPercentage=150") == (6, 9)


@documented("ASG refresh: without capacity for the new instances, the old ones stay", source=REFRESH)
def test_refresh_without_capacity() -> None:
    it = fleet(rate=300).run(1)
    faults = [it.break_("aws:ec2:api-insufficient-instance-capacity-error", zone) for zone in ZONES]
    asg(it, "start-instance-refresh", "--preferences MinHealthyPercentage=100,MaxHealthyPercentage=150")
    assert serving(later(it, 300)) == 6 and it["fleet"].refreshes[-1].done() == 0
    for fault in faults:
        it.mend(fault)
    until(it, lambda: it["fleet"].refreshes[-1].status == "Successful")
    assert names(it) == [f"fleet-{n}" for n in range(7, 13)]


@documented("ASG refresh: the next batch waits for the warm-up of the last", source=REFRESH)
def test_refresh_waits_for_warmup() -> None:
    def takes(warmup: int) -> float:
        it = fleet(desired=2, rate=50).run(1)
        fewest_during_refresh(it, f"MinHealthyPercentage=50,InstanceWarmup={warmup}")
        return at(it)

    assert takes(120) - takes(60) == pytest.approx(2 * 60, abs=4)


@documented("ASG refresh: a second one is refused while one is under way; none to cancel is refused too", source=API)
def test_refresh_refusals() -> None:
    it = fleet().run(1)
    assert refused(it, "cancel-instance-refresh") == "ActiveInstanceRefreshNotFound"
    asg(it, "start-instance-refresh")
    assert refused(it, "start-instance-refresh") == "InstanceRefreshInProgress"
    for wrong in (
        "MinHealthyPercentage=101",
        "MaxHealthyPercentage=120",
        "MinHealthyPercentage=50,MaxHealthyPercentage=160",
    ):
        asg(it, "cancel-instance-refresh") if it["fleet"].refreshes[-1].status == "InProgress" else None
        assert refused(it, "start-instance-refresh", f"--preferences {wrong}") == "ValidationError"


@documented("ASG refresh: cancelled, what is replaced stays and the rest stays too", source=REFRESH)
def test_refresh_cancelled() -> None:
    it = fleet().run(1)
    asg(it, "start-instance-refresh", "--preferences MinHealthyPercentage=50")
    later(it, 5)
    asg(it, "cancel-instance-refresh")
    later(it, 300)
    assert len([n for n in names(it) if int(n.rpartition("-")[2]) <= 6]) == 3 and serving(it) == 6


# ---- scaling ----------------------------------------------------------------------------------------------------


@documented("ASG: a step policy takes the step in which the breach lies", source=POLICIES)
@pytest.mark.parametrize(("rate", "desired"), [(440, 7), (560, 10)])
def test_steps(rate: int, desired: int) -> None:
    steps = [{"lower": 0, "upper": 20, "change": 1}, {"lower": 20, "change": 4}]
    it = fleet(rate=rate, warmup="10m", policies={"out": {"above": 70, "minutes": 2, "steps": steps}})
    assert it.run(125)["fleet"].desired == desired


@documented("ASG: while instances warm up, a step policy adds only what is missing to its step", source=POLICIES)
def test_steps_while_warming() -> None:
    it = fleet(rate=560, warmup="20m", policies={"out": {"above": 50, "minutes": 1, "change": 2}})
    assert it.run(1000)["fleet"].desired == 8


@documented("ASG: no step takes instances away while others warm up", source=POLICIES)
def test_no_step_in_while_warming() -> None:
    it = fleet(rate=60, warmup="5m", policies={"in": {"below": 50, "minutes": 1, "change": -1}}).run(1)
    asg(it, "set-desired-capacity", "--desired-capacity 7")
    assert it.run(310)["fleet"].desired == 7
    assert it.run(400)["fleet"].desired < 7


@documented("ASG: a percentage of less than one instance counts as one, larger ones are rounded down", source=POLICIES)
@pytest.mark.parametrize(("percent", "desired"), [(10, 7), (40, 8), (-10, 5), (-40, 4)])
def test_percentages(percent: int, desired: int) -> None:
    policy = {"type": "simple", "by_hand": True, "adjust": "PercentChangeInCapacity", "change": percent}
    it = fleet(policies={"p": policy}).run(1)
    asg(it, "execute-policy", "--policy-name p")
    assert it["fleet"].desired == desired


@documented("ASG: after a simple policy its cooldown of 300 s passes before another acts", source=COOLDOWN)
def test_cooldown() -> None:
    it = fleet(rate=580, policies={"out": {"type": "simple", "above": 40, "minutes": 1, "change": 1}})
    assert [it.run(second)["fleet"].desired for second in (65, 350, 425)] == [7, 7, 8]


@documented("ASG: set-desired-capacity disregards the cooldown unless told to honor it", source=COOLDOWN)
def test_manual_scaling_and_cooldown() -> None:
    it = fleet(rate=580, policies={"out": {"type": "simple", "above": 40, "minutes": 1, "change": 1}}).run(65)
    assert refused(it, "set-desired-capacity", "--desired-capacity 9 --honor-cooldown") == "ScalingActivityInProgress"
    asg(it, "set-desired-capacity", "--desired-capacity 9")
    assert it["fleet"].desired == 9


@documented("ASG: target tracking with scale-in disabled only adds", source=TRACKING)
@pytest.mark.parametrize(("flag", "desired"), [("", 5), (",DisableScaleIn=true", 6)])
def test_disable_scale_in(flag: str, desired: int) -> None:
    it = fleet(rate=60).run(1)
    metric = "PredefinedMetricSpecification={PredefinedMetricType=ASGAverageCPUUtilization}"
    it.now(
        "aws autoscaling put-scaling-policy --auto-scaling-group-name fleet --policy-name cpu --policy-type "
        f"TargetTrackingScaling --target-tracking-configuration {metric},TargetValue=60{flag}"
    )
    assert it.run(16 * 60)["fleet"].desired == desired


@documented("ASG: a step policy without steps, a simple one without a change are refused", source=API)
def test_policies_that_say_nothing() -> None:
    it = fleet().run(1)
    kinds = ("StepScaling", "SimpleScaling", "TargetTrackingScaling")
    for kind in kinds:
        rest = f"--policy-name p --policy-type {kind} --adjustment-type ChangeInCapacity"
        assert refused(it, "put-scaling-policy", rest) == "ValidationError"
    assert refused(it, "execute-policy", "--policy-name p") == "ValidationError"


@documented(
    "ASG: CPU falls when what the servers call stalls, and a policy on CPU takes servers away",
    source="AWS Builders' Library: using load shedding to avoid overload",
    confidence="typical",
)
def test_cpu_misleads() -> None:
    store = {"store": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "2000/s", "backlog": "500ms"}}
    it = fleet(
        rate=450, parts=store, needs=["store"], backlog="1s", policies={"in": {"below": 30, "minutes": 3, "change": -1}}
    )
    it.run(60)
    cpu = type(it["fleet"]).metrics[0]
    assert cpu.read(it["fleet"], it.world) == pytest.approx(75)
    it.break_("drill:ec2:host-degraded", "store", speed=0.05)
    later(it, 60)
    assert (cpu.read(it["fleet"], it.world) or 0) < 20
    assert later(it, 240)["fleet"].desired < 6


@documented("ASG: CPU falls to nothing when users cannot reach the group", source=POLICIES, confidence="typical")
def test_cpu_without_traffic() -> None:
    it = fleet(rate=450, policies={"in": {"below": 30, "minutes": 3, "change": -1}}).run(60)
    it.rate("users", 0)
    assert it.run(290)["fleet"].desired < 6


def dark_zone(**group: Any) -> Lab:
    """Return a group of six whose first zone has been dark for so long that it has replaced what it could."""
    it = fleet(**group).run(10)
    it.break_("drill:az:power-interruption", "use1-az1")
    return it.run(600)


@documented("ASG: a group that is balanced-only launches nothing elsewhere for a zone in which launches fail",
            source="Auto Scaling API reference: AvailabilityZoneDistribution")  # fmt: skip
def test_balance_before_number() -> None:
    assert serving(dark_zone()) == 6
    it = dark_zone(distribution="balanced-only")
    assert serving(it) == 4
    asg(it, "update-auto-scaling-group",
        "--availability-zone-distribution CapacityDistributionStrategy=balanced-best-effort")  # fmt: skip
    assert until(it, lambda: serving(it) == 6) < 120
