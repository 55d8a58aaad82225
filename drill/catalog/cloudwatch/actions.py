"""CloudWatch operations: alarms and metrics, as late and as partial as they come."""

from typing import Annotated, Any, Literal

import msgspec

from drill.catalog.cloudwatch import ACTIONS_OFF
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.world import World


class DescribeAlarms(Action, kw_only=True, tag="cloudwatch:DescribeAlarms"):
    """Show alarms and their state. Source: CloudWatch API reference."""

    summary = "Show alarms and their state"
    reads = True
    bucket = (50.0, 9.0)

    alarm_names: list[str] = msgspec.field(default_factory=list)

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row per alarm."""
        rows = [
            (row.name, row.state, row.text)
            for row in telemetry.alarm_rows()
            if not self.alarm_names or row.name in self.alarm_names
        ]
        return str(telemetry.table(("AlarmName", "StateValue", "StateReason"), rows))


class _Shape(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True, omit_defaults=True):
    """Base of the nested parameters."""


class Dimension(_Shape, kw_only=True):
    """What the metric is of: ``Value`` is a component's name."""

    name: str
    value: Annotated[str, ref()]


class MetricName(_Shape, kw_only=True):
    """A metric."""

    metric_name: str
    namespace: str = ""
    dimensions: list[Dimension]


class MetricStat(_Shape, kw_only=True):
    """A metric, with the period in seconds and the statistic."""

    metric: MetricName
    period: int = 60
    stat: str = "Average"


class MetricDataQuery(_Shape, kw_only=True):
    """One query."""

    id: str
    metric_stat: MetricStat


class GetMetricData(Action, kw_only=True, tag="cloudwatch:GetMetricData"):
    """Read metrics as CloudWatch has them by now. Times may be left out: the whole drill. Source: API reference."""

    summary = "Read a metric"
    reads = True
    bucket = (50.0, 50.0)

    metric_data_queries: list[MetricDataQuery]
    start_time: str = ""
    end_time: str = ""

    def output(self, world: World, telemetry: Any) -> str:
        """Return the last values of each query, newest last."""
        rows = []
        for query in self.metric_data_queries:
            metric = query.metric_stat.metric
            for dimension in metric.dimensions:
                name = f"{dimension.value}.{metric.metric_name}"
                values = telemetry.recent(name, 12)
                shown = " ".join("-" if v is None else f"{v:g}" for v in values) or "no data"
                rows.append((query.id, name, shown))
        return str(telemetry.table(("Id", "Label", "Values"), rows))


class SetAlarmState(Action, kw_only=True, tag="cloudwatch:SetAlarmState"):
    """Set an alarm's state by hand, to try what follows from it. The next evaluation sets it right again.

    Source: CloudWatch API reference.
    """

    summary = "Set an alarm's state until it is evaluated again"
    bucket = (3.0, 3.0)

    alarm_name: str
    state_value: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    state_reason: str

    def check_alarms(self, names: list[str]) -> Refusal | None:
        """Refuse alarms that do not exist."""
        if self.alarm_name in names:
            return None
        return self.refuse("ResourceNotFound", f"Alarm {self.alarm_name} does not exist")

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """What follows alarms sees it at once."""
        world.flags[f"alarm/{self.alarm_name}"] = self.state_value
        yield from ()


class DisableAlarmActions(Action, kw_only=True, tag="cloudwatch:DisableAlarmActions"):
    """Let alarms change state without doing anything. Source: CloudWatch API reference."""

    summary = "Let alarms change without acting"
    bucket = (3.0, 3.0)

    alarm_names: list[str]

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """From now on; names of no alarm do nothing."""
        for name in self.alarm_names:
            world.flags[f"{ACTIONS_OFF}{name}"] = True
        yield from ()


class EnableAlarmActions(Action, kw_only=True, tag="cloudwatch:EnableAlarmActions"):
    """Let alarms act again. Source: CloudWatch API reference."""

    summary = "Let alarms act again"
    bucket = (3.0, 3.0)

    alarm_names: list[str]

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """What changed meanwhile is not made up for, but a scaling policy follows the state that lasts."""
        for name in self.alarm_names:
            world.flags.pop(f"{ACTIONS_OFF}{name}", None)
        yield from ()
