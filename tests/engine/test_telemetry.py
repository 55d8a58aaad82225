"""What an operator can know: later than it is true, per period, and nothing from where nothing can be heard."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drill.engine.alarms import Alarm
from drill.view.build import frame
from tests.engine.lab import TWO_REGIONS, Lab, tree


def lab(**telemetry: Any) -> Lab:
    parts = {
        "web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"},
        "ip": {"kind": "ec2.elastic-ip", "region": "us-east-1", "instance": "web"},
        "desk": {"kind": "ec2.instance", "zone": "use1-az2", "capacity": "100/s"},
    }
    users = {"users": {"enters": "ip", "rate": "50/s", "classes": {"all": {"patience": "1s"}}}}
    alarms = {"down": {"measure": "users.success", "below": "50%", "datapoints": "2 of 3"}}
    return Lab(tree(parts, users, regions=TWO_REGIONS, telemetry={"alarms": alarms, **telemetry}))


def test_a_metric_is_read_after_its_period_and_a_delay() -> None:
    it = lab().run(51)
    it.break_("drill:ec2:host-failure", "web")
    seen = {at: it.run(at).session.telemetry.last("users.success") for at in (54, 64.9, 65, 75)}
    assert seen[54] == seen[64.9] == 1.0 and seen[65] == pytest.approx(0.2, abs=0.1) and seen[75] == 0.0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 190), st.booleans()), min_size=1, max_size=6), st.sampled_from(["190s", "195s"])
)
@example([(190, False)], "190s")
def test_users_who_ask_alike_read_alike_whether_the_flow_sleeps_or_not(
    wakes: list[tuple[int, bool]], length: str
) -> None:
    users = {"users": {"enters": "web", "rate": "160/s", "classes": {"all": {"patience": "4s"}}}}
    it = Lab(tree({"web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "200/s"}}, users, length=length))
    for second, breaks in sorted(wakes):
        it.run(second).touch()
        if breaks and not it.session.over:
            it.break_("aws:ec2:stop-instances", "web")
    it.session.finish()
    rates = [sample["users.rate"] for sample in it.session.telemetry.samples]
    assert len(rates) >= 19 and rates == pytest.approx([160.0] * len(rates))


def test_an_alarm_needs_its_datapoints_and_says_when_it_changed() -> None:
    it = lab().run(51)
    fault = it.break_("drill:ec2:host-failure", "web")
    states = {at: it.run(at).session.telemetry.alarm("down")[0][0] for at in (65, 75)}
    assert states == {65: "OK", 75: "ALARM"}
    it.run(100).mend(fault)
    assert it.run(135).session.telemetry.alarm("down")[0][0] == "OK"
    rows = [(k.at, k.state) for k in it.session.history.known if k.kind == "alarm"]
    assert rows == [(75_000, "ALARM"), (125_000, "OK")]


@pytest.mark.parametrize(
    ("missing", "states"),
    [
        ("missing", ["ALARM", "ALARM", "ALARM", "INSUFFICIENT_DATA"]),
        ("ignore", ["ALARM", "ALARM", "ALARM", "ALARM"]),
        ("breaching", ["ALARM", "ALARM", "ALARM", "ALARM"]),
        ("notBreaching", ["ALARM", "OK", "OK", "OK"]),
    ],
)
def test_missing_datapoints_count_as_the_alarm_says(missing: str, states: list[str]) -> None:
    alarm = Alarm(
        name="a", measure="m", zone="", above=5.0, below=None, every=1, needed=3, window=3, missing=missing, via=""
    )
    found = []
    for value in (9.0, 9.0, 9.0, None, None, None):
        alarm.take([value], 0)
        found.append(alarm.state)
    assert found[2:] == states


def test_nothing_is_heard_from_a_region_that_cannot_be_reached() -> None:
    it = lab().run(51)
    it.break_("aws:network:route-table-disrupt-cross-region-connectivity", "us-east-1")
    it.run(81)
    assert it.session.telemetry.last("web.CPUUtilization") is None
    shown = frame(it.session)
    card = next(c for c in shown.cards if c.id == "web")
    assert (card.state, card.load) == ("unknown", None) and card.seen is not None and card.seen >= 30_000
    assert next(r for r in shown.regions if r.name == "us-east-1").state == "unknown"


def test_monitoring_that_stands_on_what_fails_goes_blind() -> None:
    it = lab(via="desk").run(51)
    it.break_("drill:ec2:host-failure", "desk")
    it.run(80)
    assert it.session.telemetry.last("users.success") is None and frame(it.session).users.success is None
    assert it.good("users.all", 52, 70) == 1.0, "users never noticed"


def test_evidence_takes_its_time_and_is_there_only_when_it_can_be_known() -> None:
    evidence = {
        "host": {
            "by": "aws ec2 describe-instance-status --instance-ids web",
            "takes": "10s",
            "ready": {"measure": "users.success", "below": "50%"},
            "says": "The host is dead.",
        }
    }
    it = lab(evidence=evidence).run(20)
    it.now(evidence["host"]["by"])
    it.run(40)
    assert not it.session.telemetry.knows("host")
    it.break_("drill:ec2:host-failure", "web")
    it.run(60).now(evidence["host"]["by"])
    assert not it.session.telemetry.knows("host")
    assert it.run(72).session.telemetry.knows("host")
    assert any("host is dead" in row.text for row in frame(it.session).feed)
