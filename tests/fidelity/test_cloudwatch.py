"""CloudWatch metrics and alarms, as AWS documents them; monitoring that stands in the blast radius."""

from __future__ import annotations

from typing import Any

import pytest

from drill.engine.alarms import Alarm
from drill.level.alarm_rule import parse_rule, true
from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

ALARMS = "CloudWatch User Guide: using CloudWatch alarms"
MISSING = "CloudWatch User Guide: configuring how alarms treat missing data"
COMPOSITE = "CloudWatch User Guide: combining alarms"
ACTIONS = "CloudWatch User Guide: alarm actions"
RULES = "CloudWatch API reference: PutCompositeAlarm"
API = "CloudWatch API reference: SetAlarmState"


def alarm(needed: int = 2, window: int = 3, missing: Any = "missing", above: float = 10.0) -> Alarm:
    return Alarm(name="a", measure="m.M", zone="", above=above, below=None, every=1, needed=needed, window=window,
                 missing=missing, via="")  # fmt: skip


def fed(it: Alarm, *points: float | None) -> list[str]:
    states = []
    for at, point in enumerate(points):
        it.take([point], at)
        states.append(it.state)
    return states


def lab(via: str = "", **spec: Any) -> Lab:
    watch = {"cpu": {"measure": "web.CPUUtilization", "above": 70, "datapoints": "2 of 2", **spec}}
    parts = {
        "web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"},
        "graphs": {"kind": "ec2.instance", "zone": "use1-az2", "capacity": "100/s"},
    }
    level = tree(parts, {"users": {"enters": "web", "rate": "20/s"}}, telemetry={"via": via, "alarms": watch})
    return Lab(level).run(40)


def state(it: Lab, name: str = "cpu") -> str:
    return it.sim.telemetry.alarm(name)[0][0]


def by_hand(it: Lab, name: str, value: str) -> None:
    it.now(f"aws cloudwatch set-alarm-state --alarm-name {name} --state-value {value} --state-reason drill")


def watched(alarms: dict[str, Any], acts: list[dict[str, str]] | None = None) -> Lab:
    """A server with a CPU alarm that acts, a spare group, and other alarms."""
    cpu = {"measure": "web.CPUUtilization", "above": 70, "datapoints": "2 of 2", "actions": acts or []}
    policies = {"more": {"type": "simple", "change": 1, "by_hand": True, "cooldown": "1s"}}
    spare = {"desired": 1, "min": 1, "max": 9, "capacity": "50/s", "policies": policies}
    parts = {
        "web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"},
        "fleet": {"kind": "autoscaling.group", "zones": ["use1-az1"], **spare},
    }
    users = {"users": {"enters": "web", "rate": "20/s"}}
    return Lab(tree(parts, users, telemetry={"alarms": {"cpu": cpu, **alarms}})).run(40)


@documented(
    "CloudWatch: an alarm goes off when M of the last N datapoints breach, not necessarily in a row", source=ALARMS
)
def test_m_of_n() -> None:
    assert fed(alarm(), 1, 20, 1, 20) == ["OK", "OK", "OK", "ALARM"]
    assert fed(alarm(3, 3), 20, 20, 1, 20, 20, 20) == ["OK"] * 5 + ["ALARM"]


@documented("CloudWatch: a value at the threshold does not breach GreaterThanThreshold", source=ALARMS)
def test_at_the_threshold() -> None:
    assert fed(alarm(1, 1), 10, 10.1) == ["OK", "ALARM"]


@documented(
    "CloudWatch: missing data, treated as missing, leads to INSUFFICIENT_DATA once all points are missing",
    source=MISSING,
)
def test_missing_is_insufficient() -> None:
    assert fed(alarm(), 1, 1, 1, None, None, None)[-1] == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(("missing", "ends"), [("breaching", "ALARM"), ("notBreaching", "OK"), ("ignore", "ALARM")])
@documented(
    "CloudWatch: missing data can count as breaching, as not breaching, or keep the state as it is", source=MISSING
)
def test_missing_data_as_configured(missing: str, ends: str) -> None:
    it = alarm(missing=missing)
    assert fed(it, 20, 20, 20)[-1] == "ALARM"
    assert fed(it, None, None, None)[-1] == ends


@documented("CloudWatch: an alarm leaves ALARM when too few of its datapoints still breach", source=ALARMS)
def test_back_to_ok() -> None:
    assert fed(alarm(), 20, 20, 1, 1) == ["OK", "ALARM", "ALARM", "OK"]


