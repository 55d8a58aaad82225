"""EC2 Auto Scaling: groups that keep a number of instances alive over zones, and the operations on them."""

from drill.catalog.autoscaling import actions, group, policies, processes, refreshes, warm_actions

__all__ = ["actions", "group", "policies", "processes", "refreshes", "warm_actions"]
