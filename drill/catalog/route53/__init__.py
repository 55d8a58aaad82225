"""Amazon Route 53: records that fail over by health checks, and the operations on them."""

MODULES = ("record", "actions", "checks", "check_actions")