@documented(
    "CloudWatch: metrics come per period and late: an alarm follows its cause by datapoints and a delay",
    source=ALARMS,
    confidence="typical",
)
def test_alarms_are_late() -> None:
    it = lab()
    it.rate("users", 95)
    assert 10 + 5 <= until(it, 60, lambda: state(it) == "ALARM") <= 2 * 10 + 5 + 10


@documented(
    "CloudWatch: a server that is gone sends nothing: its CPU alarm has no data, and does not go off", source=MISSING
)
def test_a_dead_server_reports_nothing() -> None:
    it = lab()
    it.break_("drill:ec2:host-failure", "web")
    it.run(120)
    assert state(it) == "INSUFFICIENT_DATA"


@documented("CloudWatch: with missing data treated as breaching, silence itself goes off", source=MISSING)
def test_silence_can_be_an_alarm() -> None:
    it = lab(missing="breaching")
    it.break_("drill:ec2:host-failure", "web")
    it.run(120)
    assert state(it) == "ALARM"


@documented(
    "Monitoring: what stands in the zone that went dark says nothing of all the others either",
    source="Well-Architected, reliability pillar: monitor all components",
)
def test_monitoring_in_the_blast_radius() -> None:
    it = lab(via="graphs")
    assert it.sim.telemetry.last("web.CPUUtilization") is not None
    fault = it.break_("drill:az:power-interruption", "use1-az2")
    it.rate("users", 95)
    it.run(120)
    assert it.sim.telemetry.last("web.CPUUtilization") is None
    assert state(it) == "INSUFFICIENT_DATA"
    assert "200 OK" in it.output("curl web")
    it.mend(fault)
    it.run(180)
    assert state(it) == "ALARM"


@documented("CloudWatch: a state that is set by hand lasts until the next evaluation", source=API)
def test_set_alarm_state_is_temporary() -> None:
    it = lab()
    it.now("aws cloudwatch set-alarm-state --alarm-name cpu --state-value ALARM --state-reason drill")
    assert state(it) == "ALARM"
    assert until(it, 30, lambda: state(it) == "OK") <= 15


@documented("CloudWatch: alarms that do not exist are refused", source=API)
def test_unknown_alarms() -> None:
    found = lab().do("aws cloudwatch set-alarm-state --alarm-name nope --state-value OK --state-reason drill")
    assert isinstance(found, Refusal) and found.code == "ResourceNotFound"


@pytest.mark.parametrize(
    ("rule", "a", "b", "holds"),
    [
        ("ALARM(a) OR ALARM(b) AND OK(a)", "ALARM", "OK", True),
        ("(ALARM(a) OR ALARM(b)) AND OK(a)", "ALARM", "OK", False),
        ("NOT ALARM(a) AND INSUFFICIENT_DATA(b)", "OK", "INSUFFICIENT_DATA", True),
        ('NOT (OK("a") OR FALSE)', "INSUFFICIENT_DATA", "OK", True),
    ],
)
@documented("CloudWatch: an AlarmRule is made of alarms' states with AND, OR, NOT and parentheses", source=RULES)
def test_alarm_rules(rule: str, a: str, b: str, holds: bool) -> None:
    states = {"a": a, "b": b}
    assert true(parse_rule(rule), lambda name, wanted: states[name] == wanted) is holds


@documented(
    "CloudWatch: a composite alarm is in ALARM while its rule holds, else OK, and can stand on composite alarms",
    source=COMPOSITE,
)
def test_composite_alarms() -> None:
    users = {"measure": "users.success", "below": "95%", "datapoints": "1 of 1"}
    both = {"rule": "ALARM(cpu) AND NOT OK(users)"}
    it = watched({"both": both, "calm": {"rule": "NOT ALARM(both)"}, "users": users})
    assert (state(it, "both"), state(it, "calm")) == ("OK", "ALARM")
    it.rate("users", 90)
    it.run(90)
    assert (state(it), state(it, "both")) == ("ALARM", "OK")  # busy, and everybody is served
    it.rate("users", 300)
    it.run(150)
    assert (state(it, "both"), state(it, "calm")) == ("ALARM", "OK")
    assert "ALARM(cpu) AND NOT OK(users)" in it.output("aws cloudwatch describe-alarms --alarm-names both")


@documented("CloudWatch: a composite alarm set by hand keeps that state until an alarm in its rule changes", source=API)
def test_composite_alarms_by_hand() -> None:
    it = watched({"page": {"rule": "ALARM(cpu)"}})
    by_hand(it, "page", "ALARM")
    it.run(120)
    assert state(it, "page") == "ALARM"
    by_hand(it, "cpu", "ALARM")
    it.run(180)
    assert (state(it), state(it, "page")) == ("OK", "OK")


