"""Amazon CloudWatch: operations on alarms and metrics, and the metrics that people publish themselves."""

from drill.catalog.cloudwatch import actions, custom
from drill.catalog.cloudwatch.actions import ACTIONS_OFF

__all__ = ["ACTIONS_OFF", "actions", "custom"]
