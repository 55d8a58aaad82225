"""What breaks. Each fault carries the id of its AWS FIS action where there is one."""

MODULES = ("places", "instances", "planes", "gray", "slow", "edge")