SCALES = [{"policy": "more", "of": "fleet"}]


@documented("CloudWatch: an alarm notifies when it changes state, for the states that are asked for", source=ACTIONS)
def test_alarms_notify() -> None:
    it = watched({}, [{"notify": "busy"}, {"state": "OK", "notify": "calm"}])
    it.rate("users", 90)
    it.run(180)
    it.rate("users", 20)
    it.run(240)
    assert [k.text for k in it.session.history.known if k.kind == "notice"] == ["busy", "calm"]


@documented(
    "CloudWatch: a scaling action is invoked each minute for as long as the alarm stays in its state", source=ACTIONS
)
def test_alarms_scale() -> None:
    it = watched({}, SCALES)
    it.rate("users", 90)
    took = until(it, 60, lambda: it["fleet"].desired == 2)
    assert took <= 35
    it.run(40 + took + 125)
    assert it["fleet"].desired == 4
    it.rate("users", 20)
    it.run(40 + took + 360)
    assert state(it) == "OK" and it["fleet"].desired <= 5


@documented(
    "CloudWatch: with actions disabled an alarm still changes state, and does nothing",
    source="CloudWatch API reference: DisableAlarmActions",
)
def test_disabled_actions() -> None:
    it = watched({}, [*SCALES, {"notify": "busy"}])
    it.now("aws cloudwatch disable-alarm-actions --alarm-names cpu")
    it.rate("users", 90)
    it.run(200)
    assert state(it) == "ALARM" and it["fleet"].desired == 1
    it.now("aws cloudwatch enable-alarm-actions --alarm-names cpu")
    it.run(280)
    assert it["fleet"].desired > 1
    assert not [k for k in it.session.history.known if k.kind == "notice"]


@documented(
    "CloudWatch: a recover action moves an instance off a dead host; a reboot leaves it there",
    source="EC2 User Guide: CloudWatch alarm actions, recover",
)
@pytest.mark.parametrize(("does", "back"), [("recover", True), ("reboot", False)])
def test_ec2_actions(does: str, back: bool) -> None:
    sick = {"measure": "web.StatusCheckFailed", "above": 0, "datapoints": "2 of 2", "actions": [{does: "web"}]}
    it = watched({"sick": sick})
    it.break_("drill:ec2:host-failure", "web")
    it.run(180)
    assert it["web"].responds(it.world, 5_000) is back


@documented("CloudWatch: setting an alarm's state by hand invokes its actions", source=API)
def test_actions_by_hand() -> None:
    it = watched({}, [{"stop": "web"}])
    by_hand(it, "cpu", "ALARM")
    it.run(120)
    assert it["web"].machine.state == "stopped"


def canary() -> Lab:
    """A server with a canary in another Region; all monitoring stands on the server itself."""
    seen = {"measure": "front.SuccessPercent", "below": 100, "period": "60s", "datapoints": "1 of 1"}
    watch = {"via": "web", "canaries": {"front": {"hits": "web", "from": "us-west-2"}}, "alarms": {"unseen": seen}}
    parts = {"web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"}}
    level = tree(parts, {"users": {"enters": "web", "rate": "20/s"}}, regions=TWO_REGIONS, telemetry=watch)
    return Lab(level).run(70)


@documented(
    "CloudWatch Synthetics: a canary runs once a minute at most, and publishes SuccessPercent",
    source="CloudWatch User Guide: synthetic monitoring",
)
def test_canaries() -> None:
    it = canary()
    told = it.sim.telemetry
    assert told.last("front.SuccessPercent") == 100.0
    it.break_("drill:ec2:host-failure", "web")
    it.run(119)
    assert told.last("front.SuccessPercent") == 100.0  # it has not looked yet
    it.run(126)
    assert told.last("front.SuccessPercent") == 0.0
    assert told.last("web.CPUUtilization") is None and told.last("users.success") is None
    it.run(200)
    assert state(it, "unseen") == "ALARM"


@documented(
    "Monitoring: a canary elsewhere sees a Region that says nothing of itself; where it stands itself, it is as blind",
    source="Well-Architected, reliability pillar: monitor all components",
)
@pytest.mark.parametrize(("dark", "sees"), [("us-east-1", 0.0), ("us-west-2", None)])
def test_canaries_stand_elsewhere(dark: str, sees: float | None) -> None:
    it = canary()
    it.world.regions[dark].reachable = False
    it.touch()
    it.run(130)
    assert it.sim.telemetry.last("front.SuccessPercent") == sees
