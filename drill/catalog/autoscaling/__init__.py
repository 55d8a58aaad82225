"""EC2 Auto Scaling: groups that keep a number of instances alive over zones, and the operations on them."""

MODULES = ("group", "actions", "processes", "policies", "refreshes", "warm_actions")
