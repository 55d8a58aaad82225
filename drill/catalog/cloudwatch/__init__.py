"""Amazon CloudWatch: operations on alarms and metrics, and the metrics that people publish themselves."""

MODULES = ("actions", "custom")
ACTIONS_OFF = "alarm-actions-off/"  # the World's flag for an alarm whose actions are disabled
