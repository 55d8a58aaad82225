"""What can be suspended, told and set aside in an Auto Scaling group, as AWS documents it."""

from __future__ import annotations

import pytest

from tests.fidelity.documented import documented
from tests.fidelity.fleets import (
    API,
    HEALTH,
    ON,
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

GRACE = "EC2 Auto Scaling User Guide: health check grace period"
STANDBY = "EC2 Auto Scaling User Guide: temporarily remove instances"


def suspend(it, *processes: str) -> None:
    asg(it, "suspend-processes", "--scaling-processes " + " ".join(processes))


@documented("ASG: without a list of processes, all of them are suspended", source=API)
def test_suspending_everything() -> None:
    it = fleet().run(1)
    asg(it, "suspend-processes")
    it.break_("aws:ec2:terminate-instances", "fleet", share=0.5)
    later(it, 600)
    assert serving(it) == 3 and it["fleet"].launched == 6
    asg(it, "resume-processes")
    assert until(it, lambda: serving(it) == 6) < 60


@documented(
    "ASG, Launch suspended: unhealthy instances are terminated and not replaced, until it is resumed", source=SUSPEND
)
def test_launch_suspended() -> None:
    it = fleet(health_check="ELB").run(1)
    suspend(it, "Launch")
    it.break_("drill:ec2:host-failure", "fleet", share=0.3)
    later(it, 300)
    assert serving(it) == 4 and len(it["fleet"].machines) == 4
    asg(it, "resume-processes", "--scaling-processes Launch")
    later(it, 3)
    assert len(it["fleet"].machines) == 6


@documented("ASG, Terminate suspended: unhealthy instances wait; on resuming they are replaced at once", source=SUSPEND)
def test_terminate_suspended() -> None:
    it = fleet(health_check="ELB").run(1)
    suspend(it, "Terminate")
    it.break_("drill:ec2:host-failure", "fleet", share=0.3)
    later(it, 300)
    assert [m.marked for m in it["fleet"].machines].count(True) == 2 and it["fleet"].launched == 6
    asg(it, "resume-processes")
    later(it, 3)
    assert it["fleet"].launched == 8


@documented("ASG, Terminate suspended: scaling in takes nothing away", source=SUSPEND)
def test_terminate_suspended_keeps_from_scaling_in() -> None:
    it = fleet().run(1)
    suspend(it, "Terminate")
    asg(it, "set-desired-capacity", "--desired-capacity 2")
    assert len(names(later(it, 300))) == 6


@documented("ASG, HealthCheck suspended: instances are not marked; set-instance-health still is", source=SUSPEND)
def test_health_check_suspended() -> None:
    it = fleet(health_check="ELB").run(1)
    suspend(it, "HealthCheck")
    hang(it, 1)
    assert not machine(later(it, 300), 1).marked
    it.now("aws autoscaling set-instance-health --instance-id fleet-2 --health-status Unhealthy")
    assert "fleet-2" not in names(later(it, 3))


@documented("ASG, ReplaceUnhealthy suspended: instances are marked unhealthy and stay", source=SUSPEND)
def test_replace_unhealthy_suspended() -> None:
    it = fleet(health_check="ELB").run(1)
    suspend(it, "ReplaceUnhealthy")
    hang(it, 1)
    later(it, 300)
    assert machine(it, 1).marked and not machine(it, 1).leaving
    asg(it, "resume-processes", "--scaling-processes ReplaceUnhealthy")
    assert "fleet-1" not in names(later(it, 3))


@documented(
    "ASG, AddToLoadBalancer suspended: what is launched meanwhile is never registered by itself", source=SUSPEND
)
def test_add_to_load_balancer_suspended() -> None:
    it = fleet().run(1)
    suspend(it, "AddToLoadBalancer")
    asg(it, "set-desired-capacity", "--desired-capacity 8")
    later(it, 120)
    assert serving(it) == 8 and len(it["alb"].targets_health) == 6
    asg(it, "resume-processes")
    assert len(later(it, 300)["alb"].targets_health) == 6


@documented("ASG, ScheduledActions suspended: an action whose time comes does not run, then or later", source=SUSPEND)
def test_scheduled_actions_suspended() -> None:
    it = fleet(schedule={"evening": {"at": "2m", "desired": 9}}).run(1)
    suspend(it, "ScheduledActions")
    assert it.run(130)["fleet"].desired == 6
    asg(it, "resume-processes")
    assert it.run(400)["fleet"].desired == 6


@documented(
    "ASG, AlarmNotification suspended: policies do not act; on resuming they act on alarms in breach", source=SUSPEND
)
def test_alarm_notification_suspended() -> None:
    it = fleet(policies={"in": {"below": 70, "minutes": 2, "change": -2}}).run(1)
    suspend(it, "AlarmNotification")
    assert it.run(290)["fleet"].desired == 6
    asg(it, "resume-processes")
    assert it.run(305)["fleet"].desired == 4


@documented("ASG: set-instance-health replaces at once, not 10 % at a time", source=HEALTH)
def test_told_unhealthy() -> None:
    it = fleet().run(1)
    for n in (1, 2, 3):
        it.now(f"aws autoscaling set-instance-health --instance-id fleet-{n} --health-status Unhealthy")
    assert names(later(it, 3)) == [f"fleet-{n}" for n in (4, 5, 6, 7, 8, 9)]


@documented("ASG: set-instance-health respects the grace period unless told not to", source=API)
@pytest.mark.parametrize(("flag", "gone"), [("", False), (" --no-should-respect-grace-period", True)])
def test_told_unhealthy_in_grace(flag: str, gone: bool) -> None:
    it = fleet(grace="300s").run(1)
    asg(it, "set-desired-capacity", "--desired-capacity 7")
    until(it, lambda: serving(it) == 7)
    it.now(f"aws autoscaling set-instance-health --instance-id fleet-7 --health-status Unhealthy{flag}")
    assert ("fleet-7" not in names(later(it, 5))) is gone


@documented("ASG: the grace period starts when the instance is in service", source=GRACE)
def test_when_the_grace_period_starts() -> None:
    it = fleet(health_check="ELB", grace="60s", boot="10m", rate=10).run(1)
    asg(it, "set-desired-capacity", "--desired-capacity 7")
    until(later(it, 2), lambda: machine(it, 7).state == "running")
    assert until(it, lambda: machine(it, 7).marked) == pytest.approx(60, abs=2)


@documented(
    "ASG: a boot longer than the grace period, with ELB checks, is terminated and launched without end", source=GRACE
)
@pytest.mark.parametrize(("grace", "loops"), [("0s", True), ("60s", True), ("5m", False)])
def test_the_loop(grace: str, loops: bool) -> None:
    it = fleet(health_check="ELB", grace=grace, boot="3m").run(1)
    it.break_("aws:ec2:terminate-instances", "fleet", share=0.16)
    later(it, 1500)
    assert (it["fleet"].launched > 10) is loops and (serving(it) == 6) is not loops


@documented("ASG: the group's host checks wait out the grace period too", source=GRACE)
def test_host_failure_in_grace() -> None:
    it = fleet(grace="10m").run(1)
    asg(it, "set-desired-capacity", "--desired-capacity 7")
    until(it, lambda: serving(it) == 7)
    machine(it, 7).hurt = True
    it.touch()
    assert not machine(later(it, 300), 7).marked
    assert until(it, lambda: "fleet-7" not in names(it)) > 200


@documented("ASG: an instance in standby gets no requests, is not checked and is not counted", source=STANDBY)
def test_standby() -> None:
    it = fleet(health_check="ELB").run(1)
    asg(it, "enter-standby", "--instance-ids fleet-1 --should-decrement-desired-capacity")
    later(it, 15)
    assert it["fleet"].desired == 5 and "fleet-1" not in it["alb"].targets_health
    hang(it, 1)
    assert "fleet-1" in names(later(it, 300)) and it["fleet"].launched == 6


@documented("ASG: entering standby without the decrement launches a replacement", source=STANDBY)
def test_standby_with_replacement() -> None:
    it = fleet().run(1)
    asg(it, "enter-standby", "--instance-ids fleet-1 --no-should-decrement-desired-capacity")
    later(it, 90)
    assert it["fleet"].desired == 6 and serving(it) == 7 and len(it["alb"].targets_health) == 6


@documented("ASG: leaving standby raises desired capacity, and is refused above max", source=STANDBY)
def test_exit_standby() -> None:
    it = fleet(max=6).run(1)
    asg(it, "enter-standby", "--instance-ids fleet-1 --should-decrement-desired-capacity")
    asg(it, "set-desired-capacity", "--desired-capacity 6")
    assert refused(it, "exit-standby", "--instance-ids fleet-1") == "ValidationError"
    asg(it, "set-desired-capacity", "--desired-capacity 5")
    asg(it, "exit-standby", "--instance-ids fleet-1")
    assert it["fleet"].desired == 6 and "fleet-1" in later(it, 15)["alb"].targets_health


@documented("ASG: standby that would bring desired capacity below min is refused", source=STANDBY)
def test_standby_below_min() -> None:
    it = fleet(min=6).run(1)
    flag = "--should-decrement-desired-capacity"
    assert refused(it, "enter-standby", f"--instance-ids fleet-1 {flag}") == "ValidationError"
    assert (
        refused(it, "enter-standby", "--instance-ids web-9 --no-should-decrement-desired-capacity") == "ValidationError"
    )


@documented("ASG: a scheduled action sets sizes at its time, once", source=API)
def test_scheduled_action() -> None:
    it = fleet().run(1)
    asg(
        it,
        "put-scheduled-update-group-action",
        "--scheduled-action-name up --start-time 2030-01-01T00:03:00Z --desired-capacity 8",
    )
    assert it.run(179)["fleet"].desired == 6
    assert it.run(181)["fleet"].desired == 8 and it["fleet"].schedule == {}


@documented("ASG: a scheduled action in the past is refused", source=API)
def test_scheduled_in_the_past() -> None:
    it = fleet().run(300)
    rest = "--scheduled-action-name up --desired-capacity 8 --start-time "
    assert refused(it, "put-scheduled-update-group-action", rest + "2030-01-01T00:03:00Z") == "ValidationError"
    assert refused(it, "put-scheduled-update-group-action", rest + "soon") == "ValidationError"
    assert refused(it, "delete-scheduled-action", "--scheduled-action-name up") == "ValidationError"


@documented("ASG: each instance is shown with its lifecycle state and its health, as the group holds it", source=API)
def test_each_instance_is_shown() -> None:
    it = fleet(suspended=["ReplaceUnhealthy"]).run(1)
    asg(it, "enter-standby", "--instance-ids fleet-2 --should-decrement-desired-capacity")
    asg(it, "set-desired-capacity", "--desired-capacity 6")
    it.now("aws autoscaling set-instance-health --instance-id fleet-1 --health-status Unhealthy")
    later(it, 3)
    rows = [line.split() for line in it.output("aws autoscaling describe-auto-scaling-instances").splitlines()]
    states = {row[0]: row[3:] for row in rows}
    assert states["fleet-1"] == ["InService", "UNHEALTHY"] and states["fleet-3"] == ["InService", "HEALTHY"]
    assert states["fleet-2"] == ["Standby", "HEALTHY"] and states["fleet-7"] == ["Pending", "HEALTHY"]


@documented("ASG: policies and refreshes can be looked up", source=API)
def test_policies_and_refreshes_are_shown() -> None:
    it = fleet(policies={"in": {"below": 30, "change": -1}}).run(1)
    assert "CPU below 30 %" in it.output(f"aws autoscaling describe-policies {ON}")
    asg(it, "start-instance-refresh", "--preferences MinHealthyPercentage=50")
    shown = it.output(f"aws autoscaling describe-instance-refreshes {ON}")
    assert "fleet-refresh-1" in shown and "InProgress" in shown


@documented("ASG: only processes that exist can be suspended", source=API)
def test_unknown_process() -> None:
    from drill.console import ConsoleError

    it = fleet().run(1)
    with pytest.raises(ConsoleError):
        it.do(f"aws autoscaling suspend-processes {ON} --scaling-processes Rebalance")
    assert at(it) == 1 and it["fleet"].suspended == []
