"""CloudWatch metrics and alarms, as AWS documents them; monitoring that stands in the blast radius."""

from __future__ import annotations

from typing import Any

import pytest

from drill.engine.alarms import Alarm
from drill.level.alarm_rule import parse_rule, true
from drill.model.command import Refusal
from tests.engine.lab import Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

ALARMS = "CloudWatch User Guide: using CloudWatch alarms"
MISSING = "CloudWatch User Guide: configuring how alarms treat missing data"
COMPOSITE = "CloudWatch User Guide: combining alarms"
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


def watched(alarms: dict[str, Any], script: dict[str, Any] | None = None) -> Lab:
    """A server with a CPU alarm, and other alarms beside it."""
    cpu = {"measure": "web.CPUUtilization", "above": 70, "datapoints": "2 of 2"}
    parts = {"web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"}}
    users = {"users": {"enters": "web", "rate": "20/s"}}
    return Lab(tree(parts, users, script, telemetry={"alarms": {"cpu": cpu, **alarms}})).run(40)


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
