"""Custom metrics: what a program of one's own says, late, and no more when it is gone."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.errors import LevelError
from drill.model.command import Refusal
from tests.engine.lab import Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

PUBLISH = "CloudWatch User Guide: publish custom metrics"
MISSING = "CloudWatch User Guide: configuring how alarms treat missing data"
API = "CloudWatch API reference: PutMetricData"
TRACKING = "EC2 Auto Scaling User Guide: target tracking with a custom metric"
PUT = "aws cloudwatch put-metric-data --namespace Shop --metric-data"


def lab(alarm: dict[str, Any] | None = None, tracking: dict[str, Any] | None = None, **metric: Any) -> Lab:
    """Return a lab: an agent counts the users per server of a group, and an alarm looks at what it says."""
    wanted = {"kind": "cloudwatch.custom-metric", "by": "agent", "counts": "users.rate",
              "per": "web.GroupInServiceInstances", **metric}  # fmt: skip
    parts: dict[str, Any] = {
        "agent": {"kind": "ec2.instance", "zone": "use1-az1"},
        "web": {"kind": "autoscaling.group", "zones": ["use1-az1", "use1-az2"], "min": 2, "desired": 2, "max": 9,
                "boot": "30s", **({"tracking": tracking} if tracking else {})},
        "alb": {"kind": "elb.application-load-balancer", "zones": ["use1-az1", "use1-az2"], "targets": ["web"]},
        "wanted": wanted,
    }  # fmt: skip
    watch = {"busy": {"measure": "wanted.Value", "above": 80, "period": "60s", "datapoints": "1 of 1", **(alarm or {})}}
    users = {"users": {"enters": "alb", "rate": "100/s", "classes": {"all": {"patience": "2s"}}}}
    return Lab(tree(parts, users, telemetry={"alarms": watch}, length="60m")).run(100)


def state(it: Lab) -> str:
    return str(it.sim.telemetry.alarm("busy")[0][0])


def code(answer: Any) -> str:
    return answer.code if isinstance(answer, Refusal) else ""


@documented("CloudWatch: a custom metric says what its publisher counted, with a delay", source=PUBLISH)
def test_it_says_what_was_counted() -> None:
    it = lab()
    assert it.sim.telemetry.last("wanted.Value") == pytest.approx(50)
    it.rate("users", 200)
    it.run(119)
    assert it.sim.telemetry.last("wanted.Value") == pytest.approx(50), "a period and a delay"
    it.run(170)
    assert it.sim.telemetry.last("wanted.Value") == pytest.approx(100)
    assert "100" in it.output(
        "aws cloudwatch get-metric-data --metric-data-queries Id=a,MetricStat={Metric={MetricName=Value,"
        "Dimensions=[{Name=Metric,Value=wanted}]}}"
    )


@documented("CloudWatch: an alarm on a custom metric goes off like any other", source=PUBLISH)
def test_an_alarm() -> None:
    it = lab()
    it.rate("users", 200)
    assert 20 <= until(it, 300, lambda: state(it) == "ALARM") <= 160


@pytest.mark.parametrize(("missing", "ends"), [("missing", "INSUFFICIENT_DATA"), ("breaching", "ALARM"),
                                               ("notBreaching", "OK"), ("ignore", "OK")])  # fmt: skip
@documented(
    "CloudWatch: when the publisher dies nothing is put: the alarm does with missing data as it was told",
    source=MISSING,
)
def test_a_dead_publisher(missing: str, ends: str) -> None:
    it = lab({"missing": missing})
    it.break_("drill:ec2:host-failure", "agent")
    it.run(400)
    assert it.sim.telemetry.last("wanted.Value") is None
    assert state(it) == ends


@documented(
    "CloudWatch: a group can keep a custom metric at a target, and waits while there are no data", source=TRACKING
)
def test_target_tracking() -> None:
    follow = {"metric": "wanted", "value": 50, "warmup": "60s"}
    it = lab(tracking=follow)
    it.rate("users", 250)
    until(it, 900, lambda: it["web"].desired >= 5)
    blind = lab(tracking=follow)
    blind.break_("drill:ec2:host-failure", "agent")
    blind.run(200).rate("users", 250)
    assert blind.run(1_500)["web"].desired == 2


@documented("CloudWatch: put-scaling-policy takes a customized metric instead of a predefined one", source=TRACKING)
def test_a_customized_metric() -> None:
    it = lab()
    line = ("aws autoscaling put-scaling-policy --auto-scaling-group-name web --policy-name p --policy-type "
            "TargetTrackingScaling --target-tracking-configuration ")  # fmt: skip
    assert code(it.do(line + "TargetValue=50")) == "ValidationError"
    it.now(line + "CustomizedMetricSpecification={MetricName=wanted,Namespace=Shop,Statistic=Average},TargetValue=50")
    it.rate("users", 250)
    until(it, 900, lambda: it["web"].desired >= 5)


@documented("CloudWatch: people put data by hand; a new metric's first can be read within two minutes", source=PUBLISH,
            other="list-metrics shows a new metric within 15 minutes")  # fmt: skip
def test_by_hand() -> None:
    it = lab()
    it.now(f"{PUT} MetricName=orders,Value=7")
    assert it.run(200)["orders"].value is None
    assert it.run(230)["orders"].value == 7
    it.now(f"{PUT} MetricName=orders,Value=9")
    assert it.run(265)["orders"].value == 9
    assert it.run(400)["orders"].value is None, "it stood for its minute"


@documented("CloudWatch: an alarm tells data that were put by hand from no others", source=API)
def test_data_by_hand_count_too() -> None:
    it = lab()
    it.break_("drill:ec2:host-failure", "agent")
    it.run(300).now(f"{PUT} MetricName=wanted,Value=500")
    assert until(it, 200, lambda: state(it) == "ALARM") <= 150


@pytest.mark.parametrize(
    "line", [PUT.replace("Shop", "AWS/EC2") + " MetricName=x,Value=1", f"{PUT} MetricName=web,Value=1"]
)
@documented("CloudWatch: AWS's own namespaces are not for others", source=API)
def test_what_is_refused(line: str) -> None:
    assert code(lab().do(line)) == "InvalidParameterValue"


@documented("CloudWatch: resolution is 10 s, 30 s or whole minutes here", source=PUBLISH)
def test_resolution() -> None:
    assert lab(every="10s").run(150).sim.telemetry.last("wanted.Value") == pytest.approx(50)
    with pytest.raises(LevelError, match="every 10s, 30s"):
        lab(every="15s")
