"""Amazon CloudWatch: operations on alarms and metrics, and the metrics that people publish themselves."""

MODULES = ("actions", "custom")
