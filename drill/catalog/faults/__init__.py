"""What breaks. Each fault carries the id of its AWS FIS action where there is one."""

from drill.catalog.faults import edge, gray, instances, places, planes, slow

__all__ = ["edge", "gray", "instances", "places", "planes", "slow"]
